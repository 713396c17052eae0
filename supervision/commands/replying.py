"""对反馈的答复: the approving body verifies and decides; what it accepts may open a case of the office's own motion."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from windows.commands.licences.ex_officio import Cause, open_ex_officio
from windows.domain.licences import GROUNDS

from .. import permissions
from ..domain.consequences import OPENS, FeedbackKind, TaskKind
from ..models import FollowUp


@dataclass(frozen=True)
class Reply:
    """答复: accepted or not, with reasons; ``ground`` opens the case of the office's own motion the report asks for."""

    accepted: bool
    text: str
    ground: str = ""


@transaction.atomic
def answer_feedback(task_id: int, *, reply: Reply, actor: User, at: datetime) -> FollowUp:
    """Afterwards the report is answered, once; where it asked for a withdrawal, revocation or cancellation, the case is open.

    Raises NotFound, NotPermitted, InvalidInput, DomainError for one that was answered, and whatever the opening refuses.
    """
    found = FollowUp.objects.filter(pk=task_id).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_FEEDBACK)
    task = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("feedback__licence", "feedback__department", "department")
        .get(pk=task_id)
    )
    permissions.require_answering(actor, task)
    if task.state != FollowUp.State.OPEN:
        raise DomainError(f"这条反馈已经答复（{task.get_state_display()}），不必再办。")
    text = clean_text(reply.text, max_length=2000, multiline=True)
    if not text:
        raise InvalidInput("请写明答复。", fields={"text": "请写明依据和理由。"})
    feedback = task.feedback
    purpose = OPENS.get(TaskKind(task.kind))
    if reply.accepted and purpose is not None and feedback.licence is not None:
        rule = GROUNDS.get(reply.ground)
        if rule is None or rule.purpose != purpose:
            raise InvalidInput("采纳的须立案，请选择事由。", fields={"ground": "请选择依据哪一条哪一项。"})
        source = f"{feedback.department.short_name}{FeedbackKind(feedback.kind).label}（{feedback.number}）"
        cause = Cause(reply.ground, f"{feedback.finding}\n{text}", source)
        task.opened_case = open_ex_officio(feedback.licence.pk, cause=cause, actor=actor, at=at)
    elif reply.ground:
        raise InvalidInput("只有采纳并立案的才选择事由。", fields={"ground": "请留空。"})
    task.state = FollowUp.State.ACCEPTED if reply.accepted else FollowUp.State.DECLINED
    task.reply, task.replied_at, task.replied_by = text, at, actor
    task.save()
    return task
