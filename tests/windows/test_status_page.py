"""The status page filled into its stencil is, byte by byte, what its template says; whatever a person typed stays text."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.shortcuts import render

from laiyang_approval.kernel import clock, stencils
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.stencils import Stencil
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import noon
from windows.models import Case
from windows.views import public

NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
CODE = "ABCDEFGH"
HOSTILE = """</p><script>alert("1")</script>&'"""
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]{64})"')


@pytest.fixture(autouse=True)
def on_a_thursday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def look_up(client, case: Case):
    Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac(CODE))
    answer = client.post("/status/", {"number": case.number, "code": CODE})
    assert answer.status_code == 200
    return answer


@pytest.fixture
def both_ways(client, monkeypatch):
    """Looks up twice, so that the page comes from the cut, and again by the template; gives the page both agree on."""

    def compare(case: Case) -> str:
        look_up(client, case)
        from_cut = _CSRF.sub("token", look_up(client, case).content.decode())
        with monkeypatch.context() as patch:
            patch.setattr(Stencil, "fill", lambda self, request, values: render(request, self.template, values))
            assert from_cut == _CSRF.sub("token", look_up(client, case).content.decode())
        return from_cut

    return compare


@pytest.mark.parametrize(
    "stage",
    [make.received, make.correction_pending, make.accepted, make.pending_decision, make.refused, make.delivered],
)
def test_at_each_stage(people, both_ways, stage):
    case = stage(people)
    Case.objects.filter(pk=case.pk).update(light="orange")
    page = both_ways(case)
    assert case.number in page
    assert ("◆" in page) == ("clock-strip" in page)


def test_what_the_bureau_takes_up_of_its_own_motion_is_shown_without_a_clock(people, both_ways):
    case = lic.proposed(people, lic.licence(people), "procedure", at=noon(date(2026, 3, 10)))
    assert case.clock_from_on is None
    page = both_ways(case)
    assert "立案" in page
    assert "clock-strip" not in page and "承诺办结" not in page


def test_hostile_text_is_text(people, both_ways, monkeypatch):
    told = public.public_status

    def hostile(*args, **kwargs):
        shown = told(*args, **kwargs)
        return replace(
            shown,
            matter_name=HOSTILE,
            department=HOSTILE,
            phone=HOSTILE,
            complaint_phone=HOSTILE,
            asked=[HOSTILE],
            milestones=[(day, HOSTILE) for day, _ in shown.milestones],
        )

    monkeypatch.setattr(public, "public_status", hostile)
    page = both_ways(make.accepted(people))
    assert "alert(" in page and "<script>alert" not in page


def test_an_unknown_phone_is_said_and_not_dialled(people, both_ways, monkeypatch):
    told = public.public_status
    monkeypatch.setattr(public, "public_status", lambda *args, **kwargs: replace(told(*args, **kwargs), phone=""))
    page = both_ways(make.accepted(people))
    assert "<dt>咨询电话</dt><dd>待核实</dd>" in page and "tel:" not in page


def test_each_page_carries_a_token_of_its_own_that_lets_its_form_through(people, client):
    case = make.accepted(people)
    client.handler.enforce_csrf_checks = False
    tokens = [_CSRF.search(look_up(client, case).content.decode())[1] for _ in range(3)]
    assert len(set(tokens)) == 3
    client.handler.enforce_csrf_checks = True
    assert client.post("/status/leave/", {"csrfmiddlewaretoken": tokens[0]}).status_code == 302
    assert client.post("/status/leave/", {"csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_somebody_signed_in_is_named_and_leaves_no_trace_for_the_next_visitor(people, client, both_ways):
    case = make.accepted(people)
    client.force_login(people.reviewer)
    assert f"{people.reviewer.display_name}</a>" in both_ways(case)
    client.logout()
    page = both_ways(case)
    assert people.reviewer.display_name not in page
    assert ">登录</a>" in page


def test_the_page_is_never_stored_and_differs_by_cookie(people, client):
    case = make.accepted(people)
    look_up(client, case)
    said = look_up(client, case).headers
    assert (said["Cache-Control"], said["Vary"]) == ("no-store", "Cookie")


def test_more_shapes_than_are_kept_begin_anew(people, both_ways, monkeypatch):
    monkeypatch.setattr(stencils, "MOST_CUTS", 1)
    for stage in (make.received, make.accepted, make.refused):
        both_ways(stage(people))
