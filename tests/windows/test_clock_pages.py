"""The clock procedures over HTTP: acts on the case page, what waits for approval, the matter's own provisions, the public's page."""

from datetime import date

import pytest

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import AuditRecord, Department
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.clock_sweeping import lapse_corrections, remind_of_corrections, run_out_told_time
from windows.commands.intake import serve_correction
from windows.commands.joint import declare_joint_handling
from windows.models import Case, CaseEvent, Extension, Reminder, SpecialProcedure, StopProvision

D = date.fromisoformat
MONDAY = tick.on("2026-03-02", 9)
NOW = tick.on("2026-03-10")


def fail(number: str, error: Exception) -> None:
    raise AssertionError(number) from error


@pytest.fixture(autouse=True)
def ten_on_a_tuesday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def as_person(client):
    """A function that signs a person in, freshly confirmed, and gives their browser."""

    def sign_in(user):
        client.force_login(user)
        session = client.session
        session.update({"signed_in_at": NOW.timestamp(), "seen_at": NOW.timestamp(), "confirmed_at": NOW.timestamp()})
        session.save()
        return client

    return sign_in


@pytest.fixture
def case(people) -> Case:
    return make.in_review(people, code=tick.REVIEWED, at=MONDAY)


def act(browser, case: Case, action: str, **fields):
    case.refresh_from_db()
    return browser.post(f"/cases/{case.number}/acts/{action}/", {"version": case.version} | fields)


def shown(browser, case: Case) -> str:
    return browser.get(f"/cases/{case.number}/").content.decode()


REQUEST = {"kind": "expert_review", "legal_basis": tick.BASIS, "reason": "需要论证", "needed_days": "5"}
SERVED = {"method": "direct", "recipient": "邹念慈", "served_at": ""}


class TestActs:
    def test_a_special_procedure_from_the_request_to_its_result(self, people, as_person, case):
        assert act(as_person(people.reviewer), case, "request_procedure", **REQUEST).status_code == 302
        row = SpecialProcedure.objects.get()
        head = as_person(people.decider)
        assert "需要论证" in shown(head, case)
        assert act(head, case, "answer_procedure", procedure_id=row.pk, answer="approve").status_code == 302
        reviewer = as_person(people.reviewer)
        page = shown(reviewer, case)
        assert "待送达" in page
        assert act(reviewer, case, "serve_procedure", procedure_id=row.pk, **SERVED).status_code == 302
        page = shown(reviewer, case)
        assert "进行中，暂停计时" in page
        assert "2026-03-10送达，次日起不计入；告知至2026-03-17" in page
        assert (
            act(reviewer, case, "end_procedure", procedure_id=row.pk, ended_on="2026-03-10", result="通过").status_code
            == 302
        )
        case.refresh_from_db()
        assert case.state == "in_review"
        assert "已结束" in shown(reviewer, case)

    def test_what_counts_all_the_same_is_offered_with_its_reason_and_refused_by_the_law(self, people, as_person):
        case = make.in_review(people, code="CG-06", at=MONDAY)
        reviewer = as_person(people.reviewer)
        assert "现场勘验（计入时限，不能暂停）" in shown(reviewer, case)
        answer = act(reviewer, case, "request_procedure", **REQUEST | {"kind": "现场勘验"})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "现场勘验不能暂停计时：不在第四十五条所列" in page
        assert "需要论证" in page
        assert SpecialProcedure.objects.count() == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [("kind", "\u202e"), ("needed_days", "10e5"), ("needed_days", "-1"), ("kind", "x" * 5000), ("version", "")],
    )
    def test_what_nobody_can_mean_is_answered_in_words(self, people, as_person, case, field, value):
        answer = as_person(people.reviewer).post(
            f"/cases/{case.number}/acts/request_procedure/", REQUEST | {"version": case.version} | {field: value}
        )
        assert answer.status_code == 422
        assert SpecialProcedure.objects.count() == 0

    def test_a_no_needs_its_reason_and_stands_on_the_page(self, people, as_person, case):
        tick.requested(people, case, at=tick.on("2026-03-09"))
        row, head = SpecialProcedure.objects.get(), as_person(people.decider)
        refused = act(head, case, "answer_procedure", procedure_id=row.pk, answer="decline", reason="")
        assert refused.status_code == 422
        assert "请写明不批准的理由。" in refused.content.decode()
        act(head, case, "answer_procedure", procedure_id=row.pk, answer="decline", reason="材料已经足够")
        page = shown(head, case)
        assert "不批准" in page and "材料已经足够" in page

    def test_sealing_asks_for_the_password_when_it_was_given_long_ago(self, people, as_person, client, case):
        tick.requested(people, case, at=tick.on("2026-03-09"))
        head = as_person(people.decider)
        session = client.session
        session["confirmed_at"] = MONDAY.timestamp()
        session.save()
        answer = act(head, case, "answer_procedure", procedure_id=tick.newest(case).pk, answer="approve")
        assert (answer.status_code, "密码" in answer.content.decode()) == (403, True)
        assert SpecialProcedure.objects.get().approved_at is None

    def test_an_extension_is_asked_for_answered_and_served(self, people, as_person, case):
        reviewer = as_person(people.reviewer)
        assert act(reviewer, case, "request_extension", reason="案情复杂").status_code == 302
        assert act(as_person(people.decider), case, "answer_extension", answer="approve").status_code == 302
        assert "待送达，送达以前没有延长" in shown(as_person(people.decider), case)
        assert act(as_person(people.reviewer), case, "serve_extension", **SERVED).status_code == 302
        case.refresh_from_db()
        assert case.statutory_due_on == D("2026-04-14")
        page = shown(as_person(people.reviewer), case)
        assert "已延长" in page and "2026-04-14" in page

    def test_the_page_of_a_case_without_any_of_it_has_no_such_section(self, people, as_person, case):
        page = shown(as_person(people.reviewer), case)
        assert "时限的变动" not in page
        assert "批复特别程序" not in page

    def test_the_case_page_takes_as_many_queries_for_one_procedure_as_for_five(
        self, people, as_person, case, django_assert_max_num_queries
    ):
        reviewer = as_person(people.reviewer)
        case = tick.suspended(people, case, at=tick.on("2026-03-03"), days=1)
        with django_assert_max_num_queries(60) as first:
            shown(reviewer, case)
        for day in ("04", "05", "06", "09"):
            case = tick.suspended(people, case, at=tick.on(f"2026-03-{day}"), days=1, kind="testing")
        with django_assert_max_num_queries(len(first)):
            shown(reviewer, case)


class TestApprovals:
    def test_a_head_sees_what_waits_for_them_oldest_first(self, people, as_person, case):
        other = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
        tick.requested(people, other, at=tick.on("2026-03-05"))
        tick.extension_asked(people, case, at=tick.on("2026-03-04"))
        page = as_person(people.decider).get("/approvals/").content.decode()
        assert page.index(case.number) < page.index(other.number)
        assert "延长办理期限" in page and "特别程序：专家评审，需10个工作日" in page

    def test_another_bodys_head_sees_nothing_of_it(self, people, as_person, case):
        tick.requested(people, case, at=tick.on("2026-03-05"))
        assert case.number not in as_person(make.People("GA").decider).get("/approvals/").content.decode()

    def test_the_government_sees_the_extension_of_several_departments_and_the_bureau_does_not(
        self, people, as_person, case
    ):
        head = tick.government_head()
        declare_joint_handling(
            case.number,
            department_ids=[Department.objects.get(code="SW").pk],
            basis="联合办理的决定",
            actor=people.decider,
            at=tick.on("2026-03-03"),
        )
        tick.extension_asked(people, case, at=tick.on("2026-03-04"))
        assert case.number in as_person(head).get("/approvals/").content.decode()
        assert case.number not in as_person(people.decider).get("/approvals/").content.decode()
        page = shown(as_person(people.decider), case)
        assert "延长须经市人民政府负责人批准（行政许可法第四十二条第二款）" in page
        assert act(as_person(people.decider), case, "answer_extension", answer="approve").status_code == 403
        assert Extension.objects.get().approved_at is None

    def test_what_is_answered_or_of_a_case_that_went_on_is_gone(self, people, as_person, case):
        tick.approved(people, case, at=tick.on("2026-03-05"))
        assert case.number not in as_person(people.decider).get("/approvals/").content.decode()

    def test_the_list_takes_as_many_queries_for_one_as_for_many(self, people, as_person, django_assert_max_num_queries):
        head = as_person(people.decider)
        tick.requested(people, make.in_review(people, code=tick.REVIEWED, at=MONDAY), at=tick.on("2026-03-05"))
        with django_assert_max_num_queries(6) as first:
            head.get("/approvals/")
        for _ in range(4):
            tick.requested(people, make.in_review(people, code=tick.REVIEWED, at=MONDAY), at=tick.on("2026-03-05"))
        with django_assert_max_num_queries(len(first)):
            head.get("/approvals/")


class TestProvisions:
    TYPED = {
        "matter_code": "cg-06",
        "label": "征求有关部门意见",
        "legal_basis": "《城市道路管理条例》第三十三条",
        "excluded_from_statutory": "on",
        "excluded_from_promised": "on",
        "valid_from": "2026-03-10",
    }

    @pytest.fixture
    def admin(self, people):
        return make.person("shixiang", Role.CATALOGUE_ADMIN)

    def test_a_provision_is_added_used_and_ended(self, people, as_person, admin):
        case = make.in_review(people, code="CG-06", at=MONDAY)
        browser = as_person(admin)
        assert browser.post("/tables/stops/", self.TYPED).status_code == 302
        row = StopProvision.objects.get(matter__code="CG-06")
        assert (row.set_by, row.valid_from, AuditRecord.objects.filter(action="rule_changed").count()) == (
            admin, D("2026-03-10"), 1,
        )  # fmt: skip
        assert "征求有关部门意见（《城市道路管理条例》第三十三条）" in shown(as_person(people.reviewer), case)
        assert as_person(admin).post(f"/tables/stops/{row.pk}/end/").status_code == 302
        row.refresh_from_db()
        assert row.valid_to == D("2026-03-10")
        again = as_person(admin).post(f"/tables/stops/{row.pk}/end/", follow=True)
        assert "已经失效" in again.content.decode()

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("matter_code", "XX-99", "没有这个事项代码，请核对。"),
            ("label", "专家评审", "第四十五条已经列明"),
            ("legal_basis", "", "请写明依据。"),
            ("valid_from", "2026-03-09", "生效日不能早于今天"),
            ("label", "\U0001f600", "表情符号"),
        ],
    )
    def test_what_cannot_be_is_told_and_nothing_is_added(self, as_person, admin, field, value, sentence):
        answer = as_person(admin).post("/tables/stops/", self.TYPED | {field: value})
        assert answer.status_code in {409, 422}
        assert sentence in answer.content.decode()
        assert not StopProvision.objects.filter(matter__code="CG-06").exists()

    def test_one_that_stops_nothing_or_stands_already_is_refused(self, as_person, admin):
        browser = as_person(admin)
        nothing = {k: v for k, v in self.TYPED.items() if not k.startswith("excluded")}
        assert "请至少选择一个停止的时限" in browser.post("/tables/stops/", nothing).content.decode()
        browser.post("/tables/stops/", self.TYPED)
        assert "已有有效的规定" in browser.post("/tables/stops/", self.TYPED).content.decode()
        assert StopProvision.objects.filter(matter__code="CG-06").count() == 1

    def test_only_the_catalogues_people_come_here(self, people, as_person):
        assert as_person(people.decider).get("/tables/stops/").status_code == 404
        assert as_person(people.decider).post("/tables/stops/1/end/").status_code == 404
        assert (
            as_person(make.person("shixiang", Role.CATALOGUE_ADMIN)).post("/tables/stops/9999/end/").status_code == 404
        )


class TestLists:
    def test_a_suspended_case_stays_in_the_reviewers_list(self, people, as_person, case):
        tick.suspended(people, case, at=tick.on("2026-03-09"))
        page = as_person(people.reviewer).get("/inbox/").content.decode()
        assert page.count("暂停计时") >= 2

    def test_reminders_of_every_kind_are_shown(self, people, as_person, case):
        for kind in Reminder.Kind.values:
            Reminder.objects.create(case=case, kind=kind, reached_on=D("2026-03-09"), created_at=NOW)
        page = as_person(people.reviewer).get("/reminders/").content.decode()
        assert [label for label in Reminder.Kind.labels if label not in page] == []


class TestPublicStatus:
    def look(self, client, case: Case) -> str:
        Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac("ABCDEFGH"))
        answer = client.post("/status/", {"number": case.number, "code": "ABCDEFGH"})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_while_the_clock_stands_still_it_says_why_by_which_notice_and_until_when(self, people, client, case):
        tick.suspended(people, case, at=tick.on("2026-03-05"))
        tick.suspended(people, case, at=tick.on("2026-03-09"), kind="testing", days=2)
        page = self.look(client, case)
        assert "您的申请正在进行专家评审、检测，办理时限暂停计算。" in page
        assert (
            "自2026年3月5日的次日起，因专家评审、检测不计入办理时限（莱审批特字〔2026〕第0001号、莱审批特字〔2026〕第0002号），"
            "告知的时间到2026年3月19日。"
        ) in page
        assert "告知检测，次日起暂停计时" in page
        assert "2026-03-30" not in page

    def test_once_told_time_is_over_it_says_that_the_clock_runs(self, people, client, case):
        tick.suspended(people, case, at=tick.on("2026-03-04"), days=2)
        run_out_told_time(at=tick.on("2026-03-09", 0), on_failure=fail)
        page = self.look(client, case)
        assert "告知您的时间已经用完，办理时限恢复计算" in page
        assert "2026年4月1日前办结" in page

    def test_an_extension_and_several_departments_are_counted(self, people, client, case):
        tick.extended(people, case, at=tick.on("2026-03-09"))
        assert "期限已依法延长10个工作日（行政许可法第四十二条）。" in self.look(client, case)
        other = make.in_review(people, code=tick.REVIEWED, at=MONDAY)
        declare_joint_handling(
            other.number,
            department_ids=[Department.objects.get(code="SW").pk],
            basis="联合办理的决定",
            actor=people.decider,
            at=tick.on("2026-03-03"),
        )
        page = self.look(client, other)
        assert "法定时限45个工作日，即2026年5月8日前办结" in page

    def test_a_correction_whose_term_ends_soon_and_one_that_never_came(self, people, client, monkeypatch):
        case = make.correction_pending(people, at=MONDAY)
        serve_correction(case.number, service=make.SERVICE, actor=people.clerk, at=tick.on("2026-03-02", 15))
        page = self.look(client, case)
        assert "请在2026年4月14日前补齐。" in page and "还有" not in page
        assert "逾期没有补齐的，本件终止办理，您可以重新申请。" in page
        monkeypatch.setattr(clock, "now", lambda: tick.on("2026-04-08"))
        assert "还有4个工作日。" in self.look(client, case)
        remind_of_corrections(at=tick.on("2026-04-07", 0))
        lapse_corrections(at=tick.on("2026-04-15", 0), on_failure=fail)
        assert "补正期限届满，没有收到补正材料，本件已终止办理。" in self.look(client, case)
        assert CaseEvent.objects.filter(case=case, kind="lapsed").count() == 1
