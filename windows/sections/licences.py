"""What the case page says of licences: the one the case is about, the one it led to, and how far an act of our own motion is."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from ..domain.licences import GROUNDS, GroundRule, LicenceState
from ..licences import RenewalDates, renewal_dates, state_on
from ..models import Case, ExOfficioAct, LetterCorrection, Licence


@dataclass(frozen=True)
class ShownLicence:
    """一张证照在办件页上的样子"""

    licence: Licence
    state: LicenceState
    role: str


@dataclass(frozen=True)
class AboutLicences:
    """所涉证照"""

    shown: list[ShownLicence]
    renewal: RenewalDates | None
    in_time: bool


def about(case: Case, user: User, today: date) -> AboutLicences | None:
    """The licence asked about and the one made; None for a case that has to do with neither."""
    wanted = [pk for pk in (case.subject_licence_id,) if pk is not None]
    found = Licence.objects.select_related("next").filter(pk__in=wanted) | Licence.objects.select_related(
        "next"
    ).filter(case=case)
    shown = [
        ShownLicence(one, state_on(one, today), "所涉证照" if one.pk == case.subject_licence_id else "本件制发")
        for one in found.order_by("id")
    ]
    if not shown:
        return None
    renewal = renewal_dates(case.decide_before_on, today) if case.decide_before_on else None
    return AboutLicences(shown, renewal, case.renewal_in_time)


@dataclass(frozen=True)
class OwnMotion:
    """依职权处理"""

    act: ExOfficioAct
    rule: GroundRule


def own_motion(case: Case, user: User, today: date) -> OwnMotion | None:
    """Ground, hearing and outcome of an act of the office's own motion."""
    if case.origin != Case.Origin.EX_OFFICIO:
        return None
    act = ExOfficioAct.objects.select_related("told_letter", "statement_by", "decided_by").get(case=case)
    return OwnMotion(act, GROUNDS[act.ground])


def corrections(case: Case, user: User, today: date) -> list[LetterCorrection] | None:
    """The notices that put clerical errors of this case's papers right."""
    found = list(
        LetterCorrection.objects.select_related("letter", "notice", "corrected_by")
        .defer("letter__snapshot", "notice__snapshot")
        .filter(letter__case=case)
    )
    return found or None
