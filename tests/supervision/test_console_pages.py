"""收件箱: what was told to a regulator, its acts, and nothing of anybody else's."""

import pytest
import time_machine

from laiyang_approval.kernel.models import AuditRecord
from supervision.models import Push
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.factories.cases import days_later


@pytest.fixture
def told(people, watch):
    """A push to the market supervision bureau, looked at the day after."""
    push = sup.pushed(people, party=make.PERSON)
    with time_machine.travel(days_later(1), tick=False):
        yield push


def address(push: Push, action: str = "") -> str:
    return f"/supervision/pushes/{push.number}/" + (f"{action}/" if action else "")


def state(push: Push) -> str:
    return Push.objects.get(pk=push.pk).state


def test_the_inbox_shows_what_waits_and_how_long(told, watch, client):
    client.force_login(watch.regulator)
    page = client.get("/supervision/pushes/").content.decode()
    assert "姜𠮷" in page and "剩1个工作日" in page and "2026-03-04" in page
    assert client.get("/workbench/").headers["Location"] == "/supervision/pushes/"
    assert ">1<" in client.get("/workbench/counts/").content.decode()


def test_the_first_look_is_the_receipt_and_numbers_are_masked(told, watch, client):
    client.force_login(watch.regulator)
    page = client.get(address(told)).content.decode()
    assert state(told) == "read"
    assert "370***********9996" in page and make.PERSON.id_number not in page


def test_in_clear_only_for_a_purpose_that_is_recorded(told, watch, client):
    client.force_login(watch.regulator)
    assert client.post(address(told, "reveal"), {"purpose": ""}).status_code == 422
    page = client.post(address(told, "reveal"), {"purpose": "核对持证人身份"}).content.decode()
    assert make.PERSON.id_number in page
    record = AuditRecord.objects.get(action="reveal")
    assert (record.object_ref, record.purpose) == (f"push:{told.number}", "核对持证人身份")
    client.force_login(watch.supervisor)
    assert client.post(address(told, "reveal"), {"purpose": "核对持证人身份"}).status_code == 404


def test_claimed_planned_followed_up_on_the_page(told, watch, client):
    client.force_login(watch.regulator)
    assert client.post(address(told, "claim")).status_code == 302
    assert client.post(address(told, "plan"), {"plan": ""}).status_code == 422
    client.post(address(told, "plan"), {"plan": "三月检查"})
    client.post(address(told, "follow_up"), {"note": "已检查"})
    assert state(told) == "followed_up"
    page = client.get(address(told)).content.decode()
    assert "三月检查" in page and "已检查" in page


def test_what_cannot_be_is_said_beside_the_act(told, watch, client):
    client.force_login(watch.regulator)
    answer = client.post(address(told, "plan"), {"plan": "三月检查"})
    assert answer.status_code == 409
    assert "请先认领" in answer.content.decode()
    assert client.post(address(told, "burn"), {}).status_code == 404


def test_a_dispute_goes_to_the_desk_and_is_settled_there(told, watch, client):
    client.force_login(watch.regulator)
    client.post(address(told, "dispute"), {"reason": "应由卫健部门监管"})
    client.force_login(watch.coordinator)
    assert "应由卫健部门监管" in client.get("/supervision/desk/").content.decode()
    assert client.post(address(told, "move"), {"to": "WJ19", "reason": "同意"}).status_code == 302
    assert (state(told), Push.objects.get(moved_from=told).regulator.code) == ("moved", "WJ19")


def test_nothing_of_another_bodys_push_is_there(told, watch, client):
    client.force_login(watch.other)
    assert "姜𠮷" not in client.get("/supervision/pushes/?list=all").content.decode()
    assert client.get(address(told)).status_code == 404
    for action in ("claim", "dispute", "reveal"):
        assert client.post(address(told, action), {"reason": "x", "purpose": "核对身份"}).status_code == 404
    assert state(told) == "delivered"


def test_a_clerk_has_no_such_page(told, people, client):
    client.force_login(people.clerk)
    for path in ("/supervision/pushes/", address(told), "/supervision/desk/"):
        assert client.get(path).status_code == 404
    assert state(told) == "delivered"


@pytest.mark.parametrize("after", ["-1", "９", "9" * 30, "x'", ""])
def test_a_strange_cursor_is_an_empty_or_a_first_page(told, watch, client, after):
    client.force_login(watch.regulator)
    assert client.get("/supervision/pushes/", {"list": "unclaimed", "after": after}).status_code == 200
    assert client.get("/supervision/pushes/", {"list": after}).status_code == 200


def test_the_inbox_costs_the_same_however_long_it_is(told, people, watch, client, django_assert_max_num_queries):
    client.force_login(watch.regulator)
    for _ in range(3):
        make.granted(people)
    sup.relayed(days_later(1))
    with django_assert_max_num_queries(9):
        client.get("/supervision/pushes/")
