"""Parts of the case page that a procedure brings: each asks the database at most twice and shows nothing where there is nothing.

A new procedure brings a module here with a function ``(case, user, today) -> data or None``, a template under
``templates/windows/sections/`` that shows ``section.data``, and one line below, in the order of the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from laiyang_approval.kernel.models import User

from ..models import Case
from . import clock, examination, hearings, intake_modes, licences, people, preconditions


@dataclass(frozen=True)
class Section:
    """办件页的一节: its anchor and heading, its template, and what the template shows as ``section.data``."""

    anchor: str
    title: str
    template: str
    data: Any


@dataclass(frozen=True)
class Build:
    """How a section is made: ``data`` returns what its template shows, or None where there is nothing to show."""

    anchor: str
    title: str
    template: str
    data: Callable[[Case, User, date], Any]


#: In the order of the page.
BUILDS: tuple[Build, ...] = (
    Build("on-record", "决定前的记录", "windows/sections/preconditions.html", preconditions.on_record),
    Build("looked-at", "现场核查与专家评审", "windows/sections/looked_at.html", examination.looked_at),
    Build("heard", "利害关系人与听证", "windows/sections/heard.html", hearings.heard),
    Build("consulted", "征求意见与联合踏勘", "windows/sections/consulted.html", examination.consulted),
    Build("clock", "时限的变动", "windows/sections/clock.html", clock.clock_record),
    Build("put-right", "更正与改派", "windows/sections/put_right.html", people.put_right),
    # ---- licence life
    Build("licences", "证照", "windows/sections/licences.html", licences.about),
    Build("own-motion", "依职权处理", "windows/sections/own_motion.html", licences.own_motion),
    Build("letter-corrections", "更正", "windows/sections/letter_corrections.html", licences.corrections),
    # ---- 容缺受理、告知承诺、失信限制
    Build("deferral", "容缺受理", "windows/sections/deferral.html", intake_modes.deferred),
    Build("commitment", "告知承诺", "windows/sections/commitment.html", intake_modes.promised),
    Build("post-check", "承诺核查", "windows/sections/post_check.html", intake_modes.checked),
    Build("restrictions", "申请人的限制", "windows/sections/restrictions.html", intake_modes.restricted),
)


#: Brought by apps that stand above this one, once they are loaded (``bring``): what they know of a case.
_BROUGHT: list[Build] = []


def bring(build: Build) -> None:
    """Afterwards the case page has this section too, at its end; for the apps above, whom windows does not know."""
    if build not in _BROUGHT:
        _BROUGHT.append(build)


def sections_of(case: Case, user: User, today: date) -> list[Section]:
    """The sections that have something to show for this case, in the order of the page."""
    shown = []
    for build in (*BUILDS, *_BROUGHT):
        data = build.data(case, user, today)
        if data is not None:
            shown.append(Section(build.anchor, build.title, build.template, data))
    return shown
