"""Checks the chains of case events, and keeps a digest of them outside the database (controls C5, T26).

A chain shows a change inside a case; the digest, chained from day to day in a file, shows a case or a tail that is gone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.conf import settings

from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.clock import local_date

from ..domain.replay import replay
from ..domain.stops import from_plain
from ..events import event_hash
from ..models import Case, CaseEvent


@dataclass(frozen=True)
class Finding:
    """查验结果: the first thing found wrong: which case, which event, what."""

    case_number: str
    sequence: int | None
    message: str


def check_chains(*, progress: Callable[[int], None] = lambda count: None) -> Finding | None:
    """The first broken event of all cases, or None; reads every event once, in order, in constant memory."""
    heads = Case.objects.order_by("id").values_list("id", "number", "event_count", "last_event_hash").iterator(5000)
    events = _events()
    event = next(events, None)
    for count, (case_id, number, event_count, last_hash) in enumerate(heads, start=1):
        previous, sequence = GENESIS, 0
        if event is not None and event.case_id < case_id:
            return Finding(str(event.case_id), event.sequence, "事件所属的办件不存在")
        while event is not None and event.case_id == case_id:
            sequence += 1
            if event.sequence != sequence:
                return Finding(number, sequence, "事件缺失")
            if event.prev_hash != previous:
                return Finding(number, sequence, "与前一事件的哈希不衔接")
            if event.hash != event_hash(event, case_number=number):
                return Finding(number, sequence, "事件内容与哈希不符")
            previous = event.hash
            event = next(events, None)
        if (sequence, previous) != (event_count, last_hash):
            return Finding(number, sequence + 1, "末尾事件缺失")
        progress(count)
    if event is not None:
        return Finding(str(event.case_id), event.sequence, "事件所属的办件不存在")
    return None


def _events() -> Iterator[CaseEvent]:
    return CaseEvent.objects.order_by("case_id", "sequence").iterator(5000)


def check_clocks() -> Finding | None:
    """The first accepted case whose clock is another than its own events make it; None if all agree."""
    cases = (
        Case.objects.filter(clock_from_on__isnull=False)
        .only("id", "number", "clock_from_on", "clock_stops", "extension_value", "is_joint")
        .order_by("id")
        .iterator(2000)
    )
    events = groupby(_clock_events(), key=lambda event: event[0])
    told_of, told = next(events, (None, ()))
    for case in cases:
        while told_of is not None and told_of < case.pk:
            told_of, told = next(events, (None, ()))
        heard = replay((kind, detail) for _, kind, detail in told) if told_of == case.pk else replay(())
        known = (case.clock_from_on, case.extension_value, case.is_joint, set(from_plain(case.clock_stops)))
        if known != (heard.clock_from_on, heard.extension_value, heard.is_joint, set(heard.suspensions)):
            return Finding(case.number, None, "时限与办件事件不符")
    return None


def _clock_events() -> Iterator[tuple[int, str, dict]]:
    rows = CaseEvent.objects.order_by("case_id", "sequence").values_list("case_id", "kind", "detail")
    return rows.iterator(5000)


@dataclass(frozen=True)
class Digest:
    """每日摘要: the file written and how many cases it holds."""

    path: Path
    cases: int


def write_digest(*, at: datetime, folder: Path | None = None) -> Digest:
    """Afterwards a file of the day holds (case, sequence, hash) of every case, chained to the newest earlier file.

    The file is written whole or not at all; a second run of the same day replaces it.
    """
    folder = folder or settings.DIGEST_DIR
    folder.mkdir(parents=True, exist_ok=True)
    day = local_date(at).isoformat()
    earlier = [path for path in _digests(folder) if path.stem < f"cases-{day}"]
    previous = _last_line(earlier[-1])["digest"] if earlier else GENESIS
    target = folder / f"cases-{day}.jsonl"
    waiting = target.with_suffix(".tmp")
    digest = previous
    count = 0
    with waiting.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"day": day, "previous": previous, "written_at": at.isoformat()}) + "\n")
        rows = Case.objects.order_by("id").values_list("number", "event_count", "last_event_hash").iterator(5000)
        for row in rows:
            digest = link(digest, row)
            count += 1
            out.write(json.dumps(row) + "\n")
        out.write(json.dumps({"cases": count, "digest": digest}) + "\n")
    waiting.replace(target)
    return Digest(target, count)


def newest_digest(folder: Path | None = None) -> Path | None:
    """The newest digest file, or None before the first night."""
    found = _digests(folder or settings.DIGEST_DIR)
    return found[-1] if found else None


def check_digest(path: Path) -> Finding | None:
    """The first case of the digest file that is missing, shortened or rewritten in the database; None if all stand.

    Raises ValueError when the file itself does not add up (it was edited).
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2:
        raise ValueError("摘要文件不完整")
    head, tail = json.loads(lines[0]), json.loads(lines[-1])
    digest = head["previous"]
    for start in range(1, len(lines) - 1, 2000):
        rows = [json.loads(line) for line in lines[start : min(start + 2000, len(lines) - 1)]]
        for row in rows:
            digest = link(digest, row)
        finding = _check_rows(rows)
        if finding is not None:
            return finding
    if (tail["digest"], tail["cases"]) != (digest, len(lines) - 2):
        raise ValueError("摘要文件被改动：逐行哈希与末行不符")
    return None


def _check_rows(rows: list[list]) -> Finding | None:
    known = dict(Case.objects.filter(number__in=[row[0] for row in rows]).values_list("number", "id"))
    recorded = {
        (case_id, sequence): value
        for case_id, sequence, value in CaseEvent.objects.filter(case_id__in=known.values()).values_list(
            "case_id", "sequence", "hash"
        )
    }
    for number, sequence, value in rows:
        if number not in known:
            return Finding(number, None, "摘要中的办件在数据库中不存在")
        if recorded.get((known[number], sequence)) != value:
            return Finding(number, sequence, "事件与摘要不符")
    return None


def _digests(folder: Path) -> list[Path]:
    return sorted(folder.glob("cases-*.jsonl"))


def _last_line(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
