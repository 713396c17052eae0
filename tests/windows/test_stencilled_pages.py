"""Pages filled into a stencil are, byte by byte, what their template says; whatever a person typed stays text."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from laiyang_approval.kernel import clock, stencils
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.stencils import Stencil
from tests.factories import cases as make
from windows.models import Case, Party
from windows.views import public

NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
CODE = "ABCDEFGH"
HOSTILE = """</td><script>alert("1")</script>&'"""
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]{64})"')


@pytest.fixture(autouse=True)
def on_a_thursday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def both_ways(monkeypatch):
    """Asks for a page twice, so that it comes from the cut, and again from the template; gives the page both agree on."""

    def compare(ask) -> str:
        ask()
        from_cut = _CSRF.sub("token", ask().content.decode())
        with monkeypatch.context() as patch:
            patch.setattr(Stencil, "page", Stencil.rendered)
            assert from_cut == _CSRF.sub("token", ask().content.decode())
        return from_cut

    return compare


def look_up(client, case: Case):
    Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac(CODE))
    answer = client.post("/status/", {"number": case.number, "code": CODE})
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    "stage",
    [make.received, make.correction_pending, make.accepted, make.pending_decision, make.refused, make.delivered],
)
def test_the_status_page_at_each_stage(people, client, both_ways, stage):
    case = stage(people)
    Case.objects.filter(pk=case.pk).update(light="orange")
    page = both_ways(lambda: look_up(client, case))
    assert case.number in page
    assert ("◆" in page) == ("clock-strip" in page)


def test_the_status_page_of_somebody_signed_in_names_them_and_nobody_else(people, client, both_ways):
    case = make.accepted(people)
    assert ">登录</a>" in both_ways(lambda: look_up(client, case))
    client.force_login(people.reviewer)
    assert "隋志远</a>" in both_ways(lambda: look_up(client, case))
    client.force_login(people.clerk)
    page = both_ways(lambda: look_up(client, case))
    assert "于晓静</a>" in page and "隋志远" not in page


def test_hostile_text_on_the_status_page_is_text(people, client, both_ways, monkeypatch):
    case = make.accepted(people)
    told = public.public_status

    def hostile(*args, **kwargs):
        shown = told(*args, **kwargs)
        return replace(
            shown,
            matter_name=HOSTILE,
            department=HOSTILE,
            phone=HOSTILE,
            complaint_phone=HOSTILE,
            milestones=[(day, HOSTILE) for day, _ in shown.milestones],
        )

    monkeypatch.setattr(public, "public_status", hostile)
    page = both_ways(lambda: look_up(client, case))
    assert "alert(" in page and "<script>alert" not in page


def test_an_unknown_phone_is_said_and_not_dialled(people, client, both_ways, monkeypatch):
    case = make.accepted(people)
    told = public.public_status
    monkeypatch.setattr(public, "public_status", lambda *args, **kwargs: replace(told(*args, **kwargs), phone=""))
    page = both_ways(lambda: look_up(client, case))
    assert "<dt>咨询电话</dt><dd>待核实</dd>" in page and "tel:" not in page


def test_each_status_page_carries_a_token_of_its_own_that_lets_its_form_through(people, client):
    case = make.accepted(people)
    client.handler.enforce_csrf_checks = False
    tokens = [_CSRF.search(look_up(client, case).content.decode())[1] for _ in range(3)]
    assert len(set(tokens)) == 3
    client.handler.enforce_csrf_checks = True
    assert client.post("/status/leave/", {"csrfmiddlewaretoken": tokens[0]}).status_code == 302
    assert client.post("/status/leave/", {"csrfmiddlewaretoken": "x" * 64}).status_code == 403


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/?light=green", "/inbox/?mine=1", "/inbox/done/", "/inbox/?q=x"])
def test_the_lists_of_a_reviewer(people, client, both_ways, path):
    make.in_review(people), make.accepted(people), make.delivered(people)
    client.force_login(people.reviewer)
    both_ways(lambda: client.get(path))


def test_hostile_text_in_a_list_is_text(people, client, both_ways):
    people.reviewer.display_name = HOSTILE
    people.reviewer.save()
    make.in_review(people)
    Party.objects.update(name=HOSTILE)  # no form takes such a name; an old row may hold one
    client.force_login(people.reviewer)
    for path in ("/inbox/", "/inbox/?q=" + HOSTILE.replace("&", "%26"), "/inbox/?matter=" + HOSTILE[:14]):
        page = both_ways(lambda path=path: client.get(path))
        assert "script&gt;" in page.lower() and "<script>alert" not in page.lower()


def test_two_reviewers_have_each_their_own_frame_and_a_sentence_is_said_once(people, client, both_ways):
    case = make.accepted(people)
    police = make.People("GA")
    for user in (police.reviewer, police.decider, people.reviewer):
        client.force_login(user)
        page = both_ways(lambda: client.get("/inbox/"))
        assert f"{user.display_name}</a><small>{user.department.short_name}</small>" in page
    client.post(f"/cases/{case.number}/acts/start_review/", {"version": case.version})
    assert "已领取，由您审查。" in client.get("/inbox/").content.decode()
    assert "已领取，由您审查。" not in client.get("/inbox/").content.decode()


def test_more_readers_than_are_kept_begin_anew(people, client, both_ways, monkeypatch):
    monkeypatch.setattr(stencils, "MOST_CUTS", 1)
    for user in (people.reviewer, people.decider, people.reviewer):
        client.force_login(user)
        assert f"{user.display_name}</a>" in both_ways(lambda: client.get("/inbox/"))
