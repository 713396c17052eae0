"""The worker's side of letters: makes the PDF from the stored inputs alone, stores it once, and can make it again."""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import HopelessJob, job_handler
from laiyang_approval.kernel.pdf import PdfFailure, PdfResult, render_pdf
from laiyang_approval.kernel.qr import qr_svg
from laiyang_approval.kernel.seals import DrawnSeal, seal_svg
from laiyang_approval.kernel.signing import Signed, sign_pdf

from .documents import DocumentKind, printed_facts
from .models import Letter

LETTERS_FOLDER = "letters"


def render_snapshot(kind: DocumentKind, snapshot: dict[str, Any]) -> PdfResult:
    """The PDF of a letter, from its inputs and nothing else; every printed fact was read out of it again.

    Raises PdfFailure when it cannot be made.
    """
    letter, meta = snapshot["print"], snapshot["meta"]
    seal = letter.get("seal")
    context = {
        "letter": letter,
        "meta": meta,
        "seal": seal_svg(DrawnSeal(**seal)) if seal else "",
        "qr": qr_svg(meta["verify_url"], label="核验二维码") if meta["verify_url"] else "",
        "status_qr": qr_svg(meta["status_url"], label="进度查询二维码") if meta["status_url"] else "",
    }
    return render_pdf(
        kind.spec.template, context, must_contain=printed_facts(snapshot), stylesheets=kind.spec.stylesheets
    )


@job_handler("render_letter")
def render_letter(payload: dict[str, Any]) -> Callable[[], object] | None:
    """Afterwards the letter's file is stored and its hash recorded; a letter already rendered is left alone."""
    letter = Letter.objects.get(**payload)
    if letter.state == Letter.State.RENDERED:
        return None
    try:
        done = render_snapshot(DocumentKind(letter.kind), letter.snapshot)
    except PdfFailure as failure:
        Letter.objects.filter(pk=letter.pk).exclude(state=Letter.State.RENDERED).update(
            state=Letter.State.FAILED, last_error=str(failure)[:300]
        )
        if failure.is_lasting:
            raise HopelessJob(str(failure)) from failure
        raise
    signed = sign_pdf(done.content, reason=f"{letter.title} {letter.number}")
    name = _store(signed.content)
    return lambda: _record(letter.pk, name, done, signed)


def _record(letter_id: int, name: str, done: PdfResult, signed: Signed) -> None:
    """The hash is written once: a second worker that made the same letter changes nothing."""
    Letter.objects.filter(pk=letter_id).exclude(state=Letter.State.RENDERED).update(
        state=Letter.State.RENDERED,
        storage_name=name,
        sha256=hashlib.sha256(signed.content).hexdigest(),
        unsigned_sha256=done.sha256,
        signed_as=signed.signer,
        size=len(signed.content),
        pages=done.pages,
        rendered_at=clock.now(),
        last_error="",
    )


def _store(content: bytes) -> str:
    """Afterwards the bytes lie whole under a new random name (relative to FILES_DIR); never half a file."""
    name = f"{LETTERS_FOLDER}/{secrets.token_hex(16)}.pdf"
    path = Path(settings.FILES_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return name


def can_be_made_again(letter: Letter) -> bool:
    """Whether the stored inputs give the recorded bytes, before their signature, again on this machine."""
    return render_snapshot(DocumentKind(letter.kind), letter.snapshot).sha256 == letter.unsigned_sha256
