"""Extension (Article 42) and handling by several departments (Article 26): once, in time, by the right head."""

from dataclasses import replace
from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department
from matters.extensions import extension_on
from matters.models import Edition
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.extending import approve_extension, decline_extension, request_extension, serve_extension
from windows.commands.intake import OutcomeInput, decide_intake
from windows.commands.joint import declare_joint_handling
from windows.domain.extensions import extension_rule
from windows.domain.intake import Outcome
from windows.models import Case, Extension, JointHandler, Letter
from windows.queries import cases_visible_to

D = date.fromisoformat
MONDAY = tick.on("2026-03-02", 9)


def standing(case: Case) -> tuple:
    """What a refused act may not change."""
    row = Case.objects.get(pk=case.pk)
    rows = list(Extension.objects.filter(case=case).order_by("pk").values())
    return row.state, row.version, row.last_event_hash, row.statutory_due_on, row.is_joint, row.letters.count(), rows


def department(code: str) -> int:
    return Department.objects.get(code=code).pk


@pytest.fixture
def case(people) -> Case:
    """Under review since Monday 2026-03-02: due 2026-03-30."""
    return make.in_review(people, code=tick.REVIEWED, at=MONDAY)


class TestTheRule:
    @pytest.mark.parametrize(
        ("facts", "value", "approver", "article"),
        [
            ({"alone": (10, "本行政机关负责人")}, 10, "本行政机关负责人", "行政许可法第四十二条第一款"),
            ({"alone": (3, "登记机关负责人")}, 3, "登记机关负责人", "行政许可法第四十二条第一款"),
            (
                {"alone": (10, "本行政机关负责人"), "is_joint": True},
                15,
                "本级人民政府负责人",
                "行政许可法第四十二条第二款",
            ),
            ({"alone": None, "is_joint": True}, 15, "本级人民政府负责人", "行政许可法第四十二条第二款"),
        ],
    )
    def test_the_law_picks_how_much_and_by_whom(self, facts, value, approver, article):
        rule = extension_rule(**{"is_joint": False, "unit": "workday"} | facts)
        assert (rule.value, rule.approver, rule.article) == (value, approver, article)

    def test_a_law_without_an_extension_gives_none(self):
        assert extension_rule(is_joint=False, alone=None, unit="calday") is None

    @pytest.mark.parametrize(
        ("unit", "value", "approver", "found"),
        [
            ("workday", None, "", (10, "本行政机关负责人")),
            ("workday", 3, "登记机关负责人", (3, "登记机关负责人")),
            ("workday", 0, "", None),
            ("calday", None, "", None),
            ("month", None, "", None),
        ],
    )
    def test_a_guide_that_says_nothing_leaves_the_law_its_own_ten_days(self, people, unit, value, approver, found):
        edition = Edition(statutory_unit=unit, extension_value=value, extension_approver=approver)
        assert extension_on(edition, D("2026-03-02")) == found


class TestExtension:
    def test_nothing_is_longer_before_the_notice_is_served(self, people, case):
        case = tick.extension_approved(people, case, at=tick.on("2026-03-20"))
        assert (case.extension_value, case.statutory_due_on) == (0, D("2026-03-30"))
        printed = Letter.objects.get(case=case, kind="D10").snapshot["print"]
        assert {name: printed[name] for name in ("reason", "value", "approver", "old_due", "new_due")} == {
            "reason": "案情复杂，需要补充论证。",
            "value": "10个工作日",
            "approver": "本行政机关负责人姜明哲",
            "old_due": "2026年3月30日",
            "new_due": "2026年4月14日",
        }
        case = serve_extension(case.number, service=make.SERVICE, actor=people.reviewer, at=tick.on("2026-03-23"))
        row = Extension.objects.get()
        assert (case.state, case.extension_value, case.statutory_due_on) == ("in_review", 10, D("2026-04-14"))
        assert (row.served_on, row.old_due_on, row.new_due_on) == (
            D("2026-03-23"), D("2026-03-30"), D("2026-04-14"),
        )  # fmt: skip

    def test_a_service_made_on_the_last_day_and_registered_the_next_morning_holds(self, people, case):
        tick.extension_approved(people, case, at=tick.on("2026-03-30"))
        posted = replace(make.SERVICE, served_at=tick.on("2026-03-30", 16))
        served = serve_extension(case.number, service=posted, actor=people.reviewer, at=tick.on("2026-03-31"))
        assert served.statutory_due_on == D("2026-04-14")

    def test_it_may_come_while_the_case_waits_for_its_decision(self, people):
        case = make.pending_decision(people, code=tick.REVIEWED, at=MONDAY)
        case = tick.extended(people, case, at=tick.on("2026-03-25"))
        assert (case.state, case.statutory_due_on) == ("pending_decision", D("2026-04-14"))

    def test_a_matter_whose_own_law_has_no_extension_is_refused(self, people):
        case = make.in_review(people, code="JS-01", at=MONDAY)
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.extension_asked(people, case, at=tick.on("2026-03-03"))
        assert refusal.value.message.startswith("本事项的法定时限由单行法规定，办事指南没有登记可以延长，不能延长")
        assert standing(case) == before

    def test_a_limit_set_by_a_ministry_is_extended_by_the_law(self, people):
        """食品经营许可, ten working days since 2023: the guide says nothing of an extension, and Article 42 holds."""
        case = make.in_review(people, code="SJ-04", at=MONDAY)
        assert (case.edition.extension_value, case.statutory_due_on) == (None, D("2026-03-16"))
        case = tick.extended(people, case, at=tick.on("2026-03-10"))
        assert (case.extension_value, case.statutory_due_on) == (10, D("2026-03-30"))
        printed = Letter.objects.get(case=case, kind="D10").snapshot["print"]
        assert (printed["value"], printed["approver"]) == ("10个工作日", "本行政机关负责人姜明哲")

    def test_while_suspended_there_is_nothing_to_extend(self, people, case):
        tick.suspended(people, case, at=tick.on("2026-03-09"))
        before = standing(case)
        with pytest.raises(StaleState, match="不能延长办理期限：特别程序尚未结束"):
            tick.extension_asked(people, case, at=tick.on("2026-03-10"))
        assert standing(case) == before

    def test_two_people_and_a_reason(self, people, case):
        before = standing(case)
        with pytest.raises(InvalidInput, match="请写明延长的理由；理由将告知申请人"):
            request_extension(case.number, reason=" ", actor=people.reviewer, at=tick.on("2026-03-20"))
        assert standing(case) == before
        tick.extension_asked(people, case, at=tick.on("2026-03-20"))
        before = standing(case)
        with pytest.raises(NotPermitted, match="不能由本人批复延长：须由审批决定人（局领导）、市政府负责人办理"):
            approve_extension(case.number, actor=people.reviewer, at=tick.on("2026-03-20"))
        assert standing(case) == before

    def test_approved_once(self, people, case):
        tick.extension_approved(people, case, at=tick.on("2026-03-20"))
        before = standing(case)
        with pytest.raises(StaleState, match="本件的延长已经批准，请在原届满日以前送达告知书"):
            approve_extension(case.number, actor=people.decider, at=tick.on("2026-03-20"))
        with pytest.raises(DomainError, match="办理期限只能延长一次：本件的延长已经批准"):
            tick.extension_asked(people, case, at=tick.on("2026-03-21"))
        assert standing(case) == before

    def test_after_a_no_it_may_be_asked_for_again_in_time(self, people, case):
        tick.extension_asked(people, case, at=tick.on("2026-03-20"))
        decline_extension(case.number, reason="抓紧办理。", actor=people.decider, at=tick.on("2026-03-20"))
        before = standing(case)
        with pytest.raises(StaleState, match="没有待批准的延长"):
            approve_extension(case.number, actor=people.decider, at=tick.on("2026-03-20"))
        with pytest.raises(DomainError, match="延长还没有批准，没有告知书可以送达"):
            serve_extension(case.number, service=make.SERVICE, actor=people.reviewer, at=tick.on("2026-03-20"))
        assert standing(case) == before
        assert tick.extended(people, case, at=tick.on("2026-03-24")).statutory_due_on == D("2026-04-14")


class TestJointHandling:
    def declare(self, people, case, *codes, basis="莱阳市人民政府联合办理的决定", at="2026-03-03", actor=None):
        return declare_joint_handling(
            case.number,
            department_ids=[department(code) for code in codes],
            basis=basis,
            actor=actor or people.decider,
            at=tick.on(at),
        )

    def test_its_own_body_and_the_named_ones_handle_it_together(self, people, case):
        case = self.declare(people, case, "GT19", "SW")
        assert list(JointHandler.objects.filter(case=case).values_list("department__code", flat=True)) == [
            "SP", "GT19", "SW",
        ]  # fmt: skip
        printed = Letter.objects.filter(case=case, kind="D06").latest("pk").snapshot["print"]
        assert printed["joint"] == [
            "莱阳市行政审批服务局、莱阳市自然资源和规划局、莱阳市水务局",
            "莱阳市人民政府联合办理的决定",
        ]

    def test_before_acceptance_the_one_acceptance_notice_says_it(self, people):
        case = make.received(people, tick.REVIEWED, at=MONDAY)
        self.declare(people, case, "SW", at="2026-03-02")
        case = decide_intake(
            case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=tick.on("2026-03-02", 15)
        )
        assert case.statutory_due_on == D("2026-05-08")
        assert Letter.objects.get(case=case, kind="D06").snapshot["print"]["statutory_limit"] == "45个工作日"

    @pytest.mark.parametrize("role", ["clerk", "reviewer", "issuer"])
    def test_who_takes_in_or_reviews_cannot_pick_the_limit(self, people, case, role):
        before = standing(case)
        with pytest.raises(NotPermitted, match="不能由本人登记多部门办理：须由审批决定人（局领导）办理"):
            self.declare(people, case, "SW", actor=getattr(people, role))
        assert standing(case) == before

    @pytest.mark.parametrize(
        ("codes", "basis", "at", "sentence"),
        [
            (["SP"], "会审纪要", "2026-03-03", "不能适用四十五个工作日"),
            ([], "会审纪要", "2026-03-03", "不能适用四十五个工作日"),
            (["SW"], "", "2026-03-03", "请写明市人民政府确定统一、联合或者集中办理的文件"),
            (["GOV"], "决定", "2026-03-03", "所选机关不能参与办理本件"),
            (["GT"], "决定", "2026-03-03", "所选机关不能参与办理本件"),
            (["SW"], "决定", "2026-03-31", "办理期限已于2026-03-30届满，不能再改为多部门办理"),
        ],
    )
    def test_without_another_department_a_basis_or_time_it_is_refused(self, people, case, codes, basis, at, sentence):
        before = standing(case)
        with pytest.raises(DomainError, match=sentence):
            self.declare(people, case, *codes, basis=basis, at=at)
        assert standing(case) == before

    def test_it_is_declared_once(self, people, case):
        self.declare(people, case, "SW")
        before = standing(case)
        with pytest.raises(DomainError, match="已登记为多部门办理"):
            self.declare(people, case, "GT19")
        assert standing(case) == before

    def test_the_head_of_the_government_sees_what_several_departments_handle_and_nothing_else(self, people, case):
        head = tick.government_head()
        tick.extension_asked(people, case, at=tick.on("2026-03-03"))
        before = standing(case)
        assert not cases_visible_to(head).filter(pk=case.pk).exists()
        with pytest.raises(NotFound):
            approve_extension(case.number, actor=head, at=tick.on("2026-03-03"))
        assert standing(case) == before
        self.declare(people, case, "SW")
        assert cases_visible_to(head).filter(pk=case.pk).exists()
        assert approve_extension(case.number, actor=head, at=tick.on("2026-03-03")).number == case.number
