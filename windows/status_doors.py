"""状态页上的入口: what somebody who has shown the code may do besides, brought by the apps above; none may ask the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .public_status import PublicCase


@dataclass(frozen=True)
class Door:
    """入口: a link of the status page, with what it leads to."""

    url_name: str
    label: str
    query: str = ""


_BROUGHT: list[Callable[[PublicCase, date], list[Door]]] = []


def bring(doors: Callable[[PublicCase, date], list[Door]]) -> None:
    """Afterwards the status page asks this too; for the apps above, whom windows does not know."""
    if doors not in _BROUGHT:
        _BROUGHT.append(doors)


def doors_of(case: PublicCase, today: date) -> list[Door]:
    """What this case's applicant may do besides, in the order it was brought."""
    return [door for doors in _BROUGHT for door in doors(case, today)]
