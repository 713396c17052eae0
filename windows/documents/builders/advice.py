"""What the sheet given before an application prints: D27, the eight points of Article 30 for one matter and one asker."""

from collections.abc import Collection
from typing import Any

from matters.models import Edition

from .. import parts
from ..kinds import DocumentKind
from ..parts import UNKNOWN


def _advice(case: None, edition: Edition, *, held: Collection[int], note: str, where: str, **_: Any) -> dict[str, Any]:
    """``held``: the materials the asker already has; ``where``: the body that accepts, where it is another one."""
    return {
        "asked": note,
        "where": where,
        "address": edition.address or UNKNOWN,
        "hours": edition.service_hours or UNKNOWN,
        "conditions": [row.text for row in edition.conditions.all()],
        "quantity": edition.quantity_limit or UNKNOWN,
        "statutory_limit": parts.limit_text(edition.statutory_value, edition.get_statutory_unit_display())
        if edition.statutory_value is not None
        else UNKNOWN,
        "promised_limit": parts.limit_text(edition.promised_value, edition.get_promised_unit_display())
        if edition.promised_value is not None
        else UNKNOWN,
        "fees": parts.fees(edition),
        "result": edition.result_document or UNKNOWN,
        "bases": [row.citation for row in edition.legal_bases.all()],
        "edition": f"第{edition.number}版",
        "materials": [
            {
                "name": row.name,
                "copies": row.copies_text,
                "when": f"只在{row.condition}时需要" if row.condition else "",
                "held": "已备" if row.pk in held else "待备",
            }
            for row in edition.materials.all()
        ],
    }


BUILDERS = {DocumentKind.D27: _advice}
