"""收件台: the window clerk's lists. One query a page at any size, continued by keyset; two more for the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.form_tokens import was_used
from laiyang_approval.kernel.models import User

from . import permissions
from .counters import counts_for, taken_in_on
from .domain.states import State
from .models import Case, IntakeDraft
from .preconditions import reported

PAGE_SIZE = 50
RIGHT = "intake_for_department"

#: The lists of the desk and what each is called.
LISTS = (("received", "待审核"), ("correction", "待补正"), ("today", "今日办件"), ("above", "已报上级"))

_COLUMNS = (
    "id",
    "number",
    "state",
    "light",
    "received_at",
    "intake_due_on",
    "correction_deadline_on",
    "promised_due_on",
    "calendar_missing_year",
    "matter__code",
    "edition__name",
    "party__name",
    "received_by__display_name",
)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """一行: plain values, one attribute a column of the query."""

    id: int
    number: str
    state: str
    light: str
    received_at: datetime
    intake_due_on: date | None
    correction_deadline_on: date | None
    promised_due_on: date | None
    calendar_missing_year: int | None
    matter_code: str
    matter_name: str
    party_name: str
    received_by: str | None

    @property
    def due_on(self) -> date | None:
        """The date this list waits for: the notice, the correction, or the promise."""
        if self.state == State.RECEIVED:
            return self.intake_due_on
        if self.state == State.CORRECTION_PENDING:
            return self.correction_deadline_on
        return self.promised_due_on

    @property
    def state_label(self) -> str:
        return State(self.state).label


@dataclass(frozen=True)
class DeskPage:
    """一页: the rows, the cursor of the next page ("" on the last), and how many cases each list holds."""

    name: str
    rows: Sequence[DeskRow]
    next_cursor: str
    counts: dict[str, str]


def desk_page(user: User, name: str, *, today: date, cursor: str = "") -> DeskPage:
    """One page of a list of the desk. Raises InvalidInput for a list or a cursor nobody gave out."""
    if name not in dict(LISTS):
        raise InvalidInput("没有这个列表；请从收件台重新进入。")
    rows = [DeskRow(*values) for values in _page(user, name, today=today, cursor=cursor)]
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return DeskPage(name, rows, _cursor(name, rows[-1]) if more else "", counts_for(user, dict(LISTS), today=today))


def _page(user: User, name: str, *, today: date, cursor: str) -> QuerySet:
    """The waiting list by due date, first due first; corrections oldest first; today's newest first."""
    cases = Case.objects.filter(permissions.working_filter(user, RIGHT))
    if name == "received":
        cases = cases.filter(state=State.RECEIVED.value)
        if cursor:
            day, pk = _read_cursor(cursor)
            cases = cases.filter(Q(next_due_on__gt=day) | Q(next_due_on=day, id__gt=pk))
        cases = cases.order_by("next_due_on", "id")
    elif name == "correction":
        cases = cases.filter(state=State.CORRECTION_PENDING.value)
        if cursor:
            cases = cases.filter(id__gt=_read_cursor(cursor)[1])
        cases = cases.order_by("id")
    elif name == "above":
        cases = reported(user)
        if cursor:
            cases = cases.filter(id__gt=_read_cursor(cursor)[1])
        cases = cases.order_by("id")
    else:
        cases = taken_in_on(user, today)
        if cursor:
            cases = cases.filter(id__lt=_read_cursor(cursor)[1])
        cases = cases.order_by("-id")
    return cases.values_list(*_COLUMNS)[: PAGE_SIZE + 1]


def _cursor(name: str, last: DeskRow) -> str:
    due = last.intake_due_on if name == "received" and last.intake_due_on else date.max
    return f"{due.year:04d}{due:%m%d}-{last.id}"


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, _, pk = cursor.partition("-")
    plain = cursor.isascii() and day.isdigit() and pk.isdigit() and len(day) == 8 and len(pk) <= 18
    try:
        if plain:
            return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(pk)
    except ValueError:
        pass
    raise InvalidInput("翻页位置无效；请从第一页重新查看。")


#: How far back the matters of the empty counter are looked for, and how many are shown.
RECENT_CASES, RECENT_MATTERS = 40, 6


def recent_matters(user: User) -> list[tuple[str, str]]:
    """Code and name of the matters this clerk took in last, newest first; one short query."""
    rows = Case.objects.filter(received_by=user).order_by("-id").values_list("matter__code", "matter__name")
    return list(dict.fromkeys(rows[:RECENT_CASES]))[:RECENT_MATTERS]


@dataclass(frozen=True)
class Draft:
    """收件草稿 as it stands: what was typed, field by field, and when it was saved."""

    fields: dict[str, str]
    saved_at: datetime


def draft_of(user: User) -> Draft | None:
    """What this clerk has typed and not yet taken in; None also when its form has already taken effect."""
    row = IntakeDraft.objects.filter(clerk=user).first()
    if row is None:
        return None
    content = row.content
    if not isinstance(content, dict) or was_used(content.get("token", "")):
        return None
    return Draft(content.get("fields", {}), row.saved_at)
