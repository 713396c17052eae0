"""评查、整改、复查: every item gets its verdict, every finding is mended within a term, and somebody else looks again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.state_table import next_state

from .. import review_rights, reviewing
from ..clocks import due_after
from ..domain.review_files import ENDED, FILE_TABLE, FileEvent
from ..domain.scoring import Judged, Severity, Verdict, score
from ..models import ChecklistItem, ReviewFile, ReviewFinding, ReviewStep

#: The rule that gives the term of what comes after an event; the other events end the file.
TERMS = {
    FileEvent.FIND: "review_rectify_days",
    FileEvent.RECTIFY: "review_recheck_days",
    FileEvent.RETURN: "review_rectify_days",
}


@dataclass(frozen=True)
class ItemVerdict:
    """一项的结论，如所填: the verdict, and what is wrong where it is not met."""

    verdict: str
    note: str = ""


@transaction.atomic
def score_file(
    file_id: int, *, verdicts: Mapping[int, ItemVerdict], conclusion: str, actor: User, at: datetime
) -> ReviewFile:
    """Afterwards the file has its findings, points and grade; what was not met has to be mended within the term of the day.

    ``verdicts`` by the key of the checklist item, one for each item in force. Raises NotFound, NotPermitted (also for whoever
    handled the case since the draw), InvalidInput, StaleState.
    """
    file = _begin(file_id, "score", actor)
    review_rights.require_not_handler(actor, file)
    items = reviewing.checklist_on(local_date(at))
    findings = _findings(file, items, verdicts)
    judged = [Judged(Severity(row.item.severity), row.item.points, Verdict(row.verdict)) for row in findings]
    result = score(judged, reviewing.thresholds_on(local_date(at)))
    text = clean_text(conclusion, max_length=2000, multiline=True)
    if result.must_rectify and not text:
        raise InvalidInput("发现问题的，请写明整改要求。", fields={"conclusion": "请写明整改要求。"})
    event = FileEvent.FIND if result.must_rectify else FileEvent.FIND_NOTHING
    note = f"得{result.points}分，{result.grade.label}" + (f"；{text}" if text else "")
    file.points, file.grade, file.conclusion = result.points, result.grade.value, text
    file.scored_at, file.scored_by = at, actor
    _step(file, event, ReviewStep.Kind.SCORE, actor=actor, at=at, note=note)
    ReviewFinding.objects.bulk_create(findings)
    return file


@transaction.atomic
def submit_rectification(file_id: int, *, text: str, actor: User, at: datetime) -> ReviewFile:
    """Afterwards what was done about the findings is told, and the re-check has its own term."""
    file = _begin(file_id, "rectify", actor)
    note = clean_text(text, max_length=2000, multiline=True)
    if not note:
        raise InvalidInput("请写明整改情况。", fields={"text": "请逐项写明如何整改。"})
    file.rectified_by = actor
    _step(file, FileEvent.RECTIFY, ReviewStep.Kind.RECTIFY, actor=actor, at=at, note=note)
    return file


@transaction.atomic
def recheck_file(file_id: int, *, is_mended: bool, text: str, actor: User, at: datetime) -> ReviewFile:
    """Afterwards the file is closed, or back with whoever has to mend it, with a new term and the reasons."""
    file = _begin(file_id, "recheck", actor)
    review_rights.require_not_handler(actor, file)
    note = clean_text(text, max_length=2000, multiline=True)
    if not note:
        raise InvalidInput("请写明复查情况。", fields={"text": "请写明复查情况；没有到位的，写明还差什么。"})
    event = FileEvent.CLOSE if is_mended else FileEvent.RETURN
    kind = ReviewStep.Kind.CLOSE if is_mended else ReviewStep.Kind.RETURN
    _step(file, event, kind, actor=actor, at=at, note=note)
    return file


def _begin(file_id: int, action: str, actor: User) -> ReviewFile:
    file = reviewing.lock_file(file_id)
    review_rights.require(actor, action, file)
    return file


def _step(file: ReviewFile, event: FileEvent, kind: str, *, actor: User, at: datetime, note: str) -> None:
    """Afterwards the file stands where the table says, with the term of what comes next; raises StaleState otherwise."""
    state = next_state(FILE_TABLE, file.current_state, event)
    today = local_date(at)
    file.state, file.term_from_on = state.value, today
    file.due_on = due_after(TERMS[event], today) if event in TERMS else None
    file.ended_at = at if state in ENDED else None
    file.save()
    ReviewStep.objects.create(file=file, kind=kind, at=at, actor=actor, note=note[:2000], due_on=file.due_on)


def _findings(file: ReviewFile, items: list[ChecklistItem], verdicts: Mapping[int, ItemVerdict]) -> list[ReviewFinding]:
    wrong: dict[str, str] = {}
    rows = []
    for item in items:
        given = verdicts.get(item.pk, ItemVerdict(""))
        note = clean_text(given.note, max_length=500)
        if given.verdict not in set(Verdict):
            wrong[f"v{item.pk}"] = f"第{item.position}项还没有结论。"
        elif given.verdict == Verdict.NOT_APPLICABLE and not item.may_not_apply:
            wrong[f"v{item.pk}"] = f"第{item.position}项每份案卷都涉及，请选择符合或者不符合。"
        elif given.verdict == Verdict.NOT_MET and not note:
            wrong[f"n{item.pk}"] = f"第{item.position}项不符合，请写明问题。"
        else:
            verdict = Verdict(given.verdict)
            deducted = Judged(Severity(item.severity), item.points, verdict).deducted
            rows.append(ReviewFinding(file=file, item=item, verdict=verdict.value, deducted=deducted, note=note))
    if wrong:
        raise InvalidInput("评查项须逐项有结论，不符合的写明问题。", fields=wrong)
    return rows
