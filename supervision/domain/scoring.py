"""案卷评分 (domain reference 7): a hundred points less deductions; a fatal item that is not met fails the file whatever else is right. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from windows.domain.vocabulary import Labelled

FULL = 100


class Verdict(Labelled):
    """评查结论, of one item"""

    MET = "met", "符合"
    NOT_MET = "not_met", "不符合"
    NOT_APPLICABLE = "n_a", "不涉及"


class Severity(Labelled):
    """评查项的性质"""

    FATAL = "fatal", "一票否决"
    DEDUCT = "deduct", "扣分"


class Grade(Labelled):
    """案卷等次"""

    EXCELLENT = "excellent", "优秀"
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"


@dataclass(frozen=True)
class Thresholds:
    """等次的分数线 (business rules, by date)"""

    excellent_from: int
    pass_from: int


@dataclass(frozen=True)
class Judged:
    """一项的结论: how the item weighs, and what was found."""

    severity: Severity
    points: int
    verdict: Verdict

    @property
    def deducted(self) -> int:
        """Points this item costs: all of its own when it is not met, none otherwise."""
        return self.points if self.verdict is Verdict.NOT_MET else 0


@dataclass(frozen=True)
class Score:
    """得分与等次; ``must_rectify`` when anything was not met: no finding without an effect."""

    points: int
    grade: Grade
    must_rectify: bool


def score(judged: Iterable[Judged], thresholds: Thresholds) -> Score:
    """The score of a file by its items: never below nothing; a fatal item that is not met leaves no points and fails."""
    found = list(judged)
    points = max(0, FULL - sum(one.deducted for one in found))
    unmet = [one for one in found if one.verdict is Verdict.NOT_MET]
    if any(one.severity is Severity.FATAL for one in unmet):
        return Score(0, Grade.FAIL, True)
    if points >= thresholds.excellent_from:
        grade = Grade.EXCELLENT
    else:
        grade = Grade.PASS if points >= thresholds.pass_from else Grade.FAIL
    return Score(points, grade, bool(unmet))
