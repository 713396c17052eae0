"""Who was told what, until when their terms run, and what a hearing leads to: every read in one place, and the gates."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import rule_int

from .domain.hearings import ART_36, ART_47, ART_48_BASIS, Terms, hold_by
from .models import Case, Hearing, HearingAnswer, HearingRecord, InterestedParty, Opinion, ProcedureNotice

Kind = ProcedureNotice.Kind
Answer = HearingAnswer.Answer

#: The rule that says how long a notice's term is; notices of a hearing itself have none.
TERM_RULES = {Kind.INTEREST.value: "statement_days", Kind.HEARING_RIGHT.value: "hearing_request_days"}


def live_hearing(case: Case) -> Hearing | None:
    """The hearing of the case that was not cancelled, with its host and record; None where there is none."""
    return (
        Hearing.objects.select_related("host", "record__letter", "case")
        .filter(case=case, cancelled_at__isnull=True)
        .first()
    )


def record_of(case: Case) -> HearingRecord | None:
    """The record of the case's hearing, once there is one."""
    return (
        HearingRecord.objects.select_related("letter")
        .filter(hearing__case=case, hearing__cancelled_at__isnull=True)
        .first()
    )


def notices_of(case: Case) -> list[ProcedureNotice]:
    """Everything told in the case's procedure, with addressees, papers and answers, in order."""
    return list(
        ProcedureNotice.objects.select_related("interested_party", "letter", "service", "hearing")
        .prefetch_related("answers")
        .filter(case=case)
        .defer("letter__snapshot")
    )


def unserved(case: Case) -> list[ProcedureNotice]:
    """The papers that wait to be served; those of a call that no longer stands are left out."""
    return [one for one in notices_of(case) if one.service_id is None and not is_superseded(one)]


def is_superseded(notice: ProcedureNotice) -> bool:
    """Whether a notice of a hearing was sealed for an earlier call than the one that stands, or for a hearing that is off."""
    hearing = notice.hearing
    return hearing is not None and (hearing.cancelled_at is not None or hearing.called_at != notice.letter.sealed_at)


def addressee_of(notice: ProcedureNotice, case: Case) -> str:
    """Whom the paper is for, by name."""
    if notice.kind == Kind.ANNOUNCEMENT:
        return "社会公众"
    return notice.interested_party.name if notice.interested_party else case.party.name


def answer_of(notice: ProcedureNotice) -> HearingAnswer | None:
    """The latest answer to a notice of the right to a hearing."""
    answers = list(notice.answers.all())
    return answers[-1] if answers else None


def term_end(notice: ProcedureNotice) -> date | None:
    """The last day of a served notice's term: as worked out at service, or now where its year was not published then.

    Raises CalendarMissing while it still is not; None before service and for notices without a term.
    """
    if notice.until_on is not None or notice.served_on is None or notice.kind not in TERM_RULES:
        return notice.until_on
    days = rule_int(TERM_RULES[notice.kind], notice.served_on)
    return current_calendar().add_workdays(notice.served_on, days)


def terms_on(on: date) -> Terms:
    """The terms of Articles 47 and 48 in force on that day."""
    return Terms(notice_days=rule_int("hearing_notice_days", on), hold_days=rule_int("hearing_hold_days", on))


def hold_by_on(requested_on: date) -> date | None:
    """The last day to organise a hearing asked for that day; None while its year is not published."""
    try:
        return hold_by(requested_on, terms_on(requested_on).hold_days, current_calendar())
    except CalendarMissing:
        return None


def possible_hosts(case: Case) -> QuerySet[User]:
    """Whoever hosts hearings in the handling body and has nothing to do with the case (第四十八条第一款第三项)."""
    return (
        User.objects.filter(
            is_active=True, department_id=case.handling_department_id, role_rows__role=Role.HEARING_HOST
        )
        .exclude(pk__in=those_who_handle(case))
        .exclude(role_rows__role__in=(Role.DECIDER, Role.HEAD_OF_GOVERNMENT))
        .order_by("display_name", "pk")
    )


def those_who_handle(case: Case) -> frozenset[int]:
    """Who took the case in, examined it, went to look or gave an opinion on it: none of them hosts its hearing."""
    own = {case.received_by_id, case.accepted_by_id, case.reviewer_id}
    inspectors = {pk for pair in case.site_checks.values_list("first_inspector", "second_inspector") for pk in pair}
    opinions = set(Opinion.objects.filter(case=case).values_list("author", flat=True))
    return frozenset((own | inspectors | opinions) - {None})


# What stops an opinion or a decision. Each answers with the sentence and the article, or None.


def interested_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No decision before every interested party was told and stated, waived, or let the term pass (第三十六条)."""
    parties = list(InterestedParty.objects.filter(case=case).prefetch_related("notices", "statements"))
    for party in parties:
        told = [one for one in party.notices.all() if one.kind == Kind.INTEREST]
        if not told or told[-1].served_on is None:
            return f"利害关系人{party.name}的告知书尚未送达；请先送达并登记，再作决定。", ART_36
        if party.statements.all():
            continue
        waiting = _still_runs(told[-1], on)
        if waiting:
            return f"利害关系人{party.name}陈述申辩的期限{waiting}；届满、收到陈述或者其放弃之后才能决定。", ART_36
    return None


def hearing_right_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No decision before the five days of Article 47 ended or were waived, for each who was or must be told."""
    notices = [one for one in notices_of(case) if one.kind == Kind.HEARING_RIGHT]
    parties = list(InterestedParty.objects.filter(case=case))
    if parties and (missing := _untold(case, parties, notices)):
        return (
            f"本件直接涉及申请人与他人之间的重大利益关系，还没有告知{'、'.join(missing)}听证权利；请先告知并送达。",
            ART_47,
        )
    for notice in notices:
        name = addressee_of(notice, case)
        if notice.served_on is None:
            return f"给{name}的听证告知书尚未送达；请先送达并登记。", ART_47
        if answer_of(notice) is None and (waiting := _still_runs(notice, on)):
            return f"{name}申请听证的期限{waiting}；期限届满或者其放弃之前不能作出决定。", ART_47
    return None


def hearing_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion and no decision while a hearing that was asked for or ordered has no record (第四十八条第二款)."""
    hearing = live_hearing(case)
    if hearing is None or hasattr(hearing, "record"):
        return None
    when = f"（定于{local_date(hearing.held_at).isoformat()}）" if hearing.held_at else ""
    return f"听证尚未举行{when}，没有听证笔录；请先举行听证并由主持人登记笔录。", ART_48_BASIS


def untold(case: Case) -> list[InterestedParty | None]:
    """Who was not told of the right to a hearing yet; None stands for the applicant."""
    told = {one.interested_party_id for one in notices_of(case) if one.kind == Kind.HEARING_RIGHT}
    people: list[InterestedParty | None] = [None, *InterestedParty.objects.filter(case=case)]
    return [one for one in people if (one.pk if one else None) not in told]


def _untold(case: Case, parties: Iterable[InterestedParty], notices: Iterable[ProcedureNotice]) -> list[str]:
    told = {one.interested_party_id for one in notices}
    names = [case.party.name] if None not in told else []
    return names + [party.name for party in parties if party.pk not in told]


def _still_runs(notice: ProcedureNotice, on: date) -> str:
    """“至2026-05-07，尚未届满”, or "" once the term is over; the day of its end still belongs to it."""
    try:
        until = term_end(notice)
    except CalendarMissing as missing:
        return f"待{missing.year}年放假安排公布后才能确定"
    return f"至{until.isoformat()}，尚未届满" if until is not None and on <= until else ""
