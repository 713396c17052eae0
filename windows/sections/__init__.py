"""Parts of the case page that a procedure brings: each asks the database at most twice and shows nothing where there is nothing.

A new procedure brings a module here with a function ``section(case, user, today) -> Section | None``, a template under
``templates/windows/sections/``, and one line below, in the order of the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from laiyang_approval.kernel.models import User

from ..models import Case


@dataclass(frozen=True)
class Section:
    """办件页的一节: its anchor and heading, its template, and what the template shows as ``section.data``."""

    anchor: str
    title: str
    template: str
    data: Any


Build = Callable[[Case, User, date], Section | None]

BUILDS: tuple[Build, ...] = ()


def sections_of(case: Case, user: User, today: date) -> list[Section]:
    """The sections that have something to show for this case, in the order of the page."""
    return [section for build in BUILDS if (section := build(case, user, today)) is not None]
