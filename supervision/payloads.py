"""报文内容: what a regulator is told of a decision (domain reference 4.4), read once when the push is made.

Numbers of organisations stand in full, those of natural persons and every phone masked: the regulator sees them in clear in the
portal, for a purpose that is logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.masking import mask_id_number, mask_phone
from laiyang_approval.kernel.models import Department
from matters.boundaries import ENFORCING, Regulator
from windows.models import Case, CaseEvent, CommittedItem, Decision, ExOfficioAct, Letter, Licence

from .domain.messages import PAYLOAD_VERSION
from .domain.pushes import TYPE_OF_EVENT, DecisionType

#: 莱阳市 (GB/T 2260).
DIVISION = "370682"


@dataclass(frozen=True)
class DecisionFacts:
    """决定的内容: the same for every regulator told of it."""

    event: CaseEvent
    type: DecisionType
    decided_on: date
    fields: dict[str, Any]


def decided_on(event: CaseEvent) -> date:
    """The date of the decision an event records."""
    said = event.detail.get("decided_on")
    return date.fromisoformat(said) if said else local_date(event.at)


def facts_of(event: CaseEvent) -> DecisionFacts:
    """Everything a push of this decision says, but to whom; a few queries."""
    case = Case.objects.select_related(
        "matter", "edition", "party", "handling_department", "deciding_department", "subject_licence"
    ).get(pk=event.case_id)
    kind, on = TYPE_OF_EVENT[event.kind], decided_on(event)
    letter = Letter.objects.defer("snapshot").filter(case=case, number=event.detail.get("letter") or "").first()
    fields = {
        "version": PAYLOAD_VERSION,
        "case_no": case.number,
        "task_code": case.matter.code,
        "matter_name": case.edition.name,
        "decision_type": kind.value,
        "decision_type_name": kind.label,
        "decision_doc_no": letter.number if letter else "",
        "decided_on": on.isoformat(),
        "deciding_org": _body(case.deciding_department),
        "licence_no": _licence_number(case),
        **_holder(case),
        "site_address": case.premises,
        "division_code": DIVISION,
        **_terms(case, event),
        "is_commitment": case.by_commitment,
        "commitment_items": commitment_items(case),
        "is_deferred": case.deferred_acceptance,
        "attachments": [{"title": letter.title, "number": letter.number}] if letter else [],
    }
    return DecisionFacts(event, kind, on, fields)


def _holder(case: Case) -> dict[str, Any]:
    party = case.party
    return {
        "holder_name": party.name,
        "holder_type": party.kind,
        "holder_code": mask_id_number(party.id_number) if party.is_natural else party.id_number,
        "legal_rep": party.legal_representative,
        "contact": mask_phone(case.contact_phone or party.phone or ""),
    }


def _licence_number(case: Case) -> str:
    if case.subject_licence is not None:
        return case.subject_licence.number
    return Licence.objects.filter(case=case).values_list("number", flat=True).first() or ""


def _terms(case: Case, event: CaseEvent) -> dict[str, str]:
    """What was granted and for how long; what was refused or taken back, and why."""
    decision = Decision.objects.filter(case=case).first()
    if decision is not None:
        return {
            "content": decision.content,
            "conditions": decision.conditions,
            "valid_from": _iso(decision.valid_from),
            "valid_to": _iso(decision.valid_to),
            "reasons": decision.reasons,
        }
    act = ExOfficioAct.objects.filter(case=case).first()
    licence = case.subject_licence
    return {
        "content": licence.content if licence else "",
        "conditions": licence.conditions if licence else "",
        "valid_from": event.detail.get("valid_from") or _iso(licence.valid_from if licence else None),
        "valid_to": event.detail.get("valid_to") or _iso(licence.valid_to if licence else None),
        "reasons": act.reasons if act else "",
    }


def commitment_items(case: Case) -> list[str]:
    """What the applicant promised instead of proving it; none for a case that rests on no promise."""
    if not case.by_commitment:
        return []
    items = CommittedItem.objects.filter(commitment__case=case, commitment__dropped_at__isnull=True)
    return list(items.order_by("id").values_list("material__edition_material__name", flat=True))


def addressed(
    facts: DecisionFacts, *, number: str, sequence: int, to: Department, regulators: Sequence[Regulator]
) -> dict[str, Any]:
    """The whole of one push: the decision, whom it is told to, and who else is."""
    enforcing = next((one.department for one in regulators if one.part == ENFORCING), None)
    return facts.fields | {
        "push_no": number,
        "sequence": sequence,
        "to": _body(to),
        "supervising_org": [_body(one.department) | {"part": one.part} for one in regulators if one.part != ENFORCING],
        "enforcing_org": _body(enforcing) if enforcing else None,
    }


def _body(department: Department) -> dict[str, str]:
    return {"code": department.code, "name": department.name}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
