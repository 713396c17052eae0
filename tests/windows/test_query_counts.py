"""How many statements the pages used most often take, and that more cases do not make them more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.backends import PeopleBackend
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from windows import permissions
from windows.models import Case

from .hall_setup import NOW, at_nine_thirty, clerk, credit_code, shipped, typed, window

__all__ = ["at_nine_thirty", "clerk", "shipped", "window"]
pytestmark = pytest.mark.django_db

#: Session, person, token, locks, case, materials, letters, jobs, events; what a new statement adds must be worth it.
MOST_FOR_ACCEPTING = 32


def statements(act) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen.captured_queries]


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


def test_taking_in_and_accepting_takes_as_many_statements_for_the_fifth_case_as_for_the_second(window):
    def take(number: int):
        page = typed(token=f"{number:043d}", id_number=credit_code(10 + number))
        assert window.post("/hall/", page).status_code == 302

    take(1)
    second = len(statements(lambda: take(2)))
    take(3), take(4)
    assert len(statements(lambda: take(5))) == second
    assert second <= MOST_FOR_ACCEPTING
