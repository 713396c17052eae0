"""视为准予延续 (行政许可法第五十条第二款): asked for in time, accepted, and not decided by 24:00 of the day the licence runs out."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.models import Department

from ... import licences
from ...documents import DocumentKind, has_certificate
from ...domain.licences import following_period
from ...domain.states import Event
from ...events import licences as events
from ...models import Case, Licence, Reminder
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_delivery_clock
from ..delivery import seal_certificate
from ..letters import seal_letter
from .making import Terms, has_ended, make_licence


@transaction.atomic
def deem_renewed(number: str, *, at: datetime) -> Case:
    """Afterwards the licence goes on from the day after its expiry, for as long as before; D21 records it and a red reminder.

    The certificate of the new period is made out at once, so that the register never says the licence has run out. Raises
    StaleState when the day is not over, the application came late or was not accepted by then, or somebody decided first.
    """
    case, writer = begin_act(number, action="deem_renewed", actor=None, at=at)
    today = local_date(at)
    _require_deemed(case, today)
    take_event(case, Event.DEEM_RENEWED)
    previous = licences.lock_current_version(case.subject_licence_id)
    if previous.valid_to is None or previous.valid_to >= today or has_ended(previous):
        raise StaleState("所涉证照已由其他决定处理，不再视为准予延续。", article="行政许可法第五十条第二款")
    valid_from, valid_to = following_period(previous.valid_from, previous.valid_to)
    terms = Terms(previous.content, previous.conditions, valid_from, valid_to)
    department = case.deciding_department
    case.deemed_renewed, case.decided_at = True, at
    start_delivery_clock(case, from_on=today, calendar=current_calendar(), today=today)
    letter = seal_letter(
        case, DocumentKind.D21, department=department, actor=None, at=at, decision=terms, licence=previous
    )
    licence = _new_version(case, writer, terms, letter, previous, department=department, at=at)
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.DEEMED_RENEWED, reached_on=valid_from, defaults={"created_at": at}
    )
    events.record_deemed_renewal(
        writer,
        licence_id=licence.pk,
        letter=letter.number,
        valid_from=valid_from,
        valid_to=valid_to,
        delivery_due_on=case.delivery_due_on,
    )
    finish_act(case, writer)
    return case


def _require_deemed(case: Case, today) -> None:
    article = "行政许可法第五十条第二款"
    if case.purpose != Case.Purpose.RENEWAL or case.decide_before_on is None:
        raise StaleState("本件不是延续申请，没有视为准予延续。", article=article)
    if today <= case.decide_before_on:
        raise StaleState("证照有效期尚未届满，不能记为视为准予延续。", article=article)
    if not case.renewal_in_time:
        raise StaleState("延续申请没有在届满三十日前提出，逾期未决定不视为准予延续。", article="行政许可法第五十条")
    if case.accepted_on is None or case.accepted_on > case.decide_before_on:
        raise StaleState("延续申请在证照届满时尚未受理，不视为准予延续。", article=article)


def _new_version(
    case: Case, writer, terms: Terms, letter, previous: Licence, *, department: Department, at: datetime
) -> Licence:
    if has_certificate(case.edition):
        take_event(case, Event.ISSUE)
        return seal_certificate(case, writer, terms, department=department, previous=previous, actor=None, at=at)
    return make_licence(
        case,
        letter,
        terms,
        department=department,
        previous=previous,
        on=local_date(at),
        at=at,
        actor=None,
    )
