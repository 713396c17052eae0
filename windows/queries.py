"""Every read of cases, parties, letters and licences, and the locks that writes begin with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import Department, RemedyRoute, User
from matters.models import EditionMaterial

from . import permissions
from .domain.intake import MaterialStanding
from .models import Case, CaseMaterial, CorrectionItem, Decision, Letter, Party, ProcedureNotice, Reminder

#: A material that stands in nobody's way.
NOT_NEEDED = CaseMaterial.Status.NOT_NEEDED.value


def cases_visible_to(user: User) -> QuerySet[Case]:
    """The cases this person may know of; every page, file and export starts here."""
    return Case.objects.filter(permissions.visible_filter(user))


def get_visible_case(user: User, number: str) -> Case:
    """The case with its matter, edition, party and departments; raises NotFound if it is not this person's to know of."""
    cases = cases_visible_to(user).select_related(
        "matter",
        "edition",
        "party",
        "handling_department",
        "deciding_department",
        "received_by",
        "accepted_by",
        "reviewer",
    )
    # Not first(): it would order by a key, and building that costs a third of the query.
    try:
        return cases.get(number=number)
    except Case.DoesNotExist:
        raise NotFound(permissions.NO_SUCH_CASE) from None


def lock_case(number: str) -> Case:
    """The case, locked until the transaction ends; raises NotFound. Only commands call this."""
    cases = Case.objects.select_for_update(of=("self",)).select_related(
        "matter", "edition", "party", "handling_department", "deciding_department"
    )
    try:
        return cases.get(number=number)
    except Case.DoesNotExist:
        raise NotFound(permissions.NO_SUCH_CASE) from None


def party_by_number(id_kind: str, id_number: str) -> Party | None:
    """The known party with this (normalised) number, found by the blind index."""
    return Party.objects.filter(id_kind=id_kind, id_index=blind_index(id_number, "party")).first()


def material_rows(case: Case) -> list[CaseMaterial]:
    """The case's materials with their edition rows, in the order of the list."""
    return list(case.materials.select_related("edition_material").order_by("edition_material__seq"))


def standings(materials: Sequence[CaseMaterial]) -> tuple[MaterialStanding, ...]:
    """The materials as the pure rules see them, known by the edition's material."""
    return tuple(standing_of(row.edition_material, row.status) for row in materials)


def standing_of(material: EditionMaterial, status: str) -> MaterialStanding:
    """One material of the edition's list as the pure rules see it."""
    return MaterialStanding(
        material.pk,
        material.name,
        status,
        deferrable=material.deferrable and not material.is_main,
        committable=material.commitment_allowed and not material.is_main,
    )


def was_corrected(case: Case) -> bool:
    """Whether the case is accepted as of the day all listed items were in (Article 32(4), (5)), however late the clerk says so."""
    # Version 0: it is being taken in this moment and cannot have been told anything.
    return case.version > 0 and case.correction_notices.exists()


def is_correction_served(case: Case) -> bool:
    """Whether the service of the standing correction notice is on record."""
    return case.correction_notices.order_by("-sequence").values_list("served_on", flat=True).first() is not None


def told_material_ids(case: Case) -> frozenset[int] | None:
    """The edition's materials the first correction notice listed; None where nothing was ever told."""
    told = CorrectionItem.objects.filter(notice__case=case, notice__sequence=1)
    return frozenset(told.values_list("material__edition_material_id", flat=True)) or None


def standings_to_ask_for(case: Case, materials: Sequence[CaseMaterial]) -> tuple[MaterialStanding, ...]:
    """The materials as the rules see them; one that the first notice did not list cannot be asked for any more."""
    told = told_material_ids(case)
    shown = standings(materials)
    if told is None:
        return shown
    return tuple(one if one.material_id in told else replace(one, status=NOT_NEEDED) for one in shown)


def competence_day_of(case: Case) -> date | None:
    """The day whose competence decides the case: that of its acceptance, or of the move to the body that goes on with it."""
    moved_on = case.moves.order_by("-pk").values_list("moved_on", flat=True).first()
    return moved_on or case.accepted_on


def remedy_route_on(department: Department, on: date) -> RemedyRoute | None:
    """Where acts in this body's name may be taken on that day."""
    return (
        RemedyRoute.objects.filter(department=department, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .order_by("-valid_from")
        .first()
    )


def letters_of(case: Case) -> QuerySet[Letter]:
    """The case's letters, oldest first, without their encrypted inputs."""
    return case.letters.defer("snapshot").select_related("department", "seal").order_by("id")


def letters_to_applicant(case_id: int) -> QuerySet[Letter]:
    """The letters the applicant may read, oldest first: not those written to interested parties."""
    to_others = ProcedureNotice.objects.filter(case_id=case_id, interested_party__isnull=False)
    return (
        Letter.objects.defer("snapshot")
        .filter(case_id=case_id)
        .exclude(pk__in=to_others.values("letter"))
        .order_by("id")
    )


def get_visible_letter(user: User, letter_id: int) -> Letter:
    """One letter of a case this person may see, with its case; raises NotFound."""
    letter = (
        Letter.objects.defer("snapshot")
        .select_related("case__party", "case__handling_department", "case__deciding_department")
        .filter(pk=letter_id, case__in=cases_visible_to(user))
        .first()
    )
    if letter is None:
        raise NotFound("没有查到这份文书；请从办件页打开。")
    return letter


def cases_of_citizen(user: User) -> QuerySet[Case]:
    """A citizen's own cases, newest first; one of the office's own motion once its holder was told of it."""
    untold = Q(origin=Case.Origin.EX_OFFICIO, decided_at__isnull=True, ex_officio__told_on__isnull=True)
    return (
        Case.objects.select_related("edition", "handling_department")
        .filter(party__user=user)
        .exclude(untold)
        .order_by("-id")
    )


def figures_of_year(today: date) -> dict[str, int | None]:
    """This year's figures for the home page: accepted, decided, and the share decided within the promised limit (%)."""
    start = date(today.year, 1, 1)
    accepted = Case.objects.filter(accepted_on__gte=start).count()
    decided = Decision.objects.filter(decided_on__gte=start)
    counts = decided.aggregate(
        all=Count("pk"),
        in_time=Count(
            "pk", filter=Q(decided_on__lte=F("case__promised_due_on")) | Q(case__promised_due_on__isnull=True)
        ),
    )
    share = round(100 * counts["in_time"] / counts["all"]) if counts["all"] else None
    return {"accepted": accepted, "decided": counts["all"], "on_time": share}


def reminders_for(user: User) -> QuerySet[Reminder]:
    """Unread reminders of cases this person may see, newest first."""
    return (
        Reminder.objects.filter(read_at__isnull=True, case__in=cases_visible_to(user))
        .select_related("case__edition", "case__party")
        .order_by("-id")
    )
