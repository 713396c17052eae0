"""监管反馈的页面: reported once from a page, answered by the approving body, shown on licence, case and to the next reviewer."""

import pytest
import time_machine

from supervision.models import FollowUp, SupervisionFeedback
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.cases import days_later
from windows.models import Case, Licence


@pytest.fixture
def licence(people, watch):
    one = lic.old_licence(people, at=make.MONDAY)
    with time_machine.travel(days_later(3), tick=False):
        yield one


def typed(licence, **changed) -> dict[str, str]:
    return {
        "token": "t" * 43,
        "kind": "forfeiture",
        "licence_number": licence.number,
        "happened_on": "2026-03-03",
        "document_number": "莱市监罚〔2026〕12号",
        "officer_one": "张三丰",
        "officer_two": "李四光",
        "finding": "经查，使用过期原料，情节严重。",
    } | changed


def reported(client, licence, watch, **changed):
    client.force_login(watch.regulator)
    return client.post("/supervision/feedback/new/", typed(licence, **changed))


def test_a_forfeiture_reported_twice_from_one_page_takes_effect_once(licence, watch, client):
    for _ in range(2):
        answer = reported(client, licence, watch)
        assert answer.headers["Location"] == "/supervision/feedback/JG2026000001/"
    assert (Licence.objects.get().state, SupervisionFeedback.objects.count()) == ("forfeited", 1)
    page = client.get("/supervision/feedback/JG2026000001/").content.decode()
    assert "已吊销" in page and "由市行政审批服务局答复" in page


def test_what_is_wrong_is_told_beside_the_field_and_kept(licence, watch, client):
    answer = reported(client, licence, watch, document_number="", officer_two="张三丰")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写决定书文号。" in page and "使用过期原料" in page and "t" * 43 in page
    assert Licence.objects.get().state == "valid"


def test_the_approving_body_answers_and_the_case_is_open(licence, people, watch, client):
    reported(client, licence, watch)
    client.force_login(people.reviewer)
    assert "办理注销" in client.get("/supervision/feedback/").content.decode()
    address = "/supervision/feedback/JG2026000001/"
    assert client.post(address, {"accepted": "", "text": ""}).status_code == 422
    assert client.post(address, {"accepted": "yes", "text": "予以注销。"}).status_code == 422
    done = client.post(address, {"accepted": "yes", "text": "予以注销。", "ground": "cancel_4"})
    case = Case.objects.get(purpose="cancellation")
    assert done.headers["Location"] == f"/cases/{case.number}/"
    client.force_login(watch.regulator)
    page = client.get(address).content.decode()
    assert "已采纳" in page and case.number in page


def test_it_stands_on_the_licence_and_before_the_next_reviewer(licence, people, watch, client):
    reported(client, licence, watch, kind="penalty")
    client.force_login(people.reviewer)
    assert "使用过期原料" in client.get(f"/licences/{licence.pk}/").content.decode()
    case = make.in_review(people, at=days_later(3))
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "监管部门对该申请人的反馈" in page and "使用过期原料" in page


def test_the_applicant_does_not_read_it_on_the_status_page(licence, people, watch, client):
    reported(client, licence, watch, kind="complaint")
    from supervision.shown import on_case

    case = Case.objects.get(licence=licence)
    citizen = make.person("citizen", make.Role.CITIZEN)
    type(case.party).objects.filter(pk=case.party_id).update(user=citizen)
    assert on_case(Case.objects.select_related("party").get(pk=case.pk), citizen, days_later(3).date()) is None


def test_nobody_elses_report_is_there(licence, people, watch, client):
    reported(client, licence, watch)
    address = "/supervision/feedback/JG2026000001/"
    client.force_login(watch.other)
    assert client.get(address).status_code == 404
    assert client.post(address, {"accepted": "no", "text": "不采纳"}).status_code == 404
    client.force_login(people.clerk)
    assert client.get(address).status_code == 404
    client.force_login(watch.supervisor)
    assert client.get(address).status_code == 200
    assert client.post(address, {"accepted": "no", "text": "不采纳"}).status_code == 403
    assert FollowUp.objects.get().state == "open"


def test_a_regulator_without_a_body_is_told_so(people, client):
    nobody = make.person("lost", make.Role.REGULATOR)
    type(nobody).objects.filter(pk=nobody.pk).update(department=None)
    client.force_login(nobody)
    assert client.get("/supervision/feedback/new/").status_code == 403
