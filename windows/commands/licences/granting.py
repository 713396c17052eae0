"""准予的内容 for each 办理项: what a decider may set, what stays as it was, and what the decision does to the licence."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from ... import licences
from ...documents import has_certificate
from ...domain.licences import LicenceEvent, LicenceState, cancel_article, cancel_reasons_for
from ...models import Case, Decision, Letter, Licence
from .changing import change_licence, write_down_the_day
from .making import Terms, has_ended, make_licence, replaced_by

PURPOSE = Case.Purpose
#: What a granting decision is called in the events, by 办理项: consumers tell them apart.
GRANTED_AS = {
    PURPOSE.NEW: "granted",
    PURPOSE.CHANGE: "changed",
    PURPOSE.RENEWAL: "renewed",
    PURPOSE.REPLACEMENT: "replaced",
    PURPOSE.CANCELLATION: "cancelled",
}


@dataclass(frozen=True)
class Grant:
    """准予的内容: what is allowed, on which conditions, from when to when (``valid_to`` None: long-term).

    What the 办理项 does not leave open is taken from the licence; ``cancel_reason`` is the item of Article 70. ``cites_hearing``:
    the decision says that it rests on the record of the hearing, where one was held.
    """

    content: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    conditions: str = ""
    cancel_reason: int = 6
    cites_hearing: bool = False


def licence_asked_about(case: Case, *, at: datetime) -> Licence | None:
    """The licence the case is about in its newest version, locked; None for a new undertaking.

    Raises DomainError when it has ended or run out, so that what was asked for can only be refused.
    """
    if case.subject_licence_id is None:
        return None
    licence = licences.lock_current_version(case.subject_licence_id)
    write_down_the_day(licence, on=local_date(at), at=at)
    state, word = licence.current_state, case.get_purpose_display()
    late = state is LicenceState.EXPIRED and case.purpose not in {PURPOSE.RENEWAL, PURPOSE.CANCELLATION}
    gone = state is LicenceState.CANCELLED or (has_ended(licence) and case.purpose != PURPOSE.CANCELLATION)
    if late or gone:
        raise DomainError(
            f"所涉证照{licence.number}{state.label}，不能准予{word}；请作出不予{word}的决定并说明理由。",
            article="行政许可法第七十条",
        )
    return licence


def terms_of(case: Case, licence: Licence | None, grant: Grant, *, on: date) -> Terms:
    """What the decision grants; raises InvalidInput for what was typed."""
    content = clean_text(grant.content, max_length=2000, multiline=True)
    conditions = clean_text(grant.conditions, max_length=2000, multiline=True)
    if case.purpose == PURPOSE.CANCELLATION:
        return Terms(f"注销{licence.title}（{licence.number}）", "", None, None)
    if case.purpose == PURPOSE.REPLACEMENT:
        return Terms.of(licence)
    if not content:
        raise InvalidInput("请填写许可内容。", fields={"content": "请写明准予的内容和范围。"})
    if case.purpose == PURPOSE.CHANGE:
        return Terms(content, conditions, max(on, licence.valid_from), licence.valid_to)
    if grant.valid_from is None:
        raise InvalidInput("请填写有效期自。", fields={"valid_from": "请填写有效期自。"})
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        raise InvalidInput("有效期止早于有效期起，请改正。", fields={"valid_to": "有效期止不能早于有效期起。"})
    if case.purpose == PURPOSE.RENEWAL:
        _require_no_gap(licence, grant, on)
    return Terms(content, conditions, grant.valid_from, grant.valid_to)


def _require_no_gap(licence: Licence, grant: Grant, on: date) -> None:
    """A renewal goes on where the licence ends, or begins anew before that; it reaches further than the old one."""
    if licence.valid_to is None:
        raise DomainError("所涉证照长期有效，不需要延续。", article="行政许可法第五十条第一款")
    if grant.valid_to is not None and grant.valid_to <= licence.valid_to:
        sentence = f"延续后的有效期须晚于原届满日{licence.valid_to.isoformat()}。"
        raise InvalidInput(sentence, article="行政许可法第五十条", fields={"valid_to": sentence})
    last = max(licence.valid_to + timedelta(1), on)
    if not on <= grant.valid_from <= last:
        sentence = f"延续的有效期须自{on.isoformat()}至{last.isoformat()}之间的一日起，与原有效期衔接。"
        raise InvalidInput(sentence, article="行政许可法第五十条", fields={"valid_from": sentence})


def cancel_reason_of(licence: Licence, chosen: int) -> int:
    """The item of Article 70 a cancellation rests on: the chosen one, or the only one there can be.

    Raises InvalidInput for a reason that cannot be while the licence stands as it does.
    """
    possible = cancel_reasons_for(licence.current_state)
    if len(possible) == 1:
        return possible[0]
    if chosen not in possible:
        sentence = f"证照目前为“{licence.current_state.label}”，不能以该项原因注销；请核对第七十条的项。"
        raise InvalidInput(sentence, article="行政许可法第七十条", fields={"cancel_reason": sentence})
    return chosen


def facts_of(case: Case, licence: Licence | None, grant: Grant) -> dict[str, Any]:
    """What the granting paper must know besides the decision; raises InvalidInput as ``cancel_reason_of`` does."""
    if case.purpose != PURPOSE.CANCELLATION:
        return {"licence": licence}
    return {"licence": licence, "cancel_reason": cancel_reason_of(licence, grant.cancel_reason)}


def take_effect(
    case: Case, decision: Decision, letter: Letter, licence: Licence | None, grant: Grant, *, actor: User, at: datetime
) -> None:
    """Afterwards the granting decision has done to the register what needs no certificate."""
    on = local_date(at)
    if case.purpose == PURPOSE.CANCELLATION:
        reason = cancel_reason_of(licence, grant.cancel_reason)
        change_licence(
            licence,
            LicenceEvent.CANCEL,
            on=on,
            at=at,
            actor=actor,
            basis=cancel_article(reason),
            case=case,
            note="持证人申请",
            cancel_reason=reason,
        )
    elif case.purpose != PURPOSE.REPLACEMENT and not has_certificate(case.edition):
        # 本决定书即为行政许可证件: the decision is the licence.
        make_licence(
            case,
            letter,
            Terms.of(decision),
            department=decision.department,
            previous=replaced_by(case, on=on, at=at),
            on=on,
            at=at,
            actor=actor,
        )
