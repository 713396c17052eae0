"""Traps of the domain reference (section 13) that concern what a paper must say, each through the commands people use."""

import copy
from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import DomainError
from tests.factories import cases as make
from windows.commands.decision import refuse_case
from windows.documents import DocumentKind, require_complete
from windows.domain.clock import Limit, Unit, run_clock
from windows.domain.intake import Outcome
from windows.models import Case, Decision, Letter

REFUSED_AT = datetime(2026, 8, 5, 2, 0, tzinfo=UTC)


def standing(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.last_event_hash, row.letters.count()


class TestTrap13:
    """不受理 is not 不予受理: the one says that no licence is needed, the other names the organ that is competent."""

    @pytest.fixture
    def paper(self, people) -> Letter:
        at = datetime(2018, 12, 27, 2, 0, tzinfo=UTC)
        case = make.taken_in(people, "GT-03", at=at, outcome=Outcome.NOT_ACCEPT).case
        return Letter.objects.get(case=case, kind="D03")

    def test_trap_13_filed_on_the_27th_of_december_2018_it_names_the_land_bureau(self, paper):
        printed = paper.snapshot["print"]
        assert printed["competent"] == "莱阳市国土资源局"
        assert (paper.seal.kind, paper.sealed_on, printed["date"]) == ("intake", date(2018, 12, 27), "2018年12月27日")

    @pytest.mark.parametrize(
        ("lacks", "article"),
        [("competent", "行政许可法第三十二条第一款第二项"), ("seal", "行政许可法第三十二条第二款")],
    )
    def test_trap_13_without_organ_or_seal_nothing_is_sealed(self, paper, lacks, article):
        snapshot = copy.deepcopy(paper.snapshot)
        snapshot["print"].pop(lacks)
        with pytest.raises(DomainError) as refused:
            require_complete(DocumentKind.D03, snapshot)
        assert refused.value.article == article

    def test_trap_13_no_licence_needed_says_so_and_names_no_organ(self, people):
        case = make.taken_in(people, "LS-01", outcome=Outcome.NOT_REQUIRED).case
        printed = Letter.objects.get(case=case, kind="D02").snapshot["print"]
        assert "不再需要取得许可" in printed["reason"]
        assert "competent" not in printed


class TestTrap14:
    """Remedies by date and channel."""

    def test_trap_14_a_refusal_of_the_5th_of_august_2026_names_the_county_and_its_terms(self, people):
        case = make.pending_decision(people, at=datetime(2026, 8, 3, 1, 30, tzinfo=UTC), proposal="refuse")
        refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=REFUSED_AT)
        letter = Letter.objects.get(case=case, kind="D16")
        told = letter.snapshot["print"]["remedies"]
        assert (letter.sealed_on, told["organ"], told["court"]) == (
            date(2026, 8, 5),
            "莱阳市人民政府",
            "莱阳市人民法院",
        )
        assert "60日" in told["review"] and "6个月" in told["suit"]
        assert "烟台" not in str(told)

    def test_trap_14_the_last_day_of_review_rolls_over_the_holiday(self, people):
        assert run_clock(date(2026, 8, 5), Limit(60, Unit.CALDAY), current_calendar()).due == date(2026, 10, 8)

    def test_trap_14_served_online_without_a_channel_nothing_is_sealed(self, people):
        at = datetime(2026, 8, 3, 1, 30, tzinfo=UTC)
        case = make.pending_decision(people, at=at, proposal="refuse", electronic_service=True)
        before = standing(case)
        with pytest.raises(DomainError) as refused:
            refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=REFUSED_AT)
        assert refused.value.article == "行政复议法第二十二条第二款"
        assert (standing(case), Decision.objects.count()) == (before, 0)
        people.decider.department.remedy_routes.update(online_review_channel="掌上复议")
        refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=REFUSED_AT)
        assert "掌上复议" in Letter.objects.get(case=case, kind="D16").snapshot["print"]["remedies"]["online"]
