"""The shipped catalogue, loaded once a module, and people who look after it.

A test that wants an empty database, or that commits, stands in a module of its own and loads what it needs itself.
"""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.laws import load_law_records
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import load_business_rules
from matters.commands.catalogue import load_catalogue
from matters.queries import forget_cached_editions

LOADED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _editions_read_afresh():
    forget_cached_editions()
    yield
    forget_cached_editions()


def load_shipped() -> None:
    """Rules, provisions, bodies and the 199 matters as shipped."""
    load_business_rules()
    load_law_records()
    load_organisations()
    load_catalogue(at=LOADED_AT)


@pytest.fixture(scope="module")
def shipped(django_db_setup, django_db_blocker):
    """The 199 matters as shipped, gone after the module; each test rolls back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_shipped()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(shipped, db):
    """The 199 matters as shipped."""


@pytest.fixture
def bureau(catalogue):
    return Department.objects.get(code="SP")


def person(username: str, *roles: Role, department: str = "SP") -> User:
    user = User.objects.create(
        username=username,
        display_name=username,
        department=Department.objects.get(code=department),
        password_changed_at=clock.now(),
    )
    for role in roles:
        UserRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def admin(catalogue):
    """An 事项管理员."""
    return person("shixiang", Role.CATALOGUE_ADMIN)


@pytest.fixture
def clerk(catalogue):
    """A window clerk, who may not change the catalogue."""
    return person("chuangkou", Role.WINDOW_CLERK)
