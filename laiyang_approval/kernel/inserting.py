"""New rows of an act: each table is written once, in the order in which the tables first come.

Plain SQL, because an act writes half a dozen tables and the query builder costs more than the statements do. PostgreSQL takes
as many tables as it can in one statement, planned once a connection for each shape of act; SQLite a statement a table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Model

from .statements import Statement

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
#: PostgreSQL's driver takes days and aware instants too, which is all that commands are given (kernel.clock).
_TAKEN_BY_POSTGRESQL = _TAKEN_AS_IT_IS | {models.DateField, models.DateTimeField}

Tables = Mapping[type[Model], Sequence[Model]]
#: Column by column, the place in its statement of the one row a row refers to.
Named = tuple[tuple[str, int], ...]


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
    known, held = row.__dict__, row._state.fields_cache
    for field in _relations(type(row)):
        if known[field.attname] is None and (related := held.get(field.cache_name)) is not None:
            yield field, related


def _insert(tables: Tables) -> None:
    # Not the proxy ``django.db.connection``: it looks the connection up at each of hundreds of values.
    connection = connections[DEFAULT_DB_ALIAS]
    places = {model: place for place, model in enumerate(tables)}
    shape, values, waiting = [], [], []
    for model, rows in tables.items():
        by_query = [_named_by_query(row, places) for row in rows]
        shape.append((model, tuple(by_query)))
        read, prepared = _reading(model, connection.vendor)
        for row, named in zip(rows, by_query, strict=True):
            own = dict(zip(_names(model), read(row), strict=True))
            for field in prepared:
                own[field.attname] = field.get_db_prep_save(own[field.attname], connection)
            for name, _ in named:
                del own[name]
            values += own.values()
            if named:
                waiting.append(row)
    ids = _statement(tuple(shape)).all(values)
    written = [row for rows in tables.values() for row in rows]
    for row, (*_, pk) in zip(written, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias
    for row in waiting:
        _named_by_query(row, places)


def _named_by_query(row: Model, places: Mapping[type[Model], int]) -> Named:
    """The columns in which ``row`` refers to the row another part of its statement writes; the others know their ids then."""
    named = []
    for field, related in _unnamed(row):
        if related.pk is None:
            named.append((field.attname, places[type(related)]))
        else:
            # Not by the descriptor, which would forget the row it names.
            row.__dict__[field.attname] = related.pk
    return tuple(named)


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[models.Field, ...]:
    """The columns to write; the key is the database's to give."""
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=64)
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in _fields(model))


@lru_cache(maxsize=64)
def _reading(model: type[Model], vendor: str) -> tuple[Callable[[Model], tuple], tuple[models.Field, ...]]:
    """What reads all columns of a row at once, and the fields whose values the driver does not take as they are."""
    plain = _TAKEN_BY_POSTGRESQL if vendor == "postgresql" else _TAKEN_AS_IT_IS
    return attrgetter(*_names(model)), tuple(field for field in _fields(model) if type(field) not in plain)


@lru_cache(maxsize=64)
def _relations(model: type[Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in _fields(model) if field.is_relation)


@lru_cache(maxsize=256)
def _statement(shape: tuple[tuple[type[Model], tuple[Named, ...]], ...]) -> Statement:
    """The statement that writes so many rows of each table and returns their ids, table by table in order."""
    inserts = [_insert_into(model, rows) for model, rows in shape]
    if len(inserts) == 1:
        return Statement(inserts[0])
    parts = ", ".join(f"t{place} AS ({insert})" for place, insert in enumerate(inserts))
    # Ids rise in the order of the rows.
    ids = " UNION ALL ".join(f"SELECT {place}, id FROM t{place}" for place in range(len(inserts)))  # noqa: S608
    return Statement(f"WITH {parts} {ids} ORDER BY 1, 2")


def _insert_into(model: type[Model], rows: Sequence[Named]) -> str:
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(f"({', '.join(_value(field, dict(named)) for field in fields)})" for named in rows)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {values} RETURNING id"  # noqa: S608


def _value(field: models.Field, named: Mapping[str, int]) -> str:
    return f"(SELECT id FROM t{named[field.attname]})" if field.attname in named else "%s"  # noqa: S608
