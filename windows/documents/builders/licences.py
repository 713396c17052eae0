"""What the papers of a licence's life print: D20–D24, the refusals beside them, and the notices N01–N03."""

from collections.abc import Callable
from datetime import date
from typing import Any

from laiyang_approval.kernel.laws import law_on
from matters.models import Edition

from ...domain.entries import Entry
from ...domain.licences import CANCEL_REASONS, GROUNDS, GroundRule, Money
from ...models import Case, ExOfficioAct, Letter, Licence
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text

Build = Callable[..., dict[str, Any]]


def _licence(licence: Licence) -> dict[str, str]:
    """The licence an act is about, as its papers name it."""
    return {
        "title": licence.title,
        "number": licence.number,
        "issued_by": licence.issued_by_department.name,
        "issued_on": date_text(licence.issued_on),
        "validity": parts.validity_text(licence.valid_from, licence.valid_to),
    }


def _asked(case: Case) -> dict[str, str]:
    return {"received_on": parts.local_date_text(case.received_at), "accepted_on": date_text(case.accepted_on)}


def _delivered(case: Case, edition: Edition, on: date) -> dict[str, str]:
    return {
        "certificate": parts.certificate_name(edition.result_document),
        "delivery": "电子送达" if case.electronic_service else "窗口领取或者邮寄",
        "delivery_limit": parts.rule_days("delivery_days", on),
        "delivery_due": parts.due_text(case.delivery_due_on, case.calendar_missing_year),
    }


def _change(case: Case, edition: Edition, *, decision: Any, licence: Licence, on: date, **_: Any) -> dict[str, Any]:
    return {
        **_asked(case),
        **_delivered(case, edition, on),
        "licence": _licence(licence),
        "content": decision.content,
        "conditions": decision.conditions,
        "premises": case.premises,
        "validity": parts.validity_text(decision.valid_from, decision.valid_to),
        "basis": decision.basis,
    }


def _renewal(case: Case, edition: Edition, *, decision: Any, licence: Licence, on: date, **_: Any) -> dict[str, Any]:
    """By decision, or as the record of what the law deems: no decision before the licence ran out (第五十条第二款)."""
    return {
        **_asked(case),
        **_delivered(case, edition, on),
        "title": "视为准予延续行政许可确认书" if case.deemed_renewed else DocumentKind.D21.spec.title,
        "is_deemed": case.deemed_renewed,
        "licence": _licence(licence),
        "content": decision.content,
        "validity": parts.validity_text(decision.valid_from, decision.valid_to),
        "basis": "" if case.deemed_renewed else decision.basis,
        "expires_on": date_text(licence.valid_to) if case.deemed_renewed else "",
    }


def _replacement(
    case: Case, edition: Edition, *, decision: Any, licence: Licence, on: date, **_: Any
) -> dict[str, Any]:
    return {**_asked(case), **_delivered(case, edition, on), "licence": _licence(licence), "basis": decision.basis}


def _refusal(case: Case, edition: Edition, *, decision: Any, licence: Licence, **facts: Any) -> dict[str, Any]:
    return {
        **_asked(case),
        "asked_for": {"replacement": "补发证件"}.get(case.purpose, case.get_purpose_display()),
        "article": parts.cited_together(_REFUSED_BY[case.purpose], facts["on"]),
        "licence": _licence(licence),
        "facts": decision.facts,
        "reasons": decision.reasons,
        "basis": decision.basis,
        "falsehood": parts.falsehood(facts),
        "remedies": parts.remedies(case, facts),
    }


_REFUSED_BY = {
    "change": ("xkf_38_2", "xkf_49"),
    "renewal": ("xkf_38_2", "xkf_50_2"),
    "replacement": ("xkf_38_2",),
    "cancellation": ("xkf_38_2",),
}


def _cancellation(
    case: Case,
    edition: Edition,
    *,
    licence: Licence,
    act: ExOfficioAct | None = None,
    rule: GroundRule | None = None,
    cancel_reason: int | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """On the holder's application, or of the office's own motion; always with the item of Article 70."""
    item = rule.cancel_reason if rule is not None else cancel_reason
    public = {"party": _named(case), "agent": ""} if facts.get("is_public") else {}
    return public | {
        "received_on": "" if act is not None else parts.local_date_text(case.received_at),
        "licence": _licence(licence),
        "ground": CANCEL_REASONS[item],
        "article": law_on(f"xkf_70_{item}", facts["on"]).citation,
        "facts": act.facts if act is not None else "",
        "reasons": act.reasons if act is not None else "持证人申请注销。",
        "remedies": parts.remedies(case, facts),
    }


def _named(case: Case) -> dict[str, str]:
    """The holder as a public notice names them: of a natural person neither address nor anything beyond the masked number."""
    named = parts.party(case.party)
    return named | {"address": "", "representative": ""} if case.party.is_natural else named


def _heard(act: ExOfficioAct) -> str:
    """How the holder was heard, in one sentence (行政许可法第七条)."""
    told = f"本机关已于{date_text(act.told_on)}告知陈述、申辩的权利"
    if act.statement:
        return f"{told}，陈述、申辩意见为：{act.statement}"
    return f"{told}，{'被许可人表示放弃陈述、申辩' if act.statement_waived else '被许可人在期限内没有陈述、申辩'}。"


def _taking_back(
    case: Case, edition: Edition, *, act: ExOfficioAct, rule: GroundRule, licence: Licence, **facts: Any
) -> dict[str, Any]:
    return {
        "licence": _licence(licence),
        "ground": rule.label,
        "article": law_on(rule.law_key, facts["on"]).citation,
        "facts": act.facts,
        "reasons": act.reasons,
        "heard": _heard(act),
        "remedies": parts.remedies(case, facts),
    }


def _withdrawal(case: Case, edition: Edition, *, act: ExOfficioAct, **facts: Any) -> dict[str, Any]:
    return _taking_back(case, edition, act=act, **facts) | {
        "public_interest": act.public_interest,
        "compensation": act.money_note,
    }


def _revocation(case: Case, edition: Edition, *, act: ExOfficioAct, rule: GroundRule, **facts: Any) -> dict[str, Any]:
    printed = _taking_back(case, edition, act=act, rule=rule, **facts)
    printed["damages"] = act.money_note if rule.money is Money.DAMAGES else ""
    printed["is_fraud"] = rule.is_fraud
    printed["ban"] = (
        f"自本决定作出之日起三年内（至{date_text(facts['banned_until'])}止）不得再次申请该行政许可"
        if facts.get("banned_until")
        else ""
    )
    return printed


def _letter_correction(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    letter: Letter = facts["letter"]
    entry: Entry = facts["entry"]
    return {
        "original": {"title": letter.title, "number": letter.number, "date": date_text(letter.sealed_on)},
        "entry": entry.label,
        "wrong": facts["wrong"],
        "right": facts["right"],
        "reason": facts["reason"],
    }


_INTENDED = {"withdrawal": "撤回", "revocation": "撤销"}


def _statement_notice(case: Case, edition: Edition, *, act: ExOfficioAct, on: date, **_: Any) -> dict[str, Any]:
    rule = GROUNDS[act.ground]
    return {
        "licence": _licence(case.subject_licence),
        "intended": _INTENDED[case.purpose],
        "facts": act.facts,
        "ground": rule.label,
        "article": law_on(rule.law_key, on).citation,
        "statement_limit": parts.rule_days("holder_statement_days", on),
    }


def _end(
    case: Case, edition: Edition, *, act: ExOfficioAct, why: str, licence: Licence, on: date, **_: Any
) -> dict[str, Any]:
    return {
        "licence": _licence(licence),
        "intended": _INTENDED[case.purpose],
        "told_on": date_text(act.told_on),
        "why": why,
        "article": law_on("xkf_69_3", on).citation if act.not_done_article else "",
        "reasons": act.reasons,
    }


def _plainly_named(build: Build) -> Build:
    """These papers say in words what was asked for, so the matter stands in them by its name alone."""

    def built(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
        return {"matter_name": edition.name} | build(case, edition, **facts)

    return built


_BUILDERS: dict[DocumentKind, Build] = {
    DocumentKind.D20: _change,
    DocumentKind.D20N: _refusal,
    DocumentKind.D20B: _replacement,
    DocumentKind.D20BN: _refusal,
    DocumentKind.D21: _renewal,
    DocumentKind.D21N: _refusal,
    DocumentKind.D22: _withdrawal,
    DocumentKind.D23: _revocation,
    DocumentKind.D24: _cancellation,
    DocumentKind.D24G: _cancellation,
    DocumentKind.D24N: _refusal,
    DocumentKind.N01: _letter_correction,
    DocumentKind.N02: _statement_notice,
    DocumentKind.N03: _end,
}

BUILDERS = {kind: _plainly_named(build) for kind, build in _BUILDERS.items()}
