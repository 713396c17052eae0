"""好差评的上报表: the ratings of a period as the interface of the province asks for them, and in the national standard's order beside it.

No name, no number, no phone: who rated is nobody's but the body's that answers.
"""

from datetime import date

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.spreadsheets import Column, write_csv

from .domain.ratings import Level, Reason, interface_code, standard_code
from .models import ServiceRating

COLUMNS = (
    Column("project_no", "办件编号"),
    Column("assess_number", "服务次数"),
    Column("service", "服务"),
    Column("service_on", "服务日期"),
    Column("dept_code", "单位代码"),
    Column("task_code", "事项代码"),
    Column("task_name", "事项名称"),
    Column("channel", "评价渠道"),
    Column("satisfaction", "满意度（好差评接口：5非常满意…1非常不满意）"),
    Column("satisfaction_standard", "满意度（GB/T 39046：1非常满意…5非常不满意）"),
    Column("reasons", "差评原因"),
    Column("text", "评价内容"),
    Column("rated_at", "评价时间"),
    Column("isdefault", "默认评价"),
    Column("isvoid", "经复核不计入"),
)


def ratings_table(from_on: date, to_on: date) -> bytes:
    """Every rating of a service of the period, default praise and voided ones marked; by service day and case."""
    rows = (
        ServiceRating.objects.filter(service_on__range=(from_on, to_on))
        .select_related("case__matter", "case__edition", "department")
        .order_by("service_on", "case__number", "assess_number")
    )
    return write_csv([_row(rating) for rating in rows.iterator(chunk_size=2000)], COLUMNS)


def _row(rating: ServiceRating) -> dict[str, object]:
    level = Level(rating.level)
    return {
        "project_no": rating.case.number,
        "assess_number": str(rating.assess_number),
        "service": rating.get_service_display(),
        "service_on": rating.service_on.isoformat(),
        "dept_code": rating.department.code,
        "task_code": rating.case.matter.code,
        "task_name": rating.case.edition.name,
        "channel": rating.get_channel_display(),
        "satisfaction": str(interface_code(level)),
        "satisfaction_standard": str(standard_code(level)),
        "reasons": "、".join(Reason(value).label for value in rating.reasons),
        "text": rating.text,
        "rated_at": f"{rating.rated_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        "isdefault": "1" if rating.is_default else "0",
        "isvoid": "1" if rating.voided_at else "0",
    }
