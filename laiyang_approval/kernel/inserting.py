"""New rows of an act: each table is written once, by one statement, in the order in which the tables first come.

Plain SQL, because an act writes half a dozen tables and the query builder costs more than the statements do.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Model


def insert_all(rows: Iterable[Model]) -> None:
    """Afterwards ``rows`` stand in the database and know their ids; a row may refer to one that stands before it."""
    tables: dict[type[Model], list[Model]] = {}
    for row in rows:
        tables.setdefault(type(row), []).append(row)
    for model, new in tables.items():
        _insert(model, new)


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    # Not the proxy ``django.db.connection``: it looks the connection up at each of hundreds of values.
    connection = connections[DEFAULT_DB_ALIAS]
    fields, head, places, tail = _statement(model)
    values = []
    for row in rows:
        _know_relations(row, fields)
        values += [
            getattr(row, field.attname)
            if type(field) in _TAKEN_AS_IT_IS
            else field.get_db_prep_save(getattr(row, field.attname), connection)
            for field in fields
        ]
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {', '.join([places] * len(rows))} {tail}", values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


#: Fields whose Python values both drivers take without being prepared.
_TAKEN_AS_IT_IS = frozenset(
    {
        models.BooleanField,
        models.CharField,
        models.ForeignKey,
        models.OneToOneField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.TextField,
    }
)


def _know_relations(row: Model, fields: Sequence[models.Field]) -> None:
    """Afterwards ``row`` carries the ids of the rows it refers to, also of those that got them after the two were joined."""
    for field in fields:
        if field.is_relation and field.is_cached(row) and getattr(row, field.attname) is None:
            setattr(row, field.name, field.get_cached_value(row))


@lru_cache(maxsize=64)
def _statement(model: type[Model]) -> tuple[list[models.Field], str, str, str]:
    """The fields to write, and the statement before, for and after the values of each row."""
    meta, quote = model._meta, connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    head = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES"
    return fields, head, f"({', '.join(['%s'] * len(fields))})", f"RETURNING {quote(meta.pk.column)}"
