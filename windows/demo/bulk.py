"""A hundred thousand cases for measuring: written in bulk, yet with every invariant a command would have kept.

Chains verify, clocks are the clock's own, codes are valid and fictitious, numbers have no holes. Of the letters the
certificates are written, numbered and sealed from stored inputs; rendering them is not asked of a worker.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from types import SimpleNamespace

from django.db import transaction

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.crypto import new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.numbering import allot_numbers
from matters.models import ClockStart

from .. import events
from ..commands.clocking import start_decision_clock, start_delivery_clock, start_intake_clock, stop_clock
from ..domain.case_numbers import case_number
from ..domain.lights import light_on, next_turn
from ..domain.states import State
from ..events.preconditions import record_credit_check
from ..models import Case, CaseMaterial, CreditCheck, Decision, Letter, Licence, Opinion
from .bulk_chunk import Certificate, Chunk, RowWriter, make_certificates
from .bulk_rows import take_ids
from .bulk_world import PLACES, EditionInBulk, World, build_world

CHUNK = 4000
#: Out of a thousand cases: a tenth open, as in a bureau that decides in a week what comes in every day.
OPEN_STATES = Counter({State.RECEIVED: 12, State.ACCEPTED: 18, State.IN_REVIEW: 46, State.PENDING_DECISION: 10, State.GRANTED: 6, State.REFUSED: 2, State.ISSUED: 6})  # fmt: skip
CLOSED_STATES = Counter({State.DELIVERED: 860, State.WITHDRAWN: 40})
#: When people come: hours of the day and how many of a hundred.
HOURS = {8: 2, 9: 9, 10: 9, 11: 6, 13: 4, 14: 8, 15: 8, 16: 5, 20: 1}


def load_cases(
    *, count: int, at: datetime, seed: int = 2018, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Afterwards ``count`` further cases stand, spread over matters, states and two years; returns how many were made.

    Each few thousand are one transaction. Needs the catalogue, and people of the bureau (``bootstrap --demo``).
    """
    world = build_world(at, seed=seed, count=count)
    made = 0
    while made < count:
        size = min(CHUNK, count - made)
        with transaction.atomic():
            _write_chunk(world, size, lambda done, before=made: progress(before + done))
        made += size
        progress(made)
    return made


def _write_chunk(world: World, size: int, progress: Callable[[int], None]) -> None:
    plans = sorted((_plan(world) for _ in range(size)), key=lambda plan: plan[1])
    days = Counter(local_date(received) for _, received in plans)
    chunk = Chunk(
        serials={day: iter(allot_numbers("办件", period=f"{day:%Y%m%d}", count=count)) for day, count in days.items()},
        orders=iter(allot_numbers("受理次序-SP", period="all", count=size)),
        ids={model: take_ids(model, size) for model in (Case, CreditCheck, Opinion, Decision, Letter, Licence)},
    )
    for done, (state, received) in enumerate(plans):
        _make_case(world, chunk, state, received)
        if done % 500 == 0:
            progress(done)
    make_certificates(world, chunk)
    chunk.write()


def _plan(world: World) -> tuple[State, datetime]:
    """The state a case ends in, and when it came in: open ones lately, closed ones in the two years before."""
    rng = world.random
    is_open = rng.random() < 0.1
    states = OPEN_STATES if is_open else CLOSED_STATES
    state = rng.choices(list(states), weights=states.values())[0]
    ago = min(int(rng.expovariate(1 / 6)), 60) if is_open else rng.randint(14, len(world.workdays) - 1)
    if state is State.RECEIVED:
        ago = rng.randint(0, 4)
    hour = rng.choices(list(HOURS), weights=HOURS.values())[0]
    received = datetime.combine(world.workdays[ago], time(hour, rng.randint(0, 59)), tzinfo=SHANGHAI)
    return state, min(received, world.now - timedelta(minutes=5))


def _make_case(world: World, chunk: Chunk, state: State, received: datetime) -> None:
    rng, today = world.random, local_date(received)
    asked = world.some_matter()
    edition = asked.edition_on(today)
    clerk = world.people["chuangkou" if rng.random() < 0.5 else "chuangkou2"]
    case = Case(
        id=next(chunk.ids[Case]),
        number=case_number(today, next(chunk.serials[today])),
        matter=asked.matter,
        edition=edition.edition,
        party=rng.choice(world.parties),
        channel=rng.choice(Case.Channel.values),
        handling_department_id=asked.handling.pk,
        deciding_department=asked.deciding,
        premises=f"莱阳市{rng.choice(PLACES)}某某路{rng.randint(1, 300)}号",
        request=edition.edition.name,
        state=State.RECEIVED.value,
        received_at=received,
        received_by_id=clerk.pk,
        materials_on=today,
        query_code_hmac=query_code_hmac(new_query_code()),
        query_token_hash=token_digest(new_token()),
    )
    world.start_clock(start_intake_clock, case, edition.edition, from_on=today)
    writer = RowWriter(case=case, at=received, recorded_at=world.now, actor=clerk, rows=chunk.events)
    events.record_receipt(writer, channel=case.channel, edition_id=edition.edition.pk, intake_due_on=case.intake_due_on)
    for material_id in edition.material_ids:
        chunk.materials.append(case.pk, material_id, CaseMaterial.Status.COMPLETE.value, 1, 0, "", received)
    if state is not State.RECEIVED:
        _handle(world, chunk, case, edition, writer, state)
    _light_of_today(case, world.now)
    case.version = 1 if state is State.RECEIVED else max(1, case.event_count - 1)
    chunk.cases.add_object(case)


def _handle(world: World, chunk: Chunk, case: Case, edition: EditionInBulk, writer: RowWriter, state: State) -> None:
    """The acts from acceptance to ``state``, each on a working day of its own, none after now."""
    _accept(world, chunk, case, edition, writer)
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
    case.reviewer_id, case.state = reviewer.pk, State.IN_REVIEW.value
    events.record_review_start(writer, reviewer_id=reviewer.pk)
    if state is State.IN_REVIEW:
        return
    is_refusal = state is State.REFUSED or (state is State.DELIVERED and world.random.random() < 0.03)
    _propose(world, chunk, case, writer, is_refusal=is_refusal)
    if state is State.PENDING_DECISION:
        return
    decision = _decide(world, chunk, case, edition, writer, is_refusal=is_refusal)
    if state in {State.ISSUED, State.DELIVERED} and not is_refusal and edition.certificate:
        _issue(world, chunk, case, edition, decision, writer)
    if state is State.DELIVERED:
        writer.at = _later(world, case, 4)
        case.state, case.delivered_at, case.ended_at = state.value, writer.at, writer.at
        stop_clock(case)
        events.record_delivery(writer, service_id=None, method="direct")


def _accept(world: World, chunk: Chunk, case: Case, edition: EditionInBulk, writer: RowWriter) -> None:
    case.accepted_by_id, case.accepted_at, case.accepted_on = case.received_by_id, case.received_at, case.materials_on
    case.acceptance_order = next(chunk.orders)
    starts = {
        ClockStart.ACCEPTED: case.accepted_on,
        ClockStart.RECEIVED: local_date(case.received_at),
        ClockStart.COMPLETE_DOCS: case.materials_on,
    }
    start = starts[ClockStart(edition.edition.clock_start)]
    world.start_clock(start_decision_clock, case, edition.edition, from_on=start)
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


def _propose(world: World, chunk: Chunk, case: Case, writer: RowWriter, *, is_refusal: bool) -> None:
    writer.at = _later(world, case, 2)
    check_id = next(chunk.ids[CreditCheck])
    chunk.credit_checks.add(
        id=check_id,
        case_id=case.pk,
        source="信用中国（山东）",
        result=CreditCheck.Result.CLEAR.value,
        checked_by_id=writer.actor.pk,
        checked_at=writer.at,
    )
    record_credit_check(writer, check_id=check_id, result=CreditCheck.Result.CLEAR.value)
    opinion_id, kind = next(chunk.ids[Opinion]), Opinion.Kind.REFUSE if is_refusal else Opinion.Kind.GRANT
    chunk.opinions.add(
        id=opinion_id,
        case_id=case.pk,
        kind=kind.value,
        text="经审查，意见如上。",
        author_id=writer.actor.pk,
        at=writer.at,
    )
    case.state = State.PENDING_DECISION.value
    events.record_opinion(writer, opinion_id=opinion_id, proposal=kind.value)


def _decide(
    world: World, chunk: Chunk, case: Case, edition: EditionInBulk, writer: RowWriter, *, is_refusal: bool
) -> SimpleNamespace:
    decider = world.people["zhengfu" if case.deciding_department.code == "GOV" else "juzhang"]
    writer.at, writer.actor = _later(world, case, 3), decider
    on = local_date(writer.at)
    decision = SimpleNamespace(
        id=next(chunk.ids[Decision]),
        case_id=case.pk,
        result=(Decision.Result.REFUSED if is_refusal else Decision.Result.GRANTED).value,
        department_id=case.deciding_department_id,
        decider_id=decider.pk,
        decided_at=writer.at,
        decided_on=on,
        content="" if is_refusal else case.request,
        conditions="",
        facts="经审查，申请不符合许可条件。" if is_refusal else "",
        reasons="不符合办事指南所列许可条件。" if is_refusal else "",
        basis=edition.basis,
        valid_from=None if is_refusal else on,
        valid_to=None if is_refusal else on.replace(year=on.year + 3, day=min(on.day, 28)),
    )
    chunk.decisions.add(**vars(decision))
    case.decided_at = writer.at
    world.start_clock(start_delivery_clock, case, edition.edition, from_on=on)
    case.state = (State.REFUSED if is_refusal else State.GRANTED).value
    events.record_decision(
        writer,
        result=decision.result,
        decision_id=decision.id,
        letter=None,
        decided_on=on,
        delivery_due_on=case.delivery_due_on,
    )
    return decision


def _issue(
    world: World,
    chunk: Chunk,
    case: Case,
    edition: EditionInBulk,
    decision: SimpleNamespace,
    writer: RowWriter,
) -> None:
    issuer = world.people["chujian"]
    writer.at, writer.actor = _later(world, case, 4), issuer
    made = Certificate(case, edition, decision, writer.at, issuer, next(chunk.ids[Letter]), next(chunk.ids[Licence]))
    chunk.certificates.append(made)
    case.state, case.issued_at = State.ISSUED.value, writer.at
    # Certificates get their numbers when the whole chunk stands; the event names the licence.
    events.record_issue(writer, licence_id=made.licence_id, letter=None)


def _later(world: World, case: Case, days: int) -> datetime:
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
