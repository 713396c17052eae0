"""A new licence, or a new version that takes the place of the one before it."""

from dataclasses import dataclass
from datetime import date, datetime

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, User

from ... import licences
from ...domain.licences import LicenceEvent, LicenceState
from ...models import Case, Decision, Letter, Licence
from .applying import ABOUT_A_LICENCE
from .changing import change_licence, write_down_the_day

#: What a new version rests on, by 办理项.
_BASIS = {
    Case.Purpose.CHANGE: "行政许可法第四十九条",
    Case.Purpose.RENEWAL: "行政许可法第五十条",
    Case.Purpose.REPLACEMENT: "原证遗失、毁损，依申请补发",
}


@dataclass(frozen=True)
class Terms:
    """许可的内容: what a licence says is allowed, on which conditions, from when to when."""

    content: str
    conditions: str
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, granted: "Decision | Licence") -> "Terms":
        return cls(granted.content, granted.conditions, granted.valid_from, granted.valid_to)


def replaced_by(case: Case, *, on: date, at: datetime) -> Licence | None:
    """The licence a new one will take the place of, locked and up to date; None for a new undertaking.

    Raises DomainError when it has ended since the decision: nothing can take its place any more.
    """
    if case.purpose not in ABOUT_A_LICENCE:
        return None
    previous = licences.lock_current_version(case.subject_licence_id)
    write_down_the_day(previous, on=on, at=at)
    if has_ended(previous):
        raise DomainError(
            f"原证{previous.number}{previous.current_state.label}，新证不能制发；请登记决定书的送达。",
            article="行政许可法第七十条",
        )
    return previous


def has_ended(licence: Licence) -> bool:
    """Whether the licence was taken back, forfeited or struck off (an expiry can still be overtaken by its renewal)."""
    return licence.current_state in {
        LicenceState.WITHDRAWN,
        LicenceState.REVOKED,
        LicenceState.FORFEITED,
        LicenceState.CANCELLED,
    }


def make_licence(
    case: Case,
    letter: Letter,
    terms: Terms,
    *,
    department: Department,
    previous: Licence | None,
    on: date,
    at: datetime,
    actor: User | None,
    number: str = "",
    title: str = "",
) -> Licence:
    """Afterwards the licence of ``case`` stands in the register; the one before it is replaced from the day this one begins.

    A penalty that suspends the old one goes on with the new one. ``number`` and ``title`` are given where another body's own
    paper is the licence, and ``letter`` only hands it on. Call inside the act that seals ``letter``.
    """
    licence = Licence.objects.create(
        case=case,
        number=number or letter.number,
        title=title or letter.title,
        matter=case.matter,
        holder=case.party,
        issued_by_department=department,
        letter=letter,
        issued_on=on,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        content=terms.content,
        conditions=terms.conditions,
        premises=case.premises,
        previous=previous,
        sequence=previous.sequence + 1 if previous else 1,
    )
    if previous is not None:
        _take_its_place(licence, previous, case, on=on, at=at, actor=actor)
    return licence


def _take_its_place(
    licence: Licence, previous: Licence, case: Case, *, on: date, at: datetime, actor: User | None
) -> None:
    if previous.current_state is LicenceState.SUSPENDED:
        standing = previous.changes.filter(kind=LicenceEvent.SUSPEND).last()
        change_licence(
            licence,
            LicenceEvent.SUSPEND,
            on=on,
            at=at,
            actor=actor,
            basis=standing.basis,
            note="原证的暂扣继续有效",
            document_number=standing.document_number,
            department=standing.department,
            until_on=previous.suspended_until_on,
        )
    if licence.valid_from <= on:
        change_licence(
            previous, LicenceEvent.SUPERSEDE, on=on, at=at, actor=actor, basis=_BASIS[case.purpose], case=case
        )
