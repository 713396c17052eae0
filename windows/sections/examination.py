"""What was looked at on the spot and by experts, and what other departments said."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from ..examination import (
    VISIT_WORDS,
    consultations_of,
    is_in_term,
    members_of,
    panels_of,
    site_checks_of,
    visits_of,
)
from ..models import Case, Consultation, Expert, ExpertPanel, JointVisit, SiteCheck


@dataclass(frozen=True)
class CheckRow:
    """一次现场核查; ``is_mine``: this person was sent and has not said yet what was found."""

    check: SiteCheck
    is_mine: bool


@dataclass(frozen=True)
class PanelRow:
    """一次专家评审: who votes, who stepped back."""

    panel: ExpertPanel
    members: list[Expert]
    recused: list[Expert]


@dataclass(frozen=True)
class LookedAt:
    """现场核查与专家评审"""

    checks: list[CheckRow]
    panels: list[PanelRow]


def looked_at(case: Case, user: User, today: date) -> LookedAt | None:
    """The site checks and expert panels of the case, or None where there are none."""
    checks = [
        CheckRow(check, check.recorded_at is None and user.pk in check.inspector_ids) for check in site_checks_of(case)
    ]
    panels = [
        PanelRow(panel, members_of(panel), [one for one in panel.experts.all() if one.has_conflict])
        for panel in panels_of(case)
    ]
    return LookedAt(checks, panels) if checks or panels else None


@dataclass(frozen=True)
class ConsultationRow:
    """一件征求意见, and how it stands: answered, waiting, or past its term."""

    consultation: Consultation
    standing: str
    look: str


@dataclass(frozen=True)
class VisitRow:
    """一次联合踏勘、审图或者验收"""

    visit: JointVisit
    word: str
    departments: list[str]


@dataclass(frozen=True)
class Consulted:
    """征求意见与联合踏勘"""

    rows: list[ConsultationRow]
    visits: list[VisitRow]


def consulted(case: Case, user: User, today: date) -> Consulted | None:
    """What other departments were asked and said, or None where nobody was asked."""
    rows = [ConsultationRow(one, *standing_of(one, today)) for one in consultations_of(case)]
    if not rows:
        return None
    visits = [
        VisitRow(visit, VISIT_WORDS[visit.kind], [one.department.name for one in visit.consultations.all()])
        for visit in visits_of(case)
    ]
    return Consulted(rows, visits)


def standing_of(consultation: Consultation, today: date) -> tuple[str, str]:
    """How a question stands in a word, and the look of that word."""
    if consultation.answered_at is not None:
        look = {"objected": "refused", "conditional": "draft"}.get(consultation.answer, "valid")
        return consultation.get_answer_display(), look
    if is_in_term(consultation, today):
        return "待答复", "queued"
    return ("逾期，已催办" if consultation.chased_at else "逾期"), "failed"
