"""The five outcomes of Article 32 and the system's own judgement of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .intake_modes import commitment_refusal, deferral_refusal
from .vocabulary import Labelled


class Outcome(Labelled):
    """收件后的处理结果（行政许可法第三十二条）"""

    KEEP = "keep", "先收件，待审核"
    NOT_REQUIRED = "not_required", "不受理（无需许可）"
    NOT_ACCEPT = "not_accept", "不予受理"
    CORRECT = "correct", "一次性告知补正"
    ACCEPT = "accept", "受理"
    DEFER = "defer", "容缺受理"
    COMMIT = "commit", "告知承诺"


#: The article each outcome rests on.
OUTCOME_ARTICLES = {
    Outcome.KEEP: "行政许可法第三十二条第一款第四项",
    Outcome.NOT_REQUIRED: "行政许可法第三十二条第一款第一项",
    Outcome.NOT_ACCEPT: "行政许可法第三十二条第一款第二项",
    Outcome.CORRECT: "行政许可法第三十二条第一款第四项",
    Outcome.ACCEPT: "行政许可法第三十二条第一款第五项",
    Outcome.DEFER: "容缺受理规定",
    Outcome.COMMIT: "国办发〔2020〕42号",
}


@dataclass(frozen=True)
class MaterialStanding:
    """材料情况: how one material of the list stands: complete, missing, defective, not needed, or replaced by a promise."""

    material_id: int
    name: str
    status: str
    deferrable: bool = False
    committable: bool = False

    @property
    def is_met(self) -> bool:
        return self.status in {"complete", "not_needed", "committed"}


@dataclass(frozen=True)
class Bars:
    """不得适用的情形: what this applicant, or this matter, is kept from, each in one sentence; "" is open.

    ``ban`` is a ban on applying again with its article (行政许可法第七十八条、第七十九条).
    """

    ban: str = ""
    ban_article: str = ""
    deferral: str = ""
    commitment: str = ""


#: Nothing stands against anything.
OPEN = Bars()


@dataclass(frozen=True)
class Judgement:
    """系统判断: the suggested outcome, the reason in one sentence each, and the materials that stand in the way."""

    outcome: Outcome
    reasons: tuple[str, ...]
    unmet: tuple[MaterialStanding, ...] = ()
    article: str = ""
    explained: bool = True
    #: Why not 容缺受理 or 告知承诺: "" is open, None is not on offer for this matter.
    deferral: str | None = None
    commitment: str | None = None
    #: The article that bans this applicant from applying again for now, if one does.
    ban_article: str = ""

    def allows(self, outcome: Outcome) -> bool:
        """Whether the facts call for ``outcome``, or leave it to the applicant as much as the suggested one."""
        if outcome is Outcome.DEFER:
            return self.deferral == ""
        if outcome is Outcome.COMMIT:
            return self.commitment == ""
        if outcome is Outcome.CORRECT and self.outcome in {Outcome.DEFER, Outcome.COMMIT}:
            return True
        return outcome in {self.outcome, Outcome.KEEP}

    @property
    def article_against_acceptance(self) -> str:
        """The provision an acceptance would break."""
        return OUTCOME_ARTICLES[Outcome.CORRECT] if self.unmet else self.article

    @property
    def ends_intake(self) -> bool:
        """Whether the application does not get as far as its materials."""
        return self.outcome in {Outcome.NOT_ACCEPT, Outcome.NOT_REQUIRED}

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
    bars: Bars = OPEN,
) -> Judgement:
    """Which of the outcomes of Article 32 the facts call for.

    ``licence_required`` is what the clerk found out about the undertaking; ``in_power`` and ``power_reason`` come from
    the catalogue for that day; ``bars`` from the applicant's record and the matter. The clerk may override the outcome, with a
    reason that is kept.
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
    if bars.ban:
        return Judgement(Outcome.NOT_ACCEPT, (bars.ban,), (), bars.ban_article, ban_article=bars.ban_article)
    return _of_materials(standings, bars)


def _of_materials(standings: Sequence[MaterialStanding], bars: Bars) -> Judgement:
    """Complete: accept. Deferrable, or replaceable by a promise: the applicant may choose that; else told once."""
    unmet = unmet_materials(standings)
    deferral = deferral_refusal(standings, unmet, bars.deferral)
    commitment = commitment_refusal(standings, unmet, bars.commitment)
    power = "属本机关职权范围"
    if not unmet:
        outcome, why = Outcome.ACCEPT, f"材料齐全（{len(standings)}项），符合法定形式"
    else:
        names = "、".join(standing.name for standing in unmet)
        why = f"有{len(unmet)}项材料不齐或不合格（{names}），"
        if deferral == "":
            outcome = Outcome.DEFER
            why += "主件齐全、均可容缺，申请人书面承诺限期补齐的可以容缺受理"
        elif commitment == "":
            outcome = Outcome.COMMIT
            why += "均可以承诺代替，申请人签署告知承诺书的可以当场决定"
        else:
            outcome = Outcome.CORRECT
            why += "应当一次性告知全部需要补正的内容"
    return Judgement(outcome, (power, why), unmet, OUTCOME_ARTICLES[outcome], deferral=deferral, commitment=commitment)


def _made(outcome: Outcome, reasons: tuple[str, ...]) -> Judgement:
    return Judgement(outcome, reasons, (), OUTCOME_ARTICLES[outcome])
