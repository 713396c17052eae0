"""导航计数: how much waits between approval and supervision, for one person; a short query each, and only what was asked for."""

from collections.abc import Iterable

from laiyang_approval.kernel.models import User

from . import permissions, rating_queries, reviewing
from .domain.pushes import UNCLAIMED
from .models import FollowUp


def counts_for(user: User, wanted: Iterable[str]) -> dict[str, str]:
    """The counts among ``wanted`` that are ours (``pushes`` ``feedback`` ``review_files`` ``bad_ratings`` ``complaints``), as they read."""
    found: dict[str, int] = {}
    if "pushes" in wanted:
        waiting = permissions.pushes_visible_to(user).filter(state__in=[state.value for state in UNCLAIMED])
        found["pushes"] = waiting.count()
    if "feedback" in wanted:
        found["feedback"] = permissions.follow_ups_for(user).filter(state=FollowUp.State.OPEN).count()
    if "review_files" in wanted:
        found["review_files"] = reviewing.waiting_for(user).count()
    found |= rating_queries.waiting_counts(user, set(wanted))
    return {name: str(count) for name, count in found.items()}
