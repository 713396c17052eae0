"""The public's view of one case: found by number and code, in one query, with one answer for unknown and wrong.

The code is compared as a keyed HMAC on one path whether the case exists or not (control C3); failures are counted
(lookup_guard).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from django.db import connection

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import query_code_hmac, token_digest
from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.statements import Statement
from laiyang_approval.kernel.working_days import WorkCalendar
from matters import queries as catalogue

from .documents import has_certificate
from .domain.case_numbers import is_case_number
from .domain.clock import ClockResult, Limit, Unit, elapsed, remaining, run_clock
from .domain.progress import Standing, clock_sentences, next_sentence, state_sentence
from .domain.states import State
from .lookup_guard import LookupGuard

#: The longest a person may type, with blanks and hyphens between.
NUMBER_LENGTH, CODE_LENGTH = 20, 12

NOT_FOUND = "没有查到。请核对受理编号和查询码；查询码在收件凭证右上角。"

_COLUMNS = (
    "id, number, edition_id, handling_department_id, state, deemed_accepted, received_at, accepted_on, decided_at, issued_at, "
    "delivered_at, ended_at, clock_from_on, intake_due_on, correction_deadline_on, promised_due_on, statutory_due_on, "
    "delivery_due_on, calendar_missing_year, light, query_code_hmac, query_token_hash"
)
_BY_NUMBER = Statement(f"SELECT {_COLUMNS} FROM windows_case WHERE number = %s")  # noqa: S608  constants only
_BY_TOKEN = Statement(f"SELECT {_COLUMNS} FROM windows_case WHERE query_token_hash = %s")  # noqa: S608


class PublicCase(NamedTuple):
    """一件办件公开可见的部分: no name, no number of any person."""

    id: int
    number: str
    edition_id: int
    handling_department_id: int
    state: str
    deemed_accepted: bool
    received_at: datetime
    accepted_on: date | None
    decided_at: datetime | None
    issued_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    clock_from_on: date | None
    intake_due_on: date | None
    correction_deadline_on: date | None
    promised_due_on: date | None
    statutory_due_on: date | None
    delivery_due_on: date | None
    calendar_missing_year: int | None
    light: str
    query_code_hmac: str
    query_token_hash: str


@dataclass(frozen=True)
class PublicStatus:
    """状态页: what the page says."""

    case: PublicCase
    matter_name: str
    department: str
    phone: str
    complaint_phone: str
    state: State
    state_sentence: str
    clock_sentences: tuple[str, str]
    next_sentence: str
    milestones: list[tuple[date, str]]
    promised: ClockResult | None
    statutory: ClockResult | None


def find_by_code(number: str, code: str, *, address: str, at: datetime) -> PublicCase:
    """The case with this number and query code.

    Raises InvalidInput for what cannot be either, NotFound alike for unknown and wrong, DomainError (429) when throttled.
    """
    number, code = number.strip().upper(), code.strip().upper()
    if not 0 < len(number) <= NUMBER_LENGTH or not 0 < len(code) <= CODE_LENGTH:
        raise InvalidInput("请按收件凭证填写受理编号和查询码。")
    guard = LookupGuard(number, address, at)
    guard.check()
    row = _read(_BY_NUMBER, number) if is_case_number(number) else _read(_BY_NUMBER, "")
    expected = row.query_code_hmac if row is not None else "0" * 64
    given = query_code_hmac(code.replace("-", "").replace(" ", ""))
    if not hmac.compare_digest(expected, given) or row is None:
        guard.failed()
        raise NotFound(NOT_FOUND)
    return row


def find_by_token(token: str, *, address: str, at: datetime) -> PublicCase:
    """The case whose receipt carries this QR token; raises as ``find_by_code`` does."""
    guard = LookupGuard("", address, at)
    guard.check()
    row = _read(_BY_TOKEN, token_digest(token[:64]))
    if row is None:
        guard.failed()
        raise NotFound(NOT_FOUND)
    return row


def find_by_number(number: str) -> PublicCase:
    """The case somebody has already been let in to (signed cookie)."""
    row = _read(_BY_NUMBER, number)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def public_status(case: PublicCase, *, today: date) -> PublicStatus:
    """Everything the status page says about ``case``; no further query once the catalogue is warm."""
    edition = catalogue.edition_with_materials(case.edition_id)
    department = _department(case.handling_department_id)
    state = State(case.state)
    promise = edition.promised_value, edition.promised_unit
    limit = edition.statutory_value, edition.statutory_unit
    clocks = NO_CLOCKS
    if case.clock_from_on is not None:
        clocks = _clocks(case.clock_from_on, promise, limit, current_calendar(), today)
    standing = Standing(
        state=state,
        received_on=local_date(case.received_at),
        accepted_on=case.accepted_on,
        deemed_accepted=case.deemed_accepted,
        clock_from_on=case.clock_from_on,
        statutory_limit=limit_text(*limit),
        promised_limit=limit_text(*promise),
        intake_due_on=case.intake_due_on,
        correction_deadline_on=case.correction_deadline_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        delivery_due_on=case.delivery_due_on,
        decided_on=local_date(case.decided_at) if case.decided_at else None,
        calendar_missing_year=case.calendar_missing_year,
        days_used=clocks.days_used,
        days_left=clocks.days_left,
        unit=UNIT_WORDS[edition.promised_unit],
        has_certificate=has_certificate(edition) and not (state is State.DELIVERED and case.issued_at is None),
        bureau=department.name,
    )
    return PublicStatus(
        case=case,
        matter_name=edition.name,
        department=department.name,
        phone=edition.phone or department.phone,
        complaint_phone=edition.complaint_phone or department.complaint_phone,
        state=state,
        state_sentence=state_sentence(standing),
        clock_sentences=clock_sentences(standing),
        next_sentence=next_sentence(standing),
        milestones=_milestones(case),
        promised=clocks.promised,
        statutory=clocks.statutory,
    )


class Clocks(NamedTuple):
    """两个时限的现状: the same for all cases that began on one day under one promise."""

    promised: ClockResult | None
    statutory: ClockResult | None
    days_used: int | None
    days_left: int | None


NO_CLOCKS = Clocks(None, None, None, None)


@lru_cache(maxsize=4096)
def _clocks(
    start: date, promise: tuple[int, str], limit: tuple[int, str], calendar: WorkCalendar, today: date
) -> Clocks:
    promised, statutory = (run_clock(start, Limit(value, Unit(unit)), calendar) for value, unit in (promise, limit))
    return Clocks(promised, statutory, elapsed(promised, today), remaining(promised, today))


UNIT_WORDS = {"workday": "工作日", "calday": "日（自然日）", "month": "个月"}


def limit_text(value: int, unit: str) -> str:
    """10个工作日, 30日（自然日）, 3个月; 0 reads 当场办结."""
    if value == 0:
        return "当场办结"
    return {"workday": f"{value}个工作日", "calday": f"{value}日（自然日）", "month": f"{value}个月"}[unit]


_ENDINGS = {
    State.NOT_REQUIRED: "告知不需要办理",
    State.NOT_ACCEPTED: "作出不予受理决定",
    State.WITHDRAWN: "您撤回申请",
}


def _milestones(case: PublicCase) -> list[tuple[date, str]]:
    moments = (
        (case.received_at, "收到材料"),
        (case.accepted_on, "视为受理" if case.deemed_accepted else "受理"),
        (case.decided_at, "作出决定"),
        (case.issued_at, "制成证件"),
        (case.delivered_at, "送达"),
        (None if case.delivered_at else case.ended_at, _ENDINGS.get(State(case.state), "终止办理")),
    )
    return [(local_date(at) if isinstance(at, datetime) else at, label) for at, label in moments if at is not None]


def _read(statement: Statement, value: str) -> PublicCase | None:
    row = statement.first([value])
    return None if row is None else _typed(row)


def _typed(row: tuple) -> PublicCase:
    if connection.vendor == "postgresql":
        return PublicCase._make(row)
    return PublicCase._make(_from_sqlite(name, value) for name, value in zip(PublicCase._fields, row, strict=True))


def _from_sqlite(name: str, value):
    if value is None:
        return None
    if name.endswith("_at"):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if name.endswith("_on"):
        return value if isinstance(value, date) else date.fromisoformat(value)
    return bool(value) if name == "deemed_accepted" else value


@lru_cache(maxsize=2)
def _departments(_slot: int) -> dict[int, Department]:
    return {department.pk: department for department in Department.objects.all()}


def _department(pk: int) -> Department:
    """Names and phones of bodies change rarely: a process may see them a minute late, but a new body at once."""
    slot = int(monotonic() // 60)
    if pk not in _departments(slot):
        _departments.cache_clear()
    return _departments(slot)[pk]
