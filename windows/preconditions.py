"""What stands on record, and what is still missing, before a case may be decided: every read in one place."""

from datetime import date

from django.db.models import Case as SqlCase
from django.db.models import F, Q, QuerySet, When
from django.db.models.functions import TruncDate

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue
from matters.models import BasisLevel, Fee, StatutoryDecider

from . import permissions
from .domain.states import HANDLING_STATES, State
from .models import Case, CreditCheck, Decision, FeeNotice, OutsideDecision, UpwardReport


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


def is_decided_above(case: Case) -> bool:
    """Whether the law gives the decision to a body above the county, which does not work in this portal."""
    return case.matter.statutory_decider == StatutoryDecider.UPPER_LEVEL


def is_with_the_body_above(case: Case) -> bool:
    """Whether opinion and file are with a body outside the portal: nothing here waits for anybody's clock but its own."""
    return (
        case.deciding_department_id != case.handling_department_id
        and case.deciding_department.kind == Department.Kind.UPPER
    )


def is_decided_outside(case: Case) -> bool:
    """Whether the decision was taken on paper by a body above and registered here."""
    return OutsideDecision.objects.filter(decision__case=case).exists()


def bodies_above(on: date) -> list[Department]:
    """The bodies above the county that are on record and exist on ``on``."""
    exists = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    return list(Department.objects.filter(exists, kind=Department.Kind.UPPER).order_by("code"))


def report_of(case: Case) -> UpwardReport | None:
    """The report upward, if the file has gone."""
    return UpwardReport.objects.filter(case=case).first()


def to_report(user: User) -> QuerySet[Case]:
    """The cases this head must still send up: their opinion is given, a body above decides."""
    return Case.objects.filter(
        Q(handling_department_id__in=permissions.departments_for(user, permissions.DECIDE)),
        ~Q(deciding_department_id=F("handling_department_id"))
        | Q(matter__statutory_decider=StatutoryDecider.UPPER_LEVEL.value),
        state=State.PENDING_DECISION.value,
        origin=Case.Origin.APPLICATION,
        upward_report__isnull=True,
    )


def reported(user: User) -> QuerySet[Case]:
    """The cases of this clerk's bodies that are with the body above: its decision is registered when it comes."""
    return Case.objects.filter(
        permissions.working_filter(user, permissions.INTAKE),
        state=State.PENDING_DECISION.value,
        upward_report__isnull=False,
    )


def upward_gate(case: Case, on: date) -> tuple[str, str] | None:
    """The body above decides on opinion and file of the body below (行政许可法第三十五条、第四十三条)."""
    is_own = case.deciding_department_id == case.handling_department_id and not is_decided_above(case)
    if is_own or report_of(case) is not None:
        return None
    decider = "上级机关" if is_decided_above(case) else case.deciding_department.name
    return (
        f"本事项由{decider}决定，{case.handling_department.name}尚未报送初步审查意见和案卷；请先报送。",
        "行政许可法第三十五条",
    )


def quota_gate(case: Case, on: date) -> tuple[str, str] | None:
    """A limited number of licences goes in order of acceptance (行政许可法第五十七条); what is granted already takes no new place."""
    quota = catalogue.quota_on(case.matter, on) if case.purpose == Case.Purpose.NEW else None
    if quota is None:
        return None
    article = "行政许可法第五十七条"
    earlier = _accepted_before(case)
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


#: The moment a case counts as accepted: that of the act, or that of receipt where the law dates acceptance back
#: (第三十二条第一款第四项、第五项); of two accepted on one day the earlier moment goes first.
_ACCEPTED_AT = SqlCase(
    When(accepted_on__lt=TruncDate("accepted_at", tzinfo=SHANGHAI), then=F("received_at")), default=F("accepted_at")
)


def _accepted_before(case: Case) -> str | None:
    """The number of the first open case of the matter that was accepted before this one, by date, moment and order."""
    moment = case.received_at if case.accepted_on < local_date(case.accepted_at) else case.accepted_at
    same_day = Q(accepted_on=case.accepted_on)
    return (
        Case.objects.filter(
            matter_id=case.matter_id,
            purpose=Case.Purpose.NEW,
            state__in=[state.value for state in HANDLING_STATES],
            accepted_on__isnull=False,
        )
        .annotate(counts_from=_ACCEPTED_AT)
        .filter(
            Q(accepted_on__lt=case.accepted_on)
            | (same_day & Q(counts_from__lt=moment))
            | (same_day & Q(counts_from=moment, acceptance_order__lt=case.acceptance_order))
        )
        .order_by("accepted_on", "counts_from", "acceptance_order")
        .values_list("number", flat=True)
        .first()
    )
