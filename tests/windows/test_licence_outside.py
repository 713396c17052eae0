"""吊销、暂扣 from outside, and what the calendar does to a licence by itself."""

from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import EXPIRY, midnight, noon
from windows.commands.licences.outside import forfeit_licence, resume_licence, suspend_licence
from windows.commands.licences.sweeping import sweep_licences, turn_licences
from windows.commands.licences.taking_back import TakingBack, decide_ex_officio
from windows.models import Case, CaseEvent, Licence, LicenceChange, Reminder
from windows.verification import verify_licence_number

MAY = noon(date(2026, 5, 8))


@pytest.fixture
def market(people):
    return Department.objects.get(code="SJ")


def standing() -> tuple:
    return (
        list(Licence.objects.order_by("pk").values_list("state", "suspended_until_on")),
        list(Case.objects.order_by("pk").values_list("version", "last_event_hash")),
        LicenceChange.objects.count(),
        Reminder.objects.count(),
    )


def test_a_suspension_lasts_to_its_last_day_and_ends_by_itself(people, market):
    one = lic.licence(people)
    suspend_licence(
        one.pk,
        penalty=lic.penalty(market, on=date(2026, 5, 6), until=date(2026, 6, 5)),
        actor=people.reviewer,
        at=MAY,
    )
    found = verify_licence_number(one.number, today=date(2026, 6, 5))
    assert found.sentence == (
        "证照真实，但已于2026-05-06由莱阳市市场监督管理局暂扣（莱市监罚〔2026〕12号），至2026-06-05，现在不得使用。"
    )
    # The day after, without any sweep, the register says what is true; the sweep writes it down once.
    assert verify_licence_number(one.number, today=date(2026, 6, 6)).is_good
    assert turn_licences(at=midnight(date(2026, 6, 6))) == 1
    assert turn_licences(at=midnight(date(2026, 6, 6))) == 0
    one.refresh_from_db()
    assert (one.state, one.suspended_until_on) == ("valid", None)
    assert [(change.kind, change.on) for change in one.changes.all()] == [
        ("suspended", date(2026, 5, 6)),
        ("resumed", date(2026, 6, 6)),
    ]


def test_given_back_before_its_time_on_the_bodys_word(people, market):
    one = lic.licence(people)
    suspend_licence(one.pk, penalty=lic.penalty(market, on=date(2026, 5, 6)), actor=people.reviewer, at=MAY)
    resume_licence(
        one.pk,
        penalty=lic.penalty(market, on=date(2026, 5, 20), number="莱市监罚〔2026〕15号"),
        actor=people.reviewer,
        at=noon(date(2026, 5, 20)),
    )
    one.refresh_from_db()
    assert one.state == "valid"
    assert list(
        CaseEvent.objects.filter(case=one.case, kind__startswith="licence_").values_list("kind", flat=True)
    ) == ["licence_suspended", "licence_resumed"]


def test_the_supervising_system_needs_no_person(people, market):
    one = lic.licence(people)
    forfeit_licence(one.pk, penalty=lic.penalty(market, on=date(2026, 5, 6)), actor=None, at=MAY)
    assert CaseEvent.objects.get(kind="forfeited").actor is None
    assert one.changes.get().actor is None


class TestRefused:
    def test_the_same_penalty_is_registered_once(self, people, market):
        one = lic.licence(people)
        penalty = lic.penalty(market, on=date(2026, 5, 6), until=date(2026, 5, 7))
        suspend_licence(one.pk, penalty=penalty, actor=people.reviewer, at=MAY)
        before = standing()
        with pytest.raises(DomainError, match="已经登记，不能重复登记"):
            suspend_licence(one.pk, penalty=penalty, actor=people.reviewer, at=MAY)
        assert standing() == before

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"number": " "}, "请填写处罚决定书文号"),
            ({"on": date(2026, 5, 9)}, "不能晚于今天"),
            ({"on": date(2025, 10, 1)}, "早于发证日期"),
            ({"until": date(2026, 5, 1)}, "暂扣的最后一日早于处罚决定日期"),
        ],
    )
    def test_a_document_that_cannot_be(self, people, market, change, sentence):
        one = lic.licence(people)
        before = standing()
        with pytest.raises(InvalidInput, match=sentence):
            suspend_licence(
                one.pk,
                penalty=lic.penalty(market, **({"on": date(2026, 5, 6)} | change)),
                actor=people.reviewer,
                at=MAY,
            )
        assert standing() == before

    def test_a_licence_that_has_ended_is_not_forfeited(self, people, market):
        one = lic.licence(people)
        before = standing()
        with pytest.raises(StaleState, match="有效期已经届满；请办理注销"):
            forfeit_licence(
                one.pk,
                penalty=lic.penalty(market, on=date(2026, 10, 30)),
                actor=people.reviewer,
                at=noon(date(2026, 11, 2)),
            )
        assert standing() == before

    def test_only_those_of_the_body_that_has_the_matter_now(self, people, market):
        one = lic.licence(people)
        penalty, before = lic.penalty(market, on=date(2026, 5, 6)), standing()
        with pytest.raises(NotPermitted, match="须由审查人员、部门工作人员办理"):
            forfeit_licence(one.pk, penalty=penalty, actor=people.clerk, at=MAY)
        with pytest.raises(NotFound):
            forfeit_licence(one.pk, penalty=penalty, actor=make.People("GA").reviewer, at=MAY)
        with pytest.raises(NotFound):
            forfeit_licence(one.pk + 1000, penalty=penalty, actor=people.reviewer, at=MAY)
        assert standing() == before


def test_an_expiry_asks_for_the_striking_off_with_reason_one_and_the_reminder_goes_with_it(people):
    one = lic.licence(people)
    counts = sweep_licences(at=midnight(date(2026, 11, 1)), on_failure=None)
    assert counts["licences_turned"] == 1
    one.refresh_from_db()
    assert one.state == "expired"
    case = lic.proposed(people, one, "cancel_1", at=noon(date(2026, 11, 9)))
    decide_ex_officio(
        case.number,
        taking=TakingBack("有效期届满没有延续。"),
        actor=people.decider,
        at=noon(date(2026, 11, 10)),
    )
    one.refresh_from_db()
    assert (one.state, one.cancel_reason) == ("cancelled", 1)
    assert not Reminder.objects.filter(kind="cancel_licence", read_at__isnull=True).exists()
    found = verify_licence_number(one.number, today=date(2026, 11, 11))
    assert found.sentence == "证照真实，但已于2026-11-10注销，此前有效期届满（2026-11-01），不得使用。"


def test_a_beat_that_slept_for_months_leaves_the_same(people):
    lic.licence(people)
    sweep_licences(at=midnight(date(2026, 12, 24)), on_failure=None)
    assert LicenceChange.objects.get().on == date(2026, 11, 1)
    assert Reminder.objects.filter(kind="renewal_due").count() == 0


def test_past_the_published_calendar_a_reminder_comes_early_rather_than_not_at_all(people):
    lic.licence(people, valid_to=date(2027, 1, 20))
    assert sweep_licences(at=noon(date(2026, 11, 27)), on_failure=None)["renewal_reminders"] == 1


def test_an_undecided_renewal_near_the_expiry_is_told_once(people):
    old = lic.licence(people)
    case = lic.applied(people, old, "renewal", at=noon(date(2026, 9, 10)))
    assert sweep_licences(at=noon(date(2026, 10, 23)), on_failure=None)["renewal_reminders"] == 0
    assert sweep_licences(at=noon(date(2026, 10, 26)), on_failure=None)["renewal_reminders"] == 1
    assert sweep_licences(at=noon(date(2026, 10, 27)), on_failure=None)["renewal_reminders"] == 0
    assert Reminder.objects.get(kind="renewal_at_risk").case == case


def test_the_paper_of_a_licence_deemed_renewed_is_good_before_any_sweep(people):
    old = lic.licence(people)
    lic.applied(people, old, "renewal", at=noon(date(2026, 9, 10)))
    found = verify_licence_number(old.number, today=EXPIRY + timedelta(1))
    assert found.is_good
    assert "依法视为准予延续（行政许可法第五十条第二款）" in found.sentence
