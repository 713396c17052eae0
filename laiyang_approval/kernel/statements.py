"""Statements that stand on every page: written once, and on PostgreSQL planned once for a connection.

Planning a join of four tables takes PostgreSQL as long as running it. A prepared statement is planned when a connection first
asks it; SQLite's driver keeps its own. It belongs to the connection, so a pooler between portal and PostgreSQL must keep a
session together (docs/runbook.md).
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


class Statement:
    """A statement with %s for its parameters; a literal % is written %%."""

    def __init__(self, sql: str):
        self._sql = sql
        # The same text has the same name on every connection.
        self._name = f"portal_{sha256(sql.encode()).hexdigest()[:16]}"
        numbers = count(1)
        numbered = re.sub("%s", lambda _: f"${next(numbers)}", sql).replace("%%", "%")
        self._prepare = f"PREPARE {self._name} AS {numbered}"
        places = ", ".join(["%s"] * sql.count("%s"))
        self._execute = f"EXECUTE {self._name} ({places})" if places else f"EXECUTE {self._name}"

    def all(self, parameters: Sequence[Any]) -> list[tuple]:
        """Every row."""
        with self._run(parameters) as cursor:
            return cursor.fetchall()

    def first(self, parameters: Sequence[Any]) -> tuple | None:
        """The first row, or None."""
        with self._run(parameters) as cursor:
            return cursor.fetchone()

    def _run(self, parameters: Sequence[Any]) -> CursorWrapper:
        database = connections[DEFAULT_DB_ALIAS]
        cursor = database.cursor()
        if database.vendor != "postgresql":
            cursor.execute(self._sql, parameters)
            return cursor
        if self._name not in database.prepared:
            # Past Django's log of queries: planning belongs to the connection, not to the act that comes first.
            with database.wrap_database_errors:
                cursor.cursor.execute(self._prepare)
            database.prepared.add(self._name)
        cursor.execute(self._execute, parameters)
        return cursor
