"""审管互动指标: whether what was decided in a period reached its regulators in time, was claimed and followed up."""

from django.db.models import F, Q, QuerySet

from supervision.domain.pushes import UNCLAIMED, PushState
from supervision.models import Push

from .cases import local_day
from .periods import Period
from .registry import Measure, Source, keys_of_case, yes_if

_UNCLAIMED = [state.value for state in UNCLAIMED]


def _pushed(period: Period) -> QuerySet[Push]:
    """Pushes of decisions of the period. What still runs within its term is on neither side of a share."""
    arrived, claimed = Q(delivered_at__isnull=False), Q(claimed_at__isnull=False)
    # What a coordinator moved to another body was told in time to the first; its term says nothing of the second.
    to_the_first = Q(moved_from__isnull=True)
    by_department = Q(claim_mode=Push.ClaimMode.MANUAL) & (
        Q(claim_by_on__isnull=True) | Q(claim_day__lte=F("claim_by_on"))
    )
    return (
        Push.objects.filter(decided_on__gte=period.first, decided_on__lte=period.last)
        .annotate(delivery_day=local_day("delivered_at"), claim_day=local_day("claimed_at"))
        .annotate(
            is_delivery_over=yes_if(to_the_first & (arrived | Q(deliver_by_on__lt=period.today))),
            is_delivered_in_time=yes_if(
                arrived & (Q(deliver_by_on__isnull=True) | Q(delivery_day__lte=F("deliver_by_on")))
            ),
            is_claim_over=yes_if(claimed | Q(state__in=_UNCLAIMED, claim_by_on__lt=period.today)),
            is_claimed=yes_if(claimed & (by_department | Q(claim_mode=Push.ClaimMode.RULED))),
            is_taken_on=yes_if(claimed),
            is_followed_up=yes_if(Q(state=PushState.FOLLOWED_UP.value)),
        )
    )


PUSHED = Source("pushed", "推送", _pushed, case="case__", note="number", keys=keys_of_case("case__"))

MEASURES = (
    Measure(
        "pushed_in_time",
        "审管互动",
        "推送及时率",
        "期限内送达监管部门的÷已送达或者送达期限已过的；按决定日期归入期间，不含协调改派的",
        PUSHED,
        of="is_delivery_over",
        hit="is_delivered_in_time",
        hit_label="及时送达",
        miss_label="未及时送达",
    ),
    Measure(
        "claimed",
        "审管互动",
        "认领率",
        "期限内由部门认领或者经协调确定的÷已认领或者认领期限已过的；逾期自动认领的不算",
        PUSHED,
        of="is_claim_over",
        hit="is_claimed",
        hit_label="按期认领",
        miss_label="未按期认领",
        is_main=True,
    ),
    Measure(
        "followed_up",
        "审管互动",
        "反馈率",
        "已登记监管情况的÷已认领的（含自动认领）",
        PUSHED,
        of="is_taken_on",
        hit="is_followed_up",
        hit_label="已反馈",
        miss_label="待反馈",
    ),
)
