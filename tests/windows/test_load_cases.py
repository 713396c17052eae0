"""Cases written in bulk keep what the commands keep."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import NumberSeries
from windows.commands.sweeping import turn_lights
from windows.commands.verifying import check_chains
from windows.demo.bulk import load_cases
from windows.demo.people import load_demo_accounts
from windows.domain.case_numbers import is_case_number
from windows.models import Case, Decision, Letter, Licence, Party

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def loaded(shipped, db):
    load_demo_accounts()
    return load_cases(count=250, at=AT, seed=7)


def test_every_invariant_of_a_case_stands(loaded):
    assert loaded == Case.objects.count() == 250
    assert check_chains() is None
    assert all(is_case_number(number) for number in Case.objects.values_list("number", flat=True))
    for party in Party.objects.all()[:60]:
        assert check_id(IdKind(party.id_kind), party.id_number, today=local_date(AT)) == party.id_number
    states = Counter(Case.objects.values_list("state", flat=True))
    assert states["delivered"] > 150
    assert sum(states[state] for state in ("received", "accepted", "in_review", "pending_decision")) > 5
    assert not Case.objects.filter(received_at__gt=AT).exists()


def test_decisions_licences_and_numbers_add_up(loaded):
    decided = Case.objects.filter(decided_at__isnull=False)
    assert Decision.objects.count() == decided.count()
    assert Licence.objects.count() == Case.objects.filter(issued_at__isnull=False).count() == Letter.objects.count()
    for series, period, last in NumberSeries.objects.filter(series__contains="证字").values_list(
        "series", "period", "last"
    ):
        serials = Letter.objects.filter(series=series, period=period).values_list("serial", flat=True)
        assert sorted(serials) == list(range(1, last + 1))


def test_the_lights_are_those_a_sweep_would_leave(loaded):
    assert turn_lights(at=AT) == {"turned": 0, "reminders": 0}
