"""Seals a letter: number, seal of the day, stored inputs; a worker renders it (architecture, idea 7)."""

from datetime import date, datetime
from typing import Any

from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_token, token_digest
from laiyang_approval.kernel.jobs import enqueue
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import allot_number
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
    """Afterwards a numbered, sealed letter of ``kind`` stands in the case and waits for the worker; call inside the act.

    ``sealed_on`` is given only where the law dates a letter back (deemed acceptance). Raises DomainError when no seal of
    ``department`` is valid that day for this kind of letter, or when the letter lacks what the law demands of it.
    """
    on = sealed_on or local_date(at)
    spec = kind.spec
    seal = seal_on(department, spec.seal_kind, on) if spec.seal_kind else None
    token = new_token()
    series = f"{department.document_word}{spec.word}字"
    period = str(on.year)
    serial = allot_number(series, period=period)
    number = f"{series}〔{period}〕第{serial:04d}号"
    snapshot = documents.compose(
        kind, case, department=department, seal=seal, number=number, on=on, at=at, verify_token=token, **facts
    )
    documents.require_complete(kind, snapshot)
    letter = Letter.objects.create(
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
    enqueue("render_letter", f"letter:{letter.pk}", {"letter": letter.pk}, at=at)
    return letter
