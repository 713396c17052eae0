"""Gapless numbers: a counter row locked inside the act that takes the number, so a rollback gives it back (control C7)."""

from datetime import datetime

from django.db import connection, transaction

from .errors import DomainError, InvalidInput
from .models import NumberSeries, User, VoidedNumber

_SQL = """
INSERT INTO kernel_numberseries (series, period, last) VALUES (%s, %s, %s)
ON CONFLICT (series, period) DO UPDATE SET last = kernel_numberseries.last + excluded.last
RETURNING last
"""


def allot_numbers(series: str, *, period: str, count: int) -> range:
    """``count`` consecutive numbers of ``series`` in ``period``, the row locked until the caller's transaction ends.

    Numbers of a series have no holes and no repeats, in order of commit. Raises RuntimeError outside a transaction,
    where a crash would leave a hole.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("numbers are taken inside the transaction of the act")
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [series, period, count])
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def allot_number(series: str, *, period: str) -> int:
    """The next number of ``series`` in ``period``; see allot_numbers."""
    return allot_numbers(series, period=period, count=1)[0]


@transaction.atomic
def void_number(*, series: str, period: str, number: int, reason: str, actor: User, at: datetime) -> VoidedNumber:
    """Afterwards the number stands in the void register with its reason and is never used again.

    Raises DomainError for a number that was never given, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("作废文号须写明原因。", fields={"reason": "请填写作废原因。"})
    row = NumberSeries.objects.select_for_update().filter(series=series, period=period).first()
    if row is None or not 1 <= number <= row.last:
        raise DomainError(f"{series}{period}年没有用过第{number}号，不能作废；请核对文号。")
    voided, created = VoidedNumber.objects.get_or_create(
        series=series,
        period=period,
        number=number,
        defaults={"reason": reason.strip(), "voided_by": actor, "voided_at": at},
    )
    if not created:
        raise DomainError(f"第{number}号已于{voided.voided_at:%Y-%m-%d}作废，不必重复登记。")
    return voided
