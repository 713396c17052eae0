"""What an applicant is told of hearing, site check and experts on the status page, in sentences. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from .progress import cn_date


def asked_sentences(asked: Iterable[dict[str, Any]] | None, *, today: date) -> list[str]:
    """One sentence for each thing the applicant should know or may do; the facts are those of ``examination.asked_of``."""
    return [sentence for one in asked or () if (sentence := _SENTENCES[one["kind"]](one, today))]


def _hearing_right(fact: dict[str, Any], today: date) -> str:
    if fact["until"] is None:
        return "您有权要求听证；申请的最后一日待放假安排公布后告知（行政许可法第四十七条）。"
    until = date.fromisoformat(fact["until"])
    if today > until:
        return f"申请听证的期限已于{cn_date(until)}届满。"
    return (
        f"您有权要求听证：请在{cn_date(until)}前（含当日）向办理机关提出，口头、书面都可以；"
        "听证不收费用。不需要听证的，可以书面放弃，以便早日决定（行政许可法第四十七条）。"
    )


def _hearing_coming(fact: dict[str, Any], today: date) -> str:
    why = "已收到听证申请" if fact["requested"] else "本机关决定就本件举行听证"
    by = f"，将在{cn_date(date.fromisoformat(fact['hold_by']))}前组织听证" if fact["hold_by"] else ""
    return f"{why}{by}；时间、地点会在举行的七个工作日前通知您（行政许可法第四十八条）。"


def _hearing(fact: dict[str, Any], today: date) -> str:
    at = datetime.fromisoformat(fact["at"])
    how = "公开举行" if fact["is_public"] else "不公开举行"
    return (
        f"听证定于{_moment(at)}在{fact['place']}{how}，主持人{fact['host']}；请准时参加，可以带证据。"
        "认为主持人与本件有直接利害关系的，可以申请回避。"
    )


def _hearing_held(fact: dict[str, Any], today: date) -> str:
    return f"听证已于{cn_date(date.fromisoformat(fact['on']))}举行，决定将根据听证笔录作出（行政许可法第四十八条）。"


def _site_check(fact: dict[str, Any], today: date) -> str:
    return f"核查人员将于{_moment(datetime.fromisoformat(fact['at']))}到{fact['place']}现场核查；请派人到场。"


def _visit(fact: dict[str, Any], today: date) -> str:
    return (
        f"有关部门定于{_moment(datetime.fromisoformat(fact['at']))}在{fact['place']}{fact['label']}，只来一次；请配合。"
    )


def _panel(fact: dict[str, Any], today: date) -> str:
    return f"正在组织专家评审（{cn_date(date.fromisoformat(fact['on']))}），您不用参加。"


def _interested(fact: dict[str, Any], today: date) -> str:
    return "本件关系他人重大利益，已告知利害关系人；您也有权陈述和申辩（行政许可法第三十六条）。"


def _moment(at: datetime) -> str:
    return f"{cn_date(at.date())}{at.hour}时{at.minute:02d}分"


_SENTENCES = {
    "hearing_right": _hearing_right,
    "hearing_coming": _hearing_coming,
    "hearing": _hearing,
    "hearing_held": _hearing_held,
    "site_check": _site_check,
    "visit": _visit,
    "panel": _panel,
    "interested": _interested,
}
