"""What the pages of a case and of a licence say of supervision: whom the decision was told to, what regulators found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User
from windows.models import Case, Licence

from . import queries
from .dishonesty import listings_of
from .models import DishonestyListing, Push, SupervisionFeedback


@dataclass(frozen=True)
class OnCase:
    """审管互动 on a case page."""

    pushes: list[Push]
    feedback: list[SupervisionFeedback]
    listings: list[DishonestyListing]


def on_case(case: Case, user: User, today: date) -> OnCase | None:
    """Whom the decision was told to, and every report on the applicant, for whoever examines it next; staff only."""
    if case.party.user_id == user.pk:
        return None
    pushes, reports = queries.pushes_of_case(case.pk), queries.feedback_on_party(case.party_id)
    listings = [] if case.party.is_natural else listings_of(case.party.id_number, today)
    if not pushes and not reports and not listings:
        return None
    return OnCase(pushes, reports, listings)


def on_licence(versions: Sequence[Licence]) -> list[SupervisionFeedback] | None:
    """Every report on this licence, in whichever version."""
    return queries.feedback_on_licences([one.pk for one in versions]) or None
