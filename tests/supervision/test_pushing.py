"""Every decision becomes one push per regulator in force on its date: numbered without holes, frozen, once (trap 20)."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from matters.commands.boundaries import NewBoundary, set_boundary
from matters.models import BoundaryItem
from supervision.models import Push, PushStep
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories import supervision as sup
from tests.factories.cases import MONDAY, days_later
from windows.commands.decision import grant_case
from windows.commands.licences.taking_back import decide_ex_officio
from windows.models import CaseEvent

LATER = MONDAY + timedelta(hours=4)


def told() -> list[tuple[str, str, str]]:
    return list(Push.objects.order_by("regulator__code", "sequence").values_list("number", "decision_type", "state"))


def test_a_grant_is_told_to_its_regulator_and_lies_in_the_inbox_at_once(people):
    push = sup.pushed(people)
    assert (push.number, push.sequence, push.part, push.state) == ("TS-SJ-000001", 1, "lead", "delivered")
    assert (push.delivered_at, push.claim_by_on, push.deliver_by_on) == (LATER, date(2026, 3, 4), date(2026, 3, 3))
    assert list(PushStep.objects.filter(push=push).values_list("kind", flat=True)) == ["queue", "deliver"]


def test_its_words_hold_every_field_and_their_hash(people):
    push = sup.pushed(people)
    said = json.loads(push.body)
    assert hashlib.sha256(push.body.encode()).hexdigest() == push.sha256
    letter = push.case.letters.get(kind="D15")
    assert (
        said
        | {
            "version": 1,
            "push_no": "TS-SJ-000001",
            "sequence": 1,
            "case_no": push.case.number,
            "task_code": "SJ-04",
            "matter_name": "食品经营许可",
            "decision_type": "grant",
            "decision_type_name": "准予许可",
            "decision_doc_no": letter.number,
            "decided_on": "2026-03-02",
            "deciding_org": {"code": "SP", "name": "莱阳市行政审批服务局"},
            "holder_name": "莱阳市某某餐饮店",
            "holder_type": "legal",
            "holder_code": "91370682MA00000A9M",
            "legal_rep": "邹念慈",
            "contact": "138****0000",
            "site_address": "莱阳市某某街道某某路18号",
            "division_code": "370682",
            "content": "热食类食品制售",
            "valid_from": "2026-03-02",
            "valid_to": "2031-03-01",
            "is_commitment": False,
            "commitment_items": [],
            "is_deferred": False,
            "supervising_org": [{"code": "SJ", "name": "莱阳市市场监督管理局", "part": "lead"}],
            "enforcing_org": None,
        }
        == said
    )


def test_of_a_natural_person_the_number_and_the_phone_are_masked(people):
    push = sup.pushed(people, party=make.PERSON)
    said = json.loads(push.body)
    assert (said["holder_name"], said["holder_code"]) == ("姜𠮷", "370***********9996")
    assert make.PERSON.id_number not in push.body


def test_a_commitment_case_is_marked(people):
    case = make.granted(people)
    type(case).objects.filter(pk=case.pk).update(by_commitment=True, deferred_acceptance=True)
    said = json.loads(sup.push_of(case, at=LATER).body)
    assert (said["is_commitment"], said["is_deferred"]) == (True, True)


def test_running_it_again_changes_nothing_and_writes_nothing(people, django_assert_max_num_queries):
    sup.pushed(people)
    before = told()
    with django_assert_max_num_queries(3) as asked:
        assert sup.relayed(LATER) == 0
    assert not any(query["sql"].startswith(("INSERT", "UPDATE")) for query in asked.captured_queries)
    assert told() == before


def test_every_regulator_in_force_that_day_is_told_in_a_sequence_of_its_own(people):
    admin = make.person("admin", Role.CATALOGUE_ADMIN)
    boundary = NewBoundary("SJ-04", "SJ", "备忘录", local_date(days_later(1)), further=["WJ19"], enforce="CG19")
    set_boundary(boundary, actor=admin, at=MONDAY)
    make.granted(people)
    make.granted(people, at=days_later(1), party=make.PERSON)
    assert sup.relayed(days_later(2)) == 4
    assert told() == [
        ("TS-CG19-000001", "grant", "delivered"),
        ("TS-SJ-000001", "grant", "delivered"),
        ("TS-SJ-000002", "grant", "delivered"),
        ("TS-WJ19-000001", "grant", "delivered"),
    ]
    said = json.loads(Push.objects.get(number="TS-WJ19-000001").body)
    assert [one["part"] for one in said["supervising_org"]] == ["lead", "further"]
    assert said["enforcing_org"]["code"] == "CG19"


def test_the_regulator_of_the_decisions_date_is_told_however_late_the_relay_comes(people):
    admin = make.person("admin", Role.CATALOGUE_ADMIN)
    make.granted(people)
    set_boundary(NewBoundary("SJ-04", "WJ19", "备忘录", date(2026, 3, 10)), actor=admin, at=MONDAY)
    sup.relayed(days_later(30))
    assert told() == [("TS-SJ-000001", "grant", "delivered")]


def test_refusals_and_every_end_of_a_licence_are_told_too(people):
    make.refused(people, party=make.PERSON)
    one = lic.old_licence(people, at=MONDAY)
    case = lic.proposed(people, one, "cancel_3", at=days_later(1))
    decide_ex_officio(case.number, taking=lic.TakingBack("依法终止。"), actor=people.decider, at=days_later(1, hours=5))
    two = lic.old_licence(people, 2, at=MONDAY)
    case = lic.proposed(people, two, "fraud", at=days_later(2))
    decide_ex_officio(case.number, taking=lic.FRAUD, actor=people.decider, at=days_later(2, hours=5))
    sup.relayed(days_later(3))
    assert [kind for _, kind, _ in told()] == ["refuse", "cancel", "revoke"]
    said = json.loads(Push.objects.get(decision_type="revoke").body)
    assert (said["licence_no"], said["reasons"]) == (two.number, lic.FRAUD.reasons)


@pytest.mark.parametrize(("purpose", "kind"), [("change", "change"), ("renewal", "renew"), ("replacement", "replace")])
def test_changes_renewals_and_replacements_are_told(people, purpose, kind):
    old = lic.old_licence(people, at=MONDAY)
    case = lic.reviewed(people, old, purpose, at=days_later(1))
    grant = lic.Grant("热食类食品制售", *({"renewal": (date(2026, 11, 1), date(2027, 10, 31))}.get(purpose, ())))
    grant_case(case.number, grant=grant, actor=people.decider, at=days_later(1, hours=4))
    push = sup.push_of(case, at=days_later(1, hours=5))
    assert (push.decision_type, json.loads(push.body)["licence_no"]) == (kind, old.number)


def test_a_decision_before_the_pushes_began_is_not_told(people):
    from laiyang_approval.kernel.models import BusinessRule
    from laiyang_approval.kernel.rules import forget_cached_rules

    BusinessRule.objects.filter(key="push_from").update(value="2026-03-03")
    forget_cached_rules()
    make.granted(people)
    assert sup.relayed(LATER) == 0


def test_a_decision_without_a_regulator_in_force_is_told_to_nobody_until_one_is(people):
    case = make.granted(people)
    item = BoundaryItem.objects.get(matter=case.matter, valid_to__isnull=True)
    BoundaryItem.objects.filter(pk=item.pk).update(valid_from=date(2026, 3, 9))
    assert sup.relayed(LATER) == 0
    BoundaryItem.objects.filter(pk=item.pk).update(valid_from=item.valid_from)
    assert sup.relayed(LATER) == 1


def test_one_decision_that_cannot_be_told_does_not_keep_the_others_back(people, monkeypatch):
    from supervision.commands import pushing

    broken, whole = make.granted(people), make.granted(people, party=make.PERSON)
    real = pushing.facts_of

    def fails_for_one(event):
        if event.case_id == broken.pk:
            raise ValueError("broken")
        return real(event)

    monkeypatch.setattr(pushing, "facts_of", fails_for_one)
    failures = []
    made = pushing.queue_pushes(at=LATER, since=None, on_failure=lambda who, error: failures.append(str(error)))
    assert (made, failures) == (1, ["broken"])
    assert list(Push.objects.values_list("case", "sequence")) == [(whole.pk, 1)]
    monkeypatch.setattr(pushing, "facts_of", real)
    sup.relayed(LATER)
    assert sorted(Push.objects.values_list("sequence", flat=True)) == [1, 2]


@pytest.mark.parametrize("column", ["body", "sha256", "sequence", "number"])
def test_what_was_told_cannot_be_changed_nor_deleted_in_the_database(people, column):
    push = sup.pushed(people)
    with pytest.raises(DatabaseError), transaction.atomic():
        Push.objects.filter(pk=push.pk).update(**{column: 99})
    with pytest.raises(DatabaseError), transaction.atomic():
        Push.objects.filter(pk=push.pk).delete()
    assert Push.objects.get(pk=push.pk).body == push.body


def test_events_recorded_before_the_window_wait_for_the_nightly_pass(people):
    make.granted(people)
    recorded = CaseEvent.objects.get(kind="granted").recorded_at
    assert sup.relayed(LATER, since=recorded + timedelta(seconds=1)) == 0
    assert sup.relayed(LATER, since=None) == 1


def test_nobody_but_the_system_made_them(people):
    push = sup.pushed(people)
    assert set(PushStep.objects.filter(push=push).values_list("actor", flat=True)) == {None}
    assert User.objects.filter(username="regulator-SJ").count() == 0
