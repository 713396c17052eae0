"""One typed function per kind of case event. Each appends one hash-chained row under the case's lock.

Details hold ids, dates and codes of acts only: never names, ID numbers or phones. A letter is named by its number (文号). A new procedure brings its own module with
its functions and ``LABELS``, and one line here.
"""

from . import clock, examination, handling, intake_modes, licences, moves, people, preconditions, restrictions
from .handling import (
    record_acceptance,
    record_correction,
    record_decision,
    record_delivery,
    record_file,
    record_issue,
    record_materials,
    record_not_accepted,
    record_not_required,
    record_opinion,
    record_receipt,
    record_recomputation,
    record_resubmission,
    record_return,
    record_review_start,
    record_withdrawal,
)
from .writer import EventWriter, event_hash

#: What each kind of event is called on a timeline.
LABELS: dict[str, str] = {
    **handling.LABELS,
    **preconditions.LABELS,
    **examination.LABELS,
    **clock.LABELS,
    **licences.LABELS,
    **restrictions.LABELS,
    **intake_modes.LABELS,
    **people.LABELS,
    **moves.LABELS,
}

__all__ = [
    "EventWriter",
    "LABELS",
    "event_hash",
    "record_acceptance",
    "record_correction",
    "record_decision",
    "record_delivery",
    "record_file",
    "record_issue",
    "record_materials",
    "record_not_accepted",
    "record_not_required",
    "record_opinion",
    "record_receipt",
    "record_recomputation",
    "record_resubmission",
    "record_return",
    "record_review_start",
    "record_withdrawal",
]
