"""案卷评分: deductions from a hundred, thresholds by rule, and what fails a file whatever else is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.domain.scoring import Grade, Judged, Score, Severity, Thresholds, Verdict, score

LINES = Thresholds(excellent_from=90, pass_from=60)


def item(verdict: Verdict, points: int = 10, severity: Severity = Severity.DEDUCT) -> Judged:
    return Judged(severity, points, verdict)


def test_nothing_wrong_is_full_marks_and_nothing_to_mend():
    assert score([item(Verdict.MET), item(Verdict.NOT_APPLICABLE)], LINES) == Score(100, Grade.EXCELLENT, False)


@pytest.mark.parametrize(
    ("deducted", "points", "grade"),
    [(10, 90, Grade.EXCELLENT), (11, 89, Grade.PASS), (40, 60, Grade.PASS), (41, 59, Grade.FAIL), (130, 0, Grade.FAIL)],
)
def test_the_lines_belong_to_the_better_grade(deducted, points, grade):
    assert score([item(Verdict.NOT_MET, deducted)], LINES) == Score(points, grade, True)


def test_a_wrong_body_fails_the_file_though_all_else_is_right():
    fatal = item(Verdict.NOT_MET, 100, Severity.FATAL)
    assert score([fatal, item(Verdict.MET)], Thresholds(0, 0)) == Score(0, Grade.FAIL, True)


@given(
    st.lists(st.builds(Judged, st.sampled_from(Severity), st.integers(0, 100), st.sampled_from(Verdict)), max_size=30)
)
def test_a_finding_never_raises_the_score_and_never_goes_without_effect(judged):
    result = score(judged, LINES)
    assert 0 <= result.points <= 100
    assert result.must_rectify == any(one.verdict is Verdict.NOT_MET for one in judged)
    assert score([*judged, item(Verdict.NOT_MET, 1)], LINES).points <= result.points
