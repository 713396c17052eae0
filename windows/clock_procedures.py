"""What stops or lengthens the clock of a case: which procedures the law lets stop it, and the rows of one case. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from laiyang_approval.kernel.models import Department
from matters.domain.procedures import ARTICLE_45
from matters.extensions import extension_on

from .domain.clock import ART_45
from .domain.extensions import ExtensionRule, extension_rule
from .models import Case, Extension, SpecialProcedure, StopProvision

Kind = SpecialProcedure.Kind

#: The value of a procedure that a provision of the matter's own law adds: "provision-7".
_PROVISION = "provision-"


@dataclass(frozen=True)
class Stop:
    """可以停止计时的程序: how it is chosen, by which provision it stops which limit; ``is_usual``: the matter's guide has it."""

    value: str
    kind: str
    label: str
    article: str
    legal_basis: str
    excluded_from_statutory: bool
    excluded_from_promised: bool
    is_usual: bool


def stops_for(case: Case, on: date) -> list[Stop]:
    """Everything that may stop the clock of this case on ``on``: the eight of Article 45, then what the matter's own law adds."""
    steps = case.edition.special_procedure_list
    named = [
        Stop(kind.value, kind.value, kind.label, ART_45, "", True, True, any(kind.label in step for step in steps))
        for kind in Kind
        if kind.label in ARTICLE_45
    ]
    provisions = StopProvision.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), matter_id=case.matter_id, valid_from__lte=on
    )
    return named + [
        Stop(
            f"{_PROVISION}{row.pk}",
            Kind.OTHER.value,
            row.label,
            row.legal_basis,
            row.legal_basis,
            row.excluded_from_statutory,
            row.excluded_from_promised,
            any(step in row.label or row.label in step for step in steps),
        )
        for row in provisions
    ]


def steps_that_count(case: Case, stops: Sequence[Stop]) -> list[str]:
    """The steps of the matter's guide that consume the clock: 现场勘验, 公示 and whatever else no law lets stop it."""
    usual = [stop.label for stop in stops if stop.is_usual]
    return [
        step
        for step in case.edition.special_procedure_list
        if not any(label in step or step in label for label in usual)
    ]


def procedures_of(case: Case) -> list[SpecialProcedure]:
    """The special procedures of the case in order, with their notices and people; read once for one case object."""
    if not hasattr(case, "_procedures"):
        case._procedures = list(
            SpecialProcedure.objects.select_related("letter", "requested_by", "approved_by", "declined_by")
            .defer("letter__snapshot")
            .filter(case=case)
        )
    return case._procedures


def extensions_of(case: Case) -> list[Extension]:
    """Every extension asked for, with its notice and people; read once for one case object."""
    if not hasattr(case, "_extensions"):
        case._extensions = list(
            Extension.objects.select_related("letter", "requested_by", "approved_by", "declined_by")
            .defer("letter__snapshot")
            .filter(case=case)
        )
    return case._extensions


def extension_of(case: Case) -> Extension | None:
    """The extension asked for or given that was not declined."""
    return next((row for row in extensions_of(case) if row.declined_at is None), None)


def extension_rule_of(case: Case, on: date) -> ExtensionRule | None:
    """By how much and by whom the limit of this case may be extended on ``on``; None where its law knows no extension."""
    return extension_rule(
        is_joint=case.is_joint, alone=extension_on(case.edition, on), unit=case.edition.statutory_unit
    )


def awaiting_approval(case: Case) -> list[SpecialProcedure]:
    return [row for row in procedures_of(case) if row.approved_at is None and row.declined_at is None]


def awaiting_service(case: Case) -> list[SpecialProcedure]:
    """Approved, sealed and not served; a further notice of a procedure that has ended has no use any more."""
    return [
        row
        for row in procedures_of(case)
        if row.approved_at is not None and row.started_on is None and not _has_ended(case, row)
    ]


def _has_ended(case: Case, row: SpecialProcedure) -> bool:
    return any(one.pk == row.continues_id and one.ended_on is not None for one in procedures_of(case))


def running(case: Case) -> list[SpecialProcedure]:
    """The procedures under way, each by its newest served notice."""
    under_way = [row for row in procedures_of(case) if row.started_on is not None and row.ended_on is None]
    continued = {row.continues_id for row in under_way}
    return [row for row in under_way if row.pk not in continued]


def extension_awaits_approval(case: Case) -> bool:
    row = extension_of(case)
    return row is not None and row.approved_at is None


def extension_awaits_service(case: Case) -> bool:
    row = extension_of(case)
    return row is not None and row.approved_at is not None and row.served_on is None


def joint_candidates(case: Case, on: date) -> list[Department]:
    """The other departments of the county's government that could handle this case together with its own on ``on``."""
    return list(
        Department.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            valid_from__lte=on,
            kind__in=[Department.Kind.DEPARTMENT, Department.Kind.BUREAU],
        )
        .exclude(pk=case.handling_department_id)
        .order_by("code")
    )
