"""Who may do which act on a case: one table of role × action × state × own or other department (controls C4, R13).

The table is read by commands (``require_event``), by pages (``may``, for grey buttons with a reason) and by its tests.
Roles say what kind of act; guardian rights on a department (or on a matter) say for whom. What a person may not even
see does not exist for them.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role

from .domain.states import HANDLING_STATES, TABLE, Event, State
from .models import Case, Consultation, Hearing, Opinion, PartyRestriction, SiteCheck

NO_SUCH_CASE = "没有查到这件办件；请核对受理编号，或确认该件是否由您所在单位办理。"

INTAKE, REVIEW, DECIDE, SUPERVISE = (
    "intake_for_department",
    "review_for_department",
    "decide_for_department",
    "supervise_department",
)
_DEPARTMENT_RIGHTS = frozenset({INTAKE, REVIEW, DECIDE, SUPERVISE})


@dataclass(frozen=True)
class Rule:
    """一条权限: the action, who may do it, under which right, in which states; ``label`` reads after “不能”.

    ``event`` is the event of the state table the action takes, where it takes one: it knows why it does not fit a state.
    ``of_handling_body``: the right is asked for at the body that handles the case, though another one decides it.
    ``of_consulted_body``: the act is on a question to another department, and its staff's alone.
    ``by_government``: where several departments handle the case, only the head of the government may (行政许可法第四十二条第二款).
    """

    action: str
    label: str
    roles: frozenset[Role]
    right: str
    states: frozenset[State]
    event: Event | None = None
    of_handling_body: bool = False
    of_consulted_body: bool = False
    by_government: bool = False

    def body_of(self, case: Case) -> Department:
        """The body for which the right must be held."""
        decides = self.right == DECIDE and not self.of_handling_body
        return case.deciding_department if decides else case.handling_department

    def refusal(self, state: State) -> tuple[str, str]:
        """Why this action does not belong to ``state``: the sentence, and the article behind it."""
        if self.event is not None:
            return TABLE.refusal(state, self.event)
        return f"办件目前为“{state.label}”，不能{self.label}；请刷新页面查看最新状态。", ""


def _states_of(event: Event) -> frozenset[State]:
    return frozenset(source for row in TABLE.rows if row.event is event for source in row.sources)


def _act(event: Event, label: str, right: str, *roles: Role) -> Rule:
    return Rule(event.value, label, frozenset(roles), right, _states_of(event), event)


def _any_state(action: str, label: str, right: str, *roles: Role, without: tuple[State, ...] = ()) -> Rule:
    return Rule(action, label, frozenset(roles), right, frozenset(State) - frozenset(without))


def _in_states(
    action: str,
    label: str,
    right: str,
    states: frozenset[State],
    *roles: Role,
    event: Event | None = None,
    of_handling_body: bool = False,
    by_government: bool = False,
) -> Rule:
    """An act that belongs to these states; ``event``: the one it leads up to, which knows why it does not fit another state."""
    return Rule(
        action,
        label,
        frozenset(roles),
        right,
        states,
        event,
        of_handling_body=of_handling_body,
        by_government=by_government,
    )


def _by_consulted(action: str, label: str, states: frozenset[State]) -> Rule:
    return Rule(action, label, frozenset({Role.DEPARTMENT_STAFF}), "", states, of_consulted_body=True)


def _own_motion(action: str, event: Event, label: str, right: str, *roles: Role) -> Rule:
    """An act on a case that no application began; it takes the same event as its twin for applications."""
    return Rule(action, label, frozenset(roles), right, _states_of(event), event)


#: While a case is examined, whether its clock runs or stands still.
_EXAMINED = frozenset({State.IN_REVIEW, State.SUSPENDED})
#: What is stated or asked for before the decision is taken in, also when the opinion is already given.
_HEARD = _EXAMINED | {State.PENDING_DECISION}
#: A mistaken intake is put right before a decision, and only then.
_CORRECTED_IN = frozenset({State.RECEIVED, State.CORRECTION_PENDING, *HANDLING_STATES})
_STANDING = frozenset({State.SUSPENDED})
_EXTENDED_IN = _states_of(Event.EXTEND)

CLERKS = (Role.WINDOW_CLERK, Role.DEPARTMENT_STAFF)
REVIEWERS = (Role.REVIEWER, Role.DEPARTMENT_STAFF)
DECIDERS = (Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
ISSUERS = (Role.ISSUING_CLERK, Role.DEPARTMENT_STAFF)
#: They handle cases of their own department and may, for a stated purpose, read numbers in clear.
HANDLERS = (*CLERKS, Role.REVIEWER, *DECIDERS, Role.ISSUING_CLERK)
#: They see the cases they are sent to check or whose hearing they host, and no others.
BY_ASSIGNMENT = (Role.INSPECTOR, Role.HEARING_HOST)
#: They work on cases of their own department and see them all the way.
WORKERS = (*HANDLERS, *BY_ASSIGNMENT)
#: They watch over all departments and change nothing; numbers stay masked for them.
WATCHERS = (Role.SUPERVISOR, Role.COORDINATOR, Role.AUDIT_OFFICER)

RULES: dict[str, Rule] = {
    rule.action: rule
    for rule in (
        _any_state("view", "查看", "", *WORKERS, *WATCHERS),
        # Scans show what the page masks, so watchers read letters but open no attachment.
        _any_state("download_file", "下载附件", "", *WORKERS),
        _any_state("download_letter", "下载文书", "", *WORKERS, *WATCHERS),
        _any_state("reveal", "查看完整证件号码", "", *HANDLERS),
        _any_state("export_file", "导出案卷", REVIEW, *REVIEWERS),
        _in_states("correct_intake", "更正收件登记", INTAKE, _CORRECTED_IN, *CLERKS),
        _in_states("reassign", "改派承办人", DECIDE, _HEARD, Role.DECIDER, of_handling_body=True),
        Rule("upload_material", "登记材料", frozenset(CLERKS), INTAKE, frozenset({State.RECEIVED})),
        _act(Event.GIVE_CORRECTION, "出具补正告知", INTAKE, *CLERKS),
        _act(Event.RESUBMIT, "登记补正材料", INTAKE, *CLERKS),
        _act(Event.DECLARE_NOT_REQUIRED, "作不受理处理", INTAKE, *CLERKS),
        _act(Event.NOT_ACCEPT, "不予受理", INTAKE, *CLERKS),
        _act(Event.ACCEPT, "受理", INTAKE, *CLERKS),
        _act(Event.WITHDRAW, "登记撤回", INTAKE, *CLERKS),
        _act(Event.START_REVIEW, "领取审查", REVIEW, *REVIEWERS),
        _act(Event.SUBMIT_OPINION, "提交审查意见", REVIEW, *REVIEWERS),
        _act(Event.RETURN, "退回重审", DECIDE, *DECIDERS),
        _act(Event.GRANT, "准予许可", DECIDE, *DECIDERS),
        _act(Event.REFUSE, "不予许可", DECIDE, *DECIDERS),
        _act(Event.ISSUE, "制发证件", INTAKE, *ISSUERS),
        _act(Event.DELIVER, "登记送达", INTAKE, *ISSUERS),
        # ---- what must stand on record before a decision
        _in_states("credit_check", "登记信用查询", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("notify_fee", "出具缴费通知", REVIEW, frozenset(HANDLING_STATES), *REVIEWERS),
        _in_states("settle_fee", "登记缴费", INTAKE, frozenset(HANDLING_STATES), *CLERKS),
        _in_states("reduce_fee", "登记减免", REVIEW, frozenset(HANDLING_STATES), *REVIEWERS),
        _in_states(
            "report_upward",
            "报送上级机关",
            DECIDE,
            frozenset({State.PENDING_DECISION}),
            Role.DECIDER,
            of_handling_body=True,
        ),
        _in_states(
            "record_outside_decision", "登记上级机关的决定", INTAKE, frozenset({State.PENDING_DECISION}), *CLERKS
        ),
        # ---- site check, experts, interested parties, hearing, other departments
        _in_states("assign_site_check", "指派现场核查", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("record_site_check", "登记现场核查", REVIEW, _EXAMINED, Role.INSPECTOR, Role.DEPARTMENT_STAFF),
        _in_states("convene_panel", "组织专家评审", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("name_expert", "确定评审专家", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("conclude_panel", "登记专家评审结果", REVIEW, _EXAMINED, *REVIEWERS),
        _act(Event.INFORM_INTERESTED, "告知利害关系人", REVIEW, *REVIEWERS),
        _in_states("record_statement", "登记陈述申辩", REVIEW, _HEARD, *REVIEWERS),
        _act(Event.TELL_HEARING_RIGHT, "告知听证权利", REVIEW, *REVIEWERS),
        _in_states("answer_hearing_right", "登记听证申请", REVIEW, _HEARD, *REVIEWERS),
        _in_states("order_hearing", "决定依职权听证", REVIEW, _EXAMINED, *REVIEWERS),
        _act(Event.CALL_HEARING, "通知听证", REVIEW, *REVIEWERS, Role.HEARING_HOST),
        _in_states("serve_notice", "登记告知文书送达", REVIEW, _HEARD, *REVIEWERS, Role.HEARING_HOST),
        _in_states("challenge_host", "登记回避申请", REVIEW, _EXAMINED, *REVIEWERS, Role.HEARING_HOST),
        _in_states("decide_challenge", "决定是否回避", DECIDE, _EXAMINED, *DECIDERS),
        _act(Event.RECORD_HEARING, "登记听证笔录", REVIEW, Role.HEARING_HOST),
        _in_states("consult", "征求部门意见", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("appoint_visit", "组织联合踏勘", REVIEW, _EXAMINED, *REVIEWERS),
        _in_states("record_visit", "登记踏勘结果", REVIEW, _EXAMINED, *REVIEWERS),
        _by_consulted("view_consultation", "查看征求意见", frozenset(State)),
        _by_consulted("download_consulted", "下载征求意见的材料", frozenset(State)),
        _by_consulted("answer_consultation", "答复征求意见", frozenset(HANDLING_STATES)),
        # ---- clock procedures: what stops or lengthens the clock, and the correction term
        _in_states("request_procedure", "提出特别程序", REVIEW, _EXAMINED, *REVIEWERS, event=Event.SUSPEND),
        _in_states("request_more_time", "提出再次告知", REVIEW, _STANDING, *REVIEWERS, event=Event.END_PROCEDURE),
        _in_states(
            "answer_procedure",
            "批复特别程序",
            DECIDE,
            _EXAMINED,
            Role.DECIDER,
            event=Event.SUSPEND,
            of_handling_body=True,
        ),
        _in_states("serve_procedure", "登记特别程序告知送达", REVIEW, _EXAMINED, *REVIEWERS, event=Event.SUSPEND),
        _in_states("end_procedure", "登记特别程序结果", REVIEW, _STANDING, *REVIEWERS, event=Event.END_PROCEDURE),
        _in_states("request_extension", "提出延长", REVIEW, _EXTENDED_IN, *REVIEWERS, event=Event.EXTEND),
        _in_states(
            "answer_extension", "批复延长", DECIDE, _EXTENDED_IN, *DECIDERS, event=Event.EXTEND, by_government=True
        ),
        _in_states("serve_extension", "登记延长告知送达", REVIEW, _EXTENDED_IN, *REVIEWERS, event=Event.EXTEND),
        _in_states(
            "declare_joint",
            "登记多部门办理",
            DECIDE,
            frozenset({State.RECEIVED, State.ACCEPTED, State.IN_REVIEW}),
            Role.DECIDER,
            of_handling_body=True,
        ),
        _in_states("serve_correction", "登记补正告知送达", INTAKE, frozenset({State.CORRECTION_PENDING}), *CLERKS),
        # ---- licence life: acts of the office's own motion, corrections of papers
        _in_states("tell_holder", "告知陈述申辩权利", REVIEW, frozenset({State.IN_REVIEW}), *REVIEWERS),
        _in_states("serve_holder", "登记告知书送达", REVIEW, frozenset({State.IN_REVIEW}), *REVIEWERS),
        _in_states("record_holder_statement", "登记陈述申辩", REVIEW, frozenset({State.IN_REVIEW}), *REVIEWERS),
        _own_motion("propose_ex_officio", Event.SUBMIT_OPINION, "提交处理意见", REVIEW, *REVIEWERS),
        _own_motion("decide_ex_officio", Event.DECIDE_EX_OFFICIO, "作出处理决定", DECIDE, *DECIDERS),
        Rule(
            "drop_ex_officio",
            "终结而不作处理",
            frozenset(DECIDERS),
            DECIDE,
            frozenset({State.PENDING_DECISION}),
            Event.TERMINATE,
        ),
        _any_state("correct_letter", "更正文书", DECIDE, *DECIDERS, without=(State.DRAFT,)),
        # ---- 容缺受理、告知承诺、即办
        _act(Event.ACCEPT_DEFERRED, "容缺受理", INTAKE, *CLERKS),
        _in_states("supply_deferred", "登记容缺材料", INTAKE, frozenset(HANDLING_STATES), *CLERKS),
        _in_states("end_deferral", "按容缺逾期处理", REVIEW, frozenset(HANDLING_STATES), *REVIEWERS),
        _in_states("take_commitment", "登记告知承诺", INTAKE, frozenset({State.RECEIVED}), *CLERKS),
        _in_states("drop_commitment", "登记不再采用告知承诺", INTAKE, frozenset({State.RECEIVED}), *CLERKS),
        _in_states("decline_commitment", "转普通程序", DECIDE, frozenset({State.RECEIVED}), *DECIDERS),
        _act(Event.GRANT_BY_COMMITMENT, "按告知承诺准予", DECIDE, *DECIDERS),
        _in_states("grant_at_once", "当场准予", DECIDE, frozenset({State.ACCEPTED}), *DECIDERS),
    )
}

#: What the law wants of the person in person (行政许可法第三十四条第三款、第四十八条): sent, or hosting, by name.
BY_ONESELF = frozenset({"record_site_check", "record_hearing"})

#: 四眼原则: the acts that the accepting clerk of the case (before acceptance: whoever took it in) may not do, nor whoever opened a
#: case of the office's own motion.
NOT_BY_ACCEPTING_CLERK = frozenset({"grant", "refuse", "grant_by_commitment", "grant_at_once"})
NOT_BY_OPENER = frozenset({"decide_ex_officio", "drop_ex_officio"})

#: The acts of a case that no application began: there is nobody who applied, no clock, nothing to grant or to take back.
EX_OFFICIO_ONLY = frozenset(
    {"tell_holder", "serve_holder", "record_holder_statement", "propose_ex_officio", *NOT_BY_OPENER}
)
WITHOUT_APPLICATION = EX_OFFICIO_ONLY | {
    "view",
    "download_file",
    "download_letter",
    "reveal",
    "reassign",
    "return_to_review",
    "deliver",
    "correct_letter",
}


@dataclass(frozen=True)
class Permission:
    """能否办理: whether the act belongs to the case's state, whether this person may do it, and if not, why and who could.

    ``principal``: for whom the person would do it, where it is not their own task but one delegated to them.
    """

    fits_state: bool
    allowed: bool
    reason: str = ""
    principal: User | None = None


@dataclass(frozen=True)
class Rights:
    """一个人的授权: guardian rights on departments by name, and the matters granted one by one."""

    departments: dict[str, frozenset[int]]
    matters: frozenset[int]

    @property
    def any_department(self) -> frozenset[int]:
        return frozenset().union(*self.departments.values()) if self.departments else frozenset()


def rights_of(user: User) -> Rights:
    """The guardian rights of ``user``, worked out once and kept with the user object of this request."""
    if not hasattr(user, "_rights"):
        departments: dict[str, set[int]] = {}
        matters: set[int] = set()
        for codename, object_pk in user.grants:
            if codename == "work_on_matter":
                matters.add(int(object_pk))
            elif codename in _DEPARTMENT_RIGHTS:
                departments.setdefault(codename, set()).add(int(object_pk))
        user._rights = Rights({name: frozenset(ids) for name, ids in departments.items()}, frozenset(matters))
    return user._rights


def departments_for(user: User, right: str) -> frozenset[int]:
    """The departments for which ``user`` holds ``right``."""
    return rights_of(user).departments.get(right, frozenset())


def principals_of(user: User, on: date) -> list[User]:
    """Whose tasks this person has on ``on``: the active people who gave them, with their roles and rights (no one's in turn)."""
    wanted = {one.principal_id for one in user.delegations if one.from_on <= on <= one.to_on}
    if not wanted:
        return []
    if not hasattr(user, "_principals"):
        user._principals = {
            one.pk: one for one in User.objects.filter(pk__in=[d.principal_id for d in user.delegations])
        }
    return [one for pk, one in user._principals.items() if pk in wanted and one.is_active]


def visible_filter(user: User) -> Q:
    """Which cases exist for this person; the start of every page, file and export."""
    visible = _own_visible_filter(user)
    if user.is_authenticated and user.is_active and user.has_role(*WORKERS):
        for principal in principals_of(user, clock.today()):
            visible |= _own_visible_filter(principal)
    return visible


def _own_visible_filter(user: User) -> Q:
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=())
    if user.has_role(*WATCHERS):
        return Q()
    visible = Q(party__user=user) if user.has_role(Role.CITIZEN) else Q(pk__in=())
    if user.has_role(*HANDLERS):
        rights = rights_of(user)
        departments = rights.any_department | ({user.department_id} if user.department_id else set())
        visible |= Q(handling_department_id__in=departments)
        decides = rights.departments.get(DECIDE, frozenset())
        if decides:
            visible |= Q(deciding_department_id__in=decides)
        if rights.matters:
            visible |= Q(matter_id__in=rights.matters)
        if _is_government_head(user):
            visible |= Q(is_joint=True)
    if user.has_role(*BY_ASSIGNMENT):
        assigned = Q(pk__in=_sent_to(user).values("case")) | Q(pk__in=_hosted_by(user).values("case"))
        visible |= assigned & Q(handling_department_id=user.department_id)
    return visible


def _sent_to(user: User) -> QuerySet[SiteCheck]:
    """The site checks this person was sent to as an inspector."""
    return SiteCheck.objects.filter(Q(first_inspector=user) | Q(second_inspector=user))


def _hosted_by(user: User) -> QuerySet[Hearing]:
    """The hearings this person hosts."""
    return Hearing.objects.filter(host=user, cancelled_at__isnull=True)


def working_filter(user: User, right: str) -> Q:
    """Which cases stand in this person's lists: those of the departments they hold ``right`` for, and matters granted."""
    column = "deciding_department" if right == DECIDE else "handling_department"
    departments = departments_for(user, right)
    mine = (
        Q(**{f"{column}_id": next(iter(departments))})
        if len(departments) == 1
        else Q(**{f"{column}_id__in": departments})
    )
    matters = rights_of(user).matters
    return mine | Q(matter_id__in=matters) if matters else mine


def approving_filter(user: User, action: str) -> Q:
    """Of rows that belong to a case (``case``), those whose case lets this person do ``action`` as it stands."""
    rule = RULES[action]
    if not user.has_role(*rule.roles):
        return Q(pk__in=())
    rights = rights_of(user)
    column = "handling_department" if rule.of_handling_body else "deciding_department"
    mine = Q(**{f"case__{column}_id__in": departments_for(user, rule.right)}) | Q(case__matter_id__in=rights.matters)
    if rule.by_government:
        mine &= Q(case__is_joint=False)
        if _is_government_head(user):
            mine |= Q(case__is_joint=True)
    return mine & Q(case__state__in=[state.value for state in rule.states])


def may(user: User, action: str, case: Case, *, on: date | None = None) -> Permission:
    """Whether ``user`` may do ``action`` to ``case`` as it stands, in their own right or, on ``on`` (today), for somebody who
    delegated their tasks to them; no query beyond the user's rights and delegations."""
    own = _may(user, action, case)
    if own.allowed or not own.reason or action in BY_ONESELF or not user.delegations or not user.has_role(*WORKERS):
        return own
    return _instead_of_others(user, action, case, on or clock.today()) or own


def _instead_of_others(user: User, action: str, case: Case, on: date) -> Permission | None:
    """The permission to act for a principal; None where no principal could act either.

    Four eyes hold across the delegation: whoever accepted or reviewed a case does not decide it for somebody else.
    """
    for principal in principals_of(user, on):
        theirs = _may(principal, action, case)
        if theirs.reason:
            continue
        if RULES[action].right == DECIDE and _worked_on(user, case):
            label = RULES[action].label
            return Permission(
                theirs.fits_state,
                False,
                f"不能代为{label}：您收件、受理或者审查过本件，受委托时也须由不同人员办理。可请委托人本人或其他有权人员办理。",
            )
        return replace(theirs, principal=principal)
    return None


def _worked_on(user: User, case: Case) -> bool:
    """Whether the person took the case in, accepted, examined it or gave an opinion on it."""
    if user.pk in {case.received_by_id, case.accepted_by_id, case.reviewer_id}:
        return True
    return Opinion.objects.filter(case=case, author=user).exclude(kind=Opinion.Kind.RETURN).exists()


def _may(user: User, action: str, case: Case) -> Permission:
    rule = RULES[action]
    fits = case.current_state in rule.states and not not_of_this_kind(action, case)
    if not user.has_role(*rule.roles):
        return Permission(fits, False, f"不能由本人{rule.label}：须由{_who(rule)}办理。")
    if not _is_own(user, rule, case):
        if rule.by_government and case.is_joint:
            return Permission(fits, False, BY_GOVERNMENT)
        return Permission(
            fits, False, f"不能由本人{rule.label}：本件由{rule.body_of(case).name}办理，您没有该单位的授权。"
        )
    clerk = case.received_by_id if case.current_state is State.RECEIVED else case.accepted_by_id
    if action in NOT_BY_ACCEPTING_CLERK and clerk == user.pk:
        return Permission(fits, False, FOUR_EYES)
    if action in NOT_BY_OPENER and case.received_by_id == user.pk:
        return Permission(fits, False, OPENER_DOES_NOT_DECIDE)
    return Permission(fits, fits)


BY_GOVERNMENT = "不能由本人批准：本件由两个以上部门办理，延长须经市人民政府负责人批准（行政许可法第四十二条第二款）。"
FOUR_EYES = "不能由本人决定：您是本件的受理人，受理与决定须由不同人员办理。可请分管负责人或其他有权人员决定。"
OPENER_DOES_NOT_DECIDE = (
    "不能由本人决定：您是本件的立案人，立案与决定须由不同人员办理。可请分管负责人或其他有权人员决定。"
)


def not_of_this_kind(action: str, case: Case) -> str:
    """Why the act belongs to no case of this origin; "" where it may."""
    if case.origin == Case.Origin.EX_OFFICIO:
        if action not in WITHOUT_APPLICATION:
            return f"本件依职权立案，没有申请，不能{RULES[action].label}。"
    elif action in EX_OFFICIO_ONLY:
        return f"本件依申请办理，不能{RULES[action].label}；须依职权处理证照的，请在证照页立案。"
    return ""


def require_event(user: User, action: str, case: Case, *, on: date | None = None) -> User | None:
    """Returns when ``user`` may do ``action`` now: for whom, where it is somebody else's task delegated to them, else None.

    Raises NotFound when the case is not this person's to know of, NotPermitted with who could do it, StaleState when the
    act does not belong to the case's present state.
    """
    if not is_visible(user, case, on=on):
        raise NotFound(NO_SUCH_CASE)
    permission = may(user, action, case, on=on)
    if not permission.allowed and permission.reason:
        raise NotPermitted(permission.reason)
    if not permission.fits_state:
        if wrong_kind := not_of_this_kind(action, case):
            raise StaleState(wrong_kind)
        sentence, article = RULES[action].refusal(case.current_state)
        raise StaleState(sentence, article=article)
    return permission.principal


def require_intake(user: User, department: Department) -> None:
    """Returns when ``user`` may take applications in for ``department``; raises NotPermitted."""
    if not user.has_role(*CLERKS) or department.pk not in departments_for(user, INTAKE):
        raise NotPermitted(f"您没有为{department.name}收件的权限；请安全管理员授权，或请综合窗口人员办理。")


def require_lifting(user: User, restriction: PartyRestriction) -> None:
    """Returns when ``user`` may lift the restriction; raises NotPermitted with who could."""
    if not may_lift(user, restriction):
        source = restriction.source_case
        who = "、".join(role.label for role in DECIDERS)
        raise NotPermitted(
            f"不能由本人解除限制：须由{f'{source.deciding_department.name}的' if source else ''}{who}办理。"
        )


def may_lift(user: User, restriction: PartyRestriction) -> bool:
    """Whether ``user`` decides for the body the restriction came from (for any body, where it came from no case)."""
    bodies, source = departments_for(user, DECIDE), restriction.source_case
    return user.has_role(*DECIDERS) and (bool(bodies) if source is None else source.deciding_department_id in bodies)


def is_visible(user: User, case: Case, *, on: date | None = None) -> bool:
    """The same answer as ``visible_filter``, for a case already at hand."""
    if _is_visible(user, case):
        return True
    delegated = principals_of(user, on or clock.today()) if user.is_active and user.has_role(*WORKERS) else ()
    return any(_is_visible(principal, case) for principal in delegated)


def _is_visible(user: User, case: Case) -> bool:
    if not user.is_active:
        return False
    if user.has_role(*WATCHERS):
        return True
    if user.has_role(Role.CITIZEN) and case.party.user_id == user.pk:
        return True
    rights = rights_of(user)
    if user.has_role(*HANDLERS) and (
        case.handling_department_id in rights.any_department
        or case.handling_department_id == user.department_id
        or case.deciding_department_id in rights.departments.get(DECIDE, frozenset())
        or case.matter_id in rights.matters
    ):
        return True
    if case.is_joint and _is_government_head(user):
        return True
    return (
        user.has_role(*BY_ASSIGNMENT)
        and case.handling_department_id == user.department_id
        and (_sent_to(user).filter(case=case).exists() or _hosted_by(user).filter(case=case).exists())
    )


def _is_government_head(user: User) -> bool:
    """Whether the person decides for the people's government itself: its head sees what several departments handle."""
    body = user.department
    return (
        user.has_role(Role.HEAD_OF_GOVERNMENT)
        and body is not None
        and body.kind == Department.Kind.GOVERNMENT
        and body.pk in departments_for(user, DECIDE)
    )


def consultations_visible_to(user: User) -> QuerySet[Consultation]:
    """The questions to this person's own department; what was asked of others does not exist for them."""
    if not user.is_active or not user.has_role(Role.DEPARTMENT_STAFF) or user.department_id is None:
        return Consultation.objects.none()
    return Consultation.objects.filter(department_id=user.department_id)


def require_consulted(action: str, case: Case) -> None:
    """Returns when the asked department may do ``action`` now; raises StaleState. That it was asked is asked before."""
    rule = RULES[action]
    if case.current_state not in rule.states:
        sentence, article = rule.refusal(case.current_state)
        raise StaleState(sentence, article=article)


def _is_own(user: User, rule: Rule, case: Case) -> bool:
    if not rule.right:
        return is_visible(user, case)
    if rule.by_government and case.is_joint:
        return _is_government_head(user)
    return rule.body_of(case).pk in departments_for(user, rule.right) or case.matter_id in rights_of(user).matters


def _who(rule: Rule) -> str:
    return "、".join(role.label for role in Role if role in rule.roles)
