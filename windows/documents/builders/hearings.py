"""What the papers to interested parties and of a hearing print: D11–D14."""

from typing import Any

from matters.models import Edition

from ...models import Case, Hearing, InterestedParty
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text, moment_text


def _addressed(case: Case, to: InterestedParty | None) -> dict[str, str]:
    """Whom the paper is for; the applicant where ``to`` is None."""
    if to is None:
        return {"addressee": case.party.name, "you": "你" if case.party.is_natural else "你单位"}
    return {"addressee": to.name, "you": "你" if to.kind == InterestedParty.Kind.NATURAL else "你单位"}


def _interested(case: Case, edition: Edition, *, to: InterestedParty, **facts: Any) -> dict[str, Any]:
    return _addressed(case, to) | {
        "accepted_on": date_text(case.accepted_on),
        "request": case.request,
        "premises": case.premises,
        "interest": to.interest,
        "term": parts.rule_days("statement_days", facts["on"]),
        "party": _name_only(case),
        "agent": "",
    }


def _hearing_right(case: Case, edition: Edition, *, to: InterestedParty | None, **facts: Any) -> dict[str, Any]:
    return _addressed(case, to) | {
        "accepted_on": date_text(case.accepted_on),
        "request": case.request,
        "term": parts.rule_days("hearing_request_days", facts["on"]),
        "hold_term": parts.rule_days("hearing_hold_days", facts["on"]),
        "party": _name_only(case),
        "agent": "",
    }


def _called(hearing: Hearing) -> dict[str, Any]:
    return {
        "held_at": moment_text(hearing.held_at),
        "place": hearing.place,
        "host": hearing.host.display_name,
        "host_unit": hearing.host.department.name if hearing.host.department else "",
        "publicity": hearing.publicity_text,
        "is_public": not hearing.closed,
        "is_own_motion": hearing.origin == Hearing.Origin.OWN_MOTION,
        "basis": hearing.basis,
    }


def _hearing_notice(
    case: Case, edition: Edition, *, to: InterestedParty | None, hearing: Hearing, **facts: Any
) -> dict[str, Any]:
    reviewer = case.reviewer.display_name if case.reviewer else ""
    return (
        _called(hearing)
        | _addressed(case, to)
        | {"reviewer": reviewer, "request": case.request, "party": _name_only(case), "agent": ""}
    )


def _announcement(case: Case, edition: Edition, *, hearing: Hearing, **facts: Any) -> dict[str, Any]:
    """For everybody: no person's name but the host's; an organisation's is public."""
    applicant = {"name": "（自然人，姓名略）" if case.party.is_natural else case.party.name}
    return _called(hearing) | {
        "request": case.request,
        "party": applicant | dict.fromkeys(("id_kind", "id_number", "representative", "address"), ""),
        "agent": "",
    }


def _record(case: Case, edition: Edition, *, hearing: Hearing, record: dict[str, Any], **_: Any) -> dict[str, Any]:
    return _called(hearing) | {
        "began_at": moment_text(record["began_at"]),
        "reviewer": case.reviewer.display_name if case.reviewer else "",
        "request": case.request,
        "review_case": record["review_case"],
        "defence": record["defence"],
        "attendees": record["attendees"],
        "party": _name_only(case),
        "agent": "",
    }


def _name_only(case: Case) -> dict[str, str]:
    """Others are told who applies, and no number of theirs."""
    return {"name": case.party.name} | dict.fromkeys(("id_kind", "id_number", "representative", "address"), "")


BUILDERS = {
    DocumentKind.D11: _interested,
    DocumentKind.D12: _hearing_right,
    DocumentKind.D13: _hearing_notice,
    DocumentKind.D13G: _announcement,
    DocumentKind.D14: _record,
}
