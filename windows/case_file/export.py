"""Exports one case: letters, materials, opinions, ledger and events, listed in archive order and sealed by hashes."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.chain import canonical_json
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import open_stored
from matters import queries as catalogue

from .. import permissions, queries
from ..clocks import clocks_of
from ..letter_files import open_letter
from ..models import Case, CaseEvent, CaseFile, Letter, Opinion
from . import verify

#: 卷内目录 in the order of a file: decision and its service first, then application, intake, examination, and what explains them.
_DECISION = re.compile(r"D(15|16|20|21|22|23|24)|C\d+")
_INTAKE = re.compile(r"D0[1-8]")
_VERIFIER = Path(verify.__file__)


@dataclass(frozen=True)
class CaseFileExport:
    """导出的案卷: its file name and bytes."""

    file_name: str
    content: bytes


def export_case_file(number: str, *, actor: User, at: datetime, address: str | None = None) -> CaseFileExport:
    """The case file of ``number`` as an archive; afterwards the export stands in the audit log.

    Raises NotFound, NotPermitted, DomainError while a letter is still being made or a file was altered.
    """
    case = queries.get_visible_case(actor, number)
    permissions.require_event(actor, "export_file", case)
    parts = _parts(case)
    with transaction.atomic():
        record(AuditAction.EXPORT, actor=actor, at=at, object_ref=f"case:{number}", address=address)
    return CaseFileExport(f"案卷{number}.zip", verify.pack(parts))


def _parts(case: Case) -> dict[str, bytes]:
    """Name → bytes of every part, the index and its seal last."""
    listed: list[dict[str, str]] = []
    parts: dict[str, bytes] = {}

    def add(name: str, title: str, content: bytes) -> None:
        parts[name] = content
        listed.append({"name": name, "title": title, "sha256": hashlib.sha256(content).hexdigest()})

    letters = _letters(case)
    for group in (_DECISION.fullmatch, re.compile("D18").fullmatch):
        _add_letters(add, [letter for letter in letters if group(letter.kind)])
    _add_files(add, case)
    _add_letters(add, [letter for letter in letters if _INTAKE.fullmatch(letter.kind)])
    rest = [letter for letter in letters if f"letters/{letter.pk}.pdf" not in parts]
    _add_letters(add, rest)
    add("opinions.json", "审查意见", _json(_opinions(case)))
    add("ledger.json", "时限台账", _json(_ledger(case)))
    events = list(CaseEvent.objects.filter(case=case).order_by("sequence"))
    add(verify.EVENTS, "办件事件", _json([_event(event) for event in events]))
    add("verify.py", "核验程序", _VERIFIER.read_bytes())
    index = _json({"case": case.number, "matter": case.edition.name, "parts": listed})
    head = events[-1].hash
    sealed = hashlib.sha256(index).hexdigest()
    seal = {
        "case": case.number,
        "index_sha256": sealed,
        "last_event_hash": head,
        "seal_sha256": hashlib.sha256(verify.canonical([sealed, case.number, head])).hexdigest(),
    }
    return parts | {verify.INDEX: index, verify.SEAL: verify.pretty(seal)}


def _letters(case: Case) -> list[Letter]:
    letters = list(Letter.objects.filter(case=case).order_by("sealed_at", "pk"))
    waiting = [letter.title for letter in letters if letter.state != Letter.State.RENDERED]
    if waiting:
        raise DomainError(f"还有文书没有生成（{'、'.join(waiting)}），案卷不完整；请稍后再导出。")
    return letters


def _add_letters(add: Any, letters: list[Letter]) -> None:
    for letter in letters:
        add(f"letters/{letter.pk}.pdf", f"{letter.title} {letter.number}", open_letter(letter))


def _add_files(add: Any, case: Case) -> None:
    files = CaseFile.objects.filter(case=case).select_related("stored", "material__edition_material").order_by("pk")
    for file in files:
        title = file.material.edition_material.name if file.material else file.label or "附件"
        suffix = Path(file.stored.storage_name).suffix
        add(f"materials/{file.pk}{suffix}", f"{title}：{file.stored.original_name}", open_stored(file.stored))


def _opinions(case: Case) -> list[dict[str, str]]:
    opinions = Opinion.objects.filter(case=case).select_related("author").order_by("pk")
    return [
        {
            "kind": opinion.get_kind_display(),
            "text": opinion.text,
            "author": opinion.author.display_name,
            "at": opinion.at.isoformat(),
        }
        for opinion in opinions
    ]


def _ledger(case: Case) -> dict[str, Any]:
    clocks = clocks_of(case, catalogue.edition_with_materials(case.edition_id), current_calendar())
    if clocks is None:
        return {}
    return {
        name: {
            "due": str(result),
            "days": [
                {"date": day.date.isoformat(), "kind": day.kind, "counted": day.counted, "article": day.article, "note": day.note}
                for day in result.ledger
            ],
        }
        for name, result in (("承诺时限", clocks.promised), ("法定时限", clocks.statutory))
    }  # fmt: skip


def _event(event: CaseEvent) -> dict[str, Any]:
    """The event in the very words its hash was made of."""
    plain = json.loads(
        canonical_json(
            {
                "sequence": event.sequence,
                "kind": event.kind,
                "at": event.at,
                "recorded_at": event.recorded_at,
                "actor": event.actor_id,
                "detail": event.detail,
            }
        )
    )
    return plain | {"hash": event.hash}


def _json(data: Any) -> bytes:
    return verify.pretty(data)
