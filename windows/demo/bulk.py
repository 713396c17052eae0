"""A hundred thousand cases for measuring: written in bulk, yet with every invariant a command would have kept.

Chains verify, clocks are the clock's own, codes are valid and fictitious, numbers have no holes. Letters are written for
decisions and certificates, numbered and sealed from stored inputs; rendering them is not asked of a worker.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.crypto import blind_index, new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import allot_number, allot_numbers
from laiyang_approval.kernel.working_days import WorkCalendar
from matters import queries as catalogue
from matters.models import ClockStart, Edition, Matter, MatterKind, Power

from .. import events
from ..commands.clocking import start_decision_clock, start_delivery_clock, start_intake_clock, stop_clock
from ..commands.letters import compose_letter, series_of
from ..documents import DocumentKind, certificate_kind, has_certificate
from ..domain.case_numbers import case_number
from ..domain.lights import light_on, next_turn
from ..domain.states import State
from ..events import EventWriter
from ..models import Case, CaseEvent, CaseMaterial, Decision, Letter, Licence, Opinion, Party
from .codes import credit_code, mobile, resident_id

CHUNK = 1000
#: Out of a thousand cases: a tenth open, as in a bureau that decides in a week what comes in every day.
OPEN_STATES = Counter({State.RECEIVED: 12, State.ACCEPTED: 18, State.IN_REVIEW: 46, State.PENDING_DECISION: 10, State.GRANTED: 6, State.REFUSED: 2, State.ISSUED: 6})  # fmt: skip
CLOSED_STATES = Counter({State.DELIVERED: 860, State.WITHDRAWN: 40})
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


@dataclass
class _Chunk:
    """Rows of one transaction, in the order in which they must be written."""

    cases: list[Case] = field(default_factory=list)
    materials: list[CaseMaterial] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    writers: list[EventWriter] = field(default_factory=list)


@dataclass
class _World:
    """What every case draws on, read once."""

    now: datetime
    calendar: WorkCalendar
    random: random.Random
    matters: list[Matter]
    editions: dict[int, list[Edition]]
    bodies: dict[int, tuple[Department, Department]]
    people: dict[str, User]
    parties: list[Party]
    workdays: list[date]
    serials: dict[date, range] = field(default_factory=dict)


def load_cases(
    *, count: int, at: datetime, seed: int = 2018, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Afterwards ``count`` further cases stand, spread over matters, states and two years; returns how many were made.

    Each thousand is one transaction. Needs the catalogue, and people of the bureau (``bootstrap --demo``).
    """
    world = _world(at, seed, count)
    made = 0
    while made < count:
        size = min(CHUNK, count - made)
        with transaction.atomic():
            _write_chunk(world, size)
        made += size
        progress(made)
    return made


def _world(at: datetime, seed: int, count: int) -> _World:
    rng = random.Random(seed)  # noqa: S311  a repeatable spread, not a secret
    today = local_date(at)
    matters, editions, bodies = [], {}, {}
    for matter in Matter.objects.filter(kind__in=[MatterKind.LICENCE, MatterKind.RELATED]).order_by("code"):
        if catalogue.closing_change(matter, today) is not None:
            continue
        accept = catalogue.authority_on(matter, today, Power.ACCEPT)
        decide = catalogue.authority_on(matter, today, Power.DECIDE)
        published = [
            catalogue.edition_with_materials(pk)
            for pk in matter.editions.filter(state="published").order_by("effective_from").values_list("pk", flat=True)
        ]
        if accept is None or decide is None or accept.department.code != "SP" or not published:
            continue
        for edition in published:
            edition.matter = matter  # the same object for all, so that no letter asks for it again
        matters.append(matter)
        editions[matter.pk] = published
        bodies[matter.pk] = (accept.department, decide.department)
    calendar = current_calendar()
    workdays, day = [], today
    while len(workdays) < 480:
        if calendar.is_workday(day):
            workdays.append(day)
        day -= timedelta(days=1)
    people = {user.username: user for user in User.objects.select_related("department").prefetch_related("role_rows")}
    return _World(
        at, calendar, rng, matters, editions, bodies, people, _parties(rng, max(50, count // 4), at), workdays
    )


def _parties(rng: random.Random, count: int, at: datetime) -> list[Party]:
    """Made-up applicants, four in five of them organisations; those of an earlier run are used again."""
    rows = []
    for index in range(count):
        serial = 20_000 + index
        if index % 5:
            kind, id_kind, number = Party.Kind.LEGAL, IdKind.CREDIT_CODE, credit_code(serial)
            name = f"莱阳市某某{rng.choice(TRADES)}（{serial}）"
        else:
            kind, id_kind = Party.Kind.NATURAL, IdKind.RESIDENT_ID
            number = resident_id(date(1955, 1, 1) + timedelta(days=serial % 16_000), serial)
            name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2))))
        rows.append(
            Party(
                kind=kind,
                name=name,
                id_kind=id_kind.value,
                id_number=number,
                id_index=blind_index(number, "party"),
                phone=mobile(serial),
                address=f"莱阳市{rng.choice(PLACES)}某某路{serial % 300}号",
                legal_representative="" if kind == Party.Kind.NATURAL else rng.choice(SURNAMES) + "某某",
                created_at=at,
            )
        )
    Party.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    indexes = {(row.id_kind, row.id_index) for row in rows}
    return [party for party in Party.objects.all().iterator(5000) if (party.id_kind, party.id_index) in indexes]


def _write_chunk(world: _World, size: int) -> None:
    plans = sorted((_plan(world) for _ in range(size)), key=lambda plan: plan[1])
    _take_serials(world, [local_date(received) for _, received in plans])
    chunk = _Chunk()
    orders = iter(allot_numbers("受理次序-SP", period="all", count=size))
    for state, received in plans:
        _make_case(world, chunk, state, received, orders)
    _save(chunk)


def _plan(world: _World) -> tuple[State, datetime]:
    """The state a case ends in, and when it came in: open ones lately, closed ones in the two years before."""
    rng = world.random
    is_open = rng.random() < 0.1
    states = OPEN_STATES if is_open else CLOSED_STATES
    state = rng.choices(list(states), weights=states.values())[0]
    ago = min(int(rng.expovariate(1 / 6)), 60) if is_open else rng.randint(14, len(world.workdays) - 1)
    if state is State.RECEIVED:
        ago = rng.randint(0, 4)
    hour, minute = (
        rng.choices((8, 9, 10, 11, 13, 14, 15, 16, 20), weights=(2, 9, 9, 6, 4, 8, 8, 5, 1))[0],
        rng.randint(0, 59),
    )
    received = datetime.combine(world.workdays[ago], time(hour, minute), tzinfo=SHANGHAI)
    return state, min(received, world.now - timedelta(minutes=5))


def _take_serials(world: _World, days: list[date]) -> None:
    for day, count in Counter(days).items():
        world.serials[day] = iter(allot_numbers("办件", period=f"{day:%Y%m%d}", count=count))


def _make_case(world: _World, chunk: _Chunk, state: State, received: datetime, orders) -> None:
    rng, today = world.random, local_date(received)
    matter = rng.choice(world.matters)
    edition = _edition_on(world.editions[matter.pk], today)
    handling, deciding = world.bodies[matter.pk]
    clerk = world.people["chuangkou" if rng.random() < 0.5 else "chuangkou2"]
    code, token = new_query_code(), new_token()
    case = Case(
        number=case_number(today, next(world.serials[today])),
        matter=matter,
        edition=edition,
        party=rng.choice(world.parties),
        channel=rng.choice(Case.Channel.values),
        handling_department=handling,
        deciding_department=deciding,
        contact_phone="",
        premises=f"莱阳市{rng.choice(PLACES)}某某路{rng.randint(1, 300)}号",
        request=edition.name,
        state=State.RECEIVED.value,
        received_at=received,
        received_by=clerk,
        materials_on=today,
        query_code_hmac=query_code_hmac(code),
        query_token_hash=token_digest(token),
    )
    start_intake_clock(case, from_on=today, calendar=world.calendar, today=today)
    writer = EventWriter(case=case, at=received, recorded_at=world.now, actor=clerk)
    events.record_receipt(writer, channel=case.channel, edition_id=edition.pk, intake_due_on=case.intake_due_on)
    chunk.materials += [
        CaseMaterial(
            case=case, edition_material=row, status=CaseMaterial.Status.COMPLETE, originals=1, received_at=received
        )
        for row in edition.materials.all()
    ]
    if state is not State.RECEIVED:
        _handle(world, chunk, case, writer, state, orders)
    _light_of_today(case, world.now)
    case.version = 1 if state is State.RECEIVED else max(1, case.event_count - 1)
    chunk.cases.append(case)
    chunk.writers.append(writer)


def _edition_on(editions: list[Edition], day: date) -> Edition:
    return next((one for one in reversed(editions) if one.effective_from <= day), editions[0])


def _handle(world: _World, chunk: _Chunk, case: Case, writer: EventWriter, state: State, orders) -> None:
    """The acts from acceptance to ``state``, each on a working day of its own, none after now."""
    case.accepted_by, case.accepted_at, case.accepted_on = case.received_by, case.received_at, case.materials_on
    case.acceptance_order = next(orders)
    starts = {
        ClockStart.ACCEPTED: case.accepted_on,
        ClockStart.RECEIVED: local_date(case.received_at),
        ClockStart.COMPLETE_DOCS: case.materials_on,
    }
    start = starts[ClockStart(case.edition.clock_start)]
    start_decision_clock(case, from_on=start, calendar=world.calendar, today=case.accepted_on)
    events.record_acceptance(
        writer,
        deemed=False,
        accepted_on=case.accepted_on,
        clock_from_on=case.clock_from_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        calendar_missing_year=case.calendar_missing_year,
        order=case.acceptance_order,
        letter=None,
        overridden=False,
    )
    case.state = State.ACCEPTED.value
    if state is State.ACCEPTED:
        return
    if state is State.WITHDRAWN:
        writer.at = _later(world, case, 1)
        case.state, case.ended_at = state.value, writer.at
        stop_clock(case)
        events.record_withdrawal(writer, letter=None)
        return
    reviewer = world.people["shencha" if world.random.random() < 0.5 else "shencha2"]
    writer.at, writer.actor = _later(world, case, 1), reviewer
    case.reviewer, case.state = reviewer, State.IN_REVIEW.value
    events.record_review_start(writer, reviewer_id=reviewer.pk)
    if state is State.IN_REVIEW:
        return
    is_refusal = state is State.REFUSED or (state is State.DELIVERED and world.random.random() < 0.03)
    writer.at = _later(world, case, 2)
    opinion = Opinion(case=case, kind=Opinion.Kind.REFUSE if is_refusal else Opinion.Kind.GRANT, text="经审查，意见如上。", author=reviewer, at=writer.at)  # fmt: skip
    chunk.opinions.append(opinion)
    case.state = State.PENDING_DECISION.value
    events.record_opinion(writer, opinion_id=None, proposal=opinion.kind)
    if state is State.PENDING_DECISION:
        return
    _decide(world, chunk, case, writer, is_refusal=is_refusal)
    if state in {State.ISSUED, State.DELIVERED} and not is_refusal and has_certificate(case.edition):
        _issue(world, chunk, case, writer)
    if state is State.DELIVERED:
        writer.at = _later(world, case, 4)
        case.state, case.delivered_at, case.ended_at = state.value, writer.at, writer.at
        stop_clock(case)
        events.record_delivery(writer, service_id=None, method="direct")


def _decide(world: _World, chunk: _Chunk, case: Case, writer: EventWriter, *, is_refusal: bool) -> None:
    decider = world.people["zhengfu" if case.deciding_department.code == "GOV" else "juzhang"]
    writer.at, writer.actor = _later(world, case, 3), decider
    on = local_date(writer.at)
    decision = Decision(
        case=case,
        result=Decision.Result.REFUSED if is_refusal else Decision.Result.GRANTED,
        department=case.deciding_department,
        decider=decider,
        decided_at=writer.at,
        decided_on=on,
        content="" if is_refusal else case.request,
        facts="经审查，申请不符合许可条件。" if is_refusal else "",
        reasons="不符合办事指南所列许可条件。" if is_refusal else "",
        basis="；".join(row.citation for row in case.edition.legal_bases.all()) or case.edition.statutory_basis,
        valid_from=None if is_refusal else on,
        valid_to=None if is_refusal else on.replace(year=on.year + 3, day=min(on.day, 28)),
    )
    chunk.decisions.append(decision)
    case.decided_at = writer.at
    start_delivery_clock(case, from_on=on, calendar=world.calendar, today=on)
    case.state = (State.REFUSED if is_refusal else State.GRANTED).value
    events.record_decision(
        writer,
        result=decision.result,
        decision_id=None,
        letter=None,
        decided_on=on,
        delivery_due_on=case.delivery_due_on,
    )
    case._bulk_decision = decision


def _issue(world: _World, chunk: _Chunk, case: Case, writer: EventWriter) -> None:
    issuer = world.people["chujian"]
    writer.at, writer.actor = _later(world, case, 4), issuer
    decision = case._bulk_decision
    letter = _letter(case, certificate_kind(case.edition), decision, at=writer.at, actor=issuer)
    chunk.letters.append(letter)
    chunk.licences.append(
        Licence(
            case=case,
            number=letter.number,
            title=letter.title,
            matter=case.matter,
            holder=case.party,
            issued_by_department=case.deciding_department,
            letter=letter,
            issued_on=local_date(writer.at),
            valid_from=decision.valid_from,
            valid_to=decision.valid_to,
            content=decision.content,
            premises=case.premises,
        )
    )
    case.state, case.issued_at = State.ISSUED.value, writer.at
    events.record_issue(writer, licence_id=None, letter=letter.number)


def _letter(case: Case, kind: DocumentKind, decision: Decision, *, at: datetime, actor: User) -> Letter:
    department = case.deciding_department
    series, period = series_of(kind, department, local_date(at))
    serial = allot_number(series, period=period)
    return compose_letter(case, kind, department=department, serial=serial, actor=actor, at=at, decision=decision)


def _later(world: _World, case: Case, days: int) -> datetime:
    """A moment up to ``days`` working days after receipt, in office hours, never after now."""
    day = local_date(case.received_at)
    moved = world.calendar.add_workdays(day, days) if day < local_date(world.now) else day
    moment = datetime.combine(moved, time(9 + days, world.random.randint(0, 59)), tzinfo=SHANGHAI)
    return max(min(moment, world.now), case.received_at)


def _light_of_today(case: Case, now: datetime) -> None:
    """The light a sweep would have left: what the dates call for today."""
    if case.light == Case.Light.NONE:
        return
    days = {"yellow": case.yellow_from_on, "orange": case.orange_from_on, "red": case.red_from_on}
    case.light = light_on(local_date(now), **days)
    case.light_turns_on = next_turn(local_date(now), **days)


def _save(chunk: _Chunk) -> None:
    Case.objects.bulk_create(chunk.cases, batch_size=500)
    for rows in (chunk.materials, chunk.opinions, chunk.decisions, chunk.letters, chunk.licences):
        for row in rows:
            row.case_id = row.case.pk
    for licence in chunk.licences:
        licence.letter.case_id = licence.case.pk
    CaseMaterial.objects.bulk_create(chunk.materials, batch_size=2000)
    Opinion.objects.bulk_create(chunk.opinions, batch_size=1000)
    Decision.objects.bulk_create(chunk.decisions, batch_size=1000)
    Letter.objects.bulk_create(chunk.letters, batch_size=500)
    for licence in chunk.licences:
        licence.letter_id = licence.letter.pk
    Licence.objects.bulk_create(chunk.licences, batch_size=1000)
    CaseEvent.objects.bulk_create([event for writer in chunk.writers for event in writer.taken()], batch_size=2000)
