"""权力清单、责任清单: which body holds and answers for what on any day, and what differs between two days.

A list is made of duties: powers from competence (``matters.Authority``), responsibilities from the boundary
(``matters.BoundaryItem``). Another source is a function of the day that returns duties, and one line in ``SOURCES``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.spreadsheets import Column, Sheet, write_xlsx
from matters.boundaries import items_with_bodies
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
    is_power: bool = True


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


def responsibilities_held(on: date) -> list[Duty]:
    """Who leads the supervision, shares it and enforces, in order of matter; two queries."""
    found = []
    for item in items_with_bodies().filter(in_force(on)).select_related("matter").order_by("matter__code"):
        shared = [(body, "协同监管") for body in item.further_orgs.all()]
        enforcing = [(item.enforce_org, "执法")] if item.enforce_org is not None else []
        for body, word in [(item.supervise_org, "主要监管"), *shared, *enforcing]:
            found.append(
                Duty(
                    item.matter.code,
                    item.matter.name,
                    body.code,
                    body.name,
                    word,
                    item.valid_from,
                    item.memo_no or item.basis,
                    is_power=False,
                )
            )
    return found


SOURCES: tuple[Callable[[date], list[Duty]], ...] = (powers_held, responsibilities_held)


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
    """一个机关的清单: the body, and over how many matters it has powers and responsibilities."""

    code: str
    name: str
    powers: int
    responsibilities: int


def shares_of(duties: list[Duty]) -> list[Share]:
    """The bodies of a list with their numbers of matters, the most powers first."""
    matters: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for duty in duties:
        responsibilities, powers = matters.setdefault((duty.body_code, duty.body_name), (set(), set()))
        (powers if duty.is_power else responsibilities).add(duty.matter_code)
    found = [Share(code, name, len(powers), len(others)) for (code, name), (others, powers) in matters.items()]
    return sorted(found, key=lambda share: (-share.powers, -share.responsibilities, share.code))


@dataclass(frozen=True)
class Difference:
    """一处变动: about one matter, what was on the first day and what is on the second ("" for nothing)."""

    kind: str
    matter_code: str
    matter_name: str
    before: str
    after: str
    instrument: str


def differences_between(earlier: date, later: date, *, body: str = "") -> list[Difference]:
    """Every matter whose powers, then whose responsibilities are other bodies' on the second day, of one body if asked."""
    first, second = _by_matter(duties_on(earlier)), _by_matter(duties_on(later))
    found = []
    for place in sorted(first.keys() | second.keys(), key=lambda place: (not place[0], place[1])):
        old, new = first.get(place, []), second.get(place, [])
        if {(one.body_code, one.what) for one in old} == {(one.body_code, one.what) for one in new}:
            continue
        if body and body not in {one.body_code for one in old + new}:
            continue
        is_power, code = place
        name = (new or old)[0].matter_name
        instruments = sorted({one.instrument for one in new} - {one.instrument for one in old})
        kind = "职权" if is_power else "责任"
        found.append(Difference(kind, code, name, _told(old), _told(new), "；".join(instruments)))
    return found


def _by_matter(duties: list[Duty]) -> dict[tuple[bool, str], list[Duty]]:
    found: dict[tuple[bool, str], list[Duty]] = {}
    for duty in duties:
        found.setdefault((duty.is_power, duty.matter_code), []).append(duty)
    return found


def _told(duties: list[Duty]) -> str:
    return "；".join(f"{one.body_name}{one.what}" for one in duties)


_LIST = (
    Column("matter_code", "事项代码"),
    Column("matter_name", "事项名称"),
    Column("body_name", "机关"),
    Column("what", "职权或者责任"),
    Column("since", "自"),
    Column("instrument", "依据"),
)
_CHANGES = (
    Column("kind", "种类"),
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
