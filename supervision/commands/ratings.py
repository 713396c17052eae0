"""好差评: a service is rated once; a bad rating is called back and answered, may be appealed and is re-checked by somebody else."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.state_table import next_state
from windows import queries as cases

from .. import rating_permissions as permissions
from ..clocks import due_after
from ..domain.ratings import RECTIFICATION_TABLE, Channel, Level, Outcome, Reason, RectificationEvent, is_bad
from ..models import RatingAppeal, RatingStep, Rectification, ServiceRating
from ..services import services_of


@dataclass(frozen=True)
class Opinion:
    """评价的内容, as chosen and typed."""

    level: str
    channel: str
    reasons: tuple[str, ...] = field(default=())
    text: str = ""


@transaction.atomic
def rate_service(number: str, service_number: int, *, opinion: Opinion, at: datetime) -> ServiceRating:
    """Afterwards the applicant of case ``number`` has rated its ``service_number``-th service; a bad rating is with the body.

    The caller has seen the query code. Raises NotFound, InvalidInput, StaleState for a service that was rated already,
    DomainError once the term is over.
    """
    cleaned = _cleaned(opinion)
    case = cases.lock_case(number)
    service = next((one for one in services_of(case.pk) if one.number == service_number), None)
    if service is None:
        raise NotFound("没有查到这次服务；请重新打开评价页。")
    if service.rating is not None and not service.rating.is_default:
        raise StaleState(f"这次{service.label}服务已经评价过，一次服务评价一次。", article="国办发〔2019〕51号")
    if not service.is_open(local_date(at)):
        raise DomainError(f"这次{service.label}服务的评价期限至{service.until_on}，已经届满；有意见仍可以投诉。")
    rating = ServiceRating.objects.create(
        event=service.event,
        case=case,
        assess_number=service.number,
        service=service.event.kind,
        service_on=service.on,
        department=case.handling_department,
        clerk=service.event.actor,
        channel=cleaned.channel,
        level=cleaned.level,
        reasons=list(cleaned.reasons),
        text=cleaned.text,
        rated_at=at,
    )
    if rating.is_bad:
        open_rectification(rating, at=at)
    return rating


def open_rectification(rating: ServiceRating, *, at: datetime) -> None:
    """Afterwards the bad rating waits for a call back and an answer, each by its day."""
    rated_on = local_date(rating.rated_at)
    _, created = Rectification.objects.get_or_create(
        rating=rating,
        defaults={
            "department": rating.department,
            "opened_on": rated_on,
            "contact_by_on": due_after("rating_contact_days", rated_on),
            "close_by_on": due_after("rating_close_days", rated_on),
        },
    )
    if created:
        _step(rating, "bad", actor=None, at=at, note=Level(rating.level).label)


@transaction.atomic
def contact_rater(rating_id: int, *, note: str, actor: User, at: datetime) -> Rectification:
    """Afterwards it stands that the person was called back, and what they said; every further call is noted too."""
    text = _required(note, "note", "请写明何时、以什么方式联系，核实到什么。")
    rectification = _begin(rating_id, "contact", actor)
    _move(rectification, RectificationEvent.CONTACT)
    rectification.contacted_at = rectification.contacted_at or at
    rectification.save(update_fields=["state", "contacted_at"])
    _step(rectification.rating, "contact", actor=actor, at=at, note=text)
    return rectification


@transaction.atomic
def extend_rectification(rating_id: int, *, reason: str, actor: User, at: datetime) -> Rectification:
    """Afterwards the answer is due later, by the rule of the day; once, by the head of the body, before the term is over."""
    text = _required(reason, "reason", "请写明为什么不能按期办结。")
    rectification = _begin(rating_id, "extend", actor)
    _move(rectification, RectificationEvent.EXTEND)
    if rectification.extended_from_on is not None:
        raise DomainError("本条差评的办结期限已经延长过一次，不能再延长；请尽快办结。")
    today, due = local_date(at), rectification.close_by_on
    if due is None:
        raise DomainError("办结期限待放假安排公布后确定，目前不能延长。")
    if today > due:
        raise DomainError(f"办结期限至{due.isoformat()}，已经届满，不能再延长；请尽快办结。")
    rectification.extended_from_on, rectification.close_by_on = due, due_after("rating_extension_days", due)
    rectification.save(update_fields=["extended_from_on", "close_by_on"])
    _step(rectification.rating, "extend", actor=actor, at=at, note=text)
    return rectification


@transaction.atomic
def close_rectification(rating_id: int, *, outcome: str, reply: str, actor: User, at: datetime) -> Rectification:
    """Afterwards the bad rating is answered; the answer stands on the applicant's own page. Called back before that."""
    text = _required(reply, "reply", "请写明核实和处理的情况，评价人可以看到。")
    if outcome not in {one.value for one in Outcome}:
        raise InvalidInput("请选择处理结果。", fields={"outcome": "请选择处理结果。"})
    rectification = _begin(rating_id, "close", actor)
    _move(rectification, RectificationEvent.CLOSE)
    rectification.outcome, rectification.reply = outcome, text
    rectification.closed_at, rectification.closed_by = at, actor
    rectification.save()
    _step(rectification.rating, "close", actor=actor, at=at, note=f"{Outcome(outcome).label}：{text}"[:1000])
    return rectification


@transaction.atomic
def revisit_rectification(number: str, service_number: int, *, satisfied: bool, at: datetime) -> Rectification:
    """Afterwards the applicant has said, once, whether the answer to the bad rating satisfies them."""
    case = cases.lock_case(number)
    found = Rectification.objects.filter(rating__case=case, rating__assess_number=service_number).first()
    if found is None:
        raise NotFound("没有查到这次评价；请重新打开评价页。")
    rectification = _locked(found.rating_id)
    if rectification.closed_at is None:
        raise StaleState("差评正在处理，答复以后再评价处理结果。")
    if rectification.revisited_at is not None:
        raise StaleState("已经收到您对处理结果的意见，不必重复提交。")
    rectification.revisit_satisfied, rectification.revisited_at = satisfied, at
    rectification.save(update_fields=["revisit_satisfied", "revisited_at"])
    note = "对处理结果满意" if satisfied else "对处理结果不满意"
    _step(rectification.rating, "revisit", actor=None, at=at, note=note)
    return rectification


@transaction.atomic
def appeal_rating(rating_id: int, *, reason: str, actor: User, at: datetime) -> RatingAppeal:
    """Afterwards the body says the rating was malicious or a mistake, once; the terms run on meanwhile."""
    text = _required(reason, "reason", "请写明评价为什么不实，有什么证据。")
    rectification = _begin(rating_id, "appeal", actor)
    if RatingAppeal.objects.filter(rating_id=rating_id).exists():
        raise StaleState("本条评价已经申诉过，一条评价只申诉一次。")
    appeal = RatingAppeal.objects.create(
        rating=rectification.rating,
        reason=text,
        made_at=at,
        made_by=actor,
        rule_by_on=due_after("rating_recheck_days", local_date(at)),
    )
    _step(rectification.rating, "appeal", actor=actor, at=at, note=text)
    return appeal


@transaction.atomic
def recheck_rating(rating_id: int, *, uphold: bool, ruling: str, actor: User, at: datetime) -> RatingAppeal:
    """Afterwards the appeal is ruled on by somebody who is neither appellant nor rated; upheld, the rating is in no rate."""
    text = _required(ruling, "ruling", "请写明复核的事实和理由。")
    rectification = _locked(rating_id)
    appeal = RatingAppeal.objects.filter(rating_id=rating_id).first()
    if appeal is None:
        if not permissions.bad_ratings_visible_to(actor).filter(pk=rating_id).exists():
            raise NotFound(permissions.NO_SUCH_RATING)
        raise StaleState("本条评价没有申诉，不需要复核。")
    rating = rectification.rating
    rating.appeal = appeal
    permissions.require(actor, "recheck", rating)
    if appeal.state != RatingAppeal.State.PENDING:
        raise StaleState(f"本条申诉已经复核（{appeal.get_state_display()}），不必再办。")
    appeal.state = RatingAppeal.State.UPHELD if uphold else RatingAppeal.State.DISMISSED
    appeal.ruling, appeal.ruled_at, appeal.ruled_by = text, at, actor
    appeal.save()
    if uphold:
        _move(rectification, RectificationEvent.VOID)
        rectification.save(update_fields=["state"])
        rating.voided_at = at
        rating.save(update_fields=["voided_at"])
    _step(rating, appeal.state, actor=actor, at=at, note=text)
    return appeal


def _begin(rating_id: int, action: str, actor: User) -> Rectification:
    rectification = _locked(rating_id)
    permissions.require(actor, action, rectification.rating)
    return rectification


def _locked(rating_id: int) -> Rectification:
    found = (
        Rectification.objects.select_for_update(of=("self",))
        .select_related("rating__department", "rating__case")
        .filter(rating_id=rating_id)
        .first()
    )
    if found is None:
        raise NotFound(permissions.NO_SUCH_RATING)
    return found


def _move(rectification: Rectification, event: RectificationEvent) -> None:
    rectification.state = next_state(RECTIFICATION_TABLE, rectification.current_state, event).value


def _step(rating: ServiceRating, kind: str, *, actor: User | None, at: datetime, note: str = "") -> None:
    RatingStep.objects.create(rating=rating, kind=kind, at=at, actor=actor, note=note)


def _cleaned(opinion: Opinion) -> Opinion:
    if opinion.level not in {level.value for level in Level}:
        raise InvalidInput("请选择满意程度。", fields={"level": "请选择满意程度。"})
    if opinion.channel not in {channel.value for channel in Channel}:
        raise InvalidInput("评价页已失效；请重新打开后评价。")
    text = clean_text(opinion.text, max_length=500, multiline=True)
    reasons = tuple(reason.value for reason in Reason if reason.value in opinion.reasons)
    if is_bad(opinion.level) and not reasons and not text:
        raise InvalidInput("请告诉我们哪里没有做好。", fields={"reasons": "请至少选择一项原因，或者写几个字。"})
    return Opinion(opinion.level, opinion.channel, reasons if is_bad(opinion.level) else (), text)


def _required(text: str, name: str, what: str) -> str:
    cleaned = clean_text(text, max_length=1000, multiline=True)
    if not cleaned:
        raise InvalidInput(what, fields={name: what})
    return cleaned
