"""一次性告知: somebody asks before applying and is told everything once, on a numbered sheet (行政许可法第三十条); nothing is received
and no clock runs."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.seals import seal_on
from matters import queries as catalogue
from matters.models import Matter

from .. import documents, permissions
from ..documents import DocumentKind
from ..models import AdviceSheet
from .letters import series_of


@transaction.atomic
def give_advice(matter: Matter, *, held: Collection[int], note: str, actor: User, at: datetime) -> AdviceSheet:
    """Afterwards a numbered sheet (D27) says what an application for ``matter`` needs today; no case exists of it.

    Raises NotPermitted for who does not serve at a window, DomainError while the matter has no guide in force, InvalidInput
    for a material that is not on its list.
    """
    on, kind = local_date(at), DocumentKind.D27
    department = actor.department
    if department is None:
        raise DomainError("您的账号没有登记所在单位，不能出具告知单；请安全管理员补登。")
    permissions.require_intake(actor, department)
    status = catalogue.intake_status(matter, on, department)
    if status.edition is None or status.outcome in {"blocked", "not_required"}:
        raise DomainError(status.reason or "本事项今天没有可用的办事指南，不能出具告知单。", article=status.article)
    edition = catalogue.edition_with_materials(status.edition.pk)
    if set(held) - {row.pk for row in edition.materials.all()}:
        raise InvalidInput("材料清单已更新，请重新选择事项。")
    series, period = series_of(kind, department, on)
    serial = allot_number(series, period=period)
    number = f"{series}〔{period}〕第{serial:04d}号"
    snapshot = documents.compose_advice(
        edition,
        department=department,
        seal=seal_on(department, documents.seal_kind_on(kind, on), on),
        number=number,
        on=on,
        at=at,
        held=held,
        note=clean_text(note, max_length=300),
        where=status.competent_name or department.name,
    )
    documents.require_complete(kind, snapshot)
    return AdviceSheet.objects.create(
        edition=edition,
        department=department,
        series=series,
        period=period,
        serial=serial,
        number=number,
        snapshot=snapshot,
        snapshot_sha256=link(GENESIS, snapshot),
        given_by=actor,
        given_at=at,
    )
