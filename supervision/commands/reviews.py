"""案卷抽查: the population is frozen first, then drawn from by a published seed, once; reviewers are people who did not handle the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.transactions import joining
from windows.models import Case

from .. import review_rights, reviewing
from ..clocks import due_after
from ..domain.draw import draw, population_sha256
from ..domain.review_files import FileState
from ..models import CaseReview, PopulationEntry, ReviewFile, ReviewStep

MOST_IN_A_POPULATION = 200_000


@dataclass(frozen=True)
class Plan:
    """抽查方案: of which decisions, divided how, and where the seed will come from."""

    title: str
    from_on: date
    to_on: date
    dimensions: tuple[str, ...]
    seed_source: str


@joining
def freeze_population(plan: Plan, *, actor: User, at: datetime) -> CaseReview:
    """Afterwards the population is stated and fixed, with its hash; no seed is known yet.

    Raises NotPermitted, InvalidInput for a plan that cannot be, DomainError when nothing was decided in the time.
    """
    review_rights.require_supervisor(actor, "组织案卷抽查")
    plan = _cleaned(plan, today=local_date(at))
    found = list(reviewing.candidates(plan.from_on, plan.to_on, plan.dimensions))
    if not found:
        raise DomainError("这段时间没有作出过决定，无卷可抽；请核对起止日期。")
    if len(found) > MOST_IN_A_POPULATION:
        raise DomainError(f"总体有{len(found)}件，超过一次抽查的上限；请缩短起止日期。")
    today, year = local_date(at), f"{local_date(at):%Y}"
    review = CaseReview.objects.create(
        number=f"AC{year}{allot_number('案卷抽查', period=year):04d}",
        title=plan.title,
        from_on=plan.from_on,
        to_on=plan.to_on,
        dimensions=list(plan.dimensions),
        percent=rule_int("review_share_percent", today),
        least=rule_int("review_least_per_stratum", today),
        population_size=len(found),
        population_sha256=population_sha256(one.entry for one in found),
        seed_source=plan.seed_source,
        frozen_at=at,
        frozen_by=actor,
    )
    PopulationEntry.objects.bulk_create(
        (
            PopulationEntry(review=review, case_id=one.case_id, number=one.entry.number, stratum=one.entry.stratum)
            for one in found
        ),
        batch_size=1000,
    )
    return review


@transaction.atomic
def draw_review(number: str, *, seed: str, reviewers: Sequence[str], actor: User, at: datetime) -> CaseReview:
    """Afterwards the files the seed draws stand, each with a reviewer who did not handle the case, where one was named.

    ``reviewers`` are usernames; a file for which all of them are out of the question waits for one to be named. Raises NotFound,
    NotPermitted, InvalidInput, StaleState for a review that was drawn: a seed is used once.
    """
    review_rights.require_supervisor(actor, "抽取案卷")
    review = reviewing.lock_review(number)
    if review.drawn_at is not None:
        raise StaleState(
            f"本次抽查已于{local_date(review.drawn_at).isoformat()}抽取，种子不能更换；须再抽的，请另立抽查。"
        )
    text = clean_text(seed, max_length=100)
    if not text:
        raise InvalidInput("请填写种子。", fields={"seed": f"请按公布的来源填写：{review.seed_source}"})
    people = _people(reviewers)
    drawn = draw(reviewing.frozen_population(review), seed=text, percent=review.percent, least=review.least)
    cases = {
        case.number: case
        for case in Case.objects.select_related("party").filter(number__in=[one.entry.number for one in drawn])
    }
    handlers = review_rights.handlers_of([case.pk for case in cases.values()])
    today = local_date(at)
    due_on = due_after("review_score_days", today)
    files = []
    for place, one in enumerate(drawn):
        case = cases[one.entry.number]
        turn = people[place % len(people) :] + people[: place % len(people)]
        reviewer = next((who for who in turn if not review_rights.why_not_reviewer(who, case, handlers[case.pk])), None)
        files.append(
            ReviewFile(
                review=review,
                case=case,
                stratum=one.entry.stratum,
                rank=one.rank,
                reviewer=reviewer,
                term_from_on=today,
                due_on=due_on,
            )
        )
    steps = [
        ReviewStep(file=file, kind=ReviewStep.Kind.DRAW, at=at, actor=actor, note=_named(file), due_on=due_on)
        for file in ReviewFile.objects.bulk_create(files)
    ]
    ReviewStep.objects.bulk_create(steps)
    review.seed, review.drawn_at, review.drawn_by = text, at, actor
    review.save(update_fields=["seed", "drawn_at", "drawn_by"])
    return review


@transaction.atomic
def assign_reviewer(file_id: int, *, username: str, reason: str, actor: User, at: datetime) -> ReviewFile:
    """Afterwards the file is with this person, who did not handle the case; the reason of a replacement stands in its steps.

    Raises NotFound, NotPermitted for a person who handled the case or may not see it, InvalidInput, StaleState once all is done.
    """
    file = reviewing.lock_file(file_id)
    review_rights.require(actor, "assign", file)
    if file.current_state in {FileState.CLEAN, FileState.CLOSED}:
        raise StaleState("本案卷的评查已经办结，不能更换评查人。")
    text = clean_text(reason, max_length=500, multiline=True)
    (person,) = _people([username])
    if file.reviewer_id == person.pk:
        raise InvalidInput(f"本案卷已由{person.display_name}评查。", fields={"reviewer": "请选择另一名人员。"})
    if file.reviewer_id is not None and not text:
        raise InvalidInput("更换评查人须写明理由。", fields={"reason": "请写明更换的理由，如回避。"})
    if file.rectified_by_id == person.pk:
        raise NotPermitted(f"本案卷的整改由{person.display_name}提交，复查须由他人进行。")
    review_rights.require_not_handler(person, file)
    kind = ReviewStep.Kind.REPLACE if file.reviewer_id else ReviewStep.Kind.ASSIGN
    file.reviewer = person
    file.save(update_fields=["reviewer"])
    note = f"{person.display_name}：{text}" if text else person.display_name
    ReviewStep.objects.create(file=file, kind=kind, at=at, actor=actor, note=note, due_on=file.due_on)
    return file


def _named(file: ReviewFile) -> str:
    return f"评查人：{file.reviewer.display_name}" if file.reviewer else "所列人员均须回避，待指定评查人"


def _people(usernames: Sequence[str]) -> list[User]:
    found = {user.username: user for user in User.objects.filter(username__in=usernames, is_active=True)}
    missing = [name for name in usernames if name not in found]
    if missing or not usernames:
        raise InvalidInput(
            "请从列表中选择评查人。", fields={"reviewers": "请至少选择一名评查人。", "reviewer": "请选择评查人。"}
        )
    people = [found[name] for name in dict.fromkeys(usernames)]
    for person in people:
        if not person.has_role(*review_rights.FILE_REVIEWERS):
            reason = f"{person.display_name}不能评查案卷；请从列表中选择。"
            raise InvalidInput(reason, fields={"reviewers": reason, "reviewer": reason})
    return people


def _cleaned(plan: Plan, *, today: date) -> Plan:
    title, source = clean_text(plan.title, max_length=100), clean_text(plan.seed_source, max_length=200)
    if not title:
        raise InvalidInput("请填写抽查名称。", fields={"title": "请填写名称，如“2026年3月案卷抽查”。"})
    if not source:
        raise InvalidInput("请写明种子来源。", fields={"seed_source": "冻结总体时写明种子将如何产生。"})
    if plan.to_on < plan.from_on:
        raise InvalidInput("截止日早于起始日，请核对。", fields={"to_on": "不能早于起始日。"})
    if plan.to_on > today:
        raise InvalidInput("只能抽查已经作出的决定。", fields={"to_on": "不能晚于今天。"})
    if not plan.dimensions or not set(plan.dimensions) <= set(reviewing.DIMENSIONS):
        raise InvalidInput("请选择如何分层。", fields={"dimensions": "请至少选择一项。"})
    return Plan(title, plan.from_on, plan.to_on, plan.dimensions, source)
