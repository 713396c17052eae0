"""New rows of an act: each table is written once, in the order in which the tables first come.

Plain SQL, because an act writes half a dozen tables and the query builder costs more than the statements do. PostgreSQL takes
all tables whose rows know their relations in one statement, SQLite a statement a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Model

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
    together = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    while waiting:
        ready = [model for model, new in waiting.items() if all(_knows_relations(row) for row in new)]
        if not ready:
            raise ValueError("rows refer to rows that nobody writes")
        if together:
            _insert({model: waiting.pop(model) for model in ready})
        else:
            for model in ready:
                _insert({model: waiting.pop(model)})


def _knows_relations(row: Model) -> bool:
    """Whether every row it refers to has its id; then ``row`` carries it, though the two were joined before."""
    for field in _fields(type(row)):
        if field.is_relation and getattr(row, field.attname) is None and field.is_cached(row):
            related = field.get_cached_value(row)
            if related is not None and related.pk is None:
                return False
            setattr(row, field.name, related)
    return True


def _insert(tables: Tables) -> None:
    # Not the proxy ``django.db.connection``: it looks the connection up at each of hundreds of values.
    connection = connections[DEFAULT_DB_ALIAS]
    values = [
        getattr(row, field.attname)
        if type(field) in _TAKEN_AS_IT_IS
        else field.get_db_prep_save(getattr(row, field.attname), connection)
        for model, rows in tables.items()
        for row in rows
        for field in _fields(model)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple((model, len(rows)) for model, rows in tables.items())), values)
        ids = cursor.fetchall()
    written = [row for rows in tables.values() for row in rows]
    for row, (*_, pk) in zip(written, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[models.Field, ...]:
    """The columns to write; the key is the database's to give."""
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=256)
def _statement(tables: tuple[tuple[type[Model], int], ...]) -> str:
    """The statement that writes so many rows of each table and returns their ids, table by table in order."""
    inserts = [_insert_into(model, count) for model, count in tables]
    if len(inserts) == 1:
        return inserts[0]
    named = ", ".join(f"t{place} AS ({insert})" for place, insert in enumerate(inserts))
    # Ids rise in the order of the rows.
    ids = " UNION ALL ".join(f"SELECT {place}, {model._meta.pk.column} FROM t{place}" for place, (model, _) in enumerate(tables))  # fmt: skip # noqa: S608
    return f"WITH {named} {ids} ORDER BY 1, 2"


def _insert_into(model: type[Model], count: int) -> str:
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {rows} RETURNING {quote(model._meta.pk.column)}"  # noqa: S608
    )
