"""听证: 行政许可法第四十六条至第四十八条 through the commands; every refusal leaves everything as it was."""

from datetime import date

import pytest

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import moment
from windows.commands import gates
from windows.commands.consulting import chase_overdue
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.hearing_records import challenge_host, decide_challenge, record_hearing
from windows.commands.hearings import order_hearing, tell_hearing_right
from windows.commands.noticing import serve_notice
from windows.commands.review import submit_opinion
from windows.commands.serving import Service
from windows.domain.hearings import ABSENT, REFUSED
from windows.hearings import live_hearing, possible_hosts, unserved
from windows.models import (
    Case,
    CaseEvent,
    Decision,
    DocumentService,
    Hearing,
    HearingAnswer,
    HearingRecord,
    HostChallenge,
    Letter,
    ProcedureNotice,
    Reminder,
)


def standing() -> tuple:
    return (
        CaseEvent.objects.count(),
        Letter.objects.count(),
        DocumentService.objects.count(),
        HearingAnswer.objects.count(),
        HostChallenge.objects.count(),
        HearingRecord.objects.count(),
        Decision.objects.count(),
        tuple(Hearing.objects.order_by("pk").values_list("host", "held_at", "requested_on", "hold_by_on", "called_at")),
        tuple(ProcedureNotice.objects.order_by("pk").values_list("served_on", "until_on")),
        tuple(Case.objects.order_by("pk").values_list("state", "version", "asked")),
    )


@pytest.fixture
def refused():
    """``with refused("…") as error``: the act raises this sentence and nothing has changed after it."""
    from contextlib import contextmanager

    @contextmanager
    def check(sentence: str, kind: type[DomainError] = DomainError):
        before = standing()
        with pytest.raises(kind, match=sentence) as error:
            yield error
        assert standing() == before

    return check


@pytest.fixture
def case(people) -> Case:
    """Under review since Monday 2026-04-20, nine working days before the May holiday."""
    return make.in_review(people, at=moment("2026-04-20"))


def ready(people, case: Case, *, at) -> Case:
    """Credit looked up and the opinion given."""
    make.credit_checked(people, case, at=at)
    return submit_opinion(case.number, proposal="grant", text="符合条件，建议准予。", actor=people.reviewer, at=at)


GRANT = Grant("热食类食品制售", date(2026, 5, 8), date(2031, 5, 7))


# ---- 第四十七条: the right, the five days, the twenty days


def test_the_term_runs_from_service_and_ends_on_the_fifth_working_day(people, case):
    # G56: told on 2026-04-27, the May holiday lies in between.
    tell_hearing_right(case.number, actor=people.reviewer, at=moment("2026-04-24"))
    notice = ProcedureNotice.objects.get(case=case)
    assert (notice.letter.kind, notice.served_on, notice.until_on) == ("D12", None, None)
    done.serve_all(people, case, at=moment("2026-04-27"))
    notice.refresh_from_db()
    assert (notice.served_on, notice.until_on) == (date(2026, 4, 27), date(2026, 5, 7))
    case.refresh_from_db()
    assert case.asked == [{"kind": "hearing_right", "until": "2026-05-07"}]
    assert case.state == "in_review"


def test_a_request_on_the_fifth_day_is_taken_and_the_hearing_due_in_twenty(people, case):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    done.answered(people, notice, "requested", at=moment("2026-05-07", 23, 59))
    hearing = Hearing.objects.get(case=case)
    # G57: asked for on 2026-05-07, to be organised by 2026-06-03.
    assert (hearing.origin, hearing.requested_on, hearing.hold_by_on) == (
        "request",
        date(2026, 5, 7),
        date(2026, 6, 3),
    )
    case.refresh_from_db()
    assert case.asked == [{"kind": "hearing_coming", "hold_by": "2026-06-03", "requested": True}]


def test_a_request_on_the_sixth_day_is_refused_by_article_47(people, case, refused):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    with refused("申请听证的期限已于2026-05-07届满") as error:
        done.answered(people, notice, "requested", at=moment("2026-05-08"))
    assert error.value.article == "行政许可法第四十七条第一款"
    # What came in on the fifth day and is written down on the sixth was in time; it needs its proof.
    done.answered(people, notice, "requested", at=moment("2026-05-08"), on=date(2026, 5, 7))
    assert Hearing.objects.get().requested_on == date(2026, 5, 7)


def test_a_request_dated_back_needs_its_proof(people, case, refused):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    with refused("请写明凭证", InvalidInput):
        done.answer_hearing_right(
            case.number,
            answered=done.RightAnswered(notice.pk, "requested", date(2026, 4, 29)),
            actor=people.reviewer,
            at=moment("2026-04-30"),
        )


def test_before_service_there_is_nothing_to_answer(people, case, refused):
    tell_hearing_right(case.number, actor=people.reviewer, at=moment("2026-04-24"))
    notice = ProcedureNotice.objects.get(case=case)
    with refused("尚未送达"):
        done.answered(people, notice, "requested", at=moment("2026-04-24", 16))


def test_everybody_is_told_once(people, case, refused):
    done.informed(people, case, at=moment("2026-04-21"))
    tell_hearing_right(case.number, actor=people.reviewer, at=moment("2026-04-21", 11))
    assert ProcedureNotice.objects.filter(case=case, kind="hearing_right").count() == 2
    with refused("都已告知听证权利"):
        tell_hearing_right(case.number, actor=people.reviewer, at=moment("2026-04-21", 12))


def test_no_decision_before_the_term_ends(people, case, refused):
    done.told_right(people, case, at=moment("2026-04-27"))
    ready(people, case, at=moment("2026-04-28"))
    for at in (moment("2026-04-29"), moment("2026-05-07", 23, 59)):
        with refused("申请听证的期限至2026-05-07，尚未届满") as error:
            grant_case(case.number, grant=GRANT, actor=people.decider, at=at)
        assert error.value.article == "行政许可法第四十七条第一款"
        with refused("尚未届满"):
            refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=at)
    granted = grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-05-08"))
    assert granted.state == "granted"


def test_a_waiver_frees_the_decision_at_once(people, case):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    ready(people, case, at=moment("2026-04-28"))
    done.answered(people, notice, "waived", at=moment("2026-04-28", 14))
    assert grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-04-28", 15)).state == "granted"


def test_told_but_not_served_stops_the_decision_too(people, case, refused):
    tell_hearing_right(case.number, actor=people.reviewer, at=moment("2026-04-24"))
    ready(people, case, at=moment("2026-04-28"))
    with refused("听证告知书尚未送达"):
        grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-06-15"))


def test_where_the_next_year_is_not_published_the_term_is_not_guessed(people, refused):
    case = make.in_review(people, at=moment("2026-12-24"))
    notice = done.told_right(people, case, at=moment("2026-12-28"))
    assert (notice.served_on, notice.until_on) == (date(2026, 12, 28), None)
    ready(people, case, at=moment("2026-12-28", 15))
    with refused("待2027年放假安排公布后才能确定"):
        grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-12-31"))


def test_an_answer_is_given_once(people, case, refused):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    done.answered(people, notice, "waived", at=moment("2026-04-28"))
    with refused("已登记其放弃听证"):
        done.answered(people, notice, "requested", at=moment("2026-04-29"))


def test_the_last_request_taken_back_calls_the_hearing_off(people, case, refused):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    with refused("没有可以撤回的听证申请"):
        done.answered(people, notice, "withdrawn", at=moment("2026-04-28"))
    done.answered(people, notice, "requested", at=moment("2026-04-28"))
    make.credit_checked(people, case, at=moment("2026-04-28"))
    with refused("听证尚未举行") as error:
        submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=moment("2026-04-28"))
    assert error.value.article == "行政许可法第四十八条第二款"
    done.answered(people, notice, "withdrawn", at=moment("2026-04-29"))
    assert live_hearing(case) is None
    assert ready(people, case, at=moment("2026-04-29", 15)).state == "pending_decision"


# ---- 第四十八条: trap 18


@pytest.fixture
def asked_for(people, case) -> Case:
    """Told and asked for on 2026-04-23."""
    notice = done.told_right(people, case, at=moment("2026-04-23"))
    return done.answered(people, notice, "requested", at=moment("2026-04-23", 14))


def test_trap_18_notice_on_the_29th_of_april_is_the_last_for_the_12th_of_may(people, asked_for, refused):
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-29"))
    notice = unserved(asked_for)[0]
    with refused("最迟应于2026-04-29送达通知，2026-04-30送达已不足7个工作日") as error:
        serve_notice(
            asked_for.number, notice_id=notice.pk, service=done.DIRECT, actor=people.reviewer, at=moment("2026-04-30")
        )
    assert error.value.article == "行政许可法第四十八条第一款第一项"
    serve_notice(
        asked_for.number, notice_id=notice.pk, service=done.DIRECT, actor=people.reviewer, at=moment("2026-04-29", 17)
    )
    notice.refresh_from_db()
    assert (notice.served_on, notice.until_on) == (date(2026, 4, 29), None)


def test_trap_18_called_on_the_30th_of_april_is_too_late_for_the_12th_of_may(people, asked_for, refused):
    with refused("2026年5月12日的听证最迟应于2026年4月29日送达通知，今天已来不及；最早可定于2026年5月13日"):
        done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-30"))
    done.called(people, asked_for, held_at=moment("2026-05-13", 9), at=moment("2026-04-30"))
    assert local_date(Hearing.objects.get().held_at) == date(2026, 5, 13)


@pytest.mark.parametrize(
    ("day", "what"), [("2026-05-01", "劳动节"), ("2026-05-10", "休息日"), ("2026-05-16", "休息日")]
)
def test_a_hearing_on_a_holiday_is_refused(people, asked_for, refused, day, what):
    with refused(f"是{what}，听证应在工作日举行"):
        done.called(people, asked_for, held_at=moment(day, 9), at=moment("2026-04-23", 15))


def test_a_hearing_on_a_make_up_saturday_is_a_hearing_on_a_working_day(people, asked_for):
    done.called(people, asked_for, held_at=moment("2026-05-09", 9), at=moment("2026-04-23", 15))
    assert local_date(Hearing.objects.get().held_at) == date(2026, 5, 9)


def test_a_hearing_later_than_twenty_working_days_after_the_request_is_refused(people, asked_for, refused):
    assert Hearing.objects.get().hold_by_on == date(2026, 5, 25)
    with refused("应在收到申请后20个工作日内组织，即2026年5月25日前"):
        done.called(people, asked_for, held_at=moment("2026-05-26", 9), at=moment("2026-04-23", 15))
    done.called(people, asked_for, held_at=moment("2026-05-25", 9), at=moment("2026-04-23", 15))


def test_a_term_already_lost_does_not_lose_the_hearing(people, asked_for, refused):
    with refused("该期限已不能遵守，须定于2026年5月28日"):
        done.called(people, asked_for, held_at=moment("2026-05-29", 9), at=moment("2026-05-19"))
    done.called(people, asked_for, held_at=moment("2026-05-28", 9), at=moment("2026-05-19"))


def test_the_sweep_reminds_once_of_a_hearing_past_its_term(people, asked_for):
    assert chase_overdue(at=moment("2026-05-25", 23), on_failure=_fail) == {"chased": 0, "hearings_late": 0}
    assert chase_overdue(at=moment("2026-05-26", 0), on_failure=_fail) == {"chased": 0, "hearings_late": 1}
    assert chase_overdue(at=moment("2026-05-27", 0), on_failure=_fail) == {"chased": 0, "hearings_late": 0}
    reminder = Reminder.objects.get(kind="hearing_overdue")
    assert (reminder.case_id, reminder.reached_on, reminder.look) == (asked_for.pk, date(2026, 5, 25), "red")


def _fail(number, error):
    raise error


def test_trap_18_the_reviewer_of_the_case_does_not_host(people, asked_for, refused):
    UserRole.objects.create(user=people.reviewer, role=Role.HEARING_HOST)
    with refused("不能主持本件听证") as error:
        done.called(
            people, asked_for, held_at=moment("2026-05-12"), at=moment("2026-04-24"), by=_again(people.reviewer)
        )
    assert error.value.article == "行政许可法第四十八条第一款第三项"


def _again(user):
    """The same person as the next request knows them."""
    return type(user).objects.get(pk=user.pk)


def test_neither_clerk_nor_decider_nor_inspector_hosts(people, asked_for, refused):
    check = done.check_assigned(people, asked_for, at=moment("2026-04-24"))
    for user in (people.clerk, people.decider, check.first_inspector):
        UserRole.objects.create(user=user, role=Role.HEARING_HOST)
        assert user not in possible_hosts(asked_for)
        with refused("不能主持本件听证"):
            done.called(people, asked_for, held_at=moment("2026-05-12"), at=moment("2026-04-24"), by=_again(user))
    assert list(possible_hosts(asked_for)) == []
    host = done.host()
    assert list(possible_hosts(asked_for)) == [host]


def test_a_host_of_another_department_or_no_host_at_all_is_refused(people, asked_for, refused):
    stranger = done.host("host-ga", "衣国强", department="GA")
    for user in (stranger, people.issuer):
        with refused("须是莱阳市行政审批服务局的听证主持人", InvalidInput):
            done.called(people, asked_for, held_at=moment("2026-05-12"), at=moment("2026-04-24"), by=user)


def test_a_hearing_is_public_but_for_three_reasons(people, asked_for, refused):
    with refused("听证应当公开举行", InvalidInput) as error:
        done.called(people, asked_for, held_at=moment("2026-05-12"), at=moment("2026-04-24"), closed="日程紧张")
    assert error.value.article == "行政许可法第四十八条第一款第二项"
    done.called(people, asked_for, held_at=moment("2026-05-12"), at=moment("2026-04-24"), closed="privacy")
    printed = Letter.objects.get(case=asked_for, kind="D13").snapshot["print"]
    assert printed["publicity"] == "不公开举行（涉及个人隐私）"


def test_moved_the_hearing_is_told_anew_and_the_old_notice_is_no_longer_served(people, asked_for, refused):
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-24"))
    old = unserved(asked_for)[0]
    done.called(people, asked_for, held_at=moment("2026-05-13", 9), at=moment("2026-04-24", 15))
    assert [one.pk for one in unserved(asked_for)] != [old.pk]
    with refused("这份通知不再有效"):
        serve_notice(
            asked_for.number, notice_id=old.pk, service=done.DIRECT, actor=people.reviewer, at=moment("2026-04-24", 16)
        )


def test_without_a_hearing_asked_for_or_ordered_none_is_called(people, case, refused):
    with refused("本件没有要举行的听证"):
        done.called(people, case, held_at=moment("2026-05-12"), at=moment("2026-04-24"))


def test_a_notice_is_served_on_an_interested_party_electronically_only_with_consent_they_never_gave(
    people, case, refused
):
    done.informed(people, case, at=moment("2026-04-21"))
    notice = unserved(case)[0]
    with refused("利害关系人没有同意电子送达"):
        serve_notice(
            case.number,
            notice_id=notice.pk,
            service=Service("electronic", note="邮箱"),
            actor=people.reviewer,
            at=moment("2026-04-21", 11),
        )


def test_service_by_public_notice_takes_its_thirty_days(people, case):
    done.informed(people, case, at=moment("2026-04-21"))
    serve_notice(
        case.number,
        notice_id=unserved(case)[0].pk,
        service=Service("public_notice", note="《莱阳日报》2026-04-21"),
        actor=people.reviewer,
        at=moment("2026-04-21", 11),
    )
    notice = ProcedureNotice.objects.get(case=case)
    assert (notice.served_on, notice.until_on) == (date(2026, 5, 21), date(2026, 5, 28))


# ---- 第四十六条: of the office's own motion


def test_a_hearing_of_own_motion_is_announced_and_told(people, case, refused):
    with refused("请写明规定应当听证的条款", InvalidInput) as error:
        order_hearing(case.number, basis=" ", actor=people.reviewer, at=moment("2026-04-21"))
    assert error.value.article == "行政许可法第四十六条"
    order_hearing(case.number, basis="涉及居民区环境，属重大公共利益", actor=people.reviewer, at=moment("2026-04-21"))
    with refused("本件已有听证"):
        order_hearing(case.number, basis="再办一次", actor=people.reviewer, at=moment("2026-04-21"))
    done.called(people, case, held_at=moment("2026-05-12", 9), at=moment("2026-04-22"))
    notices = unserved(case)
    assert [one.letter.kind for one in notices] == ["D13", "D13G"]
    with refused("听证公告须向社会公布", InvalidInput):
        serve_notice(
            case.number,
            notice_id=notices[1].pk,
            service=done.DIRECT,
            actor=people.reviewer,
            at=moment("2026-04-22", 15),
        )
    done.serve_all(people, case, at=moment("2026-04-22", 16))
    announced = ProcedureNotice.objects.get(kind="announcement")
    assert announced.served_on == date(2026, 4, 22)
    printed = announced.letter.snapshot["print"]
    assert printed["party"]["name"] == "莱阳市某某餐饮店"
    assert (printed["held_at"], printed["publicity"]) == ("2026年5月12日9时00分", "公开举行")


# ---- 回避


def test_a_challenged_host_steps_back_and_the_hearing_is_called_anew(people, asked_for, refused):
    with refused("听证还没有通知"):
        challenge_host(
            asked_for.number, interested_party_id=None, reason="亲属", actor=people.reviewer, at=moment("2026-04-24")
        )
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-24"))
    done.serve_all(people, asked_for, at=moment("2026-04-24", 12))
    first = done.host()
    challenge_host(
        asked_for.number,
        interested_party_id=None,
        reason="主持人是申请人竞争对手的亲属",
        actor=people.reviewer,
        at=moment("2026-04-27"),
    )
    with refused("回避申请尚未决定"):
        record_hearing(
            asked_for.number,
            held=done.held(asked_for, began_at=moment("2026-05-12", 9)),
            actor=first,
            at=moment("2026-05-12", 16),
        )
    decide_challenge(
        asked_for.number, upheld=True, reason="确系亲属", actor=people.decider, at=moment("2026-04-27", 15)
    )
    hearing = live_hearing(asked_for)
    assert (hearing.host, hearing.held_at, hearing.called_at) == (None, None, None)
    with refused("已被准予回避"):
        done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-28"))
    second = done.host("host-2", "隋正平")
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-28"), by=second)
    assert live_hearing(asked_for).host == second


def test_a_rejected_challenge_leaves_the_host(people, asked_for, refused):
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-24"))
    with refused("没有等待决定的回避申请"):
        decide_challenge(asked_for.number, upheld=False, reason="无", actor=people.decider, at=moment("2026-04-24"))
    challenge_host(
        asked_for.number, interested_party_id=None, reason="同乡", actor=people.reviewer, at=moment("2026-04-27")
    )
    with refused("须由审批决定人", NotPermitted):
        decide_challenge(
            asked_for.number, upheld=False, reason="不成立", actor=people.reviewer, at=moment("2026-04-27")
        )
    decide_challenge(
        asked_for.number, upheld=False, reason="同乡不是利害关系", actor=people.decider, at=moment("2026-04-27")
    )
    assert live_hearing(asked_for).host == done.host()


# ---- 听证笔录 and the decision that rests on it


@pytest.fixture
def on_the_day(people, asked_for) -> Case:
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-24"))
    done.serve_all(people, asked_for, at=moment("2026-04-24", 12))
    return asked_for


def test_the_record_is_the_hosts_and_not_before_the_day(people, on_the_day, refused):
    held = done.held(on_the_day, began_at=moment("2026-05-12", 9))
    with refused("听证定于2026-05-12，还没有举行") as error:
        record_hearing(on_the_day.number, held=held, actor=done.host(), at=moment("2026-05-11", 16))
    assert error.value.article == "行政许可法第四十八条第一款第五项"
    with refused("须由听证主持人办理", NotPermitted):
        record_hearing(on_the_day.number, held=held, actor=people.reviewer, at=moment("2026-05-12", 16))
    with refused("没有查到这件办件", NotFound):  # a host of the same body who does not host this hearing
        record_hearing(on_the_day.number, held=held, actor=done.host("host-2", "隋正平"), at=moment("2026-05-12", 16))
    record_hearing(on_the_day.number, held=held, actor=done.host(), at=moment("2026-05-12", 16))
    record = HearingRecord.objects.get()
    assert record.letter.kind == "D14"
    assert [(one["capacity"], one["signature"]) for one in record.attendees] == [
        ("审查人员", "已签字"),
        ("申请人法定代表人", "已签字"),
    ]
    on_the_day.refresh_from_db()
    assert on_the_day.asked == [{"kind": "hearing_held", "on": "2026-05-12"}]


def test_a_hearing_on_another_day_than_told_is_refused(people, on_the_day, refused):
    with refused("听证的日期与通知的2026-05-12不一致"):
        record_hearing(
            on_the_day.number,
            held=done.held(on_the_day, began_at=moment("2026-05-13", 9)),
            actor=done.host(),
            at=moment("2026-05-13", 16),
        )


def test_somebody_not_told_in_time_stops_the_hearing(people, asked_for, refused):
    done.called(people, asked_for, held_at=moment("2026-05-12", 9), at=moment("2026-04-24"))
    with refused("给莱阳市某某餐饮店的听证通知（公告）没有按时送达"):
        record_hearing(
            asked_for.number,
            held=done.held(asked_for, began_at=moment("2026-05-12", 9)),
            actor=done.host(),
            at=moment("2026-05-12", 16),
        )


def test_the_record_says_who_came_and_how_they_signed(people, on_the_day, refused):
    def record(attendees):
        record_hearing(
            on_the_day.number,
            held=done.held(on_the_day, began_at=moment("2026-05-12", 9), attendees=attendees),
            actor=done.host(),
            at=moment("2026-05-12", 16),
        )

    everybody = done.attendees(on_the_day)
    with refused("须写明审查人员、申请人和每名利害关系人是否到场", InvalidInput):
        record(everybody[:1])
    with refused("拒绝签字的请注明情况", InvalidInput):
        record([everybody[0], done.Attendee("applicant", "邹念慈", "申请人", REFUSED)])
    with refused("审查人员没有到场") as error:
        record([done.Attendee("reviewer", "隋志远", "审查人员", ABSENT), everybody[1]])
    assert error.value.article == "行政许可法第四十八条第一款第四项"
    record([everybody[0], done.Attendee("applicant", "邹念慈", "申请人", ABSENT, "未说明理由")])
    assert HearingRecord.objects.get().attendees[1]["signature"] == "未到场"


def test_trap_18_a_decision_without_reference_to_the_record_is_refused(people, case, refused):
    done.hearing_recorded(people, case, asked_on="2026-04-23", held_on="2026-05-12")
    ready(people, case, at=moment("2026-05-13"))
    number = HearingRecord.objects.get().letter.number
    for act in (
        lambda: grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-05-14")),
        lambda: refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=moment("2026-05-14")),
    ):
        with refused("须根据听证笔录") as error:
            act()
        assert error.value.article == "行政许可法第四十八条第二款"
        assert number in error.value.message
    citing = Refusal("场所通风不足。", "不符合条件。", "《食品安全法》第三十三条。", cites_hearing=True)
    refuse_case(case.number, refusal=citing, actor=people.decider, at=moment("2026-05-14"))
    decision = Decision.objects.get()
    assert decision.basis == f"《食品安全法》第三十三条；听证笔录（{number}）"
    assert number in str(Letter.objects.get(case=case, kind="D16").snapshot["print"])


def test_a_hearing_asked_for_after_the_opinion_sends_the_case_back_first(people, case, refused):
    notice = done.told_right(people, case, at=moment("2026-04-27"))
    ready(people, case, at=moment("2026-04-28"))
    done.answered(people, notice, "requested", at=moment("2026-05-07"))
    with refused("听证尚未举行"):
        grant_case(case.number, grant=GRANT, actor=people.decider, at=moment("2026-05-08"))
    with refused("需要补做程序的由决定人先退回审查"):
        done.called(people, case, held_at=moment("2026-05-20"), at=moment("2026-05-08"))


def test_gates_of_a_case_without_these_procedures_are_open(people, case):
    make.credit_checked(people, case, at=moment("2026-04-21"))
    gates.require_open((*gates.OPINION, *gates.DECISION), case, date(2026, 4, 21))
