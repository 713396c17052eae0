"""撤回、撤销、注销的决定: four ends of a licence are never merged; 补偿 only under Article 8(2), 赔偿 only under Article 69(1)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue
from matters.models import Power

from ... import licences, permissions, queries
from ...documents import TAKING_BACK, DocumentKind
from ...domain.licences import GROUNDS, GroundRule, LicenceEvent, Money
from ...domain.restrictions import RestrictionKind, ban_end
from ...domain.states import Event, State
from ...events import EventWriter
from ...events import licences as events
from ...events.restrictions import record_restriction
from ...models import Case, ExOfficioAct, Licence
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_delivery_clock, stop_clock
from ..letters import seal_letter
from ..parties import restrict_party
from .changing import change_licence, write_down_the_day
from .ex_officio import lock_act, require_heard

PURPOSE = Case.Purpose
#: What the decision does to the licence, and what it is called in the events.
_EFFECT = {
    PURPOSE.WITHDRAWAL: (LicenceEvent.WITHDRAW, "licence_withdrawn"),
    PURPOSE.REVOCATION: (LicenceEvent.REVOKE, "revoked"),
    PURPOSE.CANCELLATION: (LicenceEvent.CANCEL, "cancelled"),
}


@dataclass(frozen=True)
class TakingBack:
    """处理决定的内容: the reasons; what public interest; how losses are compensated (8(2)) or damages paid (69(1)).

    ``is_safety_related``: whether the matter touches public safety, health, life or property, which fraud must be asked about
    (第七十九条); ``by_notice``: struck off by public notice, where there is nobody to serve.
    """

    reasons: str
    public_interest: str = ""
    money_note: str = ""
    is_safety_related: bool | None = None
    by_notice: bool = False


@transaction.atomic
def decide_ex_officio(
    number: str, *, taking: TakingBack, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the licence is withdrawn (D22), revoked (D23) or struck off (D24), with reasons and remedies, to be served.

    Raises NotPermitted for whoever opened the case, InvalidInput for what the law wants said and is not, DomainError before
    the holder was heard, without the power that day, or when a new version of the licence is still to be made out.
    """
    case, writer = begin_act(number, action="decide_ex_officio", actor=actor, at=at, expected_version=expected_version)
    on, act = local_date(at), lock_act(case)
    rule = GROUNDS[act.ground]
    department = _deciding_body(case, actor)
    require_heard(act, case, on=on)
    _fill(act, rule, taking, actor=actor, at=at)
    licence = _licence_of(case, on=on, at=at)
    take_event(case, Event.DECIDE_EX_OFFICIO)
    case.decided_at = at
    start_delivery_clock(case, from_on=on, calendar=current_calendar(), today=on)
    kind = DocumentKind.D24G if taking.by_notice and case.purpose == PURPOSE.CANCELLATION else TAKING_BACK[case.purpose]
    letter = seal_letter(
        case,
        kind,
        department=department,
        actor=actor,
        at=at,
        act=act,
        rule=rule,
        licence=licence,
        is_public=kind is DocumentKind.D24G,
        banned_until=ban_end(RestrictionKind.THREE_YEAR_BAN, on) if act.is_safety_related else None,
        remedy_route=queries.remedy_route_on(department, on),
    )
    act.save()
    event, name = _EFFECT[case.purpose]
    change_licence(
        licence,
        event,
        on=on,
        at=at,
        actor=actor,
        basis=rule.article,
        case=case,
        note=rule.label,
        cancel_reason=rule.cancel_reason,
    )
    events.record_taking_back(
        writer, kind=name, licence_id=licence.pk, letter=letter.number, ground=act.ground, decided_on=on
    )
    if act.is_safety_related:
        _ban(case, writer, on=on, actor=actor, at=at)
    finish_act(case, writer)
    return case


def _ban(case: Case, writer: EventWriter, *, on: date, actor: User, at: datetime) -> None:
    """行政许可法第七十九条: whoever got such a licence by fraud may not apply for it again for three years."""
    ban = restrict_party(
        case.party,
        kind=RestrictionKind.THREE_YEAR_BAN,
        from_on=on,
        to_on=None,
        basis="行政许可法第七十九条",
        matter=case.matter,
        source_case=case,
        actor=actor,
        at=at,
    )
    record_restriction(writer, restriction_id=ban.pk, kind=ban.kind, to_on=ban.to_on)


def _fill(act: ExOfficioAct, rule: GroundRule, taking: TakingBack, *, actor: User, at: datetime) -> None:
    reasons = clean_text(taking.reasons, max_length=4000, multiline=True)
    if not reasons:
        raise InvalidInput("请写明理由。", article="行政许可法第三十八条第二款", fields={"reasons": "请写明理由。"})
    interest = clean_text(taking.public_interest, max_length=2000, multiline=True)
    if rule.purpose == PURPOSE.WITHDRAWAL and not interest:
        sentence = "撤回许可须是为了公共利益的需要，请写明。"
        raise InvalidInput(sentence, article="行政许可法第八条第二款", fields={"public_interest": sentence})
    note = clean_text(taking.money_note, max_length=2000, multiline=True)
    if rule.money is not Money.NONE and not note:
        article = "行政许可法第八条第二款" if rule.money is Money.COMPENSATION else "行政许可法第六十九条第四款"
        sentence = f"请写明对被许可人如何依法{rule.money.label}。"
        raise InvalidInput(sentence, article=article, fields={"money_note": sentence})
    if rule.money is Money.NONE and note:
        sentence = "补偿只适用于依第八条第二款撤回，赔偿只适用于依第六十九条第一款撤销；本件不涉及，请清空。"
        raise InvalidInput(
            sentence, article="行政许可法第八条第二款、第六十九条第四款", fields={"money_note": sentence}
        )
    if rule.is_fraud and taking.is_safety_related is None:
        sentence = "请选择该许可是否直接关系公共安全、人身健康、生命财产安全；是的，三年内不得再次申请。"
        raise InvalidInput(sentence, article="行政许可法第七十九条", fields={"is_safety_related": sentence})
    act.reasons, act.public_interest = reasons, interest
    act.money, act.money_note = rule.money.value, note
    act.is_safety_related = rule.is_fraud and bool(taking.is_safety_related)
    act.decided_at, act.decided_by = at, actor


def _licence_of(case: Case, *, on: date, at: datetime) -> Licence:
    """The licence the case is about, locked; a version made since takes its place, one still to be made comes first."""
    waiting = (
        Case.objects.filter(subject_licence_id=case.subject_licence_id, state=State.GRANTED.value)
        .exclude(purpose=PURPOSE.CANCELLATION)
        .values_list("number", flat=True)
        .first()
    )
    if waiting is not None:
        raise DomainError(f"该证照的新证（{waiting}）已经准予而尚未制发；请先制发新证，再作出决定。")
    licence = licences.lock_current_version(case.subject_licence_id)
    write_down_the_day(licence, on=on, at=at)
    return licence


def _deciding_body(case: Case, actor: User) -> Department:
    """The body with the power on the day the case was opened, if ``actor`` is not who opened it."""
    if actor.pk == case.received_by_id:  # said again here: the decision rests on it, not only the button
        raise NotPermitted(permissions.OPENER_DOES_NOT_DECIDE)
    opened_on = local_date(case.received_at)
    authority = catalogue.authority_on(case.matter, opened_on, Power.DECIDE)
    if authority is not None and authority.department_id != case.deciding_department_id:
        raise DomainError(
            f"本件的决定机关应为{authority.department.name}，与登记的{case.deciding_department.name}不一致；请联系事项管理员核对。",
            article="行政许可法第六十九条",
        )
    return case.deciding_department


#: Why a case of the office's own motion ends without a decision: its words and its article.
WHY_NOT = {
    "public_harm": ("撤销可能对公共利益造成重大损害，不予撤销", "行政许可法第六十九条第三款"),
    "not_established": ("事由不成立", ""),
    "not_necessary": ("经审查不必作出处理", ""),
}


@transaction.atomic
def drop_ex_officio(
    number: str, *, why: str, reasons: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the case has ended, the licence stays as it is, and a holder who was told is told the end (N03).

    Raises InvalidInput for a reason the ground does not allow: where the law says must, only harm to the public interest
    (第六十九条第三款) or a ground that is not there ends the case.
    """
    text = clean_text(reasons, max_length=4000, multiline=True)
    if not text:
        raise InvalidInput("请写明理由。", fields={"reasons": "请写明理由。"})
    if why not in WHY_NOT:
        raise InvalidInput("请选择不作处理的情形。", fields={"why": "请选择不作处理的情形。"})
    case, writer = begin_act(number, action="drop_ex_officio", actor=actor, at=at, expected_version=expected_version)
    act = lock_act(case)
    department = _deciding_body(case, actor)
    _require_allowed(case, GROUNDS[act.ground], why)
    take_event(case, Event.TERMINATE)
    label, article = WHY_NOT[why]
    act.reasons, act.not_done_article = text, article
    act.decided_at, act.decided_by = at, actor
    act.save()
    case.ended_at = at
    stop_clock(case)
    letter = None
    if act.told_on is not None:
        letter = seal_letter(
            case,
            DocumentKind.N03,
            department=department,
            actor=actor,
            at=at,
            act=act,
            why=label,
            licence=case.subject_licence,
        )
    events.record_dropping(writer, letter=letter.number if letter else None, article=article)
    finish_act(case, writer)
    return case


def _require_allowed(case: Case, rule: GroundRule, why: str) -> None:
    if why == "public_harm" and case.purpose != PURPOSE.REVOCATION:
        sentence = "第六十九条第三款只适用于撤销许可。"
        raise InvalidInput(sentence, article="行政许可法第六十九条第三款", fields={"why": sentence})
    if why == "not_necessary" and rule.must:
        sentence = f"“{rule.label}”的，法律规定应当处理；只有事由不成立或者对公共利益造成重大损害才可以不作处理。"
        raise InvalidInput(sentence, article=rule.article, fields={"why": sentence})
