"""夜间对账: every day until yesterday and every month that is over has its certificate, for all and for each regulator.

A night that was missed is made up for. What does not add up is said on the paper, in the log and on the coordinators' desk.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.jobs import enqueue
from laiyang_approval.kernel.models import Department, NumberSeries
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_value
from matters.boundaries import regulators_on
from windows.domain.decisions import DECISION_EVENTS
from windows.models import CaseEvent

from ..domain.messages import sha256_of
from ..domain.pushes import ANSWERED, PushState
from ..domain.reconciliation import Decided, Figures, Told, missing_numbers, reconcile
from ..models import Push, ReconciliationPaper

log = logging.getLogger(__name__)

Kind = ReconciliationPaper.Kind
#: After a long standstill, so many days are made up for in one night.
MOST_DAYS = 31
RENDER = "render_reconciliation"
_ANSWERED = frozenset(state.value for state in ANSWERED)


def reconcile_until_yesterday(*, at: datetime) -> int:
    """Afterwards each day until yesterday and the month before this one have their papers; returns how many were made."""
    today = local_date(at)
    yesterday = today - timedelta(1)
    last = ReconciliationPaper.objects.filter(kind=Kind.DAY).aggregate(last=Max("from_on"))["last"]
    start = yesterday if last is None else max(last + timedelta(1), today - timedelta(MOST_DAYS))
    made = 0
    while start <= yesterday:
        made += len(make_papers(Kind.DAY, start, start, at=at))
        start += timedelta(1)
    month_end = today.replace(day=1) - timedelta(1)
    if not ReconciliationPaper.objects.filter(kind=Kind.MONTH, from_on=month_end.replace(day=1)).exists():
        made += len(make_papers(Kind.MONTH, month_end.replace(day=1), month_end, at=at))
    return made


@transaction.atomic
def make_papers(kind: str, from_on: date, to_on: date, *, at: datetime) -> list[ReconciliationPaper]:
    """Afterwards the period is counted once: one paper for all, one for each regulator that had something; PDFs follow."""
    if ReconciliationPaper.objects.filter(kind=kind, from_on=from_on).exists():
        return []
    decisions, pushes = _decisions(from_on, to_on, at=at), _pushes(from_on, to_on, today=local_date(at))
    holes = _holes()
    codes = sorted({code for one in decisions for code in one.regulators} | {one.regulator for one in pushes})
    bodies = {body.code: body for body in Department.objects.filter(code__in=codes)}
    missing = [f"{code}-{number}" for code, numbers in holes.items() for number in numbers]
    papers = [_paper(kind, from_on, to_on, None, reconcile(decisions, pushes, missing), at=at)]
    for code in codes:
        mine = [one for one in pushes if one.regulator == code]
        own_holes = [f"{code}-{number}" for number in holes.get(code, ())]
        figures = reconcile(_side_of(code, decisions, pushes), mine, own_holes)
        papers.append(_paper(kind, from_on, to_on, bodies[code], figures, at=at))
    for paper in papers:
        enqueue(RENDER, f"paper {paper.number}", {"paper": paper.pk}, at=at)
        if not paper.adds_up:
            log.error(
                "reconciliation does not add up paper=%s problems=%s", paper.number, len(paper.figures["problems"])
            )
    return papers


def _side_of(code: str, decisions: Sequence[Decided], pushes: Sequence[Told]) -> list[Decided]:
    """One regulator's decisions: those of its day, and those the coordinator sent on to it."""
    sent_on = {one.event for one in pushes if one.regulator == code and one.is_assigned}
    return [
        Decided(one.event, frozenset({code})) for one in decisions if code in one.regulators or one.event in sent_on
    ]


def _decisions(from_on: date, to_on: date, *, at: datetime) -> list[Decided]:
    """Every decision of the period with the regulators in force on its day."""
    began = date.fromisoformat(rule_value("push_from", local_date(at)))
    start, end = _midnight(max(from_on, began)), _midnight(to_on + timedelta(1))
    events = CaseEvent.objects.filter(kind__in=list(DECISION_EVENTS), recorded_at__gte=start, at__gte=start, at__lt=end)
    known: dict[tuple[int, date], frozenset[str]] = {}
    found = []
    for event in events.select_related("case__matter").order_by("id"):
        key = event.case.matter_id, local_date(event.at)
        if key not in known:
            known[key] = frozenset(one.department.code for one in regulators_on(event.case.matter, key[1]))
        found.append(Decided(event.pk, known[key]))
    return found


def _pushes(from_on: date, to_on: date, *, today: date) -> list[Told]:
    rows = Push.objects.select_related("regulator").filter(decided_on__gte=from_on, decided_on__lte=to_on)
    return [
        Told(
            event=push.event_id,
            regulator=push.regulator.code,
            number=push.number,
            is_delivered=push.state != PushState.QUEUED.value,
            is_claimed=push.state in _ANSWERED,
            is_moved=push.state == PushState.MOVED.value,
            is_assigned=push.part == Push.Part.ASSIGNED,
            is_whole=sha256_of(push.body.encode()) == push.sha256,
            waited=_workdays(local_date(push.delivered_at or push.queued_at), today),
        )
        for push in rows.order_by("id")
    ]


def _workdays(since: date, today: date) -> int:
    try:
        return current_calendar().workdays_between(since, today) if since < today else 0
    except CalendarMissing:
        return 0


def _holes() -> dict[str, list[int]]:
    """What is missing in each regulator's sequence, counted against the counter itself."""
    given = dict(NumberSeries.objects.filter(series="推送").values_list("period", "last"))
    there = dict(Push.objects.order_by().values_list("regulator__code").annotate(count=Count("pk")))
    found = {}
    for code, last in given.items():
        if there.get(code, 0) != last:
            sequences = Push.objects.filter(regulator__code=code).values_list("sequence", flat=True)
            found[code] = missing_numbers(sequences, last=last)
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _paper(
    kind: str, from_on: date, to_on: date, regulator: Department | None, figures: Figures, *, at: datetime
) -> ReconciliationPaper:
    serial = allot_number("对账证明", period=f"{local_date(at):%Y}")
    return ReconciliationPaper.objects.create(
        number=f"莱审管对〔{local_date(at):%Y}〕第{serial:04d}号",
        kind=kind,
        from_on=from_on,
        to_on=to_on,
        regulator=regulator,
        figures=figures.as_stored(),
        adds_up=figures.adds_up,
        made_at=at,
    )
