"""The five outcomes of Article 32 and the system's own judgement of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .vocabulary import Labelled


class Outcome(Labelled):
    """收件后的处理结果（行政许可法第三十二条）"""

    KEEP = "keep", "先收件，待审核"
    NOT_REQUIRED = "not_required", "不受理（无需许可）"
    NOT_ACCEPT = "not_accept", "不予受理"
    CORRECT = "correct", "一次性告知补正"
    ACCEPT = "accept", "受理"


#: The article each outcome rests on.
OUTCOME_ARTICLES = {
    Outcome.KEEP: "行政许可法第三十二条第一款第四项",
    Outcome.NOT_REQUIRED: "行政许可法第三十二条第一款第一项",
    Outcome.NOT_ACCEPT: "行政许可法第三十二条第一款第二项",
    Outcome.CORRECT: "行政许可法第三十二条第一款第四项",
    Outcome.ACCEPT: "行政许可法第三十二条第一款第五项",
}


@dataclass(frozen=True)
class MaterialStanding:
    """材料情况: how one material of the list stands: complete, missing, defective or not needed."""

    material_id: int
    name: str
    status: str

    @property
    def is_met(self) -> bool:
        return self.status in {"complete", "not_needed"}


@dataclass(frozen=True)
class Judgement:
    """系统判断: the suggested outcome, the reason in one sentence each, and the materials that stand in the way."""

    outcome: Outcome
    reasons: tuple[str, ...]
    unmet: tuple[MaterialStanding, ...] = ()
    article: str = ""
    explained: bool = True

    @property
    def sentence(self) -> str:
        return "；".join(self.reasons) + "。"


def unmet_materials(standings: Iterable[MaterialStanding]) -> tuple[MaterialStanding, ...]:
    """The materials that are missing or defective, in the order of the list."""
    return tuple(standing for standing in standings if not standing.is_met)


def judge(
    *,
    licence_required: bool,
    in_power: bool,
    power_reason: str,
    competent_name: str,
    standings: Sequence[MaterialStanding],
    not_required_reason: str = "",
) -> Judgement:
    """Which of the outcomes of Article 32 the facts call for.

    ``licence_required`` is what the clerk found out about the undertaking; ``in_power`` and ``power_reason`` come from
    the catalogue for that day. The clerk may override the outcome, with a reason that is kept.
    """
    if not licence_required:
        # The clerk's own finding still wants the clerk's own words in D02; a closed matter explains itself.
        reason = not_required_reason.rstrip("。；") or "申请事项依法不需要取得行政许可"
        return Judgement(
            Outcome.NOT_REQUIRED, (reason,), (), OUTCOME_ARTICLES[Outcome.NOT_REQUIRED], bool(not_required_reason)
        )
    if not in_power:
        reasons = (power_reason.rstrip("。；"),) if power_reason else ("申请事项不属于本机关职权范围",)
        if competent_name and competent_name not in reasons[0]:
            reasons = (*reasons, f"请告知申请人向{competent_name}申请")
        return _made(Outcome.NOT_ACCEPT, reasons)
    unmet = unmet_materials(standings)
    if unmet:
        names = "、".join(standing.name for standing in unmet)
        return _made(
            Outcome.CORRECT,
            ("属本机关职权范围", f"有{len(unmet)}项材料不齐或不合格（{names}），应当一次性告知全部需要补正的内容"),
            unmet,
        )
    return _made(Outcome.ACCEPT, ("属本机关职权范围", f"材料齐全（{len(standings)}项），符合法定形式"))


def _made(outcome: Outcome, reasons: tuple[str, ...], unmet: tuple[MaterialStanding, ...] = ()) -> Judgement:
    return Judgement(outcome, reasons, unmet, OUTCOME_ARTICLES[outcome])
