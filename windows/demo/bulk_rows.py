"""Rows of one model, thousands at a time, by the engine's quickest way in: COPY on PostgreSQL, executemany on SQLite.

Every constraint and trigger of the table still asks each row. What is left out is the ORM's work on each value, which costs
more than the database's work on the row.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from laiyang_approval.kernel.fields import EncryptedJSONField, EncryptedTextField

_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def take_ids(model: type[models.Model], count: int) -> Iterator[int]:
    """Ids nobody else gets, at most ``count`` of them; those not used leave a gap. Call inside the rows' transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return iter([row[0] for row in cursor.fetchall()])
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0]
    return iter(range(last + 1, last + 1 + count))


class Rows:
    """Rows to be written to one table; columns not named have the model's defaults, ids not named are the database's."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        """``columns`` are attribute names in the order in which ``append`` gets values; without any, ``add`` takes them by name."""
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.table = model._meta.db_table
        self._names = columns or tuple(fields)
        self._columns = [fields[name].column for name in self._names]
        self._defaults = {name: field.get_default() for name, field in fields.items()}
        self._converters = [(at, way) for at, name in enumerate(self._names) if (way := _way_in(fields[name]))]
        self._rows: list[list[Any]] = []

    def add(self, **values: Any) -> None:
        """One row by attribute names; a name the model has not raises TypeError."""
        row = self._defaults | values
        if len(row) != len(self._defaults):
            raise TypeError(f"{self.table} has no {sorted(row.keys() - self._defaults.keys())}")
        self.append(*map(row.__getitem__, self._names))

    def add_object(self, one: models.Model) -> None:
        """One row as the object in memory has it."""
        self.append(*map(one.__dict__.__getitem__, self._names))

    def append(self, *values: Any) -> None:
        """One row, its values in the order of the columns."""
        row = list(values)
        for at, way in self._converters:
            row[at] = way(row[at])
        self._rows.append(row)

    def write(self) -> None:
        """Afterwards the rows stand in the table."""
        rows, self._rows = self._rows, []
        columns = ", ".join(map(connection.ops.quote_name, self._columns))
        table = connection.ops.quote_name(self.table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with connection.wrap_database_errors:
                    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(_copy_text(rows)))
            else:
                places = ", ".join(["%s"] * len(self._columns))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608


def _way_in(field: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this field becomes what the engine takes; None where it is that already."""
    if isinstance(field, EncryptedTextField | EncryptedJSONField):
        return field.get_prep_value
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return _instant_for_sqlite
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return None


@lru_cache(maxsize=1024)  # all rows of one act bear the same
def _instant_for_sqlite(value: datetime | None) -> str | None:
    return connection.ops.adapt_datetimefield_value(value)


def _copy_text(rows: Iterable[list[Any]]) -> str:
    return "".join(["\t".join(map(_copy_value, row)) + "\n" for row in rows])


def _copy_value(value: Any) -> str:
    if value is None:
        return r"\N"
    if not isinstance(value, str):
        return str(value)
    if value.isprintable() and "\\" not in value:
        return value
    return value.translate(_COPY_ESCAPES)
