"""One function a kind of paper: the facts of the act in the words the paper prints."""

from collections.abc import Callable
from typing import Any

from ..kinds import DocumentKind
from . import advice, clock, examination, handling, hearings, intake, intake_modes, licences, preconditions

BUILDERS: dict[DocumentKind, Callable[..., dict[str, Any]]] = {
    **advice.BUILDERS,
    **intake.BUILDERS,
    **handling.BUILDERS,
    **preconditions.BUILDERS,
    **examination.BUILDERS,
    **hearings.BUILDERS,
    **clock.BUILDERS,
    **licences.BUILDERS,
    **intake_modes.BUILDERS,
}
