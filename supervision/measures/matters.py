"""事项指标: what the guides in force on the last day of a period promise."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from matters.models import Authority, Edition, EditionState, Handling, LimitUnit, Power
from matters.queries import in_force

from .periods import Period
from .registry import Measure, Source, yes_if


def _offered(period: Period) -> QuerySet[Edition]:
    """The edition in force of every matter that some body accepts on the period's last day."""
    on = min(period.last, max(period.today, period.first))
    body = Authority.objects.filter(in_force(on), matter=OuterRef("matter"), power=Power.ACCEPT)
    return (
        Edition.objects.filter(in_force(on, "effective_from", "effective_to"), state=EditionState.PUBLISHED)
        .annotate(body_id=Subquery(body.values("department")[:1]))
        .filter(body_id__isnull=False)
        .annotate(
            is_instant=yes_if(Q(handling=Handling.INSTANT)),
            is_in_workdays=yes_if(
                Q(statutory_unit=LimitUnit.WORKDAY, promised_unit=LimitUnit.WORKDAY) & Q(statutory_value__gt=0)
            ),
            promised=F("promised_value"),
            statutory=F("statutory_value"),
        )
    )


OFFERED = Source(
    "offered", "期末可办的事项", _offered, case=None, keys={"department": "body_id", "matter": "matter_id"}
)

MEASURES = (
    Measure(
        "promised_shorter",
        "时限",
        "时限压缩比",
        "1－Σ承诺时限÷Σ法定时限；期末可办、两个时限都以工作日计的事项",
        OFFERED,
        of="is_in_workdays",
        saved=("promised", "statutory"),
    ),
    Measure(
        "instant_matters",
        "服务",
        "即办件占比（事项）",
        "即办事项÷期末可办的事项",
        OFFERED,
        hit="is_instant",
        hit_label="即办事项",
        miss_label="承诺办理的事项",
    ),
)
