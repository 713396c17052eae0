"""Lists of cases: one page of rows by keyset, first due first. One query a page at any size.

A list reads plain tuples, not model instances, and knows where it stopped by (due date, id), so page 200 costs what
page 1 does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.statements import Statement

from . import permissions
from .domain.case_numbers import is_case_number
from .domain.states import State
from .models import Case

PAGE_SIZE = 50

_COLUMNS = (
    "id",
    "number",
    "state",
    "light",
    "next_due_on",
    "promised_due_on",
    "statutory_due_on",
    "calendar_missing_year",
    "matter__code",
    "edition__name",
    "party__name",
    "party__kind",
    "reviewer__display_name",
    "deemed_accepted",
    "purpose",
    "origin",
)


#: What a decider may decide on the spot; the words of the partial index behind the list.
AT_ONCE = Q(state=State.RECEIVED.value, by_commitment=True) | Q(state=State.ACCEPTED.value, receipt_owed=True)


class Row(NamedTuple):
    """列表中的一件办件: plain values, one attribute a column of the query."""

    id: int
    number: str
    state: str
    light: str
    next_due_on: date
    promised_due_on: date | None
    statutory_due_on: date | None
    calendar_missing_year: int | None
    matter_code: str
    matter_name: str
    party_name: str
    party_kind: str
    reviewer_name: str | None
    deemed_accepted: bool
    purpose: str
    origin: str


@dataclass(frozen=True)
class Filter:
    """筛选: what the chips and the search box above a list say; blank means any."""

    states: tuple[State, ...]
    light: str = ""
    matter: str = ""
    search: str = ""
    mine: bool = False
    is_at_once: bool = False


@dataclass(frozen=True)
class Page:
    """一页: the rows, and the cursor of the next page ("" on the last)."""

    rows: Sequence[Row]
    next_cursor: str


def cases_page(user: User, wanted: Filter, *, right: str, cursor: str = "") -> Page:
    """One page of the cases this person works on (or, without a ``right``, may see), first due first.

    Raises InvalidInput for a cursor nobody gave out."""
    theirs = permissions.working_filter(user, right) if right else permissions.visible_filter(user)
    reviewer = user.pk if wanted.mine else None
    try:
        # The first page of a list is asked for all day; what one person typed or leafed to is built for that person.
        is_common = not (cursor or wanted.search or wanted.matter)
        build = _kept_statement if is_common else _statement
        statement, parameters = build(theirs, wanted, reviewer, _read_cursor(cursor) if cursor else None)
    except EmptyResultSet:  # somebody who may see no case at all
        return Page((), "")
    rows = [Row._make(values) for values in statement.all(parameters)]
    if len(rows) <= PAGE_SIZE:
        return Page(rows, "")
    last = rows[PAGE_SIZE - 1]
    return Page(rows[:PAGE_SIZE], f"{last.next_due_on:%Y%m%d}-{last.id}")


def _statement(
    theirs: Q, wanted: Filter, reviewer: int | None, after: tuple[date, int] | None
) -> tuple[Statement, tuple]:
    """One page's statement and its parameters; raises EmptyResultSet."""
    # The states as literals, so that a plan made without knowing the parameters may use the lists' partial indexes.
    states = ", ".join(f"'{state.value}'" for state in wanted.states)
    in_states = RawSQL(f"windows_case.state IN ({states})", (), output_field=BooleanField())  # noqa: S611  an enum's values
    cases = Case.objects.filter(theirs, in_states)
    if wanted.is_at_once:
        cases = cases.filter(AT_ONCE)
    if wanted.light:
        cases = cases.filter(light=wanted.light)
    if wanted.matter:
        cases = cases.filter(matter__code=wanted.matter)
    if reviewer is not None:
        cases = cases.filter(reviewer_id=reviewer)
    if wanted.search:
        cases = cases.filter(_search(wanted.search))
    if after is not None:
        due, pk = after
        cases = cases.filter(Q(next_due_on__gt=due) | Q(next_due_on=due, id__gt=pk))
    page = cases.order_by("next_due_on", "id").values_list(*_COLUMNS)[: PAGE_SIZE + 1]
    sql, parameters = page.query.sql_with_params()
    return Statement(sql), parameters


#: Building the statement takes four times as long as running it.
_kept_statement = lru_cache(maxsize=512)(_statement)


def _search(text: str) -> Q:
    """A case number, an identity code (by blind index), or part of the applicant's name."""
    text = text.strip()[:60]
    upper = text.upper()
    if is_case_number(upper):
        return Q(number=upper)
    if len(upper) in {15, 18} and upper.isascii() and upper.isalnum():
        return Q(party__id_index=blind_index(upper, "party"))
    return Q(party__name__icontains=text)


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, _, pk = cursor.partition("-")
    if len(cursor) > 30 or not (day.isascii() and day.isdigit() and len(day) == 8 and pk.isascii() and pk.isdigit()):
        raise InvalidInput("翻页位置无效；请从第一页重新查看。")
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(pk)
    except ValueError as error:
        raise InvalidInput("翻页位置无效；请从第一页重新查看。") from error
