"""办件状态: the procedure as one table (domain reference 1.7); every other pair of state and event has its refusal. Pure."""

from laiyang_approval.kernel.state_table import Row, StateTable

from .refusals import refusal_for
from .vocabulary import Event, State

__all__ = [
    "DECISION_STATES",
    "DELIVERY_STATES",
    "Event",
    "HANDLING_STATES",
    "INTAKE_STATES",
    "OPEN_STATES",
    "State",
    "TABLE",
    "state_label",
]

#: The correction clock of Article 32 runs in these states.
INTAKE_STATES = (State.RECEIVED,)
#: The decision clock of Article 42 runs in these states.
DECISION_STATES = (State.ACCEPTED, State.IN_REVIEW, State.PENDING_DECISION)
#: Accepted and not yet decided, whether the clock runs or stands still.
HANDLING_STATES = (State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED, State.PENDING_DECISION)
#: The delivery clock of Article 44 runs in these states.
DELIVERY_STATES = (State.GRANTED, State.REFUSED, State.ISSUED)
OPEN_STATES = (State.RECEIVED, State.CORRECTION_PENDING, *HANDLING_STATES, *DELIVERY_STATES)

_LAW = "行政许可法"
CLERK, REVIEWER, DECIDER, ISSUER = "综合窗口人员", "审查人员", "决定人", "出件人员"
APPLICANT, SYSTEM, HEAD, HOST = "申请人", "系统", "机关负责人", "听证主持人"

#: Row numbers are those of the domain reference; a number with a letter splits or adds to a row of it.
TABLE = StateTable(
    [
        Row("1", (State.DRAFT,), Event.SUBMIT, State.RECEIVED, f"{_LAW}第二十九条", "D01", "收件时限开始",
            f"{APPLICANT}、{CLERK}", "申请人身份已核对"),
        Row("2", (State.RECEIVED,), Event.DECLARE_NOT_REQUIRED, State.NOT_REQUIRED, f"{_LAW}第三十二条第一款第一项",
            "D02", "停止", CLERK, "写明不需要取得许可的理由"),
        Row("3", (State.RECEIVED,), Event.NOT_ACCEPT, State.NOT_ACCEPTED, f"{_LAW}第三十二条第一款第二项、第七十八条",
            "D03", "停止", CLERK, "不属职权的写明有权机关；一年内不得再次申请的写明期间"),
        Row("4", (State.RECEIVED,), Event.GIVE_CORRECTION, State.CORRECTION_PENDING,
            f"{_LAW}第三十二条第一款第四项", "D04", "收件时限停止", CLERK, "五个工作日内，全部内容一次列明"),
        Row("5", (State.CORRECTION_PENDING,), Event.RESUBMIT, State.RECEIVED, f"{_LAW}第三十二条第一款第五项", "D01",
            "重新起算收件时限", APPLICANT, "告知书所列材料全部收到"),
        Row("6", (State.CORRECTION_PENDING,), Event.LAPSE, State.LAPSED, "补正期限为业务规则；法律没有规定", "D05",
            "停止", SYSTEM, "补正期限届满，且事先提醒过"),
        Row("7", (State.RECEIVED,), Event.ACCEPT, State.ACCEPTED, f"{_LAW}第三十二条第一款第五项", "D06",
            "办理时限开始", CLERK, "属于职权，材料齐全、符合形式"),
        Row("8", (State.RECEIVED,), Event.DEEM_ACCEPTED, State.ACCEPTED, f"{_LAW}第三十二条第一款第四项", "D06",
            "办理时限自收到材料之日起算", SYSTEM, "五个工作日届满没有告知补正"),
        Row("9", (State.RECEIVED,), Event.ACCEPT_DEFERRED, State.ACCEPTED, "容缺受理规定（业务规则）", "D06、D07",
            "办理时限和容缺时限开始", CLERK, "主件齐全，缺件均可容缺，承诺书已签，未受信用限制"),
        Row("10", (State.RECEIVED,), Event.GRANT_BY_COMMITMENT, State.GRANTED, "国办发〔2020〕42号", "D08、D06、D15",
            "受理、审查、决定在一个行为中完成；核查时限开始", f"{CLERK}、{DECIDER}",
            "事项可以告知承诺，承诺书已签，没有未修复的虚假承诺；决定人不是收件人"),
        Row("11", (State.ACCEPTED,), Event.START_REVIEW, State.IN_REVIEW, f"{_LAW}第三十四条第一款", "", "继续",
            f"{REVIEWER}、{SYSTEM}", ""),
        Row("12", (State.IN_REVIEW,), Event.SUSPEND, State.SUSPENDED, f"{_LAW}第四十五条", "D09", "次日起暂停",
            f"{REVIEWER}、{HEAD}", "属于八种特别程序或者单行法另有规定，书面告知已送达"),
        Row("12a", (State.SUSPENDED,), Event.SUSPEND, None, f"{_LAW}第四十五条", "D09", "重叠的期间只扣除一次",
            f"{REVIEWER}、{HEAD}", "同时进行的另一特别程序，书面告知已送达"),
        Row("13a", (State.SUSPENDED,), Event.END_PROCEDURE, None, f"{_LAW}第四十五条", "", "继续暂停", REVIEWER,
            "还有其他正在进行的特别程序"),
        Row("13", (State.SUSPENDED,), Event.RESUME, State.IN_REVIEW, f"{_LAW}第四十五条", "", "结束次日起恢复",
            REVIEWER, "结果已登记；没有其他正在进行的特别程序"),
        Row("14", (State.IN_REVIEW, State.PENDING_DECISION), Event.EXTEND, None, f"{_LAW}第四十二条", "D10",
            "加十个或者十五个工作日", f"{HEAD}、市政府负责人", "届满前批准并告知，只延长一次"),
        Row("15a", (State.IN_REVIEW, State.SUSPENDED), Event.INFORM_INTERESTED, None, f"{_LAW}第三十六条", "D11",
            "继续", REVIEWER, "直接关系他人重大利益"),
        Row("15b", (State.IN_REVIEW, State.SUSPENDED), Event.TELL_HEARING_RIGHT, None, f"{_LAW}第四十七条第一款",
            "D12", "五个工作日内不得决定", REVIEWER, ""),
        Row("15c", (State.IN_REVIEW, State.SUSPENDED), Event.CALL_HEARING, None, f"{_LAW}第四十六条、第四十八条", "D13",
            "听证期间依第四十五条另计", HOST, "提前七个工作日；主持人不是本件审查人员"),
        Row("15d", (State.IN_REVIEW, State.SUSPENDED), Event.RECORD_HEARING, None, f"{_LAW}第四十八条", "D14",
            "继续", HOST, "听证日或者其后，参加人签字"),
        Row("16", (State.IN_REVIEW,), Event.SUBMIT_OPINION, State.PENDING_DECISION, f"{_LAW}第三十四条", "审批表",
            "继续", REVIEWER, "信用已查询，容缺材料已补齐，依法应收的费用已缴"),
        Row("16a", (State.PENDING_DECISION,), Event.RETURN, State.IN_REVIEW, f"{_LAW}第三十四条", "", "继续", DECIDER,
            "写明退回理由"),
        Row("17", (State.PENDING_DECISION,), Event.GRANT, State.GRANTED, f"{_LAW}第三十八条第一款", "D15、D20、D21",
            "送达时限开始", DECIDER, "决定人不是受理人；决定机关当日有权"),
        Row("17a", HANDLING_STATES, Event.DEEM_RENEWED, State.GRANTED, f"{_LAW}第五十条第二款", "D21",
            "办理时限停止；送达时限开始", SYSTEM, "届满三十日前提出并已受理的延续，证照届满时没有决定"),
        Row("18", (State.PENDING_DECISION,), Event.REFUSE, State.REFUSED, f"{_LAW}第三十八条第二款", "D16",
            "送达时限开始", DECIDER, "写明理由和救济途径"),
        Row("19", (State.RECEIVED, State.CORRECTION_PENDING, State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED,
                   State.PENDING_DECISION),
            Event.WITHDRAW, State.WITHDRAWN, "申请人的书面请求", "D17", "停止", APPLICANT, "决定作出之前书面提出"),
        Row("20", (State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED, State.PENDING_DECISION), Event.TERMINATE,
            State.TERMINATED, "法律没有规定；终止的情形为业务规则", "D17", "停止", f"{REVIEWER}、{HEAD}",
            "标的消失、申请人死亡或者终止、容缺材料逾期、承诺虚假"),
        Row("21", (State.GRANTED,), Event.ISSUE, State.ISSUED, f"{_LAW}第三十九条", "证照", "继续", ISSUER,
            "事项有证件"),
        Row("22", (State.ISSUED, State.REFUSED, State.GRANTED), Event.DELIVER, State.DELIVERED, f"{_LAW}第四十四条",
            "D18", "停止", ISSUER, "送达有凭证；有证件的先制证"),
        Row("23a", (State.DELIVERED,), Event.CLOSE, State.CLOSED, "案卷管理规定（业务规则）", "案卷目录", "停止", SYSTEM,
            "文书均已生成并送达"),
        Row("23b", (State.CLOSED,), Event.ARCHIVE, State.ARCHIVED, "案卷管理规定（业务规则）", "案卷目录", "停止", SYSTEM,
            "归档期限届满"),
        Row("24", (State.DRAFT,), Event.OPEN_EX_OFFICIO, State.IN_REVIEW, f"{_LAW}第八条、第六十九条、第七十条", "立案",
            "不计时", REVIEWER, "指明证照和事由"),
        Row("25", (State.PENDING_DECISION,), Event.DECIDE_EX_OFFICIO, State.ISSUED,
            f"{_LAW}第八条、第六十九条、第七十条", "D22、D23、D24", "送达时限开始", DECIDER,
            "写明事实、理由、依据和救济途径"),
        Row("26", (State.DRAFT,), Event.IMPORT, State.ARCHIVED, "莱政发〔2018〕18号", "", "不计时", SYSTEM,
            "划转前的办件和证照"),
        Row("26a", (State.DRAFT,), Event.IMPORT_OPEN, State.ACCEPTED, "莱政发〔2018〕18号", "", "自受理之日起连续计算",
            SYSTEM, "原部门已经受理、尚未办结的办件"),
    ],
    refusal=refusal_for,
)  # fmt: skip


def state_label(state: State, *, purpose: str, origin: str) -> str:
    """What the state is called for this kind of case: an act of the office's own motion makes no certificate."""
    if origin == "ex_officio" and state is State.ISSUED:
        return "已作出决定"
    if purpose == "cancellation" and state is State.GRANTED:
        return "准予注销"
    return state.label
