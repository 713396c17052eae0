"""利害关系人 (行政许可法第三十六条): told, heard, and no decision before."""

from dataclasses import replace
from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import NEIGHBOUR, moment
from windows.commands.decision import Grant, grant_case
from windows.commands.interested import Stated, inform_interested, record_statement
from windows.commands.review import submit_opinion
from windows.models import Case, CaseEvent, InterestedParty, Letter, ProcedureNotice, Statement

GRANT = Grant("热食类食品制售", date(2026, 3, 20), date(2031, 3, 19))


@pytest.fixture
def case(people) -> Case:
    return make.in_review(people)


def standing() -> tuple:
    return (
        InterestedParty.objects.count(),
        Statement.objects.count(),
        CaseEvent.objects.count(),
        Letter.objects.count(),
        tuple(ProcedureNotice.objects.order_by("pk").values_list("served_on", "until_on")),
        tuple(Case.objects.values_list("state", "version")),
    )


def opined(people, case, *, at) -> None:
    make.credit_checked(people, case, at=at)
    submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=at)


def rights_waived(people, case, *, at) -> None:
    """Everybody is told of the right to a hearing and waives it."""
    done.told_right(people, case, at=at)
    for notice in ProcedureNotice.objects.filter(case=case, kind="hearing_right"):
        done.answered(people, notice, "waived", at=at)


def decide(people, case, day: str) -> Case:
    return grant_case(case.number, grant=GRANT, actor=people.decider, at=moment(day))


def test_no_decision_before_they_were_told_and_their_term_ended(people, case):
    party = done.informed(people, case, at=moment("2026-03-04"))
    rights_waived(people, case, at=moment("2026-03-04", 14))
    opined(people, case, at=moment("2026-03-04", 16))
    before = standing()
    with pytest.raises(DomainError, match="利害关系人吕䶮的告知书尚未送达") as refused:
        decide(people, case, "2026-03-20")
    assert refused.value.article == "行政许可法第三十六条"
    assert standing() == before
    done.serve_all(people, case, at=moment("2026-03-05"))
    # Five working days by the bureau's rule: 03-06, 09, 10, 11, 12.
    assert ProcedureNotice.objects.get(kind="interest").until_on == date(2026, 3, 12)
    before = standing()
    with pytest.raises(DomainError, match="利害关系人吕䶮陈述申辩的期限至2026-03-12，尚未届满"):
        decide(people, case, "2026-03-12")
    assert standing() == before
    assert decide(people, case, "2026-03-13").state == "granted"
    assert party.statements.count() == 0


@pytest.mark.parametrize(
    "given", [{"text": "共用通风道夏季倒灌，要求另设排烟管道。"}, {"waived": True}], ids=["stated", "waived"]
)
def test_what_they_state_or_waive_frees_the_decision(people, case, given):
    party = done.informed(people, case, at=moment("2026-03-04"))
    done.serve_all(people, case, at=moment("2026-03-04", 11))
    rights_waived(people, case, at=moment("2026-03-04", 14))
    opined(people, case, at=moment("2026-03-04", 16))
    # Also while the case already waits for its decision.
    record_statement(
        case.number,
        statement=Stated(party.pk, date(2026, 3, 5), **given),
        actor=people.reviewer,
        at=moment("2026-03-05"),
    )
    assert decide(people, case, "2026-03-05").state == "granted"


def test_with_interested_parties_everybody_must_be_told_of_the_right_to_a_hearing(people, case):
    party = done.informed(people, case, at=moment("2026-03-04"))
    done.serve_all(people, case, at=moment("2026-03-04", 11))
    opined(people, case, at=moment("2026-03-04", 16))
    record_statement(
        case.number,
        statement=Stated(party.pk, date(2026, 3, 5), "没有意见"),
        actor=people.reviewer,
        at=moment("2026-03-05"),
    )
    before = standing()
    with pytest.raises(DomainError, match="还没有告知莱阳市某某餐饮店、吕䶮听证权利") as refused:
        decide(people, case, "2026-03-20")
    assert refused.value.article == "行政许可法第四十七条第一款"
    assert standing() == before


def test_the_notice_names_who_applies_and_no_number_of_theirs(people, case):
    done.informed(people, case, at=moment("2026-03-04"))
    letter = Letter.objects.get(case=case, kind="D11")
    printed = letter.snapshot["print"]
    assert (printed["addressee"], printed["you"], printed["term"]) == ("吕䶮", "你", "5个工作日")
    assert printed["party"] == {
        "name": "莱阳市某某餐饮店", "id_kind": "", "id_number": "", "representative": "", "address": "",
    }  # fmt: skip
    assert "91370682MA00000A9M" not in str(letter.snapshot)


@pytest.mark.parametrize(
    ("party", "kind", "sentence"),
    [
        (replace(NEIGHBOUR, interest=" "), InvalidInput, "请写明该许可直接关系其什么重大利益"),
        (replace(NEIGHBOUR, kind="other"), InvalidInput, "请选择利害关系人的类别"),
        (replace(NEIGHBOUR, kind="organisation", name="莱阳市某某餐饮店"), DomainError, "申请人不是本件的利害关系人"),
        (NEIGHBOUR, DomainError, "利害关系人吕䶮已经登记并告知"),
    ],
)
def test_who_cannot_be_an_interested_party_is_refused(people, case, party, kind, sentence):
    done.informed(people, case, at=moment("2026-03-04"))
    before = standing()
    with pytest.raises(kind, match=sentence):
        inform_interested(case.number, party=party, actor=people.reviewer, at=moment("2026-03-04", 11))
    assert standing() == before


def test_a_statement_says_something_of_somebody_on_record_in_time(people, case):
    for given, sentence in (
        (Stated(None, date(2026, 3, 4)), "请填写陈述、申辩的内容"),
        (Stated(None, date(2026, 3, 5), "意见"), "提出日期不能晚于今天"),
        (Stated(None, date(2026, 3, 1), "意见"), "提出日期早于受理日期"),
        (Stated(7, date(2026, 3, 4), "意见"), "没有这名利害关系人"),
    ):
        before = standing()
        with pytest.raises(InvalidInput, match=sentence):
            record_statement(case.number, statement=given, actor=people.reviewer, at=moment("2026-03-04"))
        assert standing() == before
    record_statement(
        case.number,
        statement=Stated(None, date(2026, 3, 4), "申请人陈述。"),
        actor=people.reviewer,
        at=moment("2026-03-04"),
    )
    assert Statement.objects.get().interested_party is None


def test_a_decided_case_tells_nobody_any_more(people):
    case = make.granted(people)
    before = standing()
    with pytest.raises(StaleState, match="办理时限在作出决定时已停止计算"):
        inform_interested(case.number, party=NEIGHBOUR, actor=people.reviewer, at=moment("2026-03-04"))
    assert standing() == before
