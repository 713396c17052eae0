"""Gapless numbers: a counter row locked inside the act that takes the number, so a rollback gives it back (control C7)."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction

from .errors import DomainError, InvalidInput
from .models import NumberSeries, User, VoidedNumber
from .statements import Statement

#: 序列与期间: the name of a series and its year or day, in which it counts from 1.
Series = tuple[str, str]


@lru_cache(maxsize=16)
def _counting(series: int) -> Statement:
    """The statement that counts so many series on."""
    return Statement(f"""
        INSERT INTO kernel_numberseries (series, period, last) VALUES {", ".join(["(%s, %s, %s)"] * series)}
        ON CONFLICT (series, period) DO UPDATE SET last = kernel_numberseries.last + excluded.last
        RETURNING series, period, last
    """)  # noqa: S608  places only


def allot_each(wanted: Collection[Series]) -> dict[Series, int]:
    """The next number of each series, by one statement, the rows locked until the caller's transaction ends.

    Numbers of a series have no holes and no repeats, in order of commit. An act that needs several series takes them all
    here: rows are locked in one order, so no two acts wait for each other. Raises RuntimeError outside a transaction,
    where a crash would leave a hole.
    """
    return _take([(series, period, 1) for series, period in sorted(set(wanted))])


def allot_numbers(series: str, *, period: str, count: int) -> range:
    """``count`` consecutive numbers of ``series`` in ``period``; see allot_each."""
    last = _take([(series, period, count)])[series, period]
    return range(last - count + 1, last + 1)


def allot_number(series: str, *, period: str) -> int:
    """The next number of ``series`` in ``period``; see allot_each."""
    return allot_numbers(series, period=period, count=1)[0]


def _take(rows: list[tuple[str, str, int]]) -> dict[Series, int]:
    if not connection.in_atomic_block:
        raise RuntimeError("numbers are taken inside the transaction of the act")
    counted = _counting(len(rows)).all([value for row in rows for value in row])
    return {(series, period): last for series, period, last in counted}


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
