"""Every read of cases, parties, letters and licences, and the locks that writes begin with."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import Department, RemedyRoute, User

from . import permissions
from .domain.intake import MaterialStanding
from .models import Case, CaseMaterial, Letter, Party


def cases_visible_to(user: User) -> QuerySet[Case]:
    """The cases this person may know of; every page, file and export starts here."""
    return Case.objects.filter(permissions.visible_filter(user))


def get_visible_case(user: User, number: str) -> Case:
    """The case with its matter, edition, party and departments; raises NotFound if it is not this person's to know of."""
    case = (
        cases_visible_to(user)
        .select_related(
            "matter",
            "edition",
            "party",
            "handling_department",
            "deciding_department",
            "received_by",
            "accepted_by",
            "reviewer",
        )
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound(permissions.NO_SUCH_CASE)
    return case


def lock_case(number: str) -> Case:
    """The case, locked until the transaction ends; raises NotFound. Only commands call this."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("matter", "edition", "party", "handling_department", "deciding_department")
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound(permissions.NO_SUCH_CASE)
    return case


def party_by_number(id_kind: str, id_number: str) -> Party | None:
    """The known party with this (normalised) number, found by the blind index."""
    return Party.objects.filter(id_kind=id_kind, id_index=blind_index(id_number, "party")).first()


def material_rows(case: Case) -> list[CaseMaterial]:
    """The case's materials with their edition rows, in the order of the list."""
    return list(case.materials.select_related("edition_material").order_by("edition_material__seq"))


def standings(materials: Sequence[CaseMaterial]) -> tuple[MaterialStanding, ...]:
    """The materials as the pure rules see them, known by the edition's material."""
    return tuple(MaterialStanding(row.edition_material_id, row.edition_material.name, row.status) for row in materials)


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
