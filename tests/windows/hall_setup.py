"""What the hall's tests stand on: the shipped data, people at their windows, and what a clerk types."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import forget_cached_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.laws import load_law_records
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import forget_cached_rules, load_business_rules
from matters import queries as catalogue
from matters.commands.catalogue import load_catalogue
from windows.commands.provisions import load_stop_provisions
from windows.demo.codes import credit_code, resident_id

#: A Monday morning in Shanghai, far from any holiday: 2026-03-02 09:30.
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TODAY = local_date(NOW)

RESTAURANT_CODE = "91370682MA00000A9M"
SOLE_TRADER_CODE = "92370682MA0000XX7L"
PERSON_ID = "370682199001019996"
FOOD = "SJ-04"

__all__ = ["credit_code", "resident_id"]


def load_everything() -> None:
    """Bodies, seals, remedies, calendar, rules and the 199 matters, as ``bootstrap`` loads them."""
    load_organisations()
    load_calendar()
    load_business_rules()
    load_law_records()
    load_catalogue(at=NOW)
    load_stop_provisions()


def forget_everything() -> None:
    """Afterwards this process reads rules, calendar and catalogue afresh: another test's rows bear other ids."""
    catalogue.forget_cached_editions()
    catalogue.forget_cached_competence()
    forget_cached_calendar()
    forget_cached_rules()


@pytest.fixture(scope="module")
def shipped(django_db_setup, django_db_blocker):
    """The shipped data, loaded once for a module and gone after it; each test still rolls back to here."""
    with django_db_blocker.unblock():
        forget_everything()
        with transaction.atomic():
            load_everything()
            yield
            transaction.set_rollback(True)
        forget_everything()


@pytest.fixture
def at_nine_thirty(monkeypatch):
    """The clock stands at NOW."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def clerk(shipped, db, at_nine_thirty):
    return clerk_of()


@pytest.fixture
def window(client, clerk):
    """The browser of a clerk who is signed in."""
    client.force_login(clerk)
    return client


def clerk_of(code: str = "SP", username: str = "chuangkou") -> User:
    """A window clerk who takes in for the body with this code."""
    department = Department.objects.get(code=code)
    user = User.objects.create_user(
        username, password="Window-2026-03", display_name="于晓静", department=department, password_changed_at=NOW
    )
    UserRole.objects.create(user=user, role=Role.WINDOW_CLERK)
    assign_perm("kernel.intake_for_department", user, department)
    return user


def edition_of(code: str = FOOD):
    """The edition of a matter on the tests' day, with its materials."""
    matter = catalogue.matter_by_code(code)
    edition = catalogue.edition_on(matter, TODAY)
    return edition and catalogue.edition_with_materials(edition.pk)


def typed(code: str = FOOD, *, outcome: str = "accept", token: str = "", **fields: str) -> dict[str, str]:
    """A counter page as a clerk fills it for a complete application; ``fields`` say what is different."""
    edition = edition_of(code)
    page = {
        "matter": code,
        "token": token or "t" * 43,
        "outcome": outcome,
        "id_number": RESTAURANT_CODE,
        "name": "莱阳市某某餐饮店",
        "legal_representative": "邹念慈",
        "address": "莱阳市某某街道某某路18号",
        "phone": "13800000000",
        "premises": "莱阳市某某街道某某路18号",
        "request": "热食类食品制售",
    }
    for material in edition.materials.all() if edition else ():
        page |= {
            f"m{material.pk}-status": "complete",
            f"m{material.pk}-originals": str(material.original_count),
            f"m{material.pk}-copies": str(material.copy_count),
        }
    return page | fields
