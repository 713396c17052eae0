"""What an act on a case is on a web page: a form, the command it calls, and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from laiyang_approval.kernel.models import User
from windows.forms.review import ActForm
from windows.models import Case

Run = Callable[[str, dict[str, Any], User, datetime], Case]


@dataclass(frozen=True)
class Act:
    """一个办理动作在网页上的样子: its form, and the command it calls; ``sealed``: ask for the password again.

    ``prepare`` fills in what a form must know of the case (its choices); ``applies`` False leaves the act off the page of a
    case that can have no use for it. The command refuses all the same. ``by_choice``: it may be done at any time and is never
    what comes next.
    """

    form: type[ActForm]
    run: Run
    done: str
    sealed: bool = False
    prepare: Callable[[ActForm, Case], None] = lambda form, case: None
    applies: Callable[[Case], bool] = lambda case: True
    by_choice: bool = False


def plain(command: Callable[..., Case]) -> Run:
    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        return command(number, expected_version=data.pop("version"), actor=actor, at=at, **data)

    return run


def with_(command: Callable[..., Case], name: str, build: Callable[..., Any]) -> Run:
    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        version = data.pop("version")
        return command(number, **{name: build(**data)}, actor=actor, at=at, expected_version=version)

    return run
