"""后果: what each report brings about; only a penalty of the regulator's own touches the licence, nothing the right to apply."""

import pytest

from supervision.domain.consequences import OPENS, FeedbackKind, LicenceEffect, TaskKind, for_feedback

pytestmark = pytest.mark.once
EVERY = [(kind, abnormal, action) for kind in FeedbackKind for abnormal in (False, True) for action in (False, True)]


@pytest.mark.parametrize(("kind", "abnormal", "action"), EVERY, ids=str)
def test_only_what_the_regulator_decides_itself_changes_the_licence(kind, abnormal, action):
    consequence = for_feedback(kind, abnormal=abnormal, requires_action=action)
    own = {FeedbackKind.SUSPENSION: "suspend", FeedbackKind.RESUMPTION: "resume", FeedbackKind.FORFEITURE: "forfeit"}
    assert consequence.licence == own.get(kind, LicenceEffect.NONE)
    assert (consequence.task is not None) or not action
    assert not abnormal or consequence.is_bad


def test_a_forfeiture_asks_for_a_cancellation_and_never_for_a_revocation():
    consequence = for_feedback(FeedbackKind.FORFEITURE, abnormal=False, requires_action=False)
    assert (consequence.task, OPENS[consequence.task]) == (TaskKind.CANCEL, "cancellation")
