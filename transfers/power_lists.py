"""权力清单、责任清单: which body holds what over which matter on any day, and what differs between two days.

A list is made of duties. Today's source is competence (``matters.Authority``); another one, such as who supervises, is a
function of the day that returns duties, and one line in ``SOURCES``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.spreadsheets import Column, Sheet, write_xlsx
from matters.models import Authority, Power
from matters.queries import in_force


@dataclass(frozen=True)
class Duty:
    """一行清单: what one body does about one matter, since when, by which instrument."""

    matter_code: str
    matter_name: str
    body_code: str
    body_name: str
    what: str
    since: date
    instrument: str


def powers_held(on: date) -> list[Duty]:
    """Who accepts, decides and seals, in order of matter; one query. Powers held together stand in one row."""
    order = {power.value: place for place, power in enumerate(Power)}
    rows = Authority.objects.filter(in_force(on)).select_related("matter", "department").order_by("matter__code")
    found: dict[tuple, Duty] = {}
    for row in sorted(rows, key=lambda one: (one.matter.code, order[one.power])):
        key = (row.matter_id, row.department_id, row.valid_from, row.instrument)
        before = found.get(key)
        word = row.get_power_display()
        found[key] = (
            replace(before, what=f"{before.what}、{word}")
            if before
            else Duty(
                row.matter.code,
                row.matter.name,
                row.department.code,
                row.department.name,
                word,
                row.valid_from,
                row.instrument,
            )
        )
    return list(found.values())


SOURCES: tuple[Callable[[date], list[Duty]], ...] = (powers_held,)


def duties_on(on: date, *, body: str = "", matter: str = "") -> list[Duty]:
    """All duties on ``on``, of one body or about one matter if asked."""
    return [
        duty
        for source in SOURCES
        for duty in source(on)
        if (not body or duty.body_code == body) and (not matter or duty.matter_code == matter)
    ]


@dataclass(frozen=True)
class Share:
    """一个机关的清单: the body and how many matters stand on its list."""

    code: str
    name: str
    count: int


def shares_of(duties: list[Duty]) -> list[Share]:
    """The bodies of a list with their numbers of matters, the longest first."""
    matters: dict[tuple[str, str], set[str]] = {}
    for duty in duties:
        matters.setdefault((duty.body_code, duty.body_name), set()).add(duty.matter_code)
    found = [Share(code, name, len(codes)) for (code, name), codes in matters.items()]
    return sorted(found, key=lambda share: (-share.count, share.code))


@dataclass(frozen=True)
class Difference:
    """一处变动: about one matter, what was on the first day and what is on the second ("" for nothing)."""

    matter_code: str
    matter_name: str
    before: str
    after: str
    instrument: str


def differences_between(earlier: date, later: date, *, body: str = "") -> list[Difference]:
    """Every matter whose duties are other bodies' on the second day than on the first, of one body (either side) if asked."""
    first, second = _by_matter(duties_on(earlier)), _by_matter(duties_on(later))
    found = []
    for code in sorted(first.keys() | second.keys()):
        old, new = first.get(code, []), second.get(code, [])
        if {(one.body_code, one.what) for one in old} == {(one.body_code, one.what) for one in new}:
            continue
        if body and body not in {one.body_code for one in old + new}:
            continue
        name = (new or old)[0].matter_name
        instruments = sorted({one.instrument for one in new} - {one.instrument for one in old})
        found.append(Difference(code, name, _told(old), _told(new), "；".join(instruments)))
    return found


def _by_matter(duties: list[Duty]) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {}
    for duty in duties:
        found.setdefault(duty.matter_code, []).append(duty)
    return found


def _told(duties: list[Duty]) -> str:
    return "；".join(f"{one.body_name}{one.what}" for one in duties)


_LIST = (
    Column("matter_code", "事项代码"),
    Column("matter_name", "事项名称"),
    Column("body_name", "机关"),
    Column("what", "职权"),
    Column("since", "自"),
    Column("instrument", "依据"),
)
_CHANGES = (
    Column("matter_code", "事项代码"),
    Column("matter_name", "事项名称"),
    Column("before", "原"),
    Column("after", "现"),
    Column("instrument", "依据"),
)


def as_table(on: date, *, body: str = "", since: date | None = None) -> bytes:
    """The list as XLSX; with ``since`` a second sheet tells the difference."""
    sheets = [Sheet(f"清单{on.isoformat()}", _LIST, [vars(one) for one in duties_on(on, body=body)])]
    if since is not None:
        changes = differences_between(since, on, body=body)
        sheets.append(Sheet(f"与{since.isoformat()}的差异", _CHANGES, [vars(one) for one in changes]))
    return write_xlsx(sheets)


def body_named(code: str) -> Department | None:
    """The body with this code, or None."""
    return Department.objects.filter(code=code.strip().upper()[:16]).first() if code else None
