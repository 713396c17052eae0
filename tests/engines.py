"""What the two database engines need from the test run: emptied tables in spite of append-only triggers, visible skips."""

import re
from contextlib import closing, contextmanager

from django.db import connections, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

#: How kernel/triggers.py ends the names of the triggers that refuse.
_REFUSING = ("no_insert", "no_update", "no_delete", "no_truncate")

_plain_flush = BaseDatabaseOperations.execute_sql_flush


def engine_name() -> str:
    """The engine of this run as a person says it: "SQLite 3.40" or "PostgreSQL 15". Asks the server, no database of ours."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        return "SQLite {}.{}".format(*connection.Database.sqlite_version_info[:2])
    given = {name.lower(): connection.settings_dict[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
    with closing(connection.Database.connect(dbname="postgres", **{k: v for k, v in given.items() if v})) as server:
        return f"PostgreSQL {server.server_version // 10000}"


@contextmanager
def refusing_triggers_lifted(connection):
    """Within, rows that are written once can be removed; afterwards the triggers stand as before.

    For emptying a test database only, and only by the owner of its tables. Runs inside one transaction, so that an
    error leaves the triggers in place.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ %s",
                [f"_({'|'.join(_REFUSING)})$"],
            )
            tables = [row[0] for row in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(name, sql) for name, sql in cursor.fetchall() if name.endswith(_REFUSING)]
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, sql in triggers:
                cursor.execute(sql)


def _emptied_row_by_row(connection, sql_list) -> bool:
    """Afterwards what was to be emptied is empty, if this is a PostgreSQL whose triggers we may silence; says whether it was.

    A test leaves few rows, and TRUNCATE makes some three hundred files anew: seconds, where this takes milliseconds.
    """
    if connection.vendor != "postgresql":
        return False
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(";".join(_row_by_row(statement) for statement in sql_list))
        cursor.execute("SET LOCAL session_replication_role = origin")  # the test's own transaction may go on
    return True


def _row_by_row(statement: str) -> str:
    """The same emptying as a TRUNCATE of quoted tables; any other statement as it is."""
    if not statement.startswith("TRUNCATE"):
        return statement.rstrip(";")
    return ";".join(f"DELETE FROM {table}" for table in re.findall(r'"[^"]+"', statement))


def _flush_written_once_rows_too(self, sql_list):
    if _emptied_row_by_row(self.connection, sql_list):
        return
    with refusing_triggers_lifted(self.connection):
        _plain_flush(self, sql_list)


def let_tests_empty_append_only_tables() -> None:
    """Afterwards the flush after a transactional test works on tables with append-only triggers, on both engines."""
    BaseDatabaseOperations.execute_sql_flush = _flush_written_once_rows_too
