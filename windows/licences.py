"""Every read of licences: which exist for whom, the newest version of one, its bodies of today, its dates, and their locks."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.rules import rule_int, rule_is_on
from matters import queries as catalogue
from matters.models import Authority

from . import permissions
from .domain.clock import Limit, Unit, run_clock
from .domain.licences import LicenceState, live_state
from .domain.states import HANDLING_STATES
from .models import Case, Licence

NO_SUCH_LICENCE = "没有查到这张证照；请核对证照编号，或确认该证照是否由您所在单位管理。"


def licences_visible_to(user: User, today: date) -> QuerySet[Licence]:
    """The licences this person may know of: of matters their body decides or handles today, or that it issued."""
    if not user.is_active:
        return Licence.objects.none()
    if user.has_role(*permissions.WATCHERS):
        return Licence.objects.all()
    if not user.has_role(*permissions.WORKERS):
        return Licence.objects.none()
    rights = permissions.rights_of(user)
    bodies = rights.any_department | ({user.department_id} if user.department_id else set())
    of_today = Authority.objects.filter(catalogue.in_force(today), department_id__in=bodies).values("matter_id")
    visible = Q(issued_by_department_id__in=bodies) | Q(matter_id__in=of_today)
    if rights.matters:
        visible |= Q(matter_id__in=rights.matters)
    return Licence.objects.filter(visible)


def get_visible_licence(user: User, licence_id: int, today: date) -> Licence:
    """The licence with its matter, holder, case and bodies; raises NotFound if it is not this person's to know of."""
    licence = (
        licences_visible_to(user, today)
        .select_related("matter", "holder", "case", "issued_by_department", "letter", "previous", "next")
        .filter(pk=licence_id)
        .first()
    )
    if licence is None:
        raise NotFound(NO_SUCH_LICENCE)
    return licence


def normalised_number(number: str) -> str:
    """A licence number as people type it: without blanks, with the brackets of official numbers."""
    typed = number.strip().replace(" ", "")[:60]
    return typed.translate(str.maketrans("[](（)）", "〔〕〔〔〕〕"))


def licence_by_number(number: str) -> Licence | None:
    """The licence with this number as typed."""
    return Licence.objects.select_related("matter", "holder").filter(number=normalised_number(number)).first()


def lock_licence(licence_id: int) -> Licence:
    """The licence, locked until the transaction ends; only commands call this, after they have locked a case."""
    return (
        Licence.objects.select_for_update(of=("self",))
        .select_related("matter", "holder", "issued_by_department")
        .get(pk=licence_id)
    )


def lock_current_version(licence_id: int) -> Licence:
    """The newest version of the licence, locked: what a change, a renewal or a replacement will take the place of."""
    licence = lock_licence(licence_id)
    while (newer := Licence.objects.filter(previous_id=licence.pk).values_list("pk", flat=True).first()) is not None:
        licence = lock_licence(newer)
    return licence


def newest_version(licence_id: int) -> Licence:
    """The newest version of the licence, for reading."""
    licence = Licence.objects.get(pk=licence_id)
    while (newer := Licence.objects.filter(previous_id=licence.pk).first()) is not None:
        licence = newer
    return licence


def successor_from(licence: Licence) -> date | None:
    """From when a newer version takes its place; None while there is none."""
    newer = getattr(licence, "next", None)
    return newer.valid_from if newer is not None else None


def state_on(licence: Licence, on: date) -> LicenceState:
    """What the licence is on ``on``; reads the newer version unless it is at hand."""
    return live_state(
        licence.current_state,
        valid_to=licence.valid_to,
        suspended_until=licence.suspended_until_on,
        successor_from=successor_from(licence),
        on=on,
    )


def bodies_on(licence: Licence, on: date) -> tuple[Department, Department]:
    """Who handles and who decides about this licence on ``on``: the bodies with the power that day, whoever issued it."""
    known = catalogue.competence_on(licence.matter, on)
    issuer = catalogue.current_body(licence.issued_by_department, on)
    handling = known.accept.department if known.accept else issuer
    return handling, known.decide.department if known.decide else handling


@dataclass(frozen=True)
class RenewalDates:
    """延续的日期 (行政许可法第五十条第一款): reminded by the stricter reading, refused only past the lenient one.

    ``remind_on`` counts working days back from the expiry (None while its calendar is not published), ``apply_by`` calendar days.
    """

    expires_on: date
    remind_on: date | None
    apply_by: date

    def is_in_time(self, received_on: date) -> bool:
        """Whether an application received that day may still be deemed granted by silence."""
        return received_on <= self.apply_by


def renewal_dates(expires_on: date, today: date) -> RenewalDates:
    """The two dates before an expiry, by the rules of ``today``; an expiry never moves to a working day (K5, K9)."""
    calendar = current_calendar()
    strict = Limit(rule_int("renewal_reminder", today), Unit.WORKDAY_BEFORE)
    lenient = Limit(rule_int("renewal_apply_days", today), Unit.CALDAY_BEFORE)
    return RenewalDates(
        expires_on=expires_on,
        remind_on=run_clock(expires_on, strict, calendar).due,
        apply_by=run_clock(expires_on, lenient, calendar).due,
    )


def undecided_renewal(licence: Licence) -> Case | None:
    """A renewal asked for in time and accepted before the expiry, still undecided (行政许可法第五十条第二款); None without one."""
    if licence.valid_to is None:
        return None
    return Case.objects.filter(
        subject_licence=licence,
        purpose=Case.Purpose.RENEWAL,
        renewal_in_time=True,
        state__in=[state.value for state in HANDLING_STATES],
        accepted_on__lte=licence.valid_to,
    ).first()


def is_deemed_renewed(case: Case, on: date) -> bool:
    """Whether the law has decided this renewal by ``on``, recorded or not: in time, accepted, undecided when the licence ran out."""
    end = case.decide_before_on
    return (
        end is not None
        and end < on
        and case.purpose == Case.Purpose.RENEWAL
        and bool(case.renewal_in_time)
        and case.accepted_on is not None
        and case.accepted_on <= end
        and rule_is_on("deemed_renewal", on)
    )


def deemed_renewal_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No decision is left to be made once the licence ran out, whether or not the sweep has been there."""
    if not is_deemed_renewed(case, on):
        return None
    sentence = (
        f"证照已于{case.decide_before_on.isoformat()}届满而没有决定，依法视为准予延续，不能再作决定；"
        "系统登记后，请送达确认书和新证。"
    )
    return sentence, "行政许可法第五十条第二款"
