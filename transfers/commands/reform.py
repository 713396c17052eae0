"""改革进程: a step is done when something proves it; a question is raised, decided, carried out, in that order."""

import csv
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from .. import permissions
from ..models import Milestone, Question
from .acting import required_text


@transaction.atomic
def load_milestones() -> int:
    """Afterwards the opinion's steps stand, without a word on whether they were done; returns rows added."""
    there = set(Milestone.objects.values_list("seq", flat=True))
    with (settings.BASE_DIR / "fixtures" / "reform_milestones.csv").open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if int(row["seq"]) not in there]
    Milestone.objects.bulk_create(Milestone(**row | {"seq": int(row["seq"])}) for row in rows)
    return len(rows)


@transaction.atomic
def record_milestone(milestone_id: int, *, done_on: date, evidence: str, actor: User, at: datetime) -> Milestone:
    """Afterwards the step is done, by what proves it. Raises InvalidInput, StaleState when it is on record already."""
    permissions.require_office(actor)
    found = Milestone.objects.select_for_update().filter(pk=milestone_id).first()
    if found is None:
        raise NotFound("没有查到这个时间节点。")
    if found.done_on is not None:
        raise StaleState(f"“{found.title}”已登记于{found.done_on.isoformat()}完成。")
    if done_on > local_date(at) or done_on < found.starts_on:
        raise InvalidInput("完成日不能晚于今天，也不能早于节点开始之日。", fields={"done_on": "请核对完成日。"})
    found.evidence = required_text(evidence, name="evidence", label="完成的依据", limit=300)
    found.done_on, found.recorded_by = done_on, actor
    found.save(update_fields=["evidence", "done_on", "recorded_by"])
    return found


@dataclass(frozen=True)
class NewQuestion:
    """新问题: what is asked, about which matter if about one."""

    text: str
    matter_code: str = ""


@transaction.atomic
def raise_question(given: NewQuestion, *, actor: User, at: datetime) -> Question:
    """Afterwards the question stands in the name of the person's body. Raises InvalidInput, NotFound for an unknown matter."""
    if not actor.has_role(*permissions.PARTIES, *permissions.OFFICE) or actor.department_id is None:
        raise NotPermitted("不能由本人提出：须由有关部门或者协调机制人员提出。")
    text = required_text(given.text, name="text", label="问题", limit=2000, multiline=True)
    matter = catalogue.matter_by_code(given.matter_code) if given.matter_code.strip() else None
    return Question.objects.create(
        raised_by_id=actor.department_id, raised_on=local_date(at), matter_id=matter.pk if matter else None, text=text
    )


@transaction.atomic
def decide_question(question_id: int, *, decision: str, decided_in: str, actor: User, at: datetime) -> Question:
    """Afterwards the mechanism has decided. Raises InvalidInput without words or the document, StaleState for a decided one."""
    permissions.require_office(actor)
    found = _lock(question_id)
    if found.decided_on is not None:
        raise StaleState(f"这个问题已于{found.decided_on.isoformat()}决定。")
    found.decision = required_text(decision, name="decision", label="决定", limit=2000, multiline=True)
    found.decided_in = required_text(decided_in, name="decided_in", label="议定文件", limit=100)
    found.decided_on = local_date(at)
    found.save(update_fields=["decision", "decided_in", "decided_on"])
    return found


@transaction.atomic
def carry_out_question(question_id: int, *, outcome: str, actor: User, at: datetime) -> Question:
    """Afterwards the decision is carried out, and how. Raises StaleState before it is decided or after it was carried out."""
    permissions.require_office(actor)
    found = _lock(question_id)
    if found.decided_on is None:
        raise StaleState("这个问题还没有决定，不能登记落实。")
    if found.carried_out_on is not None:
        raise StaleState(f"这个问题已于{found.carried_out_on.isoformat()}落实。")
    found.outcome = required_text(outcome, name="outcome", label="落实情况", limit=500)
    found.carried_out_on = local_date(at)
    found.save(update_fields=["outcome", "carried_out_on"])
    return found


def _lock(question_id: int) -> Question:
    found = Question.objects.select_for_update(of=("self",)).filter(pk=question_id).first()
    if found is None:
        raise NotFound("没有查到这个问题；请从协调事项打开。")
    return found
