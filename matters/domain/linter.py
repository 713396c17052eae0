"""指南检查: what stands between a draft and the public, each with its article. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from .content import FIELDS, Content, is_blank, limit_text, unknown_fields

ARTICLE_30 = "《行政许可法》第三十条"
ARTICLE_31 = "《行政许可法》第三十一条"
ARTICLES_FEE = "《行政许可法》第五十八条、第五十九条"
ARTICLES_PROMISE = "《优化营商环境条例》第三十六条；《山东省优化营商环境条例》第三十条"
ARTICLE_UNIT = "《行政许可法》第四十二条、第八十二条"
INSTANT_AT_MOST_WORKDAYS = 1


class Level(StrEnum):
    """ERROR blocks publishing; UNKNOWN blocks it unless the row is reconstructed; WARNING only speaks."""

    ERROR = "error"
    UNKNOWN = "unknown"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """检查结果: one sentence, the article behind it, and the field or kind of row it is about."""

    level: Level
    message: str
    article: str
    about: str

    @property
    def word(self) -> str:
        return {Level.ERROR: "须改正", Level.UNKNOWN: "待核实", Level.WARNING: "提醒"}[self.level]


@dataclass(frozen=True)
class Facts:
    """What the linter must know beside the content: whether the row is reconstructed, and whether a regulator stands."""

    is_reconstructed: bool
    has_regulator: bool


#: Ends in "other materials", with or without an adjective: the applicant cannot know what to bring.
_CATCH_ALL = re.compile(r"(其他|其它|有关|相关)(的|有关|相关|证明|申请)*(材料|资料|文件|证件)(等)?[）)]?$")
#: The same, quoting a provision that prescribes it: which materials it means is not known yet.
_QUOTED_CATCH_ALL = re.compile(r"(规定|要求)[^，。；]*(其他|其它)")
_OPEN_LIST = re.compile(r"(其他|其它)[^（(]*(材料|资料|文件|证件)")
#: 第二十七条: no buying of named goods, no paid services; 第三十一条第二款: no transfer of technology.
_FORBIDDEN = re.compile(r"转让技术|购买指定|指定(商品|产品)|接受有偿服务")


def _article_30(content: Content, facts: Facts) -> list[Finding]:
    """The eight elements that must be posted: matter, basis, conditions, quantity, procedure, limit, materials, sample."""
    missing = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
    findings = []
    if is_blank(content.fields.get("name")):
        findings.append(Finding(Level.ERROR, "没有写事项名称。", ARTICLE_30, "name"))
    for kind, words in (
        ("legal_bases", "设定依据"),
        ("conditions", "许可条件"),
        ("process_steps", "办理程序"),
    ):
        if not content.rows.get(kind):
            findings.append(Finding(missing, f"没有公布{words}。", ARTICLE_30, kind))
    if is_blank(content.fields.get("quantity_limit")):
        findings.append(
            Finding(missing, "没有公布数量限制（没有限制的写“无数量限制”）。", ARTICLE_30, "quantity_limit")
        )
    if is_blank(content.fields.get("form_sample")):
        findings.append(Finding(missing, "没有公布申请书示范文本。", ARTICLE_30, "form_sample"))
    if not content.rows.get("materials"):
        findings.append(Finding(Level.ERROR, "没有列出需要提交的全部材料。", ARTICLE_30, "materials"))
    return findings


def _longest_calendar_days(workdays: int) -> int:
    """Calendar days that N working days may need when weekends fall badly (holidays aside)."""
    return workdays + 2 * -(-workdays // 5)


def _fewest_calendar_days(workdays: int) -> int:
    """Calendar days that N working days need at the least."""
    return workdays + 2 * max((workdays - 1) // 5, 0)


def promise_against_law(value: int, unit: str, legal_value: int, legal_unit: str) -> Level | None:
    """Whether a promise is longer than the law allows: ERROR surely, WARNING when it may be, None never.

    Same units compare directly. Otherwise both become calendar days: a month is 28 to 31 days, working days need the
    fewest or the most calendar days that weekends allow.
    """
    if unit == legal_unit:
        return Level.ERROR if value > legal_value else None

    def span(number: int, of: str) -> tuple[int, int]:
        if of == "workday":
            return _fewest_calendar_days(number), _longest_calendar_days(number)
        return (number * 28, number * 31) if of == "month" else (number, number)

    (promise_low, promise_high), (law_low, law_high) = span(value, unit), span(legal_value, legal_unit)
    if promise_low > law_high:
        return Level.ERROR
    return Level.WARNING if promise_high > law_low else None


def _limits(content: Content) -> list[Finding]:
    findings = []
    get = content.fields.get
    for value_name, unit_name, words in (
        ("statutory_value", "statutory_unit", "法定时限"),
        ("promised_value", "promised_unit", "承诺时限"),
    ):
        if is_blank(get(value_name)):
            findings.append(Finding(Level.ERROR, f"没有填写{words}。", ARTICLE_30, value_name))
        if is_blank(get(unit_name)):
            message = f"没有选择{words}的单位（工作日、自然日、月），不能发布。"
            findings.append(Finding(Level.ERROR, message, ARTICLE_UNIT, unit_name))
    if is_blank(get("clock_start")):
        findings.append(Finding(Level.ERROR, "没有选择时限从哪一天起算，不能发布。", ARTICLE_UNIT, "clock_start"))
    if is_blank(get("statutory_basis")):
        findings.append(Finding(Level.ERROR, "没有写明法定时限出自哪一条。", ARTICLE_30, "statutory_basis"))
    limits = (get("promised_value"), get("promised_unit"), get("statutory_value"), get("statutory_unit"))
    if not any(is_blank(part) for part in limits):
        level = promise_against_law(*limits)
        promised, legal = limit_text(limits[0], limits[1]), limit_text(limits[2], limits[3])
        if level is Level.ERROR:
            message = f"承诺时限（{promised}）长于法定时限（{legal}）；请缩短承诺时限。"
            findings.append(Finding(level, message, ARTICLES_PROMISE, "promised_value"))
        elif level is Level.WARNING:
            message = f"承诺时限（{promised}）遇周末可能晚于法定时限（{legal}）；届满日按较早的一天计。"
            findings.append(Finding(level, message, ARTICLES_PROMISE, "promised_value"))
        if get("handling") == "instant" and not (limits[1] == "workday" and limits[0] <= INSTANT_AT_MOST_WORKDAYS):
            message = f"即办件的承诺时限应为当场或1个工作日内，现为{promised}；请改为承诺件或缩短时限。"
            findings.append(Finding(Level.ERROR, message, "《行政许可法》第三十四条第二款", "handling"))
    return findings


def _materials(content: Content, facts: Facts) -> list[Finding]:
    findings = []
    seen: set[str] = set()
    for row in content.rows.get("materials", ()):
        name = str(row.get("name", "")).strip()
        if not name:
            findings.append(Finding(Level.ERROR, "有一份材料没有写名称。", ARTICLE_30, "materials"))
            continue
        if name in seen:
            findings.append(Finding(Level.ERROR, f"材料“{name}”列了两次。", ARTICLE_30, "materials"))
        seen.add(name)
        if _CATCH_ALL.search(name) and _OPEN_LIST.search(name):
            quoted = bool(_QUOTED_CATCH_ALL.search(name))
            level = Level.UNKNOWN if quoted and facts.is_reconstructed else Level.ERROR
            message = f"材料“{name}”是兜底条款，申请人无法知道要交什么；请逐项写明或删去。"
            findings.append(Finding(level, message, f"{ARTICLE_30}、第三十一条", "materials"))
        if _FORBIDDEN.search(f"{name}{row.get('note', '')}{row.get('acceptance_standard', '')}"):
            message = f"材料“{name}”要求购买指定商品、接受有偿服务或转让技术；请删去。"
            findings.append(Finding(Level.ERROR, message, "《行政许可法》第二十七条、第三十一条", "materials"))
        if row.get("is_main") and row.get("deferrable"):
            message = f"材料“{name}”是主件，不能容缺；请取消容缺。"
            findings.append(Finding(Level.ERROR, message, "莱政发〔2018〕18号（容缺受理只限次要材料）", "materials"))
        counts = (row.get("original_count") or 0, row.get("copy_count") or 0)
        if row.get("form") != "electronic" and not any(counts):
            findings.append(Finding(Level.ERROR, f"材料“{name}”没有写份数。", ARTICLE_30, "materials"))
        if row.get("is_conditional") and is_blank(row.get("condition")):
            message = f"材料“{name}”只在特定情形提交，但没有写明是什么情形。"
            findings.append(Finding(Level.ERROR, message, ARTICLE_30, "materials"))
    without_basis = sum(1 for row in content.rows.get("materials", ()) if is_blank(row.get("basis")))
    if without_basis:
        level = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
        findings.append(Finding(level, f"有{without_basis}份材料没有写明依据。", ARTICLE_31, "materials"))
    return findings


def _fees(content: Content, facts: Facts) -> list[Finding]:
    findings = []
    rows = content.rows.get("fees", ())
    if not rows and is_blank(content.fields.get("fee_note")):
        level = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
        findings.append(Finding(level, "没有写明是否收费（不收费的写“无”）。", ARTICLES_FEE, "fee_note"))
    for row in rows:
        name, level_of_basis = row.get("name", ""), row.get("basis_level") or ""
        if level_of_basis and level_of_basis not in {"law", "admin_regulation"} and row.get("is_for_licence"):
            message = f"收费“{name}”的依据不是法律或行政法规，不得收取；请删去或补正依据。"
            findings.append(Finding(Level.ERROR, message, ARTICLES_FEE, "fees"))
        elif row.get("is_for_licence") and (is_blank(row.get("basis")) or not level_of_basis):
            level = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
            message = f"收费“{name}”没有写明法律或行政法规依据及其层级。"
            findings.append(Finding(level, message, ARTICLES_FEE, "fees"))
        elif is_blank(row.get("basis")):
            level = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
            findings.append(Finding(level, f"另行缴纳的“{name}”没有写明依据。", ARTICLES_FEE, "fees"))
    return findings


def _others(content: Content, facts: Facts) -> list[Finding]:
    findings = []
    if not facts.has_regulator:
        message = "没有登记有效的监管部门（审管职责边界），不能发布。"
        findings.append(Finding(Level.ERROR, message, "莱政发〔2018〕18号（谁审批谁负责、谁主管谁监管）", "boundary"))
    if is_blank(content.fields.get("applicant_kinds")):
        findings.append(Finding(Level.ERROR, "没有选择谁可以申请。", ARTICLE_30, "applicant_kinds"))
    visits = content.fields.get("visits")
    if visits and is_blank(content.fields.get("visits_reason")):
        message = f"须到现场{visits}次，但没有写明原因。"
        findings.append(Finding(Level.ERROR, message, "《优化营商环境条例》第三十七条", "visits_reason"))
    for row in content.rows.get("conditions", ()):
        if _FORBIDDEN.search(str(row.get("text", ""))):
            message = f"条件“{row.get('text')}”要求购买指定商品、接受有偿服务或转让技术；请删去。"
            findings.append(Finding(Level.ERROR, message, "《行政许可法》第二十七条、第三十一条", "conditions"))
    already = {finding.about for finding in findings}
    named = {"quantity_limit", "form_sample"} | already
    level = Level.UNKNOWN if facts.is_reconstructed else Level.ERROR
    unknown = set(unknown_fields(content))
    findings += [
        Finding(level, f"“{label}”没有填写，指南上印作“待核实”。", ARTICLE_30, name)
        for name, label in FIELDS.items()
        if label in unknown and name not in named
    ]
    return findings


def lint(content: Content, facts: Facts) -> list[Finding]:
    """Every finding on a guide, gravest first; an empty list means it may be published as it stands."""
    findings = (
        _article_30(content, facts)
        + _limits(content)
        + _materials(content, facts)
        + _fees(content, facts)
        + _others(content, facts)
    )
    order = list(Level)
    return sorted(findings, key=lambda finding: order.index(finding.level))


def blocking(findings: list[Finding], facts: Facts) -> list[Finding]:
    """The findings that keep the guide from being published: errors, and unknowns unless the row is reconstructed."""
    return [
        finding
        for finding in findings
        if finding.level is Level.ERROR or (finding.level is Level.UNKNOWN and not facts.is_reconstructed)
    ]
