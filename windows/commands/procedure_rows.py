"""One special procedure of a locked case, found as an act needs it: waiting, approved, under way; or why it is not."""

from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState

from ..domain.clock import ART_45
from ..models import Case, SpecialProcedure


def _row(case: Case, procedure_id: int) -> SpecialProcedure:
    row = (
        SpecialProcedure.objects.select_related("letter", "continues")
        .defer("letter__snapshot")
        .filter(case=case, pk=procedure_id)
        .first()
    )
    if row is None:
        raise InvalidInput("没有这项特别程序；请刷新页面后再办。")
    return row


def row_waiting(case: Case, procedure_id: int) -> SpecialProcedure:
    """A request no head has answered yet; raises StaleState."""
    row = _row(case, procedure_id)
    if row.approved_at is not None:
        raise StaleState(f"“{row.label}”已经批准，告知书已出具；请送达告知书。")
    if row.declined_at is not None:
        raise StaleState(f"“{row.label}”已经作不批准处理；需要的请审查人员重新提出。")
    return row


def row_approved(case: Case, procedure_id: int) -> SpecialProcedure:
    """A sealed notice that can be served; raises DomainError or StaleState."""
    row = _row(case, procedure_id)
    if row.approved_at is None:
        raise DomainError(f"“{row.label}”还没有批准，没有告知书可以送达；请先由负责人批准。", article=ART_45)
    if row.started_on is not None:
        raise StaleState(f"“{row.label}”的告知书已登记送达，不能重复登记。")
    if row.continues is not None and row.continues.ended_on is not None:
        raise StaleState(f"“{row.label}”已经结束，再次告知不再需要送达。")
    return row


def row_under_way(case: Case, procedure_id: int) -> SpecialProcedure:
    """A procedure that was told and has no result; raises DomainError or StaleState."""
    row = _row(case, procedure_id)
    if row.ended_on is not None:
        raise StaleState(f"“{row.label}”的结果已经登记，不能再次登记。", article=ART_45)
    if row.started_on is None:
        raise DomainError(f"“{row.label}”的告知书还没有送达，计时没有暂停；请先登记送达。", article=ART_45)
    return row


def chain_of(case: Case, row: SpecialProcedure) -> list[SpecialProcedure]:
    """The served notices of the same procedure that have no end yet."""
    rows = (
        SpecialProcedure.objects.select_related("letter")
        .defer("letter__snapshot")
        .filter(case=case, started_on__isnull=False, ended_on__isnull=True)
        .order_by("id")
    )
    by_pk, first = {one.pk: one for one in rows}, row.pk
    while by_pk[first].continues_id is not None:
        first = by_pk[first].continues_id
    chain: list[SpecialProcedure] = []
    for one in by_pk.values():  # a further notice stands after the one it goes on from
        if one.pk == first or one.continues_id in {before.pk for before in chain}:
            chain.append(one)
    return chain
