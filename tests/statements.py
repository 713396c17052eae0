"""What an act asks of the database, in the words of the statement also where PostgreSQL is only told its name (kernel.statements)."""

import re
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

_NOT_COUNTED = re.compile(r"BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK")
_EXECUTED = re.compile(r"EXECUTE (\w+)")


def statements(act: Callable[[], object]) -> list[str]:
    """The statements of ``act``, transaction control apart."""
    with CaptureQueriesContext(connection) as seen:
        act()
    asked = [one["sql"] for one in seen.captured_queries if not _NOT_COUNTED.match(one["sql"])]
    planned = _planned() if any(map(_EXECUTED.match, asked)) else {}
    return [planned[found[1]] if (found := _EXECUTED.match(one)) else one for one in asked]


def _planned() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        return dict(cursor.fetchall())
