"""What stands on record, and what is still missing, before a case may be decided: every read in one place."""

from datetime import date

from django.db.models import Q

from matters import queries as catalogue
from matters.models import BasisLevel, Fee

from .domain.states import HANDLING_STATES
from .models import Case, CreditCheck, Decision, FeeNotice, UpwardReport


def is_founded(fee: Fee) -> bool:
    """Whether a law or an administrative regulation has this fee (行政许可法第五十八条)."""
    return fee.basis_level in {BasisLevel.LAW, BasisLevel.ADMIN_REGULATION} and bool(fee.basis.strip())


def lawful_fees(case: Case) -> list[Fee]:
    """The fees of the case's edition that may be charged for the licence itself."""
    edition = catalogue.edition_with_materials(case.edition_id)
    return [fee for fee in edition.fees.all() if fee.is_for_licence and is_founded(fee)]


def fee_notices(case: Case) -> list[FeeNotice]:
    """The fee notices of the case with their letters, in order."""
    return list(FeeNotice.objects.select_related("fee", "letter", "settled_by").filter(case=case))


def open_fee_notices(case: Case) -> list[FeeNotice]:
    """The notices that are not settled yet."""
    return [notice for notice in fee_notices(case) if notice.settled_at is None]


# What stops an opinion or a decision. Each answers with the sentence and the article, or None.


def credit_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion and no decision without a credit query on record."""
    if case.origin != Case.Origin.APPLICATION or CreditCheck.objects.filter(case=case).exists():
        return None
    return ("还没有登记信用查询；请审查人员先查询申请人信用并登记结果。", "山东省社会信用条例第二十二条")


def fee_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion and no decision while a lawful fee is neither settled nor reduced."""
    article = "行政许可法第五十九条"
    if open_notices := open_fee_notices(case):
        names = "、".join(notice.fee.name for notice in open_notices)
        return f"还有依法应收的费用没有结清（{names}）；请登记缴费或者减免后再办。", article
    told = {notice.fee_id for notice in fee_notices(case)} if (due := lawful_fees(case)) else set()
    if untold := [fee.name for fee in due if fee.pk not in told]:
        return f"本事项依法收费（{'、'.join(untold)}），还没有出具缴费通知；请先通知申请人。", article
    return None


def upward_gate(case: Case, on: date) -> tuple[str, str] | None:
    """The body above decides on opinion and file of the body below (行政许可法第三十五条、第四十三条)."""
    if case.deciding_department_id == case.handling_department_id or UpwardReport.objects.filter(case=case).exists():
        return None
    return (
        f"本事项由{case.deciding_department.name}决定，{case.handling_department.name}尚未报送初步审查意见和案卷；请先报送。",
        "行政许可法第三十五条",
    )


def quota_gate(case: Case, on: date) -> tuple[str, str] | None:
    """A limited number of licences goes in order of acceptance (行政许可法第五十七条)."""
    quota = catalogue.quota_on(case.matter, on)
    if quota is None:
        return None
    article = "行政许可法第五十七条"
    earlier = (
        Case.objects.filter(
            matter_id=case.matter_id,
            purpose=Case.Purpose.NEW,
            state__in=[state.value for state in HANDLING_STATES],
            accepted_at__isnull=False,
        )
        # The day first: each body numbers what it accepts for itself, and a case may have come from another.
        .filter(
            Q(accepted_on__lt=case.accepted_on)
            | Q(accepted_on=case.accepted_on, acceptance_order__lt=case.acceptance_order)
        )
        .order_by("accepted_on", "acceptance_order")
        .values_list("number", flat=True)
        .first()
    )
    if earlier is not None:
        return f"本事项有数量限制，须按受理先后决定；{earlier}受理在前，尚未决定。请先决定该件。", article
    granted = Decision.objects.filter(
        case__matter_id=case.matter_id,
        case__purpose=Case.Purpose.NEW,
        result=Decision.Result.GRANTED,
        decided_on__gte=quota.valid_from,
    ).count()
    if granted >= quota.number:
        return (
            f"本事项的数量已满（限{quota.number}个，依据{quota.basis}），不能再准予；请作出不予许可决定并说明理由。",
            article,
        )
    return None
