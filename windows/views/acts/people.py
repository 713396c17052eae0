"""Acts that say who answers for a case."""

from windows.commands.reassigning import reassign_case
from windows.forms.people import ReassignForm, offer_reviewers

from .base import Act, plain

ACTS: dict[str, Act] = {
    "reassign": Act(
        ReassignForm,
        plain(reassign_case),
        "已改派，办理期限不变。",
        prepare=offer_reviewers,
        applies=lambda case: case.reviewer_id is not None,
        by_choice=True,
    ),
}
