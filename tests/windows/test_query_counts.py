"""How many statements the pages used most often take, and that more cases do not make them more."""

import re

import pytest
from django.db import connection

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.backends import PeopleBackend
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from tests.statements import statements
from windows import permissions
from windows.models import Case

from .hall_setup import NOW, at_nine_thirty, clerk, credit_code, edition_of, shipped, typed, window

__all__ = ["at_nine_thirty", "clerk", "shipped", "window"]
pytestmark = pytest.mark.django_db

#: The statements of one post that registers and accepts; PostgreSQL takes the case and all that hangs on it in one.
ACCEPTING = {"postgresql": 5, "sqlite": 10}
#: What it writes, in this order, each table once; before it the session and the person are read.
WRITTEN = [
    "windows_party",
    "kernel_numberseries",
    "windows_case",
    "windows_casematerial",
    "windows_caseevent",
    "windows_letter",
    "kernel_formtoken",
    "kernel_job",
]


@pytest.fixture
def seconds_stand_still(monkeypatch):
    """What a process keeps for some seconds does not grow old in the middle of a test."""
    for name in (
        "matters.queries",
        "laiyang_approval.kernel.rules",
        "laiyang_approval.kernel.calendars",
        "laiyang_approval.kernel.seals",
    ):
        monkeypatch.setattr(f"{name}.monotonic", lambda: 1000.0)


def test_a_status_lookup_is_one_statement_once_the_edition_is_known(people, client, monkeypatch):
    case = make.accepted(people)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    Case.objects.update(query_code_hmac=query_code_hmac("ABCDEFGH"))

    def look_up():
        answer = client.post("/status/", {"number": case.number, "code": "ABCDEFGH"})
        assert answer.status_code == 200
        assert case.number in answer.content.decode()

    look_up()
    assert len(statements(look_up)) == 1


def test_a_signed_in_person_comes_with_department_roles_and_rights_in_one_statement(people):
    read = []
    seen = statements(lambda: read.append(PeopleBackend().get_user(people.reviewer.pk)))
    fresh, known = read[0], User.objects.select_related("department").get(pk=people.reviewer.pk)
    assert len(seen) == 1
    assert statements(lambda: (fresh.roles, fresh.department.name, permissions.rights_of(fresh))) == []
    for field in User._meta.concrete_fields:
        assert getattr(fresh, field.attname) == getattr(known, field.attname), field.name
    for field in known.department._meta.concrete_fields:
        assert getattr(fresh.department, field.attname) == getattr(known.department, field.attname), field.name
    assert fresh.roles == known.roles
    assert permissions.rights_of(fresh) == permissions.rights_of(known)
    assert permissions.rights_of(fresh).departments


def test_a_person_without_department_role_or_right_has_none(db):
    User.objects.create_user("kong", display_name="空")
    user = PeopleBackend().get_user(User.objects.get(username="kong").pk)
    assert (user.department, user.roles, user.grants) == (None, frozenset(), ())


def test_a_disabled_account_is_nobody(db):
    pk = User.objects.create_user("ting", is_active=False).pk
    assert PeopleBackend().get_user(pk) is None
    assert PeopleBackend().get_user(pk + 1000) is None


def post(window, code: str = "SJ-04", *, missing: bool = False, **fields: str) -> list[str]:
    """The statements of one post of the counter; ``missing``: none of the papers has come in, and all are told."""
    page = typed(code, token=new_form_token(), outcome="correct" if missing else "accept", **fields)
    if missing:
        page |= {name: "missing" for name in page if name.endswith("-status")}
    answers = []
    seen = statements(lambda: answers.append(window.post("/hall/", page)))
    assert answers[0].status_code == 302
    return seen


def test_taking_in_and_accepting_is_at_most_ten_statements_and_writes_each_table_once(window, seconds_stand_still):
    post(window)
    seen = post(window, id_number=credit_code(12))
    assert len(seen) == ACCEPTING[connection.vendor], seen
    assert [table for one in seen[2:] for table in re.findall(r'INSERT INTO "?(\w+)', one)] == WRITTEN
    post(window, id_number=credit_code(13)), post(window, id_number=credit_code(14))
    assert len(post(window, id_number=credit_code(13))) == ACCEPTING[connection.vendor]


@pytest.mark.parametrize(("missing", "more"), [(False, {}), (True, {"postgresql": 1, "sqlite": 2})])
def test_a_longer_list_of_materials_takes_no_more_statements(window, seconds_stand_still, missing, more):
    expected = ACCEPTING[connection.vendor] + more.get(connection.vendor, 0)
    for code, length in (("SW-02", 5), ("SJ-04", 7)):
        assert len(edition_of(code).materials.all()) == length
        post(window, code, missing=missing)
        assert len(post(window, code, missing=missing)) == expected


def test_a_reviewer_s_list_is_three_statements_however_many_cases_wait(people, client):
    """Session, person, page."""
    client.force_login(people.reviewer)
    client.get("/inbox/")
    for _ in range(3):
        make.accepted(people)
        assert len(statements(lambda: client.get("/inbox/"))) == 3
