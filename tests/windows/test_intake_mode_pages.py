"""容缺受理、告知承诺、即办 by their pages: the counter, the case page, the checker's and the restrictions' pages."""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.windows.hall_setup import edition_of, typed
from windows.commands.deferrals import end_deferral, supply_deferred
from windows.commands.post_checks import Finding, record_check
from windows.commands.serving import Service
from windows.domain.promised import check_sentence
from windows.models import Case, CreditCheck, Deferral, PartyRestriction, PostCheck
from windows.public_status import find_by_number, public_status

SIGNED = {"promise_by": "邹念慈", "promise_signed": "on"}
CREDIT = {"credit_source": "信用中国（山东）", "credit_result": "clear"}
GRANT = {"content": "热食类食品制售", "valid_from": "2026-03-02", "valid_to": "2031-03-01"}


def text_of(response) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(make.days_later(0, hours=1), tick=False):
        yield


@pytest.fixture
def window(people):
    return browser_of(people.clerk)


def row(place: int, status: str, code: str = "SJ-04", **more: str) -> dict[str, str]:
    material = list(edition_of(code).materials.all())[place]
    return {f"m{material.pk}-status": status} | {f"m{material.pk}-{name}": value for name, value in more.items()}


def counter(outcome: str, *rows: dict[str, str], code: str = "SJ-04", **fields: str) -> dict[str, str]:
    page = typed(code, outcome=outcome, token=new_form_token())
    for one in rows:
        page |= one
    return page | fields


class TestCounter:
    def test_deferred_from_the_counter_with_the_clerks_words(self, window):
        faulty = row(4, "defective", reason="制度未加盖公章")
        response = window.post("/hall/", counter("defer", row(2, "missing"), faulty, **SIGNED))
        assert response.status_code == 302
        assert [item.lack for item in Deferral.objects.get().items.all()] == ["未提交", "制度未加盖公章"]
        page = text_of(window.get(response["Location"]))
        assert "请把受理通知书、容缺受理通知书交申请人" in page
        assert "容缺受理通知书莱审批容字〔2026〕第0001号" in page

    def test_committed_from_the_counter(self, window):
        response = window.post("/hall/", counter("commit", row(4, "missing"), **SIGNED, **CREDIT))
        assert response.status_code == 302
        case = Case.objects.get()
        assert (case.state, case.by_commitment, CreditCheck.objects.get().result) == ("received", True, "clear")
        assert "申请人已签署告知承诺书，请即转决定人当场决定" in text_of(window.get(response["Location"]))
        hall = text_of(window.get(f"/hall/cases/{case.number}/"))
        assert "承诺代替" in hall and "改按普通程序的" in hall

    @pytest.mark.parametrize(
        ("outcome", "place", "typed_too", "sentence"),
        [
            ("defer", 2, {}, "请申请人阅读并签署容缺受理承诺书后"),
            ("defer", 2, {"promise_signed": "on"}, "请填写签署承诺书的人"),
            ("defer", 3, SIGNED, "操作流程等文件不可容缺"),
            ("commit", 4, SIGNED, "请先查询申请人信用"),
            ("commit", 2, SIGNED | CREDIT, "不能以承诺代替"),
            ("commit", 4, SIGNED | {"credit_result": "adverse", "credit_note": "不适用"}, "修复前不适用告知承诺"),
        ],
    )
    def test_what_is_wanting_is_told_and_nothing_is_done(self, window, outcome, place, typed_too, sentence):
        response = window.post("/hall/", counter(outcome, row(place, "missing"), **typed_too))
        assert response.status_code in {409, 422}
        assert sentence in text_of(response)
        assert Case.objects.count() == 0

    def test_the_panel_offers_what_is_open_and_says_why_not(self, window):
        def panel(*rows, **fields):
            return text_of(window.post("/hall/judgement/", counter("", *rows, **fields)))

        assert "建议：容缺受理" in panel(row(2, "missing"))
        assert "建议：容缺受理" in panel(row(4, "missing"))
        assert "操作流程等文件不可容缺，须先补齐" in panel(row(3, "missing"))
        assert "材料已全部登记为齐，不需要容缺" in panel()
        assert "容缺受理" not in panel(code="GA-14")
        assert "还有1项材料没有登记；请先逐项核对" in panel(row(2, ""))

    def test_the_panel_knows_the_applicant_by_the_number_typed(self, window, people):
        case = make.accepted(people)
        PartyRestriction.objects.create(
            party=case.party, kind="no_deferral", from_on="2026-02-01", basis="告知承诺不实", set_at=make.MONDAY
        )
        page = counter("", row(2, "missing"))
        assert "有未修复的失信记录（告知承诺不实）" in text_of(window.post("/hall/judgement/", page))
        assert "建议：容缺受理" in text_of(window.post("/hall/judgement/", page | {"id_number": ""}))

    @pytest.mark.parametrize(
        ("kind", "place", "sentence"),
        [
            ("defer", 2, "在2026年3月9日前按所列形式补齐全部容缺材料"),
            ("commit", 4, "依法撤销许可（《山东省优化营商环境条例》第二十九条）"),
        ],
    )
    def test_the_promise_is_printed_to_be_signed_before_anything_is_recorded(self, window, kind, place, sentence):
        page = counter("", row(place, "missing"), promise=kind, promise_by="邹念慈")
        response = window.post("/hall/promise/", page)
        assert response.status_code == 200
        assert sentence in text_of(response) and "邹念慈" in text_of(response)
        assert Case.objects.count() == 0

    @pytest.mark.parametrize("odd", [{"promise": "other"}, {"promise": "defer"}])
    def test_a_promise_of_nothing_is_refused_in_words(self, window, odd):
        response = window.post("/hall/promise/", counter("") | odd)
        assert response.status_code == 422

    def test_a_received_case_is_committed_from_its_page(self, window, people):
        case = make.received(people, unmet={4: "missing"})
        rows = {}
        for material in case.materials.all():
            prefix = f"m{material.edition_material_id}"
            rows |= {f"{prefix}-status": material.status, f"{prefix}-originals": str(material.originals)}
        page = rows | {"version": str(case.version), "outcome": "commit"} | SIGNED | CREDIT
        assert window.post(f"/hall/cases/{case.number}/intake/", page).status_code == 302
        assert Case.objects.get().by_commitment


class TestCasePage:
    def test_the_decider_finds_and_grants_what_may_be_decided_at_once(self, people):
        promised, instant = make.committed(people), make.accepted(people, make.INSTANT, party=make.PERSON)
        make.received(people)
        browser = browser_of(people.decider)
        page = text_of(browser.get("/inbox/at-once/"))
        assert promised.number in page and instant.number in page and page.count("LY2603020000") == 2
        for case, act, more in (
            (promised, "grant_by_commitment", {}),
            (instant, "grant_at_once", {"source": "信用中国（山东）", "result": "clear"}),
        ):
            shown = browser.get(f"/cases/{case.number}/").content.decode()
            assert f"/acts/{act}/" in shown
            posted = GRANT | more | {"version": str(case.version)}
            assert browser.post(f"/cases/{case.number}/acts/{act}/", posted).status_code == 302
            assert Case.objects.get(pk=case.pk).state == "granted"
        assert "没有等待当场决定的办件" in text_of(browser.get("/inbox/at-once/"))
        assert "承诺核查" in text_of(browser.get(f"/cases/{promised.number}/"))

    def test_what_is_promised_stands_on_the_page_with_its_term_and_is_received_there(self, window, people):
        case = make.deferred(people)
        page = text_of(window.get(f"/cases/{case.number}/"))
        assert "补齐期限2026年3月9日（剩5个工作日）；逾期的后果：终止办理" in page
        item = case.deferral.items.get().material.edition_material_id
        posted = {"version": str(case.version), "material_ids": str(item)}
        assert window.post(f"/cases/{case.number}/acts/supply_deferred/", posted).status_code == 302
        assert "已补齐" in text_of(window.get(f"/cases/{case.number}/"))

    @pytest.mark.parametrize("ids", [[], ["0"], ["x"], ["9" * 30]])
    def test_odd_materials_are_refused_in_words(self, window, people, ids):
        case = make.deferred(people)
        posted = {"version": str(case.version), "material_ids": ids}
        response = window.post(f"/cases/{case.number}/acts/supply_deferred/", posted)
        assert response.status_code == 422
        assert "请选择" in text_of(response)
        assert Deferral.objects.get().is_open

    def test_the_reviewer_is_offered_the_end_only_after_the_term(self, people):
        case = make.deferred(people)
        browser = browser_of(people.reviewer)
        assert "按容缺逾期处理" not in text_of(browser.get(f"/cases/{case.number}/"))
        with time_machine.travel(make.days_later(8), tick=False):
            browser = browser_of(people.reviewer)
            assert "按容缺逾期处理" in text_of(browser.get(f"/cases/{case.number}/"))
            response = browser.post(f"/cases/{case.number}/acts/end_deferral/", {"version": str(case.version)})
        assert response.status_code == 302
        assert Case.objects.get().state == "terminated"


class TestStatusPage:
    def told(self, case: Case, on: date) -> str:
        status = public_status(find_by_number(case.number), today=on)
        return f"{status.state_sentence} {status.next_sentence}"

    def test_the_applicant_reads_what_to_bring_until_when(self, people):
        case = make.deferred(people)
        assert self.told(case, date(2026, 3, 3)) == (
            "您的申请已容缺受理（2026年3月2日），等待审查。 下一步：请在2026年3月9日前把法定代表人（负责人）身份证明"
            "交到收件窗口；补齐以前不能作出决定，办理时限照常计算。"
        )
        assert "已过2026年3月9日的期限；请马上交到收件窗口，否则将按您签署的承诺书处理" in self.told(
            case, date(2026, 3, 10)
        )
        items = [case.deferral.items.get().material.edition_material_id]
        supply_deferred(case.number, material_ids=items, actor=people.clerk, at=make.days_later(1))
        assert "请在" not in self.told(case, date(2026, 3, 3))

    def test_the_applicant_reads_that_handling_has_ended_and_may_apply_again(self, people):
        case = make.deferred(people)
        end_deferral(case.number, actor=people.reviewer, at=make.days_later(8))
        assert "需要时可以重新申请" in self.told(case, date(2026, 3, 10))

    def test_the_applicant_reads_that_the_promise_waits_and_then_carries(self, people):
        case = make.committed(people)
        assert "告知承诺书已经签署，等待当场决定" in self.told(case, date(2026, 3, 2))
        make.grant_by_commitment(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(0, hours=1))
        assert "按您的承诺获得准予" in self.told(case, date(2026, 3, 2))

    def test_the_applicant_reads_of_the_check_and_what_to_do_about_it(self, people):
        case = make.granted_by_commitment(people)
        officer = make.person("jianguan", Role.REGULATOR, department="SJ", name="孙守正")

        def told(day: int) -> list[str]:
            return public_status(find_by_number(case.number), today=date(2026, 3, day)).asked

        assert told(3) == ["监管部门会在2026年5月6日前核查您的承诺是否属实，请予配合。"]
        false = Finding(
            "false", "没有进货查验记录。", date(2026, 3, 10), "迟立新", Service("direct", recipient="邹念慈")
        )
        record_check(case.number, finding=false, actor=officer, at=make.days_later(8))
        assert told(10) == [
            "核查发现与承诺不符：请按责令限期整改通知书在2026年3月24日前整改，并接受复查；逾期未改的，许可应当撤销"
            "（山东省优化营商环境条例第二十九条）。"
        ]
        mended = Finding("kept", "已经建立。", date(2026, 3, 20), "迟立新")
        record_check(case.number, finding=mended, actor=officer, at=make.days_later(18))
        assert told(20) == ["承诺核查已经完成，与您的承诺相符。"]

    def test_a_promise_not_mended_is_told_with_what_follows(self):
        assert check_sentence("broken", due_on=date(2026, 5, 6), rectify_due_on=date(2026, 3, 24)) == (
            "整改期满仍与承诺不符，许可应当撤销（山东省优化营商环境条例第二十九条）；撤销前会告知您，并听取您的陈述、申辩。"
        )
        assert check_sentence("open", due_on=None, rectify_due_on=None) == (
            "监管部门会在告知您的期限内核查您的承诺是否属实，请予配合。"
        )


class TestCheckPages:
    @pytest.fixture
    def case(self, people):
        return make.granted_by_commitment(people)

    @pytest.fixture
    def officer(self, people):
        return browser_of(make.person("jianguan", Role.REGULATOR, department="SJ", name="孙守正"))

    def test_found_false_and_mended_by_the_pages(self, case, officer):
        assert case.number in text_of(officer.get("/post-checks/"))
        address = f"/post-checks/{case.number}/"
        page = text_of(officer.get(address))
        assert "核查期限2个月（风险较高），至2026年5月6日" in page
        found = {
            "version": str(case.version), "outcome": "false", "text": "没有进货查验记录。", "checked_on": "2026-03-02",
            "companion": "迟立新", "method": "direct", "recipient": "邹念慈",
        }  # fmt: skip
        assert officer.post(f"{address}findings/", found).status_code == 302
        page = text_of(officer.get(address))
        assert "责令整改，待复查" in page and "整改期限至2026年3月16日" in page
        assert "登记复查" in page and "送达方式" not in page
        version = str(Case.objects.get().version)
        mended = found | {"version": version, "outcome": "kept", "text": "已经建立。", "method": ""}
        assert officer.post(f"{address}findings/", mended).status_code == 302
        assert PostCheck.objects.get().state == "kept"
        assert case.number not in text_of(officer.get("/post-checks/"))
        assert case.number in text_of(officer.get("/post-checks/?done=1"))

    @pytest.mark.parametrize(
        ("odd", "sentence"),
        [
            ({"outcome": ""}, "请选择核查结论"),
            ({"text": "无" * 2001}, "不能超过2000字"),
            ({"checked_on": "昨天"}, "应写作2026-11-24的形式"),
            ({"checked_on": "0001-01-01"}, "核查日期须在作出决定之日"),
            ({"companion": "<b>"}, "姓名"),
            ({"version": "-1"}, ""),
        ],
    )
    def test_odd_findings_are_answered_in_words(self, case, officer, odd, sentence):
        found = {
            "version": str(case.version), "outcome": "kept", "text": "相符。", "checked_on": "2026-03-02",
            "companion": "迟立新",
        }  # fmt: skip
        response = officer.post(f"/post-checks/{case.number}/findings/", found | odd)
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert PostCheck.objects.get().state == "open"

    def test_the_papers_a_checker_reads_and_no_others(self, case, officer):
        letters = {letter.kind: letter.pk for letter in case.letters.all()}
        address = f"/post-checks/{case.number}/letters"
        # Not rendered yet, but known; the receipt is not the checker's to read.
        assert "正在生成" in text_of(officer.get(f"{address}/{letters['D08']}/"))
        assert officer.get(f"{address}/{letters['D01']}/").status_code == 404

    def test_whoever_does_not_check_it_sees_it_or_does_not_know_it(self, case, people):
        address = f"/post-checks/{case.number}/"
        reviewer = browser_of(people.reviewer)
        assert "须由莱阳市市场监督管理局的监管部门人员" in text_of(reviewer.get(address))
        assert reviewer.post(f"{address}findings/", {}).status_code == 404
        other = browser_of(make.person("weijian", Role.REGULATOR, department="WJ19"))
        assert (other.get(address).status_code, other.post(f"{address}findings/", {}).status_code) == (404, 404)
        away = browser_of(make.person("bumen", Role.DEPARTMENT_STAFF, department="WJ19"))
        assert away.post(f"{address}findings/", {}).status_code == 404
        assert browser_of(people.clerk).get("/post-checks/").status_code == 404

    def test_the_list_costs_as_many_statements_for_ten_as_for_one(self, case, officer, people):
        officer.get("/post-checks/")
        with CaptureQueriesContext(connection) as few:
            officer.get("/post-checks/")
        for _ in range(9):
            make.granted_by_commitment(people)
        # What is remembered for some seconds (rules, calendar) is read again before it is counted.
        officer.get("/post-checks/")
        with CaptureQueriesContext(connection) as many:
            officer.get("/post-checks/")
        assert len(few) == len(many), [query["sql"][:80] for query in many]


class TestRestrictionPages:
    @pytest.fixture
    def restriction(self, people):
        case = make.accepted(people)
        return PartyRestriction.objects.create(
            party=case.party, kind="no_deferral", from_on="2026-03-01", basis="告知承诺不实", source_case=case,
            set_at=make.MONDAY,
        )  # fmt: skip

    def test_the_decider_lifts_it_with_a_reason(self, people, restriction):
        browser = browser_of(people.decider)
        assert "告知承诺不实" in text_of(browser.get("/restrictions/"))
        address = f"/restrictions/{restriction.pk}/lift/"
        assert browser.post(address, {"reason": " "}).status_code == 422
        assert browser.post(address, {"reason": "信用修复决定〔2026〕1号"}).status_code == 302
        assert "目前没有对申请人的限制" in text_of(browser.get("/restrictions/"))
        assert "信用修复决定〔2026〕1号" in text_of(browser.get("/restrictions/?done=1"))
        assert browser.post(address, {"reason": "信用修复"}).status_code == 409
        assert browser.post("/restrictions/0/lift/", {"reason": "信用修复"}).status_code == 404

    def test_a_reviewer_reads_and_may_not(self, people, restriction):
        browser = browser_of(people.reviewer)
        assert "须由作出决定的机关的审批决定人解除" in text_of(browser.get("/restrictions/"))
        assert browser.post(f"/restrictions/{restriction.pk}/lift/", {"reason": "信用修复"}).status_code == 404
        restriction.refresh_from_db()
        assert restriction.lifted_on is None

    def test_what_came_of_another_bodys_case_is_not_there(self, people, restriction):
        police = browser_of(make.People("GA").decider)
        assert "目前没有对申请人的限制" in text_of(police.get("/restrictions/"))
        assert police.post(f"/restrictions/{restriction.pk}/lift/", {"reason": "信用修复"}).status_code == 404
