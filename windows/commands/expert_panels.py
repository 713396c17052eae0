"""专家评审: experts without a conflict of interest say what they think; whoever has one is replaced."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_organisation_name, clean_person_name, clean_text, comparison_key
from laiyang_approval.kernel.rules import rule_int

from ..events import examination as events
from ..examination import asked_of, members_of, open_panel
from ..models import Case, Expert, ExpertPanel, SpecialProcedure
from .acting import begin_act, finish_act

RULE = "专家评审（业务规则）"


@dataclass(frozen=True)
class PanelPlan:
    """评审安排: what is asked, on which provision, when and where; the special procedure whose notice the applicant has."""

    subject: str
    legal_basis: str
    meets_on: date
    place: str
    special_procedure_id: int | None = None


@transaction.atomic
def convene_panel(
    number: str, *, plan: PanelPlan, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards a panel is convened and waits for its experts; without a notice D09 its time counts (第四十五条).

    Raises DomainError while another panel has not given its result, InvalidInput for what is missing.
    """
    texts = {
        "subject": clean_text(plan.subject, max_length=500),
        "legal_basis": clean_text(plan.legal_basis, max_length=300),
        "place": clean_text(plan.place, max_length=200),
    }
    if missing := [name for name, text in texts.items() if not text]:
        raise InvalidInput("请填写评审内容、依据和地点。", fields=dict.fromkeys(missing, "请填写。"))
    if plan.meets_on < local_date(at):
        raise InvalidInput("评审日期已过，请改正。", fields={"meets_on": "评审日期不能早于今天。"})
    case, writer = begin_act(number, action="convene_panel", actor=actor, at=at, expected_version=expected_version)
    if open_panel(case) is not None:
        raise DomainError("已有一次专家评审还没有结果；请先登记其结果。", article=RULE)
    panel = ExpertPanel.objects.create(
        case=case,
        meets_on=plan.meets_on,
        special_procedure=_procedure(case, plan.special_procedure_id),
        convened_by=actor,
        convened_at=at,
        **texts,
    )
    case.asked = asked_of(case)
    events.record_panel_convened(writer, panel_id=panel.pk, meets_on=panel.meets_on)
    finish_act(case, writer)
    return case


def _procedure(case: Case, pk: int | None) -> SpecialProcedure | None:
    if pk is None:
        return None
    found = SpecialProcedure.objects.filter(
        case=case, pk=pk, kind=SpecialProcedure.Kind.EXPERT_REVIEW, panel__isnull=True
    ).first()
    if found is None:
        raise InvalidInput(
            "没有这项专家评审的特别程序；请刷新页面后再选。", fields={"special_procedure_id": "请重新选择。"}
        )
    return found


@dataclass(frozen=True)
class NamedExpert:
    """评审专家: who, from where, and what they declare; ``replaces_id`` is the expert whose place they take."""

    name: str
    organisation: str
    title: str
    has_conflict: bool
    conflict: str = ""
    replaces_id: int | None = None


@transaction.atomic
def name_expert(
    number: str, *, expert: NamedExpert, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards it stands what this expert declared; with a conflict of interest they are recused and no member.

    Raises DomainError without a panel or for somebody of the applicant's own house, InvalidInput for what is missing.
    """
    name = clean_person_name(expert.name)
    organisation = clean_organisation_name(expert.organisation)
    title, conflict = clean_text(expert.title, max_length=100), clean_text(expert.conflict, max_length=300)
    if not title:
        raise InvalidInput("请填写专家的专业和职称。", fields={"title": "请填写专业和职称。"})
    if expert.has_conflict and not conflict:
        raise InvalidInput("声明有利害关系的，请写明是什么关系。", fields={"conflict": "请写明利害关系。"})
    case, writer = begin_act(number, action="name_expert", actor=actor, at=at, expected_version=expected_version)
    panel = _open(case)
    if not expert.has_conflict and comparison_key(organisation) == comparison_key(case.party.name):
        raise DomainError(
            f"{name}在申请人单位工作，与本件有利害关系，不能作为评审专家；请登记其回避并另选专家。", article=RULE
        )
    same = (comparison_key(name), comparison_key(organisation))
    if same in {(comparison_key(one.name), comparison_key(one.organisation)) for one in panel.experts.all()}:
        raise DomainError(f"{name}已经登记过声明，同一专家只登记一次；请另选专家。", article=RULE)
    row = Expert.objects.create(
        panel=panel,
        name=name,
        organisation=organisation,
        title=title,
        has_conflict=expert.has_conflict,
        conflict=conflict if expert.has_conflict else "",
        replaces=_replaced(panel, expert.replaces_id),
        named_by=actor,
        named_at=at,
    )
    events.record_expert_named(writer, expert_id=row.pk, has_conflict=row.has_conflict, replaces_id=row.replaces_id)
    finish_act(case, writer)
    return case


def _replaced(panel: ExpertPanel, pk: int | None) -> Expert | None:
    if pk is None:
        return None
    found = next((one for one in panel.experts.all() if one.pk == pk and not hasattr(one, "replaced_by")), None)
    if found is None:
        raise InvalidInput("所替换的专家不在专家组内；请重新选择。", fields={"replaces_id": "请重新选择。"})
    return found


@dataclass(frozen=True)
class PanelResult:
    """评审结果: votes and opinion; every member votes."""

    votes_for: int
    votes_against: int
    votes_abstained: int
    opinion: str


@transaction.atomic
def conclude_panel(
    number: str, *, result: PanelResult, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the panel's votes and opinion stand.

    Raises DomainError for too few members without a conflict, InvalidInput when the votes are not those of the members.
    """
    opinion = clean_text(result.opinion, max_length=4000, multiline=True)
    if not opinion:
        raise InvalidInput("请填写评审意见。", fields={"opinion": "请写明专家组的意见。"})
    case, writer = begin_act(number, action="conclude_panel", actor=actor, at=at, expected_version=expected_version)
    panel, today = _open(case), local_date(at)
    if today < panel.meets_on:
        raise DomainError(f"专家评审定于{panel.meets_on.isoformat()}，还没有举行；请在评审后登记。", article=RULE)
    members, least = len(members_of(panel)), rule_int("expert_panel_min", today)
    if members < least:
        recused = sum(one.has_conflict for one in panel.experts.all())
        gone = f"（{recused}名因利害关系回避）" if recused else ""
        raise DomainError(f"专家组现有{members}名{gone}，至少应有{least}名；请另选专家补足。", article=RULE)
    votes = (result.votes_for, result.votes_against, result.votes_abstained)
    if min(votes) < 0 or sum(votes) != members:
        raise InvalidInput(
            f"票数合计应等于专家组人数（{members}名）；请核对。", fields={"votes_for": f"合计应为{members}。"}
        )
    panel.votes_for, panel.votes_against, panel.votes_abstained = votes
    panel.opinion, panel.concluded_by, panel.concluded_at = opinion, actor, at
    panel.save()
    case.asked = asked_of(case)
    events.record_panel_concluded(writer, panel_id=panel.pk, votes=votes)
    finish_act(case, writer)
    return case


def _open(case: Case) -> ExpertPanel:
    panel = open_panel(case)
    if panel is None:
        raise DomainError("目前没有等待结果的专家评审；请先组织专家评审。", article=RULE)
    return panel
