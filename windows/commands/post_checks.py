"""承诺核查: after a grant on a promise, whether what was promised is so; false, an order to mend it; not mended, revocation.

山东省优化营商环境条例第二十九条. The revocation itself is a decision of its own; here stand its ground and the task to make it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_text
from laiyang_approval.kernel.rules import rule_int
from matters import queries as catalogue

from .. import post_checks, queries
from ..documents import DocumentKind
from ..domain.clock import Limit, Unit, run_clock
from ..domain.restrictions import RestrictionKind
from ..events import EventWriter
from ..events import intake_modes as events
from ..events import restrictions as restriction_events
from ..intake_modes import reminder_day
from ..models import Case, Letter, PostCheck, PostCheckFinding, Reminder
from .acting import finish_act
from .intake.commitment import post_check_limit, standing_commitment
from .letters import seal_letter
from .parties import end_restriction, restrict_party
from .serving import Service, record_service

ARTICLE = "山东省优化营商环境条例第二十九条"
STATE, OUTCOME = PostCheck.State, PostCheckFinding.Outcome


def open_post_check(case: Case, writer: EventWriter, *, decided_on: date) -> PostCheck:
    """Afterwards the clock of the check runs from the day after the decision; part of the act that grants."""
    value, unit = post_check_limit(case, decided_on)
    due_on = run_clock(decided_on, Limit(value, unit), current_calendar()).due
    boundary = catalogue.boundary_on(case.matter, decided_on)
    check = PostCheck.objects.create(
        case=case,
        supervising_department=boundary.supervise_org if boundary else case.matter.supervising_department,
        is_high_risk=unit is Unit.MONTH,
        opened_on=decided_on,
        limit_value=value,
        limit_unit=unit.value,
        due_on=due_on,
        remind_on=reminder_day(due_on, "post_check_remind_days"),
    )
    events.record_post_check(writer, check_id=check.pk, due_on=due_on, is_high_risk=check.is_high_risk)
    return check


@dataclass(frozen=True)
class Finding:
    """核查登记: what two people found, and when; of a false promise also how the order to mend it was served."""

    outcome: str
    text: str
    checked_on: date
    companion: str
    service: Service | None = None


@transaction.atomic
def record_check(
    number: str, *, finding: Finding, actor: User, at: datetime, expected_version: int | None = None
) -> PostCheck:
    """Afterwards the finding stands: kept ends the check; false orders mending (D26); false again is ground for revocation.

    From the first false finding on the party's open false promise closes 容缺受理 and 告知承诺, until mended or repaired.
    Raises NotFound and NotPermitted for whoever does not check this case, InvalidInput, DomainError.
    """
    case = queries.lock_case(number)
    check = post_checks.get_visible_check(actor, number)
    post_checks.require_checker(actor, check)
    if expected_version is not None and expected_version != case.version:
        raise DomainError("本件已由他人办理；您的登记没有生效，请刷新页面后再办。")
    _require_open(check)
    text, companion = _checked(finding, check, actor=actor, at=at)
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    row = PostCheckFinding(
        check_of=check,
        sequence=check.findings.count() + 1,
        outcome=finding.outcome,
        text=text,
        checked_on=finding.checked_on,
        checked_by=actor,
        companion=companion,
        recorded_at=at,
    )
    if finding.outcome == OUTCOME.KEPT:
        _keep(case, check, row, writer, actor=actor, at=at)
    elif check.state == STATE.OPEN:
        _order_mending(case, check, row, finding.service, writer, actor=actor, at=at)
    else:
        _find_broken(case, check, row, writer, at=at)
    check.save()
    finish_act(case, writer)
    return check


def _keep(case: Case, check: PostCheck, row: PostCheckFinding, writer: EventWriter, *, actor: User, at: datetime):
    row.save()
    check.state, check.closed_at = STATE.KEPT, at
    if check.restriction is not None and check.restriction.lifted_on is None:
        end_restriction(check.restriction, reason="整改后复查，与承诺相符。", actor=actor, at=at)
        restriction_events.record_lifting(writer, restriction_id=check.restriction_id)
    events.record_finding(writer, "promise_kept", finding_id=row.pk, sequence=row.sequence, letter=None, due_on=None)


def _order_mending(
    case: Case,
    check: PostCheck,
    row: PostCheckFinding,
    service: Service | None,
    writer: EventWriter,
    *,
    actor: User,
    at: datetime,
) -> None:
    if service is None:
        raise InvalidInput("责令整改通知书须送达，请登记送达情况。", fields={"method": "请登记送达方式。"})
    today = local_date(at)
    days = rule_int("rectification_days", today)
    check.rectify_due_on = run_clock(today, Limit(days, Unit.WORKDAY), current_calendar()).due
    row.letter = _mending_letter(case, check, row, days, actor=actor, at=at)
    row.save()
    record_service(case, row.letter, service, actor=actor, at=at)
    check.state = STATE.RECTIFYING
    check.restriction = restrict_party(
        case.party,
        kind=RestrictionKind.NO_DEFERRAL_NO_COMMITMENT,
        from_on=today,
        to_on=None,
        basis=f"告知承诺不实（{row.letter.number}）；{ARTICLE}",
        source_case=case,
        actor=actor,
        at=at,
    )
    restriction_events.record_restriction(
        writer, restriction_id=check.restriction.pk, kind=check.restriction.kind, to_on=None
    )
    events.record_finding(
        writer,
        "promise_false",
        finding_id=row.pk,
        sequence=row.sequence,
        letter=row.letter.number,
        due_on=check.rectify_due_on,
    )


def _find_broken(case: Case, check: PostCheck, row: PostCheckFinding, writer: EventWriter, *, at: datetime) -> None:
    today = local_date(at)
    if check.rectify_due_on is None or today <= check.rectify_due_on:
        until = f"至{check.rectify_due_on.isoformat()}止，尚未届满" if check.rectify_due_on else "待公布"
        raise DomainError(f"整改期限{until}，不能认定逾期未改；期满后再复查。", article=ARTICLE)
    row.save()
    check.state, check.closed_at = STATE.BROKEN, at
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.MUST_REVOKE, reached_on=today, defaults={"created_at": at}
    )
    events.record_finding(writer, "promise_broken", finding_id=row.pk, sequence=row.sequence, letter=None, due_on=None)


def _mending_letter(
    case: Case, check: PostCheck, row: PostCheckFinding, days: int, *, actor: User, at: datetime
) -> Letter:
    """D26, in the name of the body whose people checked: the supervising department, or the body that granted."""
    commitment = standing_commitment(case)
    return seal_letter(
        case,
        DocumentKind.D26,
        department=_checking_body(case, check, actor),
        actor=actor,
        at=at,
        finding=row,
        commitment_number=commitment.letter.number,
        days=days,
        due_on=check.rectify_due_on,
    )


def _checking_body(case: Case, check: PostCheck, actor: User) -> Department:
    if actor.department_id == check.supervising_department_id:
        return check.supervising_department
    return case.deciding_department


def _require_open(check: PostCheck) -> None:
    if check.closed_at is not None:
        raise DomainError(f"本件的承诺核查已经终结（{check.get_state_display()}），不能再登记。", article=ARTICLE)


def _checked(finding: Finding, check: PostCheck, *, actor: User, at: datetime) -> tuple[str, str]:
    """The cleaned words of the finding; raises InvalidInput for what cannot be."""
    if finding.outcome not in OUTCOME.values:
        raise InvalidInput("请选择核查结论。", fields={"outcome": "请选择核查结论。"})
    text = clean_text(finding.text, max_length=2000, multiline=True)
    if not text:
        raise InvalidInput("请写明核查情况。", fields={"text": "请写明核查了什么、查明了什么。"})
    if not check.opened_on <= finding.checked_on <= local_date(at):
        sentence = f"核查日期须在作出决定之日（{check.opened_on.isoformat()}）和今天之间。"
        raise InvalidInput(sentence, fields={"checked_on": sentence})
    companion = clean_person_name(finding.companion) if finding.companion.strip() else ""
    if not companion or companion == actor.display_name:
        sentence = "核查须有两人以上，请填写另一名核查人员的姓名。"
        raise InvalidInput(sentence, article="行政许可法第三十四条第三款（参照）", fields={"companion": sentence})
    return text, companion
