"""Cases written in bulk keep what the commands keep."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import NumberSeries
from windows.commands.clocking import start_decision_clock, start_delivery_clock, start_intake_clock
from windows.commands.sweeping import turn_lights
from windows.commands.verifying import check_chains
from windows.demo.bulk import load_cases
from windows.demo.people import load_demo_accounts
from windows.domain.case_numbers import is_case_number
from windows.models import Case, CaseEvent, Decision, Letter, Licence, Opinion, Party

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(shipped, django_db_blocker):
    """Two runs, the second with another seed; gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo_accounts()
        yield load_cases(count=250, at=AT, seed=7) + load_cases(count=60, at=AT, seed=8)
        transaction.set_rollback(True)


def test_every_invariant_of_a_case_stands(loaded):
    assert loaded == Case.objects.count() == 310
    assert check_chains() is None
    assert all(is_case_number(number) for number in Case.objects.values_list("number", flat=True))
    states = Counter(Case.objects.values_list("state", flat=True))
    assert states["delivered"] > 150
    assert sum(states[state] for state in ("received", "accepted", "in_review", "pending_decision")) > 5
    assert not Case.objects.filter(received_at__gt=AT).exists()


def test_applicants_have_valid_numbers_and_come_again_in_the_next_run(loaded):
    parties = list(Party.objects.all())
    assert len(parties) == 250 // 4
    for party in parties:
        assert check_id(IdKind(party.id_kind), party.id_number, today=local_date(AT)) == party.id_number


def test_every_material_of_the_edition_was_received_with_the_case(loaded):
    for case in Case.objects.select_related("edition"):
        assert list(case.materials.values_list("edition_material_id", flat=True).order_by("edition_material_id")) == (
            list(case.edition.materials.values_list("pk", flat=True).order_by("pk"))
        )


def test_clocks_are_those_the_commands_would_have_started(loaded):
    calendar, wrong, running = current_calendar(), [], Counter()
    for case in Case.objects.select_related("edition").filter(ended_at=None):
        again = Case(edition=case.edition)
        if case.decided_at:
            start_delivery_clock(again, from_on=local_date(case.decided_at), calendar=calendar, today=local_date(AT))
            names = ("delivery_due_on", "next_due_on", "yellow_from_on", "red_from_on", "light", "light_turns_on")
        elif case.accepted_on:
            start_decision_clock(again, from_on=case.clock_from_on, calendar=calendar, today=case.accepted_on)
            names = ("promised_due_on", "statutory_due_on", "next_due_on", "yellow_from_on", "orange_from_on", "red_from_on", "calendar_missing_year")  # fmt: skip
        else:
            start_intake_clock(again, from_on=case.materials_on, calendar=calendar, today=local_date(AT))
            names = ("intake_due_on", "next_due_on", "yellow_from_on", "red_from_on", "light", "light_turns_on")
        running[names[0]] += 1
        wrong += [(case.number, name) for name in names if getattr(case, name) != getattr(again, name)]
    assert wrong == []
    assert set(running) == {"delivery_due_on", "promised_due_on", "intake_due_on"}


def test_decisions_licences_and_numbers_add_up(loaded):
    decided = Case.objects.filter(decided_at__isnull=False)
    assert Decision.objects.count() == decided.count()
    assert Licence.objects.count() == Case.objects.filter(issued_at__isnull=False).count() == Letter.objects.count()
    for series, period, last in NumberSeries.objects.filter(series__contains="证字").values_list(
        "series", "period", "last"
    ):
        serials = Letter.objects.filter(series=series, period=period).values_list("serial", flat=True)
        assert sorted(serials) == list(range(1, last + 1))


def test_certificates_are_sealed_over_what_they_say_of_their_holder(loaded):
    for letter in Letter.objects.select_related("case__party", "licence"):
        assert link(GENESIS, letter.snapshot) == letter.snapshot_sha256
        assert letter.snapshot["print"]["party"]["name"] == letter.case.party.name
        assert (letter.licence.number, letter.licence.holder_id) == (letter.number, letter.case.party_id)


def test_events_name_the_rows_of_their_acts(loaded):
    for kinds, key, model in (
        (("granted", "refused"), "decision", Decision),
        (("issued",), "licence", Licence),
        (("opinion_submitted",), "opinion", Opinion),
    ):
        named = {(event.case_id, event.detail[key]) for event in CaseEvent.objects.filter(kind__in=kinds)}
        assert named == set(model.objects.values_list("case_id", "pk")), model


def test_the_spread_is_uneven_as_in_a_hall(loaded):
    matters = Counter(Case.objects.values_list("matter__code", flat=True))
    assert matters["SJ-02"] + matters["SJ-04"] > 310 // 6
    assert len(matters) > 30
    assert len({local_date(at) for at in Case.objects.values_list("received_at", flat=True)}) > 100


def test_the_lights_are_those_a_sweep_would_leave(loaded):
    assert turn_lights(at=AT) == {"turned": 0, "reminders": 0}
