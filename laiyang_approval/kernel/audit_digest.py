"""The day's last audit record, kept in a file outside the database (control C5, threat T26).

A chain shows a change inside it; whoever owns the database could still cut its end off and lower the counter. The file of the
day, copied away by the bureau with its backups, shows that too.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from .chain import GENESIS, link
from .clock import local_date
from .models import AuditRecord


@dataclass(frozen=True)
class AuditDigest:
    """每日审计摘要: how many records stood at the end of the chain that day, and the hash of the last."""

    day: str
    records: int
    last_hash: str
    previous: str
    digest: str


def write_audit_digest(*, at: datetime, folder: Path | None = None) -> Path:
    """Afterwards the file of the day names the last record; it carries the digest of the newest earlier file.

    Written whole or not at all; a second run of the same day replaces it.
    """
    folder = folder or settings.DIGEST_DIR
    folder.mkdir(parents=True, exist_ok=True)
    day = local_date(at).isoformat()
    earlier = [path for path in sorted(folder.glob("audit-*.json")) if path.stem < f"audit-{day}"]
    last = AuditRecord.objects.order_by("-sequence").values("sequence", "hash").first()
    kept = {
        "day": day,
        "records": last["sequence"] if last else 0,
        "last_hash": last["hash"] if last else GENESIS,
        "previous": read_audit_digest(earlier[-1]).digest if earlier else GENESIS,
    }
    target = folder / f"audit-{day}.json"
    waiting = target.with_suffix(".tmp")
    waiting.write_text(json.dumps(kept | {"digest": link(kept["previous"], kept)}), encoding="utf-8")
    waiting.replace(target)
    return target


def read_audit_digest(path: Path) -> AuditDigest:
    """The digest as written; raises ValueError when the file does not add up (it was edited)."""
    try:
        kept = AuditDigest(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, UnicodeDecodeError) as error:
        raise ValueError("摘要文件不完整") from error
    said = {"day": kept.day, "records": kept.records, "last_hash": kept.last_hash, "previous": kept.previous}
    if kept.digest != link(kept.previous, said):
        raise ValueError("摘要文件被改动")
    return kept


def check_audit_digest(path: Path) -> str:
    """What of the day's digest no longer stands in the database, one sentence; "" if all does. Raises as read_audit_digest."""
    kept = read_audit_digest(path)
    if not kept.records:
        return ""
    found = AuditRecord.objects.filter(sequence=kept.records).values_list("hash", flat=True).first()
    if found is None:
        return f"{kept.day}时共有{kept.records}条记录，现第{kept.records}号不存在"
    return "" if found == kept.last_hash else f"第{kept.records}号记录与{kept.day}的摘要不符"
