"""What cases written in bulk draw on: matters with their editions, bodies and people, applicants, working days; read once."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.models import Department, Seal, User
from laiyang_approval.kernel.seals import seal_on
from laiyang_approval.kernel.working_days import WorkCalendar
from matters import queries as catalogue
from matters.models import Edition, Matter, MatterKind, Power

from ..documents import DocumentKind, certificate_kind, has_certificate
from ..models import Case, Party
from .bulk_rows import Rows, take_ids
from .codes import credit_code, mobile, resident_id

SURNAMES = "于王宫姜盖隋左董迟梁修衣孙柳尹兰纪辛史邹初鲍车吕宋昌慕"
GIVEN = "晓静海波志远文慧明哲丽华建国雪梅立新正义卫东守清源和平心怡维念慈子涵宇轩诗琪"
TRADES = (
    "餐饮店",
    "大药房",
    "快捷宾馆",
    "建筑工程有限公司",
    "种业有限公司",
    "超市",
    "烘焙坊",
    "矿泉水有限公司",
    "汽修厂",
    "口腔诊所",
)
PLACES = ("城厢街道", "古柳街道", "龙旺庄街道", "冯格庄街道", "柏林庄街道", "河洛镇", "沐浴店镇")
#: What a hall is asked for most; the other matters follow in the order of the catalogue, each rarer than the one before.
ASKED_FOR_MOST = ("SJ-02", "SJ-04", "SJ-01", "CG-02", "SJ-08", "WJ-06", "RS-02")
#: Applications come in on these last working days: two years.
WORKDAYS = 480
FIRST_SERIAL = 20_000


@dataclass(frozen=True)
class EditionInBulk:
    """One published edition and what every case under it needs of it."""

    edition: Edition
    material_ids: tuple[int, ...]
    basis: str
    certificate: DocumentKind | None


@dataclass(frozen=True)
class MatterInBulk:
    """One matter the bureau takes in, its editions oldest first, and who handles and decides."""

    matter: Matter
    editions: tuple[EditionInBulk, ...]
    handling: Department
    deciding: Department

    def edition_on(self, day: date) -> EditionInBulk:
        return next((one for one in reversed(self.editions) if one.edition.effective_from <= day), self.editions[0])


@dataclass
class World:
    """Everything a case is made of, and what has been worked out for an earlier one."""

    now: datetime
    random: random.Random
    calendar: WorkCalendar
    workdays: list[date]
    matters: list[MatterInBulk]
    weights: list[float]
    people: dict[str, User]
    parties: list[Party]
    _seals: dict[tuple[int, str, date], Seal] = field(default_factory=dict)
    _written: dict[tuple, dict[str, Any]] = field(default_factory=dict)

    def some_matter(self) -> MatterInBulk:
        return self.random.choices(self.matters, cum_weights=self.weights)[0]

    def seal(self, department: Department, kind: str, on: date) -> Seal:
        key = (department.pk, kind, on)
        if key not in self._seals:
            self._seals[key] = seal_on(department, kind, on)
        return self._seals[key]

    def start_clock(self, start: Callable[..., None], case: Case, edition: Edition, *, from_on: date) -> None:
        """Afterwards ``case`` carries what the clock's own ``start`` writes; the same limit and day are worked out once."""
        limits = (edition.statutory_value, edition.statutory_unit, edition.promised_value, edition.promised_unit)
        key = (start, from_on, limits)
        if key not in self._written:
            plain = {"edition": edition, "clock_stops": [], "extension_value": 0, "is_joint": False}
            case_to_start = SimpleNamespace(**plain)
            start(case_to_start, from_on=from_on, calendar=self.calendar, today=from_on)
            self._written[key] = {name: value for name, value in vars(case_to_start).items() if name not in plain}
        vars(case).update(self._written[key])


def build_world(at: datetime, *, seed: int, count: int) -> World:
    """Needs the catalogue, and people of the bureau (``bootstrap --demo``)."""
    rng = random.Random(seed)  # noqa: S311  a repeatable spread, not a secret
    today, calendar = local_date(at), current_calendar()
    matters = _matters(today)
    return World(
        now=at,
        random=rng,
        calendar=calendar,
        workdays=_last_workdays(calendar, today),
        matters=matters,
        weights=list(accumulate(1 / rank for rank in range(1, len(matters) + 1))),
        people={user.username: user for user in User.objects.all()},
        parties=_parties(max(50, count // 4), at),
    )


def _last_workdays(calendar: WorkCalendar, today: date) -> list[date]:
    found, day = [], today
    while len(found) < WORKDAYS:
        if calendar.is_workday(day):
            found.append(day)
        day -= timedelta(days=1)
    return found


def _matters(today: date) -> list[MatterInBulk]:
    found = []
    for matter in Matter.objects.filter(kind__in=[MatterKind.LICENCE, MatterKind.RELATED]).order_by("code"):
        if catalogue.closing_change(matter, today) is not None:
            continue
        accept = catalogue.authority_on(matter, today, Power.ACCEPT)
        decide = catalogue.authority_on(matter, today, Power.DECIDE)
        editions = tuple(_editions(matter))
        if accept is not None and decide is not None and accept.department.code == "SP" and editions:
            found.append(MatterInBulk(matter, editions, accept.department, decide.department))
    most = {code: rank for rank, code in enumerate(ASKED_FOR_MOST)}
    return sorted(found, key=lambda one: most.get(one.matter.code, len(most)))


def _editions(matter: Matter) -> Iterable[EditionInBulk]:
    published = matter.editions.filter(state="published").order_by("effective_from").values_list("pk", flat=True)
    for edition in map(catalogue.edition_with_materials, published):
        yield EditionInBulk(
            edition=edition,
            material_ids=tuple(row.pk for row in edition.materials.all()),
            basis="；".join(row.citation for row in edition.legal_bases.all()) or edition.statutory_basis,
            certificate=certificate_kind(edition) if has_certificate(edition) else None,
        )


@transaction.atomic
def _parties(count: int, at: datetime) -> list[Party]:
    """Made-up applicants, four in five of them organisations; those of an earlier run are used again."""
    parties = [_party(FIRST_SERIAL + index, at) for index in range(count)]
    known = {(id_kind, index): pk for pk, id_kind, index in Party.objects.values_list("pk", "id_kind", "id_index")}
    rows, ids = Rows(Party), take_ids(Party, count)
    for party in parties:
        party.pk = known.get((party.id_kind, party.id_index))
        if party.pk is None:
            party.pk = known[party.id_kind, party.id_index] = next(ids)
            rows.add_object(party)
    rows.write()
    return parties


def _party(serial: int, at: datetime) -> Party:
    """The same applicant for the same serial in every run."""
    surname = SURNAMES[serial // 5 % len(SURNAMES)]
    if is_organisation := serial % 5 != 0:
        id_kind, number = IdKind.CREDIT_CODE, credit_code(serial)
        name, representative = f"莱阳市某某{TRADES[serial // 7 % len(TRADES)]}（{serial}）", f"{surname}某某"
    else:
        id_kind = IdKind.RESIDENT_ID
        number = resident_id(date(1955, 1, 1) + timedelta(days=serial % 16_000), serial)
        start = serial // 11 % (len(GIVEN) - 1)
        name, representative = surname + GIVEN[start : start + 1 + serial // 13 % 2], ""
    return Party(
        kind=Party.Kind.LEGAL.value if is_organisation else Party.Kind.NATURAL.value,
        name=name,
        id_kind=id_kind.value,
        id_number=number,
        id_index=blind_index(number, "party"),
        phone=mobile(serial),
        address=f"莱阳市{PLACES[serial // 3 % len(PLACES)]}某某路{serial % 300}号",
        legal_representative=representative,
        created_at=at,
    )
