"""The public's view of one case: found by number and code, in one query, with one answer for unknown and wrong.

The code is compared as a keyed HMAC on one path whether the case exists or not (control C3). Failures are counted per
case and address, per address, and for the whole site; somebody who has not failed gets in even while a case is attacked.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import query_code_hmac, token_digest
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.statements import Statement
from matters import queries as catalogue

from .clocks import clocks_of, limits_of
from .documents import has_certificate
from .domain.asked import asked_sentences
from .domain.case_numbers import is_case_number
from .domain.clock import ClockResult, elapsed, remaining
from .domain.progress import Paused, Standing, clock_sentences, next_sentence, state_sentence
from .domain.promised import check_sentence
from .domain.states import HANDLING_STATES, State
from .intake_modes import open_items
from .models import Case, Deferral, PostCheck

#: The longest a person may type, with blanks and hyphens between.
NUMBER_LENGTH, CODE_LENGTH = 20, 12

NOT_FOUND = "没有查到。请核对受理编号和查询码；查询码在收件凭证右上角。"
TOO_MANY = "查询次数过多，请一小时后再试；也可以持收件凭证到窗口或拨打咨询电话查询。"

_COLUMNS = (
    "id, number, edition_id, handling_department_id, state, deemed_accepted, received_at, accepted_on, decided_at, issued_at, "
    "delivered_at, ended_at, clock_from_on, intake_due_on, correction_deadline_on, promised_due_on, statutory_due_on, "
    "delivery_due_on, calendar_missing_year, light, asked, query_code_hmac, query_token_hash, "
    "clock_stops, extension_value, is_joint, origin, purpose, deemed_renewed, deferred_acceptance, by_commitment"
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
    asked: str | None
    query_code_hmac: str
    query_token_hash: str
    clock_stops: list[dict]
    extension_value: int
    is_joint: bool
    origin: str
    purpose: str
    deemed_renewed: bool
    deferred_acceptance: bool
    by_commitment: bool


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
    asked: list[str]
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
    guard = _Guard(number, address, at)
    guard.check()
    row = _read(_BY_NUMBER, number if is_case_number(number) else "")
    expected = row.query_code_hmac if row is not None else "0" * 64
    given = query_code_hmac(code.replace("-", "").replace(" ", ""))
    if not hmac.compare_digest(expected, given) or row is None:
        guard.failed()
        raise NotFound(NOT_FOUND)
    return row


def find_by_token(token: str, *, address: str, at: datetime) -> PublicCase:
    """The case whose receipt carries this QR token; raises as ``find_by_code`` does."""
    guard = _Guard("", address, at)
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
    clocks = clocks_of(case, edition, current_calendar())
    promised = statutory = None
    if clocks is not None:
        promised, statutory = clocks.promised, clocks.statutory
    limit = limits_of(case, edition)[1]
    asked = asked_sentences(json.loads(case.asked), today=today) if case.asked and state in HANDLING_STATES else []
    asked += _promise_check(case)
    standing = Standing(
        state=state,
        received_on=local_date(case.received_at),
        accepted_on=case.accepted_on,
        deemed_accepted=case.deemed_accepted,
        clock_from_on=case.clock_from_on,
        statutory_limit=limit_text(limit.value, limit.unit),
        promised_limit=limit_text(edition.promised_value, edition.promised_unit),
        intake_due_on=case.intake_due_on,
        correction_deadline_on=case.correction_deadline_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        delivery_due_on=case.delivery_due_on,
        decided_on=local_date(case.decided_at) if case.decided_at else None,
        calendar_missing_year=case.calendar_missing_year,
        days_used=_used(promised, today),
        days_left=remaining(promised, today) if promised else None,
        unit=UNIT_WORDS[edition.promised_unit],
        has_certificate=has_certificate(edition)
        and case.purpose != Case.Purpose.CANCELLATION
        and not (state is State.DELIVERED and case.issued_at is None),
        bureau=department.name,
        is_asked=bool(asked),
        paused=_paused(case),
        extension=limit_text(case.extension_value, limit.unit) if case.extension_value else "",
        correction_days_left=_correction_days_left(case, state, today),
        purpose=case.purpose,
        is_own_motion=case.origin == Case.Origin.EX_OFFICIO,
        deemed_renewed=case.deemed_renewed,
        by_commitment=case.by_commitment,
        **_deferral(case, today),
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
        asked=asked,
        milestones=_milestones(case),
        promised=promised,
        statutory=statutory,
    )


def _deferral(case: PublicCase, today: date) -> dict[str, object]:
    """What the applicant still has to bring, and until when; no query for a case that owes nothing."""
    if not case.deferred_acceptance:
        return {}
    deferral = Deferral.objects.filter(case_id=case.id, settled_at__isnull=True, ended_at__isnull=True).first()
    if deferral is None:
        return {}
    return {
        "deferred_names": tuple(item.material.edition_material.name for item in open_items(deferral)),
        "deferral_due_on": deferral.due_on,
        "deferral_is_late": deferral.due_on is not None and deferral.due_on < today,
    }


def _promise_check(case: PublicCase) -> list[str]:
    """Whether the promise is being checked, and what was found; no query for a case that rests on none."""
    if not case.by_commitment or case.decided_at is None:
        return []
    found = PostCheck.objects.filter(case_id=case.id).values("state", "due_on", "rectify_due_on").first()
    return [check_sentence(**found)] if found else []


#: How the days of a limit are counted out, used and left.
UNIT_WORDS = {"workday": "个工作日", "calday": "日", "month": "日"}


def limit_text(value: int, unit: str) -> str:
    """10个工作日, 30日（自然日）, 3个月; 0 reads 当场办结."""
    if value == 0:
        return "当场办结"
    return {"workday": f"{value}个工作日", "calday": f"{value}日（自然日）", "month": f"{value}个月"}[unit]


def _used(result: ClockResult | None, today: date) -> int | None:
    return None if result is None else elapsed(result, today)


def _paused(case: PublicCase) -> Paused | None:
    """What stands still and why: all procedures within their told time, else the newest whose told time has run out."""
    standing = [stop for stop in case.clock_stops if not stop["ended"]]
    within = [stop for stop in standing if stop["end"] is None]
    shown = within or standing[-1:]
    if not shown:
        return None
    told = [stop["told_until"] for stop in shown]
    return Paused(
        label="、".join(dict.fromkeys(stop["label"] for stop in shown)),
        paper="、".join(stop["reference"] for stop in shown),
        since=date.fromisoformat(min(stop["start"] for stop in shown)),
        told_until=date.fromisoformat(max(told)) if all(told) else None,
        is_over=not within,
    )


def _correction_days_left(case: PublicCase, state: State, today: date) -> int | None:
    """Said once the end of the applicant's term is near: nothing lapses before it was."""
    due = case.correction_deadline_on
    if state is not State.CORRECTION_PENDING or due is None or due < today:
        return None
    left = current_calendar().workdays_between(today, due)
    return left if left <= rule_int("correction_remind_days", today) else None


_ENDINGS = {
    State.NOT_REQUIRED: "告知不需要办理",
    State.NOT_ACCEPTED: "作出不予受理决定",
    State.WITHDRAWN: "您撤回申请",
    State.LAPSED: "逾期未补正，终止办理",
}


def _milestones(case: PublicCase) -> list[tuple[date, str]]:
    moments = (
        (case.received_at, "立案" if case.origin == Case.Origin.EX_OFFICIO else "收到材料"),
        (case.accepted_on, _acceptance_of(case)),
        (case.decided_at, "视为准予延续" if case.deemed_renewed else "作出决定"),
        (case.issued_at, "制成证件"),
        (case.delivered_at, "送达"),
        (None if case.delivered_at else case.ended_at, _ENDINGS.get(State(case.state), "终止办理")),
    )
    dated = [(local_date(at) if isinstance(at, datetime) else at, label) for at, label in moments if at is not None]
    told = [(date.fromisoformat(one["start"]), f"告知{one['label']}，次日起暂停计时") for one in case.clock_stops]
    return sorted(dated + told, key=lambda milestone: milestone[0])


def _acceptance_of(case: PublicCase) -> str:
    if case.deemed_accepted:
        return "视为受理"
    return "容缺受理" if case.deferred_acceptance else "受理"


def _read(statement: Statement, value: str) -> PublicCase | None:
    row = statement.first([value])
    return None if row is None else _typed(row)


def _typed(row: tuple) -> PublicCase:
    if connection.vendor == "postgresql":
        case = PublicCase._make(row)
        return case._replace(clock_stops=json.loads(case.clock_stops))
    return PublicCase._make(_from_sqlite(name, value) for name, value in zip(PublicCase._fields, row, strict=True))


def _from_sqlite(name: str, value):
    if value is None:
        return None
    if name.endswith("_at"):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if name.endswith("_on"):
        return value if isinstance(value, date) else date.fromisoformat(value)
    if name == "clock_stops":
        return json.loads(value)
    flags = {"deemed_accepted", "deemed_renewed", "is_joint", "deferred_acceptance", "by_commitment"}
    return bool(value) if name in flags else value


@lru_cache(maxsize=2)
def _departments(_slot: int) -> dict[int, Department]:
    return {department.pk: department for department in Department.objects.all()}


def _department(pk: int) -> Department:
    """Names and phones of bodies change rarely: a process may see them a minute late, but a new body at once."""
    slot = int(monotonic() // 60)
    if pk not in _departments(slot):
        _departments.cache_clear()
    return _departments(slot)[pk]


class TooManyTries(DomainError):
    """查询过于频繁"""

    status = 429


class _Guard:
    """Counts failed look-ups in the cache and refuses when a limit is reached."""

    def __init__(self, number: str, address: str, at: datetime):
        hour, minute = int(at.timestamp() // 3600), int(at.timestamp() // 60)
        self.today = local_date(at)
        digest = token_digest(f"{address}|{number}")[:24]
        self.pair = f"q:pair:{digest}:{hour}"
        self.case = f"q:case:{token_digest(number)[:24]}:{hour}"
        self.address = f"q:addr:{token_digest(address)[:24]}:{hour}"
        self.site = f"q:site:{minute}"

    def check(self) -> None:
        counts = cache.get_many([self.pair, self.case, self.address, self.site])
        if not counts:
            return
        per_case = rule_int("query_attempts_per_case", self.today)
        pair = counts.get(self.pair, 0)
        if (
            pair >= per_case
            or (pair and counts.get(self.case, 0) >= 10 * per_case)
            or counts.get(self.address, 0) >= rule_int("query_attempts_per_address", self.today)
            or counts.get(self.site, 0) >= rule_int("query_attempts_global", self.today)
        ):
            raise TooManyTries(TOO_MANY)

    def failed(self) -> None:
        for key, seconds in ((self.pair, 3600), (self.case, 3600), (self.address, 3600), (self.site, 60)):
            if not cache.add(key, 1, timeout=seconds):
                try:
                    cache.incr(key)
                except ValueError:  # the key ended between the two calls
                    cache.add(key, 1, timeout=seconds)
