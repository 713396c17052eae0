"""The PDFs of reconciliation: made by a worker from what was counted, signed, stored under their hash."""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.jobs import HopelessJob, job_handler
from laiyang_approval.kernel.pdf import PdfFailure, PdfResult, render_pdf
from laiyang_approval.kernel.signing import Signed, sign_pdf

from .commands.reconciling import RENDER
from .models import Push, ReconciliationPaper

FOLDER = "reconciliation"
STYLES = ("document.css", "guide.css")
#: Longer lists stay in the portal.
MOST_ROWS = 300

State = ReconciliationPaper.State


def render_paper(paper: ReconciliationPaper) -> PdfResult:
    """The PDF of one paper; its number and its figures were read out of it again. Raises PdfFailure."""
    pushes = Push.objects.select_related("regulator", "case__edition").filter(
        decided_on__gte=paper.from_on, decided_on__lte=paper.to_on
    )
    if paper.regulator_id is not None:
        pushes = pushes.filter(regulator_id=paper.regulator_id)
    others = ReconciliationPaper.objects.select_related("regulator").filter(
        kind=paper.kind, from_on=paper.from_on, regulator__isnull=False
    )
    context = {
        "paper": paper,
        "figures": paper.figures,
        "sentence": sentence_of(paper),
        "by_regulator": list(others.order_by("regulator__code")) if paper.regulator_id is None else [],
        "pushes": list(pushes.order_by("regulator__code", "sequence")[:MOST_ROWS]) if paper.regulator_id else [],
        "most": MOST_ROWS,
    }
    return render_pdf(
        "print/reconciliation.html", context, must_contain=[paper.number, sentence_of(paper)], stylesheets=STYLES
    )


def sentence_of(paper: ReconciliationPaper) -> str:
    """What the paper certifies, in one sentence."""
    figures = paper.figures
    if not figures["decisions"] and not figures["pushed"]:
        return "没有作出须推送的行政许可决定。" if paper.adds_up else "对账不符，见下。"
    said = f"作出的{figures['decisions']}件决定"
    if paper.adds_up:
        said += f"已全部推送，共{figures['pushed']}条"
    else:
        said += f"应推送{figures['expected']}条，实推{figures['pushed']}条，对账不符"
    said += f"；已认领{figures['claimed']}条，待认领{figures['open']}条"
    if figures["moved"]:
        said += f"，改由他部门监管{figures['moved']}条"
    if figures["open"] and figures["oldest"]:
        said += f"，最早的一条已等待{figures['oldest']}个工作日"
    return said + "。"


@job_handler(RENDER)
def render_job(payload: dict[str, Any]) -> Callable[[], object] | None:
    """Afterwards the paper's PDF is stored; one already made is left alone."""
    paper = ReconciliationPaper.objects.select_related("regulator").get(pk=payload["paper"])
    if paper.state == State.RENDERED:
        return None
    try:
        made = render_paper(paper)
    except PdfFailure as failure:
        if failure.is_lasting:
            raise HopelessJob(str(failure)) from failure
        raise
    signed = sign_pdf(made.content, reason=f"{paper.get_kind_display()} {paper.number}")
    name = _store(signed.content)
    return lambda: _record(paper.pk, name, signed)


def _record(paper_id: int, name: str, signed: Signed) -> None:
    ReconciliationPaper.objects.filter(pk=paper_id, state=State.QUEUED).update(
        state=State.RENDERED,
        storage_name=name,
        sha256=hashlib.sha256(signed.content).hexdigest(),
        signed_as=signed.signer,
    )


def _store(content: bytes) -> str:
    name = f"{FOLDER}/{secrets.token_hex(16)}.pdf"
    path = Path(settings.FILES_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return name


def open_paper(paper: ReconciliationPaper) -> bytes:
    """The stored PDF, checked against its hash. Raises NotFound while it is made, DomainError when it was altered or is gone."""
    if paper.state != State.RENDERED:
        raise NotFound("证明正在生成，请稍后再打开。")
    try:
        content = (Path(settings.FILES_DIR) / paper.storage_name).read_bytes()
    except FileNotFoundError as error:
        raise DomainError("证明文件不在存储中，请联系系统管理员恢复；对账结果没有丢失。") from error
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise DomainError("证明文件与签名时的记录不一致，不能使用；请联系系统管理员核查。")
    return content
