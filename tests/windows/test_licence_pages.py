"""The register of licences, the page of one licence with its acts, the counter's 办理项, and a holder's own licences."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import EXPIRY, noon
from windows.commands.decision import grant_case
from windows.commands.delivery import issue_certificate
from windows.commands.licences.granting import Grant
from windows.models import Case, Licence, LicenceChange

JUNE = noon(date(2026, 6, 1))


@pytest.fixture
def now(monkeypatch):
    """The hand of the clock."""
    moment = [JUNE]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(to):
        moment[0] = to

    return move


@pytest.fixture
def as_person(client, now):
    def sign_in(user):
        client.force_login(user)
        stamp = clock.now().timestamp()
        session = client.session
        session.update({"signed_in_at": stamp, "seen_at": stamp, "confirmed_at": stamp})
        session.save()
        return client

    return sign_in


def statements(act) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


class TestRegister:
    def test_searched_by_number_holder_matter_and_state(self, people, as_person):
        one = lic.licence(people)
        other = lic.licence(people, code="WJ-05", party=make.PERSON)
        lic.forfeited(people, other, at=noon(date(2026, 5, 8)))
        browser = as_person(people.reviewer)

        def found(**asked) -> set[str]:
            page = browser.get("/licences/", asked).content.decode()
            return {number for number in (one.number, other.number) if number in page}

        assert found() == {one.number, other.number}
        assert found(q=one.number) == {one.number}
        assert found(q=one.number.replace("〔", "[").replace("〕", "]")) == {one.number}
        assert found(q="某某餐饮店") == {one.number}
        assert found(q="370682199001019996") == {other.number}
        assert found(matter="wj-05") == {other.number}
        assert found(list="valid") == {one.number}
        assert found(list="to_cancel") == {other.number}
        assert found(list="suspended") == found(q="没有这个") == set()

    def test_a_made_up_list_or_position_is_told(self, people, as_person):
        browser = as_person(people.reviewer)
        for asked, sentence in (({"list": "x"}, "没有这个列表"), ({"after": "x"}, "翻页位置无效")):
            answer = browser.get("/licences/", asked)
            assert (answer.status_code, sentence in answer.content.decode()) == (422, True)

    def test_a_page_costs_as_much_for_many_as_for_one_and_shows_each_once(self, people, as_person):
        first = lic.old_licence(people, 1)
        browser = as_person(people.reviewer)
        browser.get("/licences/")
        one = statements(lambda: browser.get("/licences/"))
        numbers = {first.number} | {lic.old_licence(people, serial).number for serial in range(2, 54)}
        assert statements(lambda: browser.get("/licences/")) == one
        page = browser.get("/licences/")
        rows = [row.number for row, _ in page.context["page"].rows]
        rest = browser.get("/licences/", {"after": page.context["page"].next_cursor})
        rows += [row.number for row, _ in rest.context["page"].rows]
        assert (len(rows), set(rows)) == (53, numbers)

    def test_what_is_another_bodys_is_not_there(self, people, as_person):
        one = lic.licence(people)
        browser = as_person(make.People("GA").reviewer)
        assert one.number not in browser.get("/licences/").content.decode()
        assert browser.get(f"/licences/{one.pk}/").status_code == 404

    def test_the_body_that_issued_it_still_sees_it_and_the_bureau_handles_it(self, people, as_person):
        old = lic.old_licence(people)
        former = make.person("former", Role.DEPARTMENT_STAFF, department="SJ", right="review_for_department")
        page = as_person(former).get(f"/licences/{old.pk}/").content.decode()
        assert "该证照现由莱阳市行政审批服务局管理，您没有该单位的授权" in page
        assert "变更、延续等现由<strong>莱阳市行政审批服务局</strong>决定" in page


class TestLicencePage:
    def test_the_whole_life_in_the_order_of_its_days(self, people, as_person):
        old = lic.licence(people)
        change = lic.reviewed(people, old, "change", at=JUNE)
        grant_case(change.number, grant=Grant("糕点类食品制售"), actor=people.decider, at=JUNE + timedelta(hours=3))
        issue_certificate(change.number, actor=people.issuer, at=JUNE + timedelta(hours=4))
        new = Licence.objects.get(case=change)
        lic.forfeited(people, new, at=JUNE + timedelta(days=8))
        page = as_person(people.reviewer).get(f"/licences/{new.pk}/")
        assert [entry.label for entry in page.context["page"].timeline] == [
            "颁发（新办）",
            "颁发（变更）",
            "由新证替代",
            "吊销",
        ]
        shown = page.content.decode()
        assert "应当办理注销（行政许可法第七十条）" in shown
        assert make.RESTAURANT.id_number not in shown
        assert "莱市监罚〔2026〕12号" in shown

    def test_it_costs_as_much_after_a_long_life_as_at_its_beginning(self, people, as_person, now):
        one = lic.licence(people)
        browser = as_person(people.reviewer)
        browser.get(f"/licences/{one.pk}/")
        young = statements(lambda: browser.get(f"/licences/{one.pk}/"))
        for hours in (0, 24):
            case = lic.reviewed(people, one, "change", at=JUNE + timedelta(hours=hours))
            at = JUNE + timedelta(hours=hours + 3)
            grant_case(case.number, grant=Grant("糕点类食品制售"), actor=people.decider, at=at)
            issue_certificate(case.number, actor=people.issuer, at=at + timedelta(hours=1))
            one = Licence.objects.get(case=case)
        now(JUNE + timedelta(days=3))
        assert statements(lambda: browser.get(f"/licences/{one.pk}/")) <= young + 1

    def test_what_is_not_possible_says_why_and_who_could(self, people, as_person):
        one = lic.licence(people)
        page = as_person(people.reviewer).get(f"/licences/{one.pk}/").content.decode()
        assert "须由综合窗口人员、部门工作人员办理。" in page
        assert "证照没有被暂扣。" in page
        page = as_person(people.clerk).get(f"/licences/{one.pk}/").content.decode()
        assert "/hall/?matter=SJ-04&amp;purpose=renewal&amp;licence=" in page
        assert "须由审查人员、部门工作人员办理。" in page

    def test_a_case_is_opened_from_the_page(self, people, as_person):
        one = lic.licence(people)
        browser = as_person(people.reviewer)
        address = f"/licences/{one.pk}/acts/open_revocation/"
        empty = browser.post(address, {"ground": "", "facts": ""})
        assert (empty.status_code, Case.objects.filter(origin="ex_officio").count()) == (422, 0)
        assert "请选择事由。" in empty.content.decode()
        done = browser.post(address, {"ground": "fraud", "facts": "租赁合同系伪造。", "source": "移送"})
        case = Case.objects.get(origin="ex_officio")
        assert done["Location"] == f"/cases/{case.number}/"
        page = browser.get(done["Location"]).content.decode()
        assert "租赁合同系伪造。" in page and "告知陈述申辩权利" in page
        assert "准予许可" not in page
        again = browser.post(address, {"ground": "fraud", "facts": "租赁合同系伪造。"})
        assert (again.status_code, "不能重复立案" in again.content.decode()) == (409, True)

    def test_a_penalty_is_registered_from_the_page(self, people, as_person):
        one = lic.licence(people)
        browser = as_person(people.reviewer)
        typed = {
            "document_number": "莱市监罚〔2026〕12号",
            "department": Department.objects.get(code="SJ").pk,
            "decided_on": "2026-05-20",
        }
        missing = browser.post(f"/licences/{one.pk}/acts/forfeit/", typed | {"document_number": ""})
        assert (missing.status_code, LicenceChange.objects.count()) == (422, 0)
        suspended = browser.post(f"/licences/{one.pk}/acts/suspend/", typed | {"until_on": "2026-07-01"})
        assert suspended.status_code == 302
        twice = browser.post(f"/licences/{one.pk}/acts/suspend/", typed)
        assert twice.status_code == 409
        one.refresh_from_db()
        assert (one.state, one.suspended_until_on) == ("suspended", date(2026, 7, 1))

    def test_who_may_not_is_told_and_nothing_happens(self, people, as_person):
        one = lic.licence(people)
        browser = as_person(people.clerk)
        assert browser.post(f"/licences/{one.pk}/acts/forfeit/", {}).status_code == 404
        other = make.person("without", Role.REVIEWER)
        answer = as_person(other).post(
            f"/licences/{one.pk}/acts/open_cancellation/", {"ground": "cancel_6", "facts": "x"}
        )
        assert answer.status_code == 403
        assert as_person(people.reviewer).post(f"/licences/{one.pk}/acts/apply_renewal/").status_code == 404
        assert Case.objects.filter(origin="ex_officio").count() == 0


class TestCounter:
    def test_an_application_begun_on_the_licence_page(self, people, as_person, now):
        one = lic.licence(people)
        now(noon(date(2026, 9, 10)))
        browser = as_person(people.clerk)
        page = browser.get("/hall/", {"matter": "SJ-04", "purpose": "renewal", "licence": one.number})
        shown = page.content.decode()
        assert f'value="{one.number}"' in shown
        assert "届满三十日前提出，逾期未决定视为准予延续" in shown
        assert one.holder.name in shown
        typed = {
            "matter": "SJ-04",
            "token": page.context["token"],
            "outcome": "accept",
            "purpose": "renewal",
            "licence_number": one.number,
            "id_number": make.RESTAURANT.id_number,
            "name": make.RESTAURANT.name,
        }
        typed |= {f"m{given.material_id}-status": "complete" for given in make.materials("SJ-04", date(2026, 9, 10))}
        stranger = browser.post("/hall/", typed | {"id_number": make.PERSON.id_number, "name": make.PERSON.name})
        assert stranger.status_code == 422
        assert "该证照的持证人不是本申请人。" in stranger.content.decode()
        assert browser.post("/hall/", typed).status_code == 302
        case = Case.objects.get(purpose="renewal")
        assert (case.state, case.subject_licence, case.decide_before_on) == ("accepted", one, EXPIRY)

    def test_the_panel_says_when_a_renewal_comes_too_late_to_be_deemed(self, people, as_person, now):
        one = lic.licence(people)
        now(noon(date(2026, 10, 20)))
        browser = as_person(people.clerk)
        typed = {"matter": "SJ-04", "purpose": "renewal", "licence_number": one.number}
        page = browser.post("/hall/judgement/", typed).content.decode()
        assert "须在2026-10-01前提出，已逾期，不适用视为准予延续" in page
        page = browser.post("/hall/judgement/", typed | {"licence_number": "没有"}).content.decode()
        assert "不能收件。" in page and "没有查到这个证照编号" in page


def test_a_holder_sees_the_licence_and_by_when_to_ask(people, as_person, now):
    one = lic.licence(people)
    citizen = make.person("holder", Role.CITIZEN)
    one.holder.user = citizen
    one.holder.save()
    now(noon(date(2026, 9, 14)))
    browser = as_person(citizen)
    assert "请在2026年10月1日前提出申请" not in browser.get("/mine/").content.decode()
    now(noon(date(2026, 9, 15)))
    page = as_person(citizen).get("/mine/").content.decode()
    assert one.number in page and "需要延续的，请在2026年10月1日前提出申请（行政许可法第五十条第一款）。" in page
    lic.applied(people, one, "renewal", at=noon(date(2026, 9, 15)))
    page = as_person(citizen).get("/mine/").content.decode()
    assert "2026年10月31日届满前没有决定的，视为准予延续" in page
