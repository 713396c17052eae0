"""Seals letters: number, seal of the day, stored inputs; a worker renders them (architecture, idea 5)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_token, token_digest
from laiyang_approval.kernel.inserting import insert_all
from laiyang_approval.kernel.jobs import new_job, ring_after_commit
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import Series, allot_number
from laiyang_approval.kernel.seals import seal_on

from .. import documents
from ..documents import DocumentKind
from ..models import Case, Letter


def seal_letter(
    case: Case,
    kind: DocumentKind,
    *,
    department: Department,
    actor: User | None,
    at: datetime,
    sealed_on: date | None = None,
    **facts: Any,
) -> Letter:
    """Afterwards a numbered, dated and sealed letter of ``kind`` stands in the case and waits for the worker; call inside the act.

    What is accepted or not is told on paper with seal and date (行政许可法第三十二条第二款).

    Raises as ``compose_letter`` does.
    """
    series, period = series_of(kind, department, sealed_on or local_date(at))
    serial = allot_number(series, period=period)
    letter = compose_letter(
        case, kind, department=department, serial=serial, actor=actor, at=at, sealed_on=sealed_on, **facts
    )
    write_with_letters([], [letter], at=at)
    return letter


def series_of(kind: DocumentKind, department: Department, on: date) -> Series:
    """The series in which ``department`` numbers letters of ``kind`` on that day, and its year."""
    return f"{department.document_word}{kind.spec.word}字", str(on.year)


def compose_letter(
    case: Case,
    kind: DocumentKind,
    *,
    department: Department,
    serial: int,
    actor: User | None,
    at: datetime,
    sealed_on: date | None = None,
    **facts: Any,
) -> Letter:
    """A sealed letter with all its inputs, not yet written; ``serial`` is its number in ``series_of``.

    ``sealed_on`` is given only where the law dates a letter back (deemed acceptance). Raises DomainError when no seal of
    ``department`` is valid that day for this kind of letter, or when the letter lacks what the law demands of it.
    """
    on = sealed_on or local_date(at)
    seal_kind = documents.seal_kind_on(kind, on)
    seal = seal_on(department, seal_kind, on) if seal_kind else None
    token = new_token()
    series, period = series_of(kind, department, on)
    number = f"{series}〔{period}〕第{serial:04d}号"
    snapshot = documents.compose(
        kind, case, department=department, seal=seal, number=number, on=on, at=at, verify_token=token, **facts
    )
    documents.require_complete(kind, snapshot)
    return Letter(
        case=case,
        kind=kind.value,
        title=snapshot["print"]["title"],
        department=department,
        series=series,
        period=period,
        serial=serial,
        number=number,
        seal=seal,
        sealed_on=on,
        sealed_at=at,
        sealed_by=actor,
        snapshot=snapshot,
        snapshot_sha256=link(GENESIS, snapshot),
        verify_token_hash=token_digest(token),
    )


def write_with_letters(
    rows: Iterable[Model], letters: Sequence[Letter], *, at: datetime, after: Iterable[Model] = ()
) -> None:
    """Afterwards ``rows`` and the letters stand, each letter with its job, and a worker is rung for once the act commits.

    ``after`` are rows that may refer to the letters.
    """
    jobs = [new_job("render_letter", f"letter:{letter.number}", letter.reference, at=at) for letter in letters]
    insert_all([*rows, *letters, *after, *jobs])
    ring_after_commit(jobs)
