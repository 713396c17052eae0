"""Every act a case page offers, by the action of the permission table. A new procedure brings its module and one line here."""

from . import clock, examination, handling, hearings, intake_modes, licences, people, preconditions
from .base import Act

#: In the order in which they stand on the page.
ACTS: dict[str, Act] = {
    **preconditions.ACTS,
    **intake_modes.ACTS,
    **handling.ACTS,
    **examination.ACTS,
    **hearings.ACTS,
    **clock.ACTS,
    **licences.ACTS,
    **people.ACTS,
}

__all__ = ["ACTS", "Act"]
