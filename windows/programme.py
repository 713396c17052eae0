"""What lies ahead: hearings, site checks, expert panels and joint visits by their time; and hearings announced to all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.masking import mask_name
from laiyang_approval.kernel.models import User

from . import permissions
from .domain.states import HANDLING_STATES
from .examination import VISIT_WORDS
from .models import Case, ExpertPanel, Hearing, JointVisit, ProcedureNotice, SiteCheck

#: How many of each kind a page shows; they are few, and the next ones matter.
MOST = 50


@dataclass(frozen=True)
class Ahead:
    """一项安排: when, what, for which case, where, and who."""

    at: datetime
    what: str
    case: Case
    place: str
    who: str


def programme_for(user: User) -> list[Ahead]:
    """Whatever is still to take place in the cases this person may see, next first; four statements at any size."""
    cases = {"case__in": Case.objects.filter(permissions.visible_filter(user)), "case__state__in": _OPEN}
    rows = [
        *(_of_hearing(one) for one in _hearings().filter(record__isnull=True, **cases).order_by("held_at")[:MOST]),
        *(_of_check(one) for one in _checks().filter(recorded_at__isnull=True, **cases).order_by("planned_at")[:MOST]),
        *(_of_panel(one) for one in _panels().filter(concluded_at__isnull=True, **cases).order_by("meets_on")[:MOST]),
        *(_of_visit(one) for one in _visits().filter(recorded_at__isnull=True, **cases).order_by("meets_at")[:MOST]),
    ]
    return sorted(rows, key=lambda row: (row.at, row.case.pk))


def announced_hearings(today: date) -> Sequence["AnnouncedHearing"]:
    """Hearings announced and not held yet, next first; a person's name is masked, an organisation's is public."""
    notices = (
        ProcedureNotice.objects.filter(
            kind=ProcedureNotice.Kind.ANNOUNCEMENT,
            served_on__isnull=False,
            letter__sealed_at=F("hearing__called_at"),
            hearing__cancelled_at__isnull=True,
            hearing__record__isnull=True,
            hearing__held_at__gte=datetime.combine(today, time(0), tzinfo=SHANGHAI),
            case__state__in=_OPEN,
        )
        .select_related("hearing__host", "case__edition", "case__party", "case__handling_department", "letter")
        .defer("letter__snapshot")
        .order_by("hearing__held_at", "pk")[:MOST]
    )
    return [AnnouncedHearing(one.hearing, one.case, one.letter.number, one.served_on) for one in notices]


@dataclass(frozen=True)
class AnnouncedHearing:
    """公告的听证"""

    hearing: Hearing
    case: Case
    number: str
    announced_on: date

    @property
    def applicant(self) -> str:
        party = self.case.party
        return mask_name(party.name) if party.is_natural else party.name


_OPEN = [state.value for state in HANDLING_STATES]
_CASE = ("case__edition", "case__party")


def _hearings():
    return Hearing.objects.select_related(*_CASE, "host").filter(cancelled_at__isnull=True, held_at__isnull=False)


def _checks():
    return SiteCheck.objects.select_related(*_CASE, "first_inspector", "second_inspector")


def _panels():
    return ExpertPanel.objects.select_related(*_CASE, "convened_by")


def _visits():
    return JointVisit.objects.select_related(*_CASE).prefetch_related("consultations__department")


def _of_hearing(one: Hearing) -> Ahead:
    return Ahead(one.held_at, "听证", one.case, one.place, f"主持人{one.host.display_name}")


def _of_check(one: SiteCheck) -> Ahead:
    who = f"{one.first_inspector.display_name}、{one.second_inspector.display_name}"
    return Ahead(one.planned_at, "现场核查", one.case, one.place, who)


def _of_panel(one: ExpertPanel) -> Ahead:
    at = datetime.combine(one.meets_on, time(0), tzinfo=SHANGHAI)
    return Ahead(at, "专家评审", one.case, one.place, one.convened_by.display_name)


def _of_visit(one: JointVisit) -> Ahead:
    who = "、".join(row.department.short_name or row.department.name for row in one.consultations.all())
    return Ahead(one.meets_at, VISIT_WORDS[one.kind], one.case, one.place, who)
