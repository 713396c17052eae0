"""Every granting decision is published in time, follows its licence, says no number of a person, and can be withdrawn (trap 19)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Department, SweepRun
from supervision import publicity, tasks
from supervision.commands import publicity as commands
from supervision.commands.publicity import publish_decisions, republish_entry, withdraw_entry
from supervision.models import PublicityEntry, PublicityStep
from supervision.publicity import Wanted, public_page, public_row
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.cases import MONDAY, days_later
from windows.commands.licences.outside import suspend_licence
from windows.commands.licences.taking_back import decide_ex_officio
from windows.models import Licence, Party

LATER = MONDAY + timedelta(hours=4)


def published(at=LATER, since=None) -> int:
    def fail(reference, error):
        raise error

    return publish_decisions(at=at, since=since, on_failure=fail)


def the_row() -> publicity.PublicRow:
    return public_page(Wanted(), today=date(2026, 3, 2)).rows[0]


def test_a_grant_is_published_with_its_term(people):
    case = make.granted(people)
    assert published() == 1
    entry = PublicityEntry.objects.get()
    assert (entry.number, entry.case_id, entry.kind) == ("GS-2026-000001", case.pk, "grant")
    assert (entry.decided_on, entry.publish_by_on, entry.published_on) == (
        date(2026, 3, 2), date(2026, 3, 11), date(2026, 3, 2),
    )  # fmt: skip
    assert list(PublicityStep.objects.values_list("entry", "kind", "actor")) == [(entry.pk, "publish", None)]


def test_its_fields_are_those_of_the_table(people):
    case = make.granted(people)
    published()
    letter = case.letters.get(kind="D15")
    assert the_row().fields_on(date(2026, 3, 2)) == {
        "XK_XDR_MC": "莱阳市某某餐饮店",
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": "91370682MA00000A9M",
        "XK_FRDB": "邹念慈",
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": letter.number,
        "XK_XKLB": "普通",
        "XK_XKZS": "",
        "XK_XKBH": "",
        "XK_NR": "热食类食品制售",
        "XK_JDRQ": "2026-03-02",
        "XK_YXQZ": "2026-03-02",
        "XK_YXQZI": "2031-03-01",
        "XK_XKJG": "莱阳市行政审批服务局",
        "XK_XKJGDM": case.deciding_department.uscc,
        "XK_ZT": "1",
        "XK_LYDW": "莱阳市行政审批服务局",
        "XK_LYDWDM": case.deciding_department.uscc,
        "BZ": "食品经营许可",
    }


def test_trap_19_granted_before_the_long_holiday_published_by_the_sixteenth(people):
    at = datetime(2025, 9, 30, 1, 30, tzinfo=UTC)
    make.granted(people, at=at)
    published(at + timedelta(hours=4))
    assert PublicityEntry.objects.get().publish_by_on == date(2025, 10, 16)


def test_of_a_natural_person_only_the_masked_name_the_matter_and_the_decision(people):
    case = make.granted(people, party=make.PERSON)
    published()
    entry = PublicityEntry.objects.get()
    assert (entry.holder_name, entry.holder_kind) == ("姜*", "natural")
    assert (entry.holder_code, entry.legal_representative, entry.content, entry.valid_from) == ("", "", "", None)
    fields = the_row().fields_on(date(2026, 3, 2))
    assert set(fields) == {
        "XK_XDR_MC", "XK_XDR_LB", "XK_XKWS", "XK_WSH", "XK_XKLB", "XK_JDRQ", "XK_XKJG", "XK_XKJGDM", "XK_ZT", "XK_LYDW",
        "XK_LYDWDM", "BZ",
    }  # fmt: skip
    assert fields["XK_WSH"] == case.letters.get(kind="D15").number
    assert "姜𠮷" not in str(fields) and "姜𠮷" not in str(vars(entry))


def test_the_database_keeps_no_more_of_a_natural_person(people):
    make.granted(people, party=make.PERSON)
    published()
    for more in ({"content": "热食类"}, {"holder_name": "姜𠮷"}, {"holder_code": "91370682MA00000A9M"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicityEntry.objects.update(**more)


def test_a_refusal_is_not_published(people):
    make.refused(people)
    assert published() == 0
    assert not PublicityEntry.objects.exists()


def test_what_is_no_licence_is_not_published(people):
    case = make.granted(people)
    type(case.matter).objects.filter(pk=case.matter_id).update(matter_type="行政确认")
    assert published() == 0


def test_running_it_again_changes_nothing_and_writes_nothing(people, django_assert_max_num_queries):
    make.granted(people)
    published()
    with django_assert_max_num_queries(2) as asked:
        assert published() == 0
    assert not any(query["sql"].startswith(("INSERT", "UPDATE")) for query in asked.captured_queries)


def test_one_that_cannot_be_published_keeps_no_other_back_and_stands_among_the_late(people, monkeypatch):
    first = make.granted(people)
    second = make.granted(people, at=days_later(1), party=make.PERSON)
    words = commands._words_of

    def fails_once(event, on):
        if event.case_id == first.pk:
            raise RuntimeError("no words")
        return words(event, on)

    monkeypatch.setattr(commands, "_words_of", fails_once)
    failed = []
    publish_decisions(at=days_later(2), since=None, on_failure=lambda reference, error: failed.append(reference))
    assert list(PublicityEntry.objects.values_list("case_id", "number")) == [(second.pk, "GS-2026-000001")]
    event = first.events.get(kind="granted")
    assert failed == [f"event {event.pk}"]
    (late,) = publicity.unpublished(date(2026, 3, 12))
    assert (late.key, late.case_number, late.due_on) == (f"publicity:{event.pk}", first.number, date(2026, 3, 11))
    assert late.is_late_on(date(2026, 3, 12)) and not late.is_late_on(date(2026, 3, 11))
    monkeypatch.undo()
    published(lic.noon(date(2026, 3, 12)))
    assert publicity.unpublished(date(2026, 3, 12)) == []
    (done,) = publicity.published_late(since=date(2026, 3, 1))
    assert (done.key, done.published_on) == (late.key, date(2026, 3, 12))
    assert done.is_late_on(date(2026, 4, 1))


def test_the_frequent_pass_leaves_a_run_and_looks_back_to_the_last_whole_one(people, monkeypatch):
    monkeypatch.setattr(tasks.clock, "now", lambda: LATER)
    make.granted(people)
    tasks.publish()
    assert SweepRun.objects.get(name="publicity").counts == {"published": 1}
    tasks.publish_nightly()
    assert SweepRun.objects.get(name="publicity_nightly").counts == {"terms": 0, "published": 0}


# The licence's life


def standing(today: date) -> tuple[str, str]:
    row = public_page(Wanted(), today=today).rows[-1]
    listed = bool([one for one in public_page(Wanted(state="valid"), today=today).rows if one.id == row.id])
    found = row.standing_on(today)
    assert listed == (found.code == "1")
    assert bool([one for one in public_page(Wanted(state="invalid"), today=today).rows if one.id == row.id]) != listed
    return found.code, found.remark


def test_the_state_follows_the_licence(people):
    one = lic.licence(people)
    published(lic.noon(date(2025, 11, 3)))
    assert the_row().licence_number == one.number
    assert standing(date(2026, 3, 2)) == ("1", "")
    assert standing(lic.EXPIRY) == ("1", "")
    assert standing(lic.EXPIRY + timedelta(1)) == ("2", "有效期届满")
    body = Department.objects.get(code="SJ")
    penalty = lic.penalty(body, on=date(2026, 3, 1), until=date(2026, 3, 31))
    suspend_licence(one.pk, penalty=penalty, actor=people.reviewer, at=MONDAY)
    assert standing(date(2026, 3, 2)) == ("2", "暂扣")
    assert standing(date(2026, 4, 1)) == ("1", "")


@pytest.mark.parametrize(
    ("state", "remark"),
    [("revoked", "已撤销"), ("withdrawn", "已撤回"), ("forfeited", "已吊销"), ("cancelled", "已注销")],
)
def test_what_is_taken_back_reads_as_invalid_at_once(people, state, remark):
    one = lic.licence(people)
    published(lic.noon(date(2025, 11, 3)))
    Licence.objects.filter(pk=one.pk).update(state=state, cancel_reason=2 if state == "cancelled" else None)
    assert standing(date(2026, 3, 2)) == ("2", remark)


def test_a_revocation_by_the_real_act_shows_and_makes_no_entry_of_its_own(people):
    one = lic.licence(people)
    published(lic.noon(date(2025, 11, 3)))
    case = lic.proposed(people, one, "fraud", at=MONDAY)
    decide_ex_officio(case.number, taking=lic.FRAUD, actor=people.decider, at=MONDAY + timedelta(hours=5))
    assert published(days_later(1)) == 0
    assert standing(date(2026, 3, 2)) == ("2", "已撤销")


def test_a_change_is_published_too_and_the_old_version_ends_when_the_new_begins(people):
    one = lic.licence(people)
    case = lic.reviewed(people, one, "change", at=MONDAY)
    commands_grant(people, case)
    assert published(days_later(1)) == 2
    new, old = public_page(Wanted(), today=date(2026, 3, 3)).rows
    assert (new.kind_label, new.document_title) == ("准予变更", "准予变更行政许可决定书")
    assert (old.standing_on(date(2026, 3, 3)).code, new.standing_on(date(2026, 3, 3)).code) == ("1", "1")
    make.issue_certificate(case.number, actor=people.issuer, at=MONDAY + timedelta(hours=4))
    assert standing(date(2026, 3, 3)) == ("2", "已被新证替代")


def commands_grant(people, case):
    grant = make.Grant("热食类、冷食类食品制售", date(2026, 3, 2), lic.EXPIRY)
    make.grant_case(case.number, grant=grant, actor=people.decider, at=MONDAY + timedelta(hours=3))


# Withdrawal


def test_a_wrong_entry_is_withdrawn_with_reason_and_person_and_comes_back_in_right_words(people):
    case = make.granted(people)
    published()
    number = PublicityEntry.objects.get().number
    entry = withdraw_entry(number, reason="相对人名称有误。", actor=people.decider, at=days_later(1))
    assert (entry.state, entry.withdrawn_by, entry.withdrawn_at) == ("withdrawn", people.decider, days_later(1))
    assert public_row(number) is None and list(public_page(Wanted(), today=date(2026, 3, 3)).rows) == []
    with pytest.raises(DomainError, match="已经撤下"):
        withdraw_entry(number, reason="再次撤下。", actor=people.decider, at=days_later(1))
    assert published(days_later(1)) == 0
    Party.objects.filter(pk=case.party_id).update(name="莱阳市正名餐饮店")
    republish_entry(number, reason="名称已更正。", actor=people.decider, at=days_later(2))
    again = PublicityEntry.objects.get()
    assert (again.state, again.holder_name, again.published_on) == ("published", "莱阳市正名餐饮店", date(2026, 3, 2))
    assert list(PublicityStep.objects.values_list("kind", "note", "actor")) == [
        ("publish", "", None),
        ("withdraw", "相对人名称有误。", people.decider.pk),
        ("republish", "名称已更正。", people.decider.pk),
    ]


def test_nobody_else_withdraws_and_never_without_a_reason(people, watch):
    make.granted(people)
    published()
    entry = PublicityEntry.objects.get()
    for actor, refusal in (
        (people.reviewer, NotPermitted), (watch.supervisor, NotPermitted), (watch.regulator, NotFound), (people.clerk, NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            withdraw_entry(entry.number, reason="相对人名称有误。", actor=actor, at=days_later(1))
    with pytest.raises(InvalidInput):
        withdraw_entry(entry.number, reason=" ", actor=people.decider, at=days_later(1))
    with pytest.raises(DomainError, match="没有撤下"):
        republish_entry(entry.number, reason="重新公示。", actor=people.decider, at=days_later(1))
    assert PublicityEntry.objects.get().state == "published"
    assert PublicityStep.objects.count() == 1


def test_what_an_entry_tells_of_never_changes_and_none_is_deleted(people):
    make.granted(people)
    published()
    for change in (
        lambda: PublicityEntry.objects.update(number="GS-2026-000009"),
        lambda: PublicityEntry.objects.update(published_at=days_later(9)),
        lambda: PublicityEntry.objects.all()._raw_delete("default"),
        lambda: PublicityStep.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert local_date(PublicityEntry.objects.get().published_at) == date(2026, 3, 2)
