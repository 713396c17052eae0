"""证照登记: one page of licences by keyset, newest first; one query a page at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import CalendarMissing, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.rules import rule_int

from .domain.licences import LIVING_STATES, TO_CANCEL_STATES, LicenceState, live_state
from .licences import licences_visible_to, normalised_number

PAGE_SIZE = 50

#: The chips above the register: what each is called.
LISTS = (
    ("valid", "有效"),
    ("ending", "将届满"),
    ("suspended", "暂扣"),
    ("to_cancel", "应当注销"),
    ("cancelled", "已注销"),
    ("superseded", "已被替代"),
)

_COLUMNS = (
    "id",
    "number",
    "title",
    "matter__name",
    "holder__name",
    "valid_from",
    "valid_to",
    "state",
    "suspended_until_on",
    "next__valid_from",
    "issued_by_department__short_name",
)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """登记簿中的一张证照: plain values, one attribute a column of the query."""

    id: int
    number: str
    title: str
    matter_name: str
    holder_name: str
    valid_from: date
    valid_to: date | None
    stored_state: str
    suspended_until: date | None
    successor_from: date | None
    issued_by: str

    def state_on(self, today: date) -> LicenceState:
        return live_state(
            LicenceState(self.stored_state),
            valid_to=self.valid_to,
            suspended_until=self.suspended_until,
            successor_from=self.successor_from,
            on=today,
        )


@dataclass(frozen=True)
class Wanted:
    """筛选: which list, which matter, what was searched for; blank means any."""

    name: str = ""
    matter: str = ""
    search: str = ""


@dataclass(frozen=True)
class RegisterPage:
    """一页: the rows with their state of today, and the cursor of the next page ("" on the last)."""

    rows: Sequence[tuple[RegisterRow, LicenceState]]
    next_cursor: str


def register_page(user: User, wanted: Wanted, *, today: date, cursor: str = "") -> RegisterPage:
    """One page of the licences this person may know of. Raises InvalidInput for a list or a cursor nobody gave out."""
    found = licences_visible_to(user, today).filter(_list(wanted.name, today))
    if wanted.matter:
        found = found.filter(matter__code=wanted.matter.strip().upper())
    if wanted.search.strip():
        found = found.filter(_search(wanted.search.strip()))
    if cursor:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise InvalidInput("翻页位置无效；请从第一页重新查看。")
        found = found.filter(pk__lt=int(cursor))
    rows = [RegisterRow(*values) for values in found.order_by("-id").values_list(*_COLUMNS)[: PAGE_SIZE + 1]]
    more = str(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    return RegisterPage([(row, row.state_on(today)) for row in rows[:PAGE_SIZE]], more)


def _list(name: str, today: date) -> Q:
    living = [state.value for state in LIVING_STATES]
    match name:
        case "":
            return Q()
        case "ending":
            return Q(state__in=living, valid_to__gte=today, valid_to__lte=_ending_by(today), next__isnull=True)
        case "to_cancel":
            return Q(state__in=[state.value for state in TO_CANCEL_STATES])
        case "valid" | "suspended" | "cancelled" | "superseded":
            return Q(state=name)
    raise InvalidInput("没有这个列表；请从证照登记重新进入。")


def _ending_by(today: date) -> date:
    """The last expiry that is near enough to be reminded of; what the calendar does not reach yet is left out."""
    calendar = current_calendar()
    try:
        return calendar.add_workdays(today, rule_int("renewal_reminder", today))
    except CalendarMissing:
        return date(calendar.last_year, 12, 31)


def _search(text: str) -> Q:
    """A licence number or part of it, an identity code (by blind index), or part of the holder's name."""
    text = text[:60]
    upper = text.upper()
    if len(upper) in {15, 18} and upper.isascii() and upper.isalnum():
        return Q(holder__id_index=blind_index(upper, "party"))
    return Q(number__contains=normalised_number(text)) | Q(holder__name__icontains=text)
