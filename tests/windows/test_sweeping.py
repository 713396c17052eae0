"""The sweeps: deemed acceptance by silence, lights and reminders; missed and doubled runs change nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel.models import BusinessRule
from laiyang_approval.kernel.rules import forget_cached_rules
from tests.factories import cases as make
from windows.commands.sweeping import deem_overdue_acceptances, turn_lights
from windows.models import Case, CaseEvent, Letter, Reminder

FRIDAY = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)


def at_midnight(day: date) -> datetime:
    """The first minute of ``day`` in Shanghai."""
    return datetime(day.year, day.month, day.day, 0, 1, tzinfo=make.MONDAY.tzinfo) - timedelta(hours=8)


def deem(at: datetime) -> dict[str, int]:
    failures = []
    counts = deem_overdue_acceptances(at=at, on_failure=lambda number, error: failures.append((number, error)))
    assert failures == []
    return counts


class TestDeemedAcceptance:
    def test_silence_for_five_days_accepts_as_of_receipt(self, people):
        # Trap 3: received 2026-02-13, nothing said by 2026-02-27 24:00: accepted on 02-13, 20 days end 2026-03-19.
        case = make.received(people, "CG-06", at=FRIDAY)
        assert deem(at_midnight(date(2026, 2, 27))) == {"deemed": 0, "due": 0}
        assert deem(at_midnight(date(2026, 2, 28))) == {"deemed": 1, "due": 1}
        case.refresh_from_db()
        assert (case.state, case.deemed_accepted) == ("accepted", True)
        assert case.accepted_on == date(2026, 2, 13)
        assert case.statutory_due_on == date(2026, 3, 19)
        assert case.accepted_by is None
        letter = Letter.objects.get(case=case, kind="D06")
        assert letter.sealed_on == date(2026, 2, 13)
        assert letter.snapshot["print"]["answer_limit"] == "5个工作日"
        assert list(Reminder.objects.filter(case=case).values_list("kind", "reached_on")) == [
            ("deemed_accepted", date(2026, 2, 28))
        ]
        assert CaseEvent.objects.filter(case=case).last().actor is None

    def test_a_second_run_changes_nothing(self, people):
        make.received(people, "CG-06", at=FRIDAY)
        deem(at_midnight(date(2026, 2, 28)))
        before = (CaseEvent.objects.count(), Letter.objects.count(), Reminder.objects.count())
        assert deem(at_midnight(date(2026, 2, 28))) == {"deemed": 0, "due": 0}
        assert (CaseEvent.objects.count(), Letter.objects.count(), Reminder.objects.count()) == before

    def test_three_missed_nights_lead_to_the_same_acceptance(self, people):
        case = make.received(people, "CG-06", at=FRIDAY)
        deem(at_midnight(date(2026, 3, 3)))
        case.refresh_from_db()
        assert (case.accepted_on, case.statutory_due_on) == (date(2026, 2, 13), date(2026, 3, 19))

    def test_a_notice_in_time_stops_it(self, people):
        make.correction_pending(people, at=FRIDAY)
        assert deem(at_midnight(date(2026, 3, 20))) == {"deemed": 0, "due": 0}

    def test_silence_after_resubmission_dates_back_to_that_day(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        deem(at_midnight(date(2026, 3, 13)))
        case.refresh_from_db()
        assert (case.deemed_accepted, case.accepted_on) == (True, date(2026, 3, 5))

    def test_the_switch_turns_it_into_a_warning_only(self, people):
        case = make.received(people, "CG-06", at=FRIDAY)
        BusinessRule.objects.filter(key="deemed_acceptance").update(value="off")
        forget_cached_rules()
        assert deem(at_midnight(date(2026, 2, 28))) == {"deemed": 0}
        turn_lights(at=at_midnight(date(2026, 2, 28)))
        case.refresh_from_db()
        assert (case.state, case.light) == ("received", "red")


class TestLights:
    def test_the_light_follows_the_two_limits_day_by_day(self, people):
        # Accepted Monday 2026-03-02: promised 2026-03-11, statutory 2026-03-16, yellow with one working day left.
        case = make.accepted(people)
        seen = []
        for day in range(3, 20):
            turn_lights(at=at_midnight(date(2026, 3, day)))
            case.refresh_from_db()
            seen.append((day, case.light))
        changes = [seen[0]] + [now for before, now in zip(seen, seen[1:], strict=False) if before[1] != now[1]]
        assert changes == [(3, "green"), (10, "yellow"), (12, "orange"), (17, "red")]
        assert list(Reminder.objects.filter(case=case).order_by("reached_on").values_list("kind", "reached_on")) == [
            ("yellow", date(2026, 3, 10)),
            ("orange", date(2026, 3, 12)),
            ("red", date(2026, 3, 17)),
        ]

    def test_a_beat_that_slept_for_a_month_leaves_the_same_reminders(self, people):
        case = make.accepted(people)
        assert turn_lights(at=at_midnight(date(2026, 4, 10))) == {"turned": 1, "reminders": 3}
        case.refresh_from_db()
        assert (case.light, case.light_turns_on) == ("red", None)
        assert Reminder.objects.count() == 3

    def test_running_again_the_same_night_changes_nothing(self, people):
        make.accepted(people)
        night = at_midnight(date(2026, 3, 12))
        turn_lights(at=night)
        assert turn_lights(at=night) == {"turned": 0, "reminders": 0}

    def test_a_decision_puts_the_light_out_of_the_promised_limit(self, people):
        case = make.granted(people)
        assert (case.light, case.yellow_from_on, case.red_from_on) == ("green", date(2026, 3, 11), date(2026, 3, 17))

    def test_a_date_still_to_be_published_turns_no_light(self, people):
        case = make.accepted(people, "JT-02", at=datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
        turn_lights(at=datetime(2026, 12, 31, 2, 0, tzinfo=UTC))
        case.refresh_from_db()
        assert (case.light, case.red_from_on, case.calendar_missing_year) == ("green", None, 2027)

    @pytest.mark.parametrize("many", [1, 6])
    def test_the_sweep_takes_the_same_statements_for_one_case_and_for_many(self, people, many):
        for _ in range(many):
            make.accepted(people)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            turn_lights(at=at_midnight(date(2026, 3, 12)))
        assert len([one for one in statements if "SAVEPOINT" not in one["sql"]]) == 2
        assert Case.objects.filter(light="orange").count() == many
