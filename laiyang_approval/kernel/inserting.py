"""New rows of an act: each table is written once, in the order in which the tables first come.

Plain SQL, because an act writes half a dozen tables and the query builder costs more than the statements do. PostgreSQL takes
as many tables as it can in one statement, SQLite a statement a table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Model
from psycopg2.extensions import AsIs

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

Tables = Mapping[type[Model], Sequence[Model]]


def insert_all(rows: Iterable[Model]) -> None:
    """Afterwards ``rows`` stand in the database and know their ids; they may refer to one another, but not in a circle."""
    waiting: dict[type[Model], list[Model]] = {}
    for row in rows:
        waiting.setdefault(type(row), []).append(row)
    while waiting:
        turn = _next_turn(waiting)
        if not turn:
            raise ValueError("rows refer to rows that nobody writes")
        for model in turn:
            del waiting[model]
        _insert(turn)


def _next_turn(waiting: Tables) -> Tables:
    """The tables that one statement can write now."""
    together = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    turn: dict[type[Model], Sequence[Model]] = {}
    for model, rows in waiting.items():
        if all(_can_be_named(related, turn) for row in rows for _, related in _unnamed(row)):
            turn[model] = rows
            if not together:
                break
    return turn


def _can_be_named(related: Model, turn: Tables) -> bool:
    """Whether it has its id, or is the one row of a table in the same statement, which can name it by a subquery."""
    return related.pk is not None or list(turn.get(type(related), ())) == [related]


def _unnamed(row: Model) -> Iterator[tuple[models.Field, Model]]:
    """The rows it refers to that had no id when the two were joined."""
    for field in _relations(type(row)):
        if getattr(row, field.attname) is None and field.is_cached(row):
            related = field.get_cached_value(row)
            if related is not None:
                yield field, related


def _insert(tables: Tables) -> None:
    # Not the proxy ``django.db.connection``: it looks the connection up at each of hundreds of values.
    connection = connections[DEFAULT_DB_ALIAS]
    names = {model: f"(SELECT id FROM t{place})" for place, model in enumerate(tables)}  # noqa: S608
    values = []
    for model, rows in tables.items():
        for row in rows:
            named = {field.attname: related.pk or AsIs(names[type(related)]) for field, related in _unnamed(row)}
            for field in _fields(model):
                value = named.get(field.attname) if named else None
                value = getattr(row, field.attname) if value is None else value
                values.append(value if type(field) in _TAKEN_AS_IT_IS else field.get_db_prep_save(value, connection))
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple((model, len(rows)) for model, rows in tables.items())), values)
        ids = cursor.fetchall()
    written = [row for rows in tables.values() for row in rows]
    for row, (*_, pk) in zip(written, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias
    for row in written:
        for field, related in _unnamed(row):
            setattr(row, field.name, related)


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[models.Field, ...]:
    """The columns to write; the key is the database's to give."""
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=64)
def _relations(model: type[Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in _fields(model) if field.is_relation)


@lru_cache(maxsize=256)
def _statement(tables: tuple[tuple[type[Model], int], ...]) -> str:
    """The statement that writes so many rows of each table and returns their ids, table by table in order."""
    inserts = [_insert_into(model, count) for model, count in tables]
    if len(inserts) == 1:
        return inserts[0]
    named = ", ".join(f"t{place} AS ({insert})" for place, insert in enumerate(inserts))
    # Ids rise in the order of the rows.
    ids = " UNION ALL ".join(f"SELECT {place}, id FROM t{place}" for place in range(len(inserts)))  # noqa: S608
    return f"WITH {named} {ids} ORDER BY 1, 2"


def _insert_into(model: type[Model], count: int) -> str:
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {rows} RETURNING id"  # noqa: S608
