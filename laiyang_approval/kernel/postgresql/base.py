"""A kept connection is looked at before each request without a word to the server.

``CONN_HEALTH_CHECKS`` asks ``SELECT 1`` first, on a status page as much as the page's own statement. A server that went away
(restart, failover, a closed idle connection) has closed its end, and a closed end is something to read; only then is it asked.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """``prepared`` holds the names of the statements this connection has planned (kernel.statements)."""

    def get_new_connection(self, conn_params: dict):
        self.prepared: set[str] = set()
        return super().get_new_connection(conn_params)

    def close_if_health_check_failed(self) -> None:
        """Afterwards the connection is usable, or closed so that the next statement opens another."""
        if self.connection is not None and not _has_something_to_read(self.connection.fileno()):
            self.health_check_done = True
        super().close_if_health_check_failed()


def _has_something_to_read(file_number: int) -> bool:
    watched = select.poll()
    watched.register(file_number, select.POLLIN)
    return bool(watched.poll(0))
