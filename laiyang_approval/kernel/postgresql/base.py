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
        connection = super().get_new_connection(conn_params)
        with connection.cursor() as cursor:
            # Left to itself PostgreSQL plans again and again what it thinks cheaper with the values known: of an inbox that costs
            # seven times the running of it. By SET, not when connecting: a pooler refuses what it does not know there.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()
        return connection

    def close_if_health_check_failed(self) -> None:
        """Afterwards the connection is usable, or closed so that the next statement opens another."""
        if self.health_check_done:  # asked before each statement, to be looked at once a request
            return
        if self.connection is not None and not _has_something_to_read(self.connection.fileno()):
            self.health_check_done = True
        super().close_if_health_check_failed()


def _has_something_to_read(file_number: int) -> bool:
    watched = select.poll()
    watched.register(file_number, select.POLLIN)
    return bool(watched.poll(0))
