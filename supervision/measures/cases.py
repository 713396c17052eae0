"""办件指标: what was received, accepted, decided and delivered on application in a period, and how."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from laiyang_approval.kernel.clock import SHANGHAI
from matters.models import Handling
from windows.models import Case, CaseEvent, CorrectionNotice, DocumentService

from .periods import Period
from .registry import Measure, Source, keys_of_case, yes_if
from .speed import IN_WORKDAYS, days_used

#: What an applicant came to the window for again.
CAME_AGAIN = ("resubmitted", "deferred_supplied")


def local_day(field: str) -> TruncDate:
    """The day of an instant in Laiyang (rule K8)."""
    return TruncDate(field, tzinfo=SHANGHAI)


def on_application() -> QuerySet[Case]:
    """Cases somebody applied for: not those of the office's own motion, nor those registered from before the transfer."""
    return Case.objects.filter(origin=Case.Origin.APPLICATION)


def _received(period: Period) -> QuerySet[Case]:
    return (
        on_application()
        .filter(received_at__gte=period.start_at, received_at__lt=period.end_at)
        .annotate(is_online=yes_if(Q(channel__in=[Case.Channel.WEB, Case.Channel.MOBILE])))
    )


def _accepted(period: Period) -> QuerySet[Case]:
    return (
        on_application()
        .filter(accepted_on__gte=period.first, accepted_on__lte=period.last)
        .annotate(is_instant=yes_if(Q(edition__handling=Handling.INSTANT)))
    )


def _concluded(period: Period) -> QuerySet[Case]:
    """Decided in the period, or ended after acceptance without a decision."""
    decided = Q(decided_at__gte=period.start_at, decided_at__lt=period.end_at)
    ended = Q(decided_at__isnull=True, accepted_on__isnull=False) & Q(
        ended_at__gte=period.start_at, ended_at__lt=period.end_at
    )
    return on_application().filter(decided | ended)


def _decided(period: Period) -> QuerySet[Case]:
    """Decided in the period. A renewal by silence was decided by nobody in time (行政许可法第五十条第二款).

    A due date that waits for its calendar lies in a year nobody has arranged yet, and so after the decision.
    """
    by_somebody = Q(deemed_renewed=False)
    return (
        on_application()
        .filter(decided_at__gte=period.start_at, decided_at__lt=period.end_at)
        .annotate(decision_day=local_day("decided_at"))
        .annotate(
            is_in_time=yes_if(
                by_somebody & (Q(promised_due_on__isnull=True) | Q(decision_day__lte=F("promised_due_on")))
            ),
            is_ahead=yes_if(by_somebody & (Q(promised_due_on__isnull=True) | Q(decision_day__lt=F("promised_due_on")))),
            is_overdue=yes_if(Q(deemed_renewed=True) | Q(decision_day__gt=F("statutory_due_on"))),
            is_in_workdays=yes_if(IN_WORKDAYS),
        )
    )


def _delivered(period: Period) -> QuerySet[Case]:
    """Delivered in the period. A visit is a day: of the application at the window, of papers brought there later, of direct service."""
    events = CaseEvent.objects.filter(case=OuterRef("pk"), kind__in=CAME_AGAIN).annotate(day=local_day("at"))
    served = DocumentService.objects.filter(case=OuterRef("pk"), method=DocumentService.Method.DIRECT)
    served = served.annotate(day=local_day("served_at"))
    days = served.order_by().values("case").annotate(days=Count("day", distinct=True)).values("days")
    at_window = Q(channel=Case.Channel.WINDOW)
    again = Exists(events.exclude(day=OuterRef("receipt_day"))) | Exists(served.exclude(day=OuterRef("receipt_day")))
    return (
        on_application()
        .filter(delivered_at__gte=period.start_at, delivered_at__lt=period.end_at)
        .annotate(receipt_day=local_day("received_at"), service_days=Subquery(days))
        .annotate(
            is_once=yes_if(at_window & ~again | ~at_window & (Q(service_days__isnull=True) | Q(service_days__lte=1))),
            is_without_visit=yes_if(~at_window & Q(service_days__isnull=True)),
        )
    )


def _corrected(period: Period) -> QuerySet[CorrectionNotice]:
    again = CorrectionNotice.objects.filter(case=OuterRef("case"), sequence=2)
    return CorrectionNotice.objects.filter(
        sequence=1,
        given_at__gte=period.start_at,
        given_at__lt=period.end_at,
        case__origin=Case.Origin.APPLICATION,
    ).annotate(is_told_once=yes_if(~Exists(again)))


RECEIVED = Source("received", "收到的申请", _received)
ACCEPTED = Source("accepted", "受理的办件", _accepted)
CONCLUDED = Source("concluded", "办结的办件", _concluded)
DECIDED = Source("decided", "作出决定的办件", _decided)
DELIVERED = Source("delivered", "送达的办件", _delivered)
CORRECTED = Source("corrected", "告知补正的办件", _corrected, case="case__", keys=keys_of_case("case__"))

MEASURES = (
    Measure(
        "accepted", "办件量", "受理量", "受理日期在期间内的申请，含视为受理", ACCEPTED, is_share=False, is_main=True
    ),
    Measure(
        "concluded",
        "办件量",
        "办结量",
        "期间内作出决定的，加受理后未作决定而终止、撤回的",
        CONCLUDED,
        is_share=False,
        is_main=True,
    ),
    Measure(
        "in_time",
        "时限",
        "按时办结率",
        "承诺届满日当日及以前决定的÷期间内决定的；视为准予延续的不算按时",
        DECIDED,
        hit="is_in_time",
        hit_label="按时",
        miss_label="超过承诺时限",
        is_main=True,
    ),
    Measure(
        "ahead",
        "时限",
        "提前办结率",
        "早于承诺届满日决定的÷期间内决定的",
        DECIDED,
        hit="is_ahead",
        hit_label="提前",
        miss_label="未提前",
    ),
    Measure(
        "overdue",
        "时限",
        "超期率",
        "晚于法定届满日决定的、视为准予延续的÷期间内决定的；应当为零",
        DECIDED,
        hit="is_overdue",
        hit_label="超期",
        miss_label="未超期",
        is_main=True,
    ),
    Measure(
        "faster",
        "时限",
        "实际提速",
        "1－Σ实际用时÷Σ法定时限（工作日，依时限规则扣除不计入的日；只计法定时限以工作日计的）",
        DECIDED,
        of="is_in_workdays",
        total=days_used,
        is_main=True,
    ),
    Measure(
        "instant_cases",
        "服务",
        "即办件占比（办件）",
        "即办件÷期间内受理的",
        ACCEPTED,
        hit="is_instant",
        hit_label="即办件",
        miss_label="承诺件",
    ),
    Measure(
        "once",
        "服务",
        "一次办好率",
        "到场不超过一次的÷期间内送达的；窗口申请、窗口补交材料、直接送达各计到场，同日计一次",
        DELIVERED,
        hit="is_once",
        hit_label="不超过一次",
        miss_label="两次以上",
        is_main=True,
    ),
    Measure(
        "online",
        "服务",
        "网办率",
        "网上、移动端申请的÷期间内收到的申请",
        RECEIVED,
        hit="is_online",
        hit_label="网上申请",
        miss_label="其他渠道",
    ),
    Measure(
        "all_online",
        "服务",
        "全程网办率",
        "到场零次的÷期间内送达的",
        DELIVERED,
        hit="is_without_visit",
        hit_label="零次到场",
        miss_label="到过场",
    ),
    Measure(
        "told_once",
        "服务",
        "一次性告知率",
        "只告知一次补正的÷期间内首次告知补正的（行政许可法第三十二条第一款第四项）",
        CORRECTED,
        hit="is_told_once",
        hit_label="一次告知",
        miss_label="多次告知",
        is_main=True,
    ),
)
