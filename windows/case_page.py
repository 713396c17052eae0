"""What the case page and the public status page show of one case: plain data, every read in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from . import permissions, queries
from .clock_strip import ClockStrip, strip_of
from .clocks import clocks_of
from .commands import gates
from .domain.clock import BothClocks
from .domain.states import DELIVERY_STATES, HANDLING_STATES, INTAKE_STATES, State
from .events import LABELS
from .models import Case, CaseEvent, CaseFile, CaseMaterial, CorrectionNotice, Decision, Letter, Opinion
from .preconditions import is_with_the_body_above
from .rows import remaining_text
from .sections import Section, sections_of


@dataclass(frozen=True)
class ActView:
    """一个办理动作: its name, whether this person may do it now, and if not, why and who could.

    ``waits``: it is this person's to do, but something else must be done first.
    """

    action: str
    label: str
    allowed: bool
    reason: str
    waits: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """时间线上的一行"""

    at: object
    label: str
    who: str
    note: str = ""
    decision_id: int | None = None


@dataclass(frozen=True)
class CasePage:
    """办件页: one case with everything that stands on its page."""

    case: Case
    material_views: Sequence["MaterialView"]
    loose_files: Sequence[CaseFile]
    opinions: Sequence[Opinion]
    notices: Sequence[CorrectionNotice]
    letters: Sequence[Letter]
    timeline: Sequence[TimelineEntry]
    clocks: BothClocks | None
    acts: dict[str, ActView]
    decision: Decision | None
    sections: Sequence[Section]

    @property
    def granted_text(self) -> str:
        """准予行政许可, or what the 办理项 grants."""
        return _NAMED.get(("grant", self.case.purpose), "准予行政许可")

    @property
    def refused_text(self) -> str:
        """不予行政许可, or what the 办理项 refuses."""
        return _NAMED.get(("refuse", self.case.purpose), "不予行政许可")

    @property
    def decided_by(self) -> str:
        """Who decided, and for whom where the task was delegated; "" without a decision."""
        if self.decision is None:
            return ""
        if (outside := getattr(self.decision, "outside", None)) is not None:
            return f"{outside.body.name}（{outside.document_number}；{self.decision.decider.display_name}登记）"
        named = next((one.who for one in self.timeline if one.decision_id == self.decision.pk), "")
        return named or self.decision.decider.display_name

    @property
    def validity_text(self) -> str:
        """有效期, in words; "" without a grant."""
        if self.decision is None or self.decision.valid_from is None:
            return ""
        end = self.decision.valid_to.isoformat() if self.decision.valid_to else "长期"
        return f"{self.decision.valid_from.isoformat()} 至 {end}"

    def strip(self, today: date) -> ClockStrip | None:
        """The clock strip while the decision clock runs or stands still; None before and after."""
        if self.clocks is None or self.case.current_state not in HANDLING_STATES or is_with_the_body_above(self.case):
            return None
        return strip_of(self.clocks.promised, self.clocks.statutory, today=today)

    @property
    def hall_url(self) -> str:
        """Where the acts of intake stand, when one of them is this person's to do; else ""."""
        intake = ("accept", "give_correction", "resubmit", "not_accept", "not_required")
        allowed = any(self.acts[name].allowed for name in intake if name in self.acts)
        return reverse("hall-case", args=[self.case.number]) if allowed else ""


@dataclass(frozen=True)
class MaterialView:
    """一项材料在页面上的样子: the row, its files, and the look of its status."""

    material: CaseMaterial
    files: Sequence[CaseFile]

    @property
    def look(self) -> str:
        return {"complete": "valid", "missing": "correction_pending", "defective": "failed"}.get(
            self.material.status, "plain"
        )


@dataclass(frozen=True)
class Due:
    """一个届满日: what it is, when, what is left, and the light it shows."""

    label: str
    on: date | None
    remaining: str
    missing_year: int | None
    light: str


#: In the order in which they stand on the page.
ACTS = (
    ("accept", "受理"),
    ("give_correction", "一次性告知补正"),
    ("resubmit", "登记补正材料"),
    ("not_accept", "不予受理"),
    ("not_required", "不受理"),
    ("start_review", "领取审查"),
    ("submit_opinion", "提交审查意见"),
    ("grant", "准予许可"),
    ("refuse", "不予许可"),
    ("return_to_review", "退回重审"),
    ("issue", "制发证件"),
    ("deliver", "登记送达"),
    # ---- clock procedures: before what everybody may do at any time, for the first one open is the main act
    ("serve_correction", "登记补正告知送达"),
    ("answer_procedure", "批复特别程序"),
    ("answer_extension", "批复延长期限"),
    ("end_procedure", "登记特别程序结果"),
    ("request_more_time", "再次告知所需时间"),
    ("serve_procedure", "登记特别程序告知送达"),
    ("serve_extension", "登记延长告知送达"),
    ("request_procedure", "提出特别程序"),
    ("request_extension", "提出延长期限"),
    ("declare_joint", "登记多部门办理"),
    ("reassign", "改派承办人"),
    ("withdraw", "撤回申请"),
    # ---- what must stand on record before a decision
    ("credit_check", "登记信用查询"),
    ("notify_fee", "出具缴费通知"),
    ("settle_fee", "登记缴费"),
    ("reduce_fee", "登记减免"),
    ("report_upward", "报送上级机关"),
    ("record_outside_decision", "登记上级机关的决定"),
    # ---- site check, experts, other departments, interested parties, hearing
    ("serve_notice", "登记告知文书送达"),
    ("record_hearing", "登记听证笔录"),
    ("decide_challenge", "决定是否回避"),
    ("answer_hearing_right", "登记听证申请或放弃"),
    ("call_hearing", "通知听证"),
    ("challenge_host", "登记回避申请"),
    ("record_statement", "登记陈述申辩"),
    ("name_expert", "确定评审专家"),
    ("conclude_panel", "登记专家评审结果"),
    ("record_visit", "登记联合踏勘结果"),
    ("appoint_visit", "组织联合踏勘"),
    ("assign_site_check", "指派现场核查"),
    ("convene_panel", "组织专家评审"),
    ("consult", "征求部门意见、请求派员"),
    ("inform_interested", "告知利害关系人"),
    ("tell_hearing_right", "告知听证权利"),
    ("order_hearing", "依职权听证"),
    # ---- licence life: acts of the office's own motion
    ("tell_holder", "告知陈述申辩权利"),
    ("serve_holder", "登记告知书送达"),
    ("record_holder_statement", "登记陈述申辩"),
    ("propose_ex_officio", "提交处理意见"),
    ("decide_ex_officio", "作出处理决定"),
    ("drop_ex_officio", "终结而不作处理"),
    # ---- 容缺受理、告知承诺、即办
    ("grant_by_commitment", "按告知承诺准予"),
    ("grant_at_once", "当场准予"),
    ("decline_commitment", "转普通程序"),
    ("drop_commitment", "不再采用告知承诺"),
    ("supply_deferred", "登记容缺材料"),
    ("end_deferral", "按容缺逾期处理"),
)

#: What an act is called for a 办理项 other than 新办.
_NAMED = {
    ("grant", "change"): "准予变更",
    ("grant", "renewal"): "准予延续",
    ("grant", "replacement"): "准予补发",
    ("grant", "cancellation"): "准予注销",
    ("refuse", "change"): "不予变更",
    ("refuse", "renewal"): "不予延续",
    ("refuse", "replacement"): "不予补发",
    ("refuse", "cancellation"): "不予注销",
    ("decide_ex_officio", "withdrawal"): "撤回许可",
    ("decide_ex_officio", "revocation"): "撤销许可",
    ("decide_ex_officio", "cancellation"): "注销许可",
}


def case_page(user: User, number: str, *, today: date) -> CasePage:
    """Everything the case page shows; a constant number of queries. Raises NotFound for what is not this person's."""
    case = queries.get_visible_case(user, number)
    materials = queries.material_rows(case)
    by_material: dict[int | None, list[CaseFile]] = {}
    for one in case.files.select_related("stored").order_by("id"):
        by_material.setdefault(one.material_id, []).append(one)
    return CasePage(
        case=case,
        material_views=[MaterialView(row, by_material.get(row.pk, [])) for row in materials],
        loose_files=by_material.get(None, []),
        opinions=list(case.opinions.select_related("author")),
        notices=list(case.correction_notices.prefetch_related("items__material__edition_material")),
        letters=list(queries.letters_of(case)),
        timeline=timeline(case),
        clocks=clocks_of(case, catalogue.edition_with_materials(case.edition_id), current_calendar()),
        acts=acts_for(user, case, today),
        decision=Decision.objects.select_related("decider", "outside__body").filter(case=case).first(),
        sections=sections_of(case, user, today),
    )


def acts_for(user: User, case: Case, today: date) -> dict[str, ActView]:
    """The acts that belong to the case's present state, each allowed or grey with its reason."""
    views = {}
    for action, label in ACTS:
        permission = permissions.may(user, action, case)
        if not permission.fits_state:
            continue
        name = _NAMED.get((action, case.purpose), label)
        refused = gates.shut(gates.BY_ACTION.get(action, ()), case, today) if permission.allowed else None
        if refused is not None:
            views[action] = ActView(action, name, False, str(refused), waits=True)
        else:
            views[action] = ActView(action, name, permission.allowed, permission.reason)
    return views


def timeline(case: Case) -> list[TimelineEntry]:
    """The case's events, oldest first, in words; an act for somebody else names both."""
    events = list(CaseEvent.objects.filter(case=case).select_related("actor").order_by("sequence"))
    principals = {event.detail["for"] for event in events if "for" in event.detail}
    names = dict(User.objects.filter(pk__in=principals).values_list("pk", "display_name")) if principals else {}
    return [
        TimelineEntry(
            at=event.at,
            label=LABELS[event.kind],
            who=_who(event, names),
            decision_id=event.detail.get("decision"),
        )
        for event in events
    ]


def _who(event: CaseEvent, names: dict[int, str]) -> str:
    if event.actor is None:
        return "系统"
    principal = names.get(event.detail.get("for"))
    return f"{event.actor.display_name}（受{principal}委托）" if principal else event.actor.display_name


def dues_of(case: Case, *, today: date) -> list[Due]:
    """The due dates that matter now: of intake, of correction, promised and statutory, or of delivery."""
    state, light, year = case.current_state, case.light, case.calendar_missing_year
    if state in INTAKE_STATES:
        shown = [("一次告知或受理", case.intake_due_on, light)]
    elif state is State.CORRECTION_PENDING:
        shown = [("申请人补正", case.correction_deadline_on, "none")]
    elif state in HANDLING_STATES and is_with_the_body_above(case):
        return []  # the office's own term was met with the report
    elif state in HANDLING_STATES and case.clock_from_on is not None:
        late = light == Case.Light.RED
        shown = [
            ("承诺办结", case.promised_due_on, Case.Light.ORANGE if late else light),
            ("法定办结", case.statutory_due_on, light if late else "none"),
        ]
        if case.decide_before_on is not None:
            shown.append(("证照届满", case.decide_before_on, "none"))
    elif state in DELIVERY_STATES:
        shown = [("颁发送达", case.delivery_due_on, light)]
    else:
        return []
    calendar = current_calendar()
    if state is State.CORRECTION_PENDING and case.correction_deadline_on is None:
        year = calendar.last_year + 1  # only a calendar that is not published leaves this term open
    paused = "暂停计时" if state is State.SUSPENDED else ""
    return [
        Due(label, due, remaining_text(due, today, calendar) if due else paused, year, str(look))
        for label, due, look in shown
    ]
