"""推送的跟踪: read, claimed, disputed, planned, followed up; claimed by silence after two working days (推送即认领)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from supervision.commands.tracking import (
    claim_overdue,
    claim_push,
    dispute_push,
    follow_up,
    move_push,
    plan_push,
    read_push,
    recompute_terms,
    uphold_push,
)
from supervision.models import Push
from supervision.permissions import pushes_visible_to
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from tests.factories.licences import midnight

#: A Wednesday before the National Day holiday.
BEFORE_HOLIDAY = datetime(2026, 9, 30, 1, 30, tzinfo=UTC)
REASON = "该场所位于开发区，应由市卫生健康局监管。"


def fresh(push: Push) -> Push:
    return Push.objects.get(pk=push.pk)


def test_the_whole_way_of_a_push(people, watch):
    push = sup.pushed(people)
    read_push(push.number, actor=watch.regulator, at=days_later(0, hours=5))
    claim_push(push.number, actor=watch.regulator, at=days_later(1))
    plan_push(push.number, plan="3月中旬现场检查。", actor=watch.regulator, at=days_later(2))
    follow_up(push.number, note="已现场检查，未见异常。", actor=watch.regulator, at=days_later(9))
    push = fresh(push)
    assert (push.state, push.claim_mode, push.claimed_by, push.read_at) == (
        "followed_up", "manual", watch.regulator, days_later(0, hours=5),
    )  # fmt: skip
    assert push.plan_by_on == date(2026, 3, 31)
    kinds = list(push.steps.values_list("kind", "actor__username"))
    assert kinds == [
        ("queue", None), ("deliver", None), ("read", "regulator-SJ"), ("claim", "regulator-SJ"),
        ("plan", "regulator-SJ"), ("follow_up", "regulator-SJ"),
    ]  # fmt: skip


def test_a_watcher_who_looks_does_not_make_it_read(people, watch):
    push = sup.pushed(people)
    read_push(push.number, actor=watch.supervisor, at=days_later(1))
    assert fresh(push).state == "delivered"


def test_decided_before_the_holiday_it_is_claimed_by_silence_when_the_ninth_is_over(people, watch):
    push = sup.pushed(people, at=BEFORE_HOLIDAY)
    assert push.claim_by_on == date(2026, 10, 9)
    assert claim_overdue(at=midnight(date(2026, 10, 9)) + timedelta(hours=23)) == 0
    assert claim_overdue(at=midnight(date(2026, 10, 10))) == 1
    assert claim_overdue(at=midnight(date(2026, 10, 10))) == 0
    push = fresh(push)
    assert (push.state, push.claim_mode, push.claimed_by) == ("claimed", "auto", None)
    assert push.steps.last().note == "至2026-10-09没有认领"


def test_two_working_days_are_left_to_dispute_and_a_reason_is_asked_for(people, watch):
    push = sup.pushed(people)
    with pytest.raises(InvalidInput, match="提出异议须写明理由"):
        dispute_push(push.number, reason=" ", actor=watch.regulator, at=days_later(1))
    with pytest.raises(DomainError, match="异议期限至2026-03-04，已经届满"):
        dispute_push(push.number, reason=REASON, actor=watch.regulator, at=days_later(3))
    dispute_push(push.number, reason=REASON, actor=watch.regulator, at=days_later(2))
    assert (fresh(push).state, fresh(push).dispute_reason) == ("disputed", REASON)
    assert claim_overdue(at=days_later(9)) == 0
    with pytest.raises(StaleState, match="异议正由协调机制处理"):
        claim_push(push.number, actor=watch.regulator, at=days_later(2))


def disputed(people, watch) -> Push:
    push = sup.pushed(people)
    return dispute_push(push.number, reason=REASON, actor=watch.regulator, at=days_later(1))


def test_the_coordinator_lets_it_stay(people, watch):
    push = disputed(people, watch)
    uphold_push(push.number, reason="责任边界清楚。", actor=watch.coordinator, at=days_later(2))
    assert (fresh(push).state, fresh(push).claim_mode) == ("claimed", "ruled")


def test_the_coordinator_moves_it_and_the_other_body_is_told(people, watch):
    push = disputed(people, watch)
    moved = move_push(push.number, to="WJ19", reason="由卫健部门监管。", actor=watch.coordinator, at=days_later(2))
    assert fresh(push).state == "moved"
    assert (moved.number, moved.part, moved.state, moved.moved_from) == (
        "TS-WJ19-000001",
        "assigned",
        "delivered",
        push,
    )
    claim_push(moved.number, actor=watch.other, at=days_later(3))
    with pytest.raises(StaleState, match="监管职责已改由其他部门承担"):
        claim_push(push.number, actor=watch.regulator, at=days_later(3))
    assert sup.relayed(days_later(4)) == 0


def test_it_is_not_moved_to_whom_was_told_nor_to_nobody(people, watch):
    push = disputed(people, watch)
    for to, error in (("SJ", DomainError), ("WJ", InvalidInput), ("SP", InvalidInput), ("", InvalidInput)):
        with pytest.raises(error):
            move_push(push.number, to=to, reason="改由他部门监管。", actor=watch.coordinator, at=days_later(2))
    assert (fresh(push).state, Push.objects.count()) == ("disputed", 1)


def test_a_push_of_another_body_does_not_exist_for_a_regulator(people, watch):
    push = sup.pushed(people)
    assert list(pushes_visible_to(watch.other)) == []
    for act in (claim_push, read_push):
        if act is claim_push:
            with pytest.raises(NotFound, match="没有查到这次推送"):
                act(push.number, actor=watch.other, at=days_later(1))
    assert fresh(push).state == "delivered"


def test_watchers_see_every_push_and_do_nothing_to_it(people, watch):
    push = sup.pushed(people)
    assert list(pushes_visible_to(watch.supervisor)) == [push]
    for who in (watch.supervisor, watch.coordinator):
        with pytest.raises(NotPermitted, match="须由监管部门人员办理"):
            claim_push(push.number, actor=who, at=days_later(1))
    with pytest.raises(NotPermitted, match="须由协调机制人员办理"):
        uphold_push(push.number, reason="x", actor=watch.regulator, at=days_later(1))
    assert list(pushes_visible_to(people.clerk)) == []
    assert fresh(push).state == "delivered"


def test_a_year_without_a_calendar_leaves_the_term_open_until_it_is_published(people, watch):
    push = sup.pushed(people)
    Push.objects.filter(pk=push.pk).update(claim_by_on=None)
    assert claim_overdue(at=days_later(30)) == 0
    assert recompute_terms(at=days_later(30)) == 1
    assert fresh(push).claim_by_on == date(2026, 3, 4)
