"""What an applicant is told about a case: where it stands, what the clock says in two sentences, what comes next. Pure."""

from dataclasses import dataclass
from datetime import date

from .states import HANDLING_STATES, State


@dataclass(frozen=True)
class Paused:
    """暂停计时: what for, told by which notice, since when, until when the applicant was told; ``is_over``: told time ran out."""

    label: str
    paper: str
    since: date
    told_until: date | None
    is_over: bool


@dataclass(frozen=True)
class Standing:
    """办件现状: the facts the sentences are made of; a date is None where it does not apply or is 待公布."""

    state: State
    received_on: date
    accepted_on: date | None
    deemed_accepted: bool
    clock_from_on: date | None
    statutory_limit: str
    promised_limit: str
    intake_due_on: date | None
    correction_deadline_on: date | None
    promised_due_on: date | None
    statutory_due_on: date | None
    delivery_due_on: date | None
    decided_on: date | None
    calendar_missing_year: int | None
    days_used: int | None
    days_left: int | None
    unit: str
    has_certificate: bool
    bureau: str
    is_asked: bool = False
    paused: Paused | None = None
    extension: str = ""
    correction_days_left: int | None = None
    # ---- licence life
    purpose: str = "new"
    is_own_motion: bool = False
    deemed_renewed: bool = False
    decide_before_on: date | None = None
    by_commitment: bool = False
    #: 容缺材料: the names still to come, their last day (None: 待公布) and whether it is over.
    deferred_names: tuple[str, ...] = ()
    deferral_due_on: date | None = None
    deferral_is_late: bool = False


def cn_date(day: date) -> str:
    """2026年3月2日"""
    return f"{day.year}年{day.month}月{day.day}日"


#: What an applicant asked about a licence, as a sentence goes on after “您”.
_ASKED = {"change": "变更许可", "renewal": "延续许可", "replacement": "补发证件", "cancellation": "注销许可"}


def _own_motion_sentence(case: Standing) -> str:
    """Where an act of the office's own motion stands, said to the holder of the licence."""
    if case.state is State.TERMINATED:
        return "对您持有的证照的审查已经终结，证照继续有效。"
    if case.state in {State.ISSUED, State.DELIVERED}:
        done = {"withdrawal": "撤回", "revocation": "撤销", "cancellation": "注销"}[case.purpose]
        return f"{cn_date(case.decided_on)}已对您持有的证照作出{done}的决定，决定书写明了理由和救济途径。"
    return f"{case.bureau}正在依职权审查您持有的证照。"


def _licence_sentence(case: Standing) -> str:
    """What was decided about the licence the application asks about; "" while the common words fit."""
    what = _ASKED.get(case.purpose)
    if what is None or case.decided_on is None:
        return ""
    if case.deemed_renewed and case.state in {State.GRANTED, State.ISSUED}:
        return "证照届满前没有作出决定，依法视为准予延续（行政许可法第五十条第二款），新证已经制成。"
    if case.state is State.GRANTED:
        return f"您{what}的申请已于{cn_date(case.decided_on)}获得准予。"
    if case.state is State.REFUSED:
        return f"{cn_date(case.decided_on)}已对您{what}的申请作出不予准予的决定，决定书写明了理由和救济途径。"
    return ""


def state_sentence(case: Standing) -> str:
    """Where the case stands, in one sentence."""
    if case.is_own_motion:
        return _own_motion_sentence(case)
    if about_licence := _licence_sentence(case):
        return about_licence
    match case.state:
        case State.RECEIVED if case.by_commitment:
            return f"您的材料已于{cn_date(case.received_on)}收到，告知承诺书已经签署，等待当场决定。"
        case State.RECEIVED:
            return f"您的材料已于{cn_date(case.received_on)}收到，正在核对是否齐全。"
        case State.CORRECTION_PENDING:
            return "您的材料需要补正，请按补正材料告知书一次补齐。"
        case State.NOT_REQUIRED:
            return "您申请的事项依法不需要取得行政许可，没有受理。"
        case State.NOT_ACCEPTED:
            return f"您申请的事项不属于{case.bureau}的职权范围，没有受理；不予受理决定书写明了应向哪个机关申请。"
        case State.WITHDRAWN:
            return "您已撤回申请，本件终止办理。"
        case State.LAPSED:
            return "补正期限届满，没有收到补正材料，本件已终止办理。"
        case State.ACCEPTED:
            how = "因未在法定期限内告知补正，依法视为自收到材料之日起受理" if case.deemed_accepted else "已受理"
            how = "已容缺受理" if case.deferred_names else how
            return f"您的申请{how}（{cn_date(case.accepted_on)}），等待审查。"
        case State.IN_REVIEW:
            return f"您的申请已于{cn_date(case.accepted_on)}受理，正在审查。"
        case State.SUSPENDED if case.paused is not None and case.paused.is_over:
            return f"您的申请正在进行{case.paused.label}；告知您的时间已经用完，办理时限恢复计算。"
        case State.SUSPENDED if case.paused is not None:
            return f"您的申请正在进行{case.paused.label}，办理时限暂停计算。"
        case State.PENDING_DECISION:
            return "审查已经完成，等待作出决定。"
        case State.GRANTED:
            how = "按您的承诺获得准予" if case.by_commitment else "获得准予"
            return f"您的申请已于{cn_date(case.decided_on)}{how}。"
        case State.REFUSED:
            return f"{cn_date(case.decided_on)}已对您的申请作出不予许可的决定，决定书写明了理由和救济途径。"
        case State.ISSUED:
            return "准予许可，证件已经制成，等待领取或送达。"
        case State.DELIVERED:
            return "本件已经办结并送达。"
        case _:
            return f"本件目前为“{case.state.label}”。"


def clock_sentences(case: Standing) -> tuple[str, str]:
    """The clock in two sentences: how long it may take, and how much of it is used."""
    if case.is_own_motion and case.state in {State.IN_REVIEW, State.PENDING_DECISION}:
        return ("依职权办理，法律没有规定办理时限。", "作出决定前会告知您，并听取您的陈述、申辩（行政许可法第七条）。")
    if case.state is State.RECEIVED:
        return (
            f"我们应在5个工作日内（{_by(case.intake_due_on, case)}）一次告知是否需要补正。",
            "到期没有告知的，自收到材料之日起即为受理（行政许可法第三十二条）。",
        )
    if case.state is State.CORRECTION_PENDING:
        due = cn_date(case.correction_deadline_on) if case.correction_deadline_on else "告知书所写的期限"
        left = "" if case.correction_days_left is None else f"还有{case.correction_days_left}个工作日。"
        return (f"请在{due}前补齐。{left}", "逾期没有补齐的，本件终止办理，您可以重新申请。补正期间不计入办理时限。")
    if case.state is State.SUSPENDED and case.paused is not None and not case.paused.is_over:
        return _pause(case.paused)
    if case.state in HANDLING_STATES:
        return (_limits(case), _used(case))
    if case.state in {State.GRANTED, State.REFUSED, State.ISSUED}:
        by = _by(case.delivery_due_on, case)
        return ("决定已经作出，办理时限停止计算。", f"应在10个工作日内（{by}）颁发、送达（行政许可法第四十四条）。")
    return ("本件已经结束，不再计时。", "")


def _by(due: date | None, case: Standing) -> str:
    """2026年3月9日前; while the calendar is not published, that the date will be told."""
    return f"{cn_date(due)}前" if due else f"届满日待{case.calendar_missing_year}年放假安排公布后告知"


def _pause(paused: Paused) -> tuple[str, str]:
    until = f"，告知的时间到{cn_date(paused.told_until)}" if paused.told_until else ""
    return (
        f"自{cn_date(paused.since)}的次日起，因{paused.label}不计入办理时限（{paused.paper}）{until}。",
        "结束后的第一个工作日起恢复计算；超过告知的时间而没有再次书面告知您的，超过的部分计入办理时限（行政许可法第四十五条）。",
    )


def _limits(case: Standing) -> str:
    start = cn_date(case.clock_from_on)
    if case.calendar_missing_year and case.statutory_due_on is None:
        known = f"承诺{cn_date(case.promised_due_on)}前办结；" if case.promised_due_on else ""
        return (
            f"自{start}次日起算，法定时限{case.statutory_limit}，承诺{case.promised_limit}；{known}"
            f"法定届满日待{case.calendar_missing_year}年放假安排公布后告知。{_longer(case)}"
        )
    return (
        f"自{start}次日起算，承诺{case.promised_limit}，即{cn_date(case.promised_due_on)}前办结；"
        f"法定时限{case.statutory_limit}，即{cn_date(case.statutory_due_on)}前办结。{_longer(case)}"
    )


def _longer(case: Standing) -> str:
    return f"期限已依法延长{case.extension}（行政许可法第四十二条）。" if case.extension else ""


def _used(case: Standing) -> str:
    if case.days_left is None:
        return f"已用{case.days_used}{case.unit}。" if case.days_used is not None else "放假安排公布后显示剩余时间。"
    if case.days_left < 0:
        return f"已超过承诺时限{-case.days_left}{case.unit}，您可以拨打监督电话询问原因。"
    if case.days_left == 0:
        return f"已用{case.days_used}{case.unit}，今天是承诺办结的最后一天。"
    return f"已用{case.days_used}{case.unit}，距承诺办结还有{case.days_left}{case.unit}。"


def next_sentence(case: Standing) -> str:
    """What happens next, and what the applicant must do."""
    if case.deferred_names and case.state in HANDLING_STATES:
        return _bring_the_rest(case)
    match case.state:
        case State.RECEIVED if case.by_commitment:
            return "下一步：负责人按您的承诺作出决定。您暂时不需要做什么；也可以到窗口改按普通程序办理。"
        case State.RECEIVED:
            return "下一步：窗口核对材料。您暂时不需要做什么。"
        case State.CORRECTION_PENDING:
            return "下一步：请带齐告知书所列材料到收件窗口。其他材料不用再交。"
        case State.NOT_ACCEPTED:
            return "下一步：请向决定书写明的机关申请。"
        case State.IN_REVIEW | State.PENDING_DECISION if case.is_own_motion:
            return "下一步：收到陈述申辩权利告知书的，请在告知书写明的期限内提出意见。"
        case State.TERMINATED if case.is_own_motion:
            return "您不需要做什么。"
        case State.ACCEPTED | State.IN_REVIEW:
            must = "请留意上面的提示" if case.is_asked else "您暂时不需要做什么"
            return f"下一步：审查人员核对条件后提出意见，由负责人决定。{must}，请保持电话畅通。"
        case State.SUSPENDED if case.paused is not None:
            return f"下一步：{case.paused.label}结束后继续审查。需要您配合的，告知书已写明；请保持电话畅通。"
        case State.PENDING_DECISION:
            return "下一步：负责人作出决定，决定书会在10个工作日内送达。"
        case State.GRANTED:
            return "下一步：制作证件并通知您领取。" if case.has_certificate else "下一步：向您送达决定书。"
        case State.REFUSED:
            return "下一步：向您送达决定书。对决定不服的，可以按决定书申请行政复议或者提起诉讼。"
        case State.ISSUED if case.is_own_motion:
            return "下一步：向您送达决定书。对决定不服的，可以按决定书申请行政复议或者提起诉讼。"
        case State.ISSUED:
            return "下一步：请带身份证件和收件凭证到出件窗口领取。"
        case State.DELIVERED:
            return "可以用证件上的二维码随时核验。" if case.has_certificate else "决定书可以在本页随时下载。"
        case State.NOT_REQUIRED:
            return "不用再办理本项许可；告知书写明了理由。"
        case _:
            return "需要时可以重新申请。"


def _bring_the_rest(case: Standing) -> str:
    names = "、".join(case.deferred_names)
    if case.deferral_is_late:
        return (
            f"您承诺补交的材料（{names}）已过{cn_date(case.deferral_due_on)}的期限；请马上交到收件窗口，"
            "否则将按您签署的承诺书处理。"
        )
    due = f"{cn_date(case.deferral_due_on)}前" if case.deferral_due_on else "承诺的期限内"
    return f"下一步：请在{due}把{names}交到收件窗口；补齐以前不能作出决定，办理时限照常计算。"
