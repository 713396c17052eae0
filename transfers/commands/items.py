"""划转事项的去留: activated when its condition is met, assessed, deferred, retained, taken up again, given back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue
from matters.commands.authorities import Succession, move_powers
from matters.models import Power

from .. import permissions
from ..domain.states import OPINION, TABLE, ItemEvent, ItemState
from ..models import RiskAssessment, TransferItem
from .acting import begin, required_text, take


@dataclass(frozen=True)
class Assessment:
    """政策风险评估: who found what on which day, and whether the matter may move."""

    conclusion: str
    assessed_on: date
    assessor: str
    findings: str
    document: str = ""


@transaction.atomic
def activate_item(item_id: int, *, evidence: str, actor: User, at: datetime) -> TransferItem:
    """Afterwards a deferred item is planned (成熟一项划转一项); the body that holds its powers today hands it over.

    Raises InvalidInput without evidence that the condition is met, DomainError for a matter that has been stopped or that no
    body accepts.
    """
    item = begin(item_id, actor=actor)
    text = required_text(evidence, name="evidence", label="条件已经具备的依据", limit=300)
    item.from_department = _holder(item, local_date(at))
    take(item, ItemEvent.ACTIVATE, actor=actor, at=at, note=text, from_department=item.from_department, reason="")
    return item


@transaction.atomic
def activate_batch(batch_id: int, *, evidence: str, actor: User, at: datetime) -> tuple[list[TransferItem], list[str]]:
    """Afterwards every deferred item of the batch that can move is planned; returns them, and why each other one stays.

    Raises InvalidInput without evidence, StaleState when nothing of the batch is deferred.
    """
    permissions.require_office(actor)
    deferred = TransferItem.objects.filter(batch_id=batch_id, state=ItemState.DEFERRED.value).order_by("pk")
    moved, left = [], []
    for pk in list(deferred.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                moved.append(activate_item(pk, evidence=evidence, actor=actor, at=at))
        except InvalidInput:
            raise
        except DomainError as refusal:
            left.append(refusal.message)
    if not moved and not left:
        raise StaleState("本批次没有暂缓的事项；请刷新页面查看。")
    return moved, left


def _holder(item: TransferItem, today: date) -> Department:
    closed = catalogue.closing_change(item.matter, today)
    if closed is not None:
        raise DomainError(
            f"{item.matter.name}自{closed.effective_on.isoformat()}起已停止办理（{closed.new_value}），不再划转；请改为保留。"
        )
    authority = catalogue.authority_on(item.matter, today, Power.ACCEPT)
    if authority is None:
        raise DomainError(f"{item.matter.name}今天没有登记受理机关，不能启动划转；请事项管理员先补录职权。")
    if authority.department_id == item.to_department_id:
        raise DomainError(f"{item.matter.name}的职权已在{item.to_department.name}，不用再划转。")
    return authority.department


@transaction.atomic
def assess_item(item_id: int, *, assessment: Assessment, actor: User, at: datetime) -> RiskAssessment:
    """Afterwards the policy risk assessment stands, and the item may be handed over, or stays with its department.

    Raises InvalidInput for what is missing or a day to come.
    """
    item = begin(item_id, actor=actor)
    if assessment.conclusion not in RiskAssessment.Conclusion.values:
        raise InvalidInput("请选择评估结论。", fields={"conclusion": "请选择评估结论。"})
    if assessment.assessed_on > local_date(at):
        raise InvalidInput("评估日不能晚于今天。", fields={"assessed_on": "评估日不能晚于今天。"})
    assessor = required_text(assessment.assessor, name="assessor", label="评估单位", limit=100)
    findings = required_text(assessment.findings, name="findings", label="评估意见", limit=2000, multiline=True)
    moves = assessment.conclusion == RiskAssessment.Conclusion.MOVE
    note = f"{RiskAssessment.Conclusion(assessment.conclusion).label}（{assessor}）"
    if moves:
        take(item, ItemEvent.CLEAR, actor=actor, at=at, note=note)
    else:
        take(item, ItemEvent.RETAIN, actor=actor, at=at, note=note, reason=f"经政策风险评估不宜划转：{findings}"[:300])
    return RiskAssessment.objects.create(
        item=item,
        conclusion=assessment.conclusion,
        assessed_on=assessment.assessed_on,
        assessor=assessor,
        findings=findings,
        document=assessment.document.strip()[:100],
        recorded_by=actor,
        recorded_at=at,
    )


@transaction.atomic
def defer_item(item_id: int, *, reason: str, actor: User, at: datetime) -> TransferItem:
    """Afterwards the item waits, with the reason; raises InvalidInput without one."""
    return _set_aside(item_id, ItemEvent.DEFER, reason, actor, at)


@transaction.atomic
def retain_item(item_id: int, *, reason: str, actor: User, at: datetime) -> TransferItem:
    """Afterwards the matter stays with its department, handled at its hall window under its own seal; says why."""
    return _set_aside(item_id, ItemEvent.RETAIN, reason, actor, at)


def _set_aside(item_id: int, event: ItemEvent, reason: str, actor: User, at: datetime) -> TransferItem:
    item = begin(item_id, actor=actor)
    text = required_text(reason, name="reason", label="理由", limit=300)
    take(item, event, actor=actor, at=at, note=text, reason=text)
    return item


@transaction.atomic
def reconsider_item(item_id: int, *, reason: str, actor: User, at: datetime) -> TransferItem:
    """Afterwards a retained matter is planned again and must be assessed anew."""
    item = begin(item_id, actor=actor)
    text = required_text(reason, name="reason", label="理由", limit=300)
    item.from_department = _holder(item, local_date(at))
    take(item, ItemEvent.RECONSIDER, actor=actor, at=at, note=text, from_department=item.from_department, reason="")
    return item


@dataclass(frozen=True)
class GivingBack:
    """退回: from which day the powers are the department's again, by which document, and why."""

    on: date
    instrument: str
    reason: str


@transaction.atomic
def give_back(item_id: int, *, given: GivingBack, actor: User, at: datetime) -> TransferItem:
    """Afterwards the powers go back, from ``given.on`` on, to the body that carries the former one's functions that day.

    Days before answer as they did; cases accepted before that day stay with the body that accepted them. Raises InvalidInput
    for a day that is not to come, or is not after the transfer took effect; without instrument or reason.
    """
    item = begin(item_id, actor=actor)
    row = TABLE.row_for(item.current_state, ItemEvent.GIVE_BACK)
    instrument = required_text(given.instrument, name="instrument", label="退回的依据文件", limit=100)
    reason = required_text(given.reason, name="reason", label="退回的理由", limit=300)
    if row is not None:
        require_day_to_come(given.on, at)
        if given.on <= item.effective_on:
            raise InvalidInput(
                f"本事项{item.effective_on.isoformat()}才划转生效，退回须在此之后。",
                article=OPINION,
                fields={"on": f"须晚于{item.effective_on.isoformat()}。"},
            )
    take(
        item,
        ItemEvent.GIVE_BACK,
        actor=actor,
        at=at,
        note=f"{instrument}：{reason}",
        returned_on=given.on,
        reason=reason,
    )
    if item.kind != TransferItem.Kind.FEE:
        former = catalogue.current_body(item.from_department, given.on)
        move_powers(item.matter_id, succession=Succession(item.to_department, former, given.on, instrument))
    return item


def require_day_to_come(on: date, at: datetime) -> None:
    """Returns when powers may change on that day: from tomorrow on, because of what was accepted today already."""
    if on <= local_date(at):
        raise InvalidInput(
            "职权变动最早自次日起生效：今天已经受理的办件属于今天有职权的机关。",
            article=OPINION,
            fields={"on": "职权变动最早自次日起生效；请选明天或以后的日期。"},
        )
