"""New rows of an act: each table is written once, by one statement, in the order in which the tables first come.

Plain SQL, because an act writes half a dozen tables and the query builder costs more than the statements do.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import Field, Model


def insert_all(rows: Iterable[Model]) -> None:
    """Afterwards ``rows`` stand in the database and know their ids; a row may refer to one that stands before it."""
    tables: dict[type[Model], list[Model]] = {}
    for row in rows:
        tables.setdefault(type(row), []).append(row)
    for model, new in tables.items():
        _insert(model, new)


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    fields, head, places, tail = _statement(model, connection.vendor)
    values = [field.get_db_prep_save(_value(row, field), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {', '.join([places] * len(rows))} {tail}", values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


def _value(row: Model, field: Field) -> object:
    """What the row holds; a row it refers to may have got its id after the two were joined."""
    if field.is_relation and getattr(row, field.attname) is None and field.is_cached(row):
        setattr(row, field.name, field.get_cached_value(row))
    return field.pre_save(row, True)


@lru_cache(maxsize=64)
def _statement(model: type[Model], vendor: str) -> tuple[list[Field], str, str, str]:
    """The fields to write, and the statement before, for and after the values of each row."""
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    head = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES"
    return fields, head, f"({', '.join(['%s'] * len(fields))})", f"RETURNING {quote(meta.pk.column)}"
