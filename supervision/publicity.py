"""公示, read: the public list and its files, what is late, and what has no entry yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.rules import rule_value
from windows.domain.licences import TO_CANCEL_STATES, LicenceState, live_state
from windows.models import CaseEvent

from . import permissions
from .clocks import due_after
from .domain.publicity import (
    CATEGORIES,
    HOLDER_KINDS,
    NO_END,
    PUBLISHED_EVENTS,
    PUBLISHED_MATTER_TYPE,
    Standing,
    standing_of,
)
from .domain.pushes import DecisionType
from .models import PublicityEntry
from .payloads import decided_on

PAGE_SIZE = 50
#: A file holds no more than this; more is narrowed by month or by what is searched for.
MOST_IN_A_FILE = 20_000

#: What ends a licence for good, so that nothing granted on it holds either.
_ENDED = [state.value for state in (*TO_CANCEL_STATES, LicenceState.CANCELLED) if state is not LicenceState.EXPIRED]
_COLUMNS = (
    "id",
    "number",
    "kind",
    "holder_name",
    "holder_kind",
    "holder_code",
    "legal_representative",
    "matter_name",
    "document_title",
    "document_number",
    "category",
    "content",
    "decided_on",
    "valid_from",
    "valid_to",
    "organ_name",
    "organ_code",
    "published_on",
    "case__licence__title",
    "case__licence__number",
    "case__licence__state",
    "case__licence__valid_to",
    "case__licence__suspended_until_on",
    "case__licence__next__valid_from",
    "case__subject_licence__state",
)


@dataclass(frozen=True, slots=True)
class PublicRow:
    """公示的一条: one attribute a column of the query; the licence's part is as it is today."""

    id: int
    number: str
    kind: str
    holder_name: str
    holder_kind: str
    holder_code: str
    legal_representative: str
    matter_name: str
    document_title: str
    document_number: str
    category: str
    content: str
    decided_on: date
    valid_from: date | None
    valid_to: date | None
    organ_name: str
    organ_code: str
    published_on: date
    licence_title: str | None
    licence_number: str | None
    licence_state: str | None
    licence_valid_to: date | None
    suspended_until: date | None
    successor_from: date | None
    subject_state: str | None

    @property
    def is_of_a_person(self) -> bool:
        return self.holder_kind == "natural"

    @property
    def kind_label(self) -> str:
        return DecisionType(self.kind).label

    @property
    def holder_kind_label(self) -> str:
        return HOLDER_KINDS[self.holder_kind]

    @property
    def category_label(self) -> str:
        return CATEGORIES[self.category]

    def standing_on(self, today: date) -> Standing:
        """Whether what was granted holds on ``today``; before its licence is made, whether what it changes still stands."""
        if self.licence_state is None:
            ended = self.subject_state if self.subject_state in _ENDED else None
            state, valid_to = LicenceState(ended or LicenceState.VALID.value), self.valid_to
        else:
            state, valid_to = LicenceState(self.licence_state), self.licence_valid_to
        return standing_of(
            live_state(
                state,
                valid_to=valid_to,
                suspended_until=self.suspended_until,
                successor_from=self.successor_from,
                on=today,
            )
        )

    def fields_on(self, today: date) -> dict[str, str]:
        """The entry by the codes of the table; of a person only name, kind, matter and decision."""
        standing = self.standing_on(today)
        common = {
            "XK_XDR_MC": self.holder_name,
            "XK_XDR_LB": self.holder_kind_label,
            "XK_XKWS": self.document_title,
            "XK_WSH": self.document_number,
            "XK_XKLB": self.category_label,
            "XK_JDRQ": self.decided_on.isoformat(),
            "XK_XKJG": self.organ_name,
            "XK_XKJGDM": self.organ_code,
            "XK_ZT": standing.code,
            "XK_LYDW": self.organ_name,
            "XK_LYDWDM": self.organ_code,
            "BZ": "；".join(filter(None, (self.matter_name, standing.remark))),
        }
        if self.is_of_a_person:
            return common
        return common | {
            "XK_XDR_SHXYM": self.holder_code,
            "XK_FRDB": self.legal_representative,
            "XK_XKZS": self.licence_title or "",
            "XK_XKBH": self.licence_number or "",
            "XK_NR": self.content,
            "XK_YXQZ": self.valid_from.isoformat() if self.valid_from else "",
            "XK_YXQZI": self.valid_to.isoformat() if self.valid_to else NO_END,
        }


@dataclass(frozen=True)
class Wanted:
    """筛选: which state, which month (2026-03), what was searched for; blank means any."""

    state: str = ""
    month: str = ""
    search: str = ""


@dataclass(frozen=True)
class PublicPage:
    """一页: the rows, and the cursor of the next page ("" on the last)."""

    rows: Sequence[PublicRow]
    next_cursor: str


def public_page(wanted: Wanted, *, today: date, cursor: str = "") -> PublicPage:
    """One page of what is published, newest first; one query. Raises InvalidInput for a filter or cursor nobody gave out."""
    found = _wanted(wanted, today)
    if cursor:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise InvalidInput("翻页位置无效；请从第一页重新查看。")
        found = found.filter(pk__lt=int(cursor))
    rows = [PublicRow(*values) for values in found.values_list(*_COLUMNS)[: PAGE_SIZE + 1]]
    more = str(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    return PublicPage(rows[:PAGE_SIZE], more)


def rows_for_file(wanted: Wanted, *, today: date) -> list[PublicRow]:
    """Everything published that is wanted, newest first; one query. Raises InvalidInput when it is more than a file holds."""
    rows = [PublicRow(*values) for values in _wanted(wanted, today).values_list(*_COLUMNS)[: MOST_IN_A_FILE + 1]]
    if len(rows) > MOST_IN_A_FILE:
        raise InvalidInput(f"符合条件的公示超过{MOST_IN_A_FILE}条；请选择月份后再下载。")
    return rows


def public_row(number: str) -> PublicRow | None:
    """One published entry; None for one that was withdrawn. Raises NotFound for a number that was never given."""
    found = PublicityEntry.objects.filter(number=number[:20])
    values = found.filter(state=PublicityEntry.State.PUBLISHED).values_list(*_COLUMNS).first()
    if values is None and not found.exists():
        raise NotFound(permissions.NO_SUCH_ENTRY)
    return PublicRow(*values) if values else None


def _wanted(wanted: Wanted, today: date) -> QuerySet[PublicityEntry]:
    found = PublicityEntry.objects.filter(state=PublicityEntry.State.PUBLISHED)
    if wanted.state:
        if wanted.state not in {"valid", "invalid"}:
            raise InvalidInput("没有这个列表；请从公示重新进入。")
        held = _holds_on(today)
        found = found.filter(held if wanted.state == "valid" else ~held)
    if wanted.month:
        found = found.filter(decided_on__range=_month(wanted.month))
    if text := wanted.search.strip()[:60]:
        found = found.filter(_search(text))
    return found.order_by("-id")


def _month(text: str) -> tuple[date, date]:
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=SHANGHAI).date()
    except ValueError:
        raise InvalidInput("月份应写作2026-03的形式。", fields={"month": "月份应写作2026-03的形式。"}) from None
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def _search(text: str) -> Q:
    """Part of what the list shows: a name as published, a matter, a document number; a credit code in full."""
    number = text.replace(" ", "").translate(str.maketrans("[](（)）", "〔〕〔〔〕〕"))
    return (
        Q(holder_name__icontains=text)
        | Q(matter_name__icontains=text)
        | Q(document_number__contains=number)
        | Q(holder_code=text.upper())
    )


def _holds_on(today: date) -> Q:
    """The same answer as ``standing_on``, asked of the database."""
    lasts = Q(case__licence__valid_to__isnull=True) | Q(case__licence__valid_to__gte=today)
    newest = Q(case__licence__next__isnull=True) | Q(case__licence__next__valid_from__gt=today)
    usable = Q(case__licence__state=LicenceState.VALID.value) | Q(
        case__licence__state=LicenceState.SUSPENDED.value, case__licence__suspended_until_on__lt=today
    )
    unmade = Q(case__licence__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    subject_stands = Q(case__subject_licence__isnull=True) | ~Q(case__subject_licence__state__in=_ENDED)
    return (unmade & subject_stands) | (usable & lasts & newest)


# For the desk and the lights


@dataclass(frozen=True)
class LatePublicity:
    """逾期公示: one decision published after its term, or not yet (``published_on`` None); the key is the decision's own."""

    key: str
    event_id: int
    case_number: str
    matter_name: str
    organ_id: int
    decided_on: date
    due_on: date | None
    published_on: date | None

    def is_late_on(self, today: date) -> bool:
        return self.due_on is not None and (self.published_on or today) > self.due_on


def unpublished_events(*, since: datetime | None, on: date) -> QuerySet[CaseEvent]:
    """Granting decisions of licences that have no entry, recorded ``since`` (None: ever)."""
    first = date.fromisoformat(rule_value("publicity_from", on))
    events = CaseEvent.objects.filter(kind__in=PUBLISHED_EVENTS, case__matter__matter_type=PUBLISHED_MATTER_TYPE)
    if since is not None:
        events = events.filter(recorded_at__gte=since)
    # What was decided before publicity began here was published where it was decided.
    events = events.filter(at__gte=datetime(first.year, first.month, first.day, tzinfo=SHANGHAI))
    return events.filter(~Exists(PublicityEntry.objects.filter(event=OuterRef("pk"))))


def unpublished(on: date) -> list[LatePublicity]:
    """Every decision that waits to be published on ``on``, with its last day; a query, and the clock once a day of decision."""
    events = unpublished_events(since=None, on=on).select_related("case__edition").order_by("at", "id")
    terms: dict[date, date | None] = {}
    rows = []
    for event in events:
        day = decided_on(event)
        if day not in terms:
            terms[day] = due_after("publicity_days", day)
        rows.append(_late(event.pk, event.case, day, terms[day], None))
    return rows


def published_late(*, since: date) -> list[LatePublicity]:
    """What was published after its last day, decided ``since``; one query."""
    found = (
        PublicityEntry.objects.filter(decided_on__gte=since, published_on__gt=F("publish_by_on"))
        .select_related("case__edition")
        .order_by("decided_on", "id")
    )
    return [_late(one.event_id, one.case, one.decided_on, one.publish_by_on, one.published_on) for one in found]


def _late(event_id: int, case, decided: date, due: date | None, published: date | None) -> LatePublicity:
    return LatePublicity(
        key=f"publicity:{event_id}",
        event_id=event_id,
        case_number=case.number,
        matter_name=case.edition.name,
        organ_id=case.deciding_department_id,
        decided_on=decided,
        due_on=due,
        published_on=published,
    )


def late_for(user: User, today: date) -> list[LatePublicity]:
    """What waits, and what was published late this year, of the bodies this person answers for; of all for watchers."""
    found = unpublished(today) + published_late(since=today.replace(month=1, day=1))
    if user.has_role(*permissions.WATCHERS):
        return found
    bodies = permissions.answering_bodies(user)
    return [one for one in found if one.organ_id in bodies]


def desk_page(user: User, *, state: str, search: str, cursor: str) -> tuple[list[PublicityEntry], str]:
    """One page of the entries in ``state`` this person may correct or watch, newest first, and the cursor of the next."""
    found = permissions.publicity_visible_to(user).filter(state=state).select_related("withdrawn_by")
    if search:
        found = found.filter(_search(search) | Q(number=search.upper()))
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        found = found.filter(pk__lt=int(cursor))
    rows = list(found.order_by("-id")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""


def get_visible_entry(user: User, number: str) -> PublicityEntry:
    """The entry with its case and who withdrew it; raises NotFound for what is not this person's to know of."""
    found = permissions.publicity_visible_to(user).select_related("case__deciding_department", "withdrawn_by")
    entry = found.filter(number=number[:20]).first()
    if entry is None:
        raise NotFound(permissions.NO_SUCH_ENTRY)
    return entry


def lock_entry(number: str) -> PublicityEntry:
    """The entry, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = (
        PublicityEntry.objects.select_for_update(of=("self",))
        .select_related("case", "event")
        .filter(number=number[:20])
        .first()
    )
    if found is None:
        raise NotFound(permissions.NO_SUCH_ENTRY)
    return found
