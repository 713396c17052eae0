"""Every read of file reviews, and the locks that writes begin with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.errors import CalendarMissing, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.rules import rule_int
from windows.domain.decisions import DECISION_EVENTS
from windows.models import CaseEvent

from . import review_rights
from .domain.draw import Entry
from .domain.pushes import TYPE_OF_EVENT
from .domain.review_files import ENDED, FileState
from .domain.scoring import Grade, Thresholds, Verdict
from .models import CaseReview, ChecklistItem, PopulationEntry, ReviewFile, ReviewFinding

#: By what a population may be divided, and how each part of a stratum's name is made.
DIMENSIONS = {"decision": "决定种类", "matter": "事项", "department": "办理机关", "clerk": "受理人"}
OPEN_STATES = tuple(state.value for state in FileState if state not in ENDED)


@dataclass(frozen=True)
class Candidate:
    """总体中的一件，连同办件: what is frozen of it."""

    case_id: int
    entry: Entry


def candidates(from_on: date, to_on: date, dimensions: Sequence[str]) -> Iterator[Candidate]:
    """Every case decided between the two days (both included), once, by its latest decision of the time, in its stratum."""
    start = datetime.combine(from_on, time.min, SHANGHAI)
    end = datetime.combine(to_on + timedelta(days=1), time.min, SHANGHAI)
    decided = (
        CaseEvent.objects.filter(kind__in=DECISION_EVENTS, recorded_at__gte=start, at__gte=start, at__lt=end)
        .order_by("case_id", "sequence")
        .values_list(
            "case_id",
            "case__number",
            "kind",
            "case__matter__code",
            "case__handling_department__code",
            "case__accepted_by_id",
        )
    )
    latest = {row[0]: row for row in decided}
    for case_id, number, kind, matter, department, clerk in latest.values():
        said = {
            "decision": TYPE_OF_EVENT[kind].label,
            "matter": matter,
            "department": department,
            "clerk": f"人员{clerk}" if clerk else "无受理人",
        }
        yield Candidate(case_id, Entry(number, "；".join(said[name] for name in DIMENSIONS if name in dimensions)))


def frozen_population(review: CaseReview) -> list[Entry]:
    """The population as it was frozen."""
    rows = PopulationEntry.objects.filter(review=review).values_list("number", "stratum")
    return [Entry(number, stratum) for number, stratum in rows]


def checklist_on(on: date) -> list[ChecklistItem]:
    """The items in force on ``on``, in their order."""
    return list(ChecklistItem.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)))


def thresholds_on(on: date) -> Thresholds:
    return Thresholds(rule_int("review_excellent_from", on), rule_int("review_pass_from", on))


def lock_review(number: str) -> CaseReview:
    """The review, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = CaseReview.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NotFound(review_rights.NO_SUCH_REVIEW)
    return found


def lock_file(file_id: int) -> ReviewFile:
    """The drawn file, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = (
        ReviewFile.objects.select_for_update(of=("self",))
        .select_related("review", "reviewer", "case__party", "case__handling_department", "case__deciding_department")
        .filter(pk=file_id)
        .first()
    )
    if found is None:
        raise NotFound(review_rights.NO_SUCH_FILE)
    return found


def _whole(files: QuerySet[ReviewFile]) -> QuerySet[ReviewFile]:
    return files.select_related(
        "review", "reviewer", "scored_by", "rectified_by", "case__edition", "case__party", "case__handling_department"
    )


def get_visible_review(user: User, number: str) -> CaseReview:
    """The review; raises NotFound if it is not this person's to know of."""
    found = review_rights.reviews_visible_to(user).select_related("frozen_by", "drawn_by").filter(number=number).first()
    if found is None:
        raise NotFound(review_rights.NO_SUCH_REVIEW)
    return found


def drawn_review(number: str) -> CaseReview:
    """A review whose seed is published; raises NotFound for one that is not drawn."""
    found = CaseReview.objects.filter(number=number, drawn_at__isnull=False).first()
    if found is None:
        raise NotFound(review_rights.NO_SUCH_REVIEW)
    return found


def get_visible_file(user: User, file_id: int) -> ReviewFile:
    """The drawn file; raises NotFound if it is not this person's to know of."""
    found = _whole(review_rights.files_visible_to(user)).filter(pk=file_id).first()
    if found is None:
        raise NotFound(review_rights.NO_SUCH_FILE)
    return found


def files_of(review: CaseReview) -> list[ReviewFile]:
    return list(_whole(ReviewFile.objects.filter(review=review)))


def waiting_for(user: User) -> QuerySet[ReviewFile]:
    """What this person has to do in reviews: to score, to re-check, to rectify for their body."""
    to_judge = Q(reviewer=user, state__in=[FileState.TO_SCORE.value, FileState.RECTIFIED.value])
    to_mend = Q(
        case__handling_department_id__in=review_rights.answering_bodies(user), state=FileState.RECTIFYING.value
    ) & ~Q(reviewer=user)
    return ReviewFile.objects.filter(to_judge | to_mend)


def files(user: User, name: str) -> QuerySet[ReviewFile]:
    """One list of drawn files: what waits for this person (``mine``), due first; what is open; all, newest first."""
    if name == "mine":
        return _whole(waiting_for(user)).order_by("due_on", "id")
    found = _whole(review_rights.files_visible_to(user))
    return found.filter(state__in=OPEN_STATES).order_by("due_on", "id") if name == "open" else found.order_by("-id")


@dataclass(frozen=True)
class Results:
    """抽查结果: how the drawn files stand and scored, and what was found most often."""

    drawn: int
    scored: int
    ended: int
    overdue: int
    average: str
    grades: list[tuple[str, int]]
    unmet: list[dict]

    @property
    def pass_rate(self) -> str:
        """合格率: files that scored at least a pass, of those scored."""
        failed = dict(self.grades)[Grade.FAIL.label]
        return f"{(self.scored - failed) * 100 / self.scored:.1f}%" if self.scored else "—"


def results_of(review: CaseReview, rows: Sequence[ReviewFile], today: date) -> Results:
    """The results over the files at hand (``files_of``), and the items that were not met, most often first."""
    scored = [row for row in rows if row.points is not None]
    grades = Counter(row.grade for row in scored)
    unmet = (
        ReviewFinding.objects.filter(file__review=review, verdict=Verdict.NOT_MET.value)
        .order_by()
        .values("item__position", "item__text", "item__severity")
        .annotate(count=Count("pk"))
        .order_by("-count", "item__position")
    )
    return Results(
        drawn=len(rows),
        scored=len(scored),
        ended=sum(row.current_state in ENDED for row in rows),
        overdue=sum(is_overdue(row, today) for row in rows),
        average=f"{sum(row.points for row in scored) / len(scored):.1f}" if scored else "—",
        grades=[(grade.label, grades[grade.value]) for grade in Grade],
        unmet=list(unmet),
    )


def is_overdue(file: ReviewFile, today: date) -> bool:
    return file.due_on is not None and file.due_on < today


def left_of(due_on: date | None, today: date) -> tuple[str, str]:
    """The light of a term and what is left of it, in words."""
    if due_on is None:
        return "none", "期限待公布"
    if due_on < today:
        return "red", "已逾期"
    try:
        days = current_calendar().workdays_between(today, due_on)
    except CalendarMissing:
        return "green", ""
    soon = days <= rule_int("review_remind_days", today)
    return "yellow" if soon else "green", f"剩{days}个工作日" if days else "今天到期"


def possible_reviewers() -> list[User]:
    """Everybody who may be asked to review some file, by name."""
    return list(
        User.objects.filter(is_active=True, role_rows__role__in=review_rights.FILE_REVIEWERS)
        .select_related("department")
        .order_by("department__code", "username")
        .distinct()
    )


def default_period(today: date) -> tuple[date, date]:
    """The month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
