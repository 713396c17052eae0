"""How a signed-in person is read from the session."""

from datetime import date
from functools import lru_cache

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from .models import Delegated, Department, User
from .statements import Statement


class PeopleBackend(ModelBackend):
    """The person with department, roles, rights and delegations in one query: every page of the workbench asks for all of them."""

    def get_user(self, user_id: int) -> User | None:
        user = _person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _person(user_id: int) -> User | None:
    statement, converters = _statement(connection.vendor)
    row = statement.first([user_id])
    if row is None:
        return None
    *values, roles, grants, delegations = row
    for place, functions, column in converters:
        for convert in functions:
            values[place] = convert(values[place], column, connection)
    users, departments = _fields(User), _fields(Department)
    user = User.from_db(connection.alias, [field.attname for field in users], values[: len(users)])
    user.department = (
        Department.from_db(connection.alias, [field.attname for field in departments], values[len(users) :])
        if user.department_id
        else None
    )
    user.keep_roles_and_grants(
        roles.split(",") if roles else (),
        [grant.split(":") for grant in grants.split(",")] if grants else (),
        [_delegated(one) for one in delegations.split(",")] if delegations else (),
    )
    return user


def _delegated(text: str) -> Delegated:
    principal, first, last = text.split(":")
    return Delegated(int(principal), date.fromisoformat(first), date.fromisoformat(last))


def _fields(model) -> list:
    return model._meta.concrete_fields


@lru_cache(maxsize=2)
def _statement(vendor: str) -> tuple[Statement, list]:
    """The statement, and what turns its values into Python's where the driver does not (SQLite's instants)."""
    joined = "group_concat" if vendor == "sqlite" else "string_agg"
    delegated = " || ':' || ".join(f"CAST(d.{name} AS text)" for name in ("principal_id", "from_on", "to_on"))
    columns = [field.get_col(field.model._meta.db_table) for model in (User, Department) for field in _fields(model)]
    names = ", ".join(f'{column.alias}."{column.target.column}"' for column in columns)
    sql = f"""
        SELECT {names},
        (SELECT {joined}(role, ',') FROM kernel_userrole WHERE user_id = kernel_user.id),
        (SELECT {joined}(p.codename || ':' || g.object_pk, ',') FROM guardian_userobjectpermission g
            JOIN auth_permission p ON p.id = g.permission_id WHERE g.user_id = kernel_user.id),
        (SELECT {joined}({delegated}, ',') FROM kernel_delegation d
            WHERE d.delegate_id = kernel_user.id AND d.revoked_at IS NULL)
        FROM kernel_user LEFT JOIN kernel_department ON kernel_department.id = kernel_user.department_id
        WHERE kernel_user.id = %s
    """  # noqa: S608  names of our own columns
    compiler = User.objects.all().query.get_compiler(connection=connection)
    found = compiler.get_converters(columns)
    return Statement(sql), [(place, functions, column) for place, (functions, column) in found.items()]
