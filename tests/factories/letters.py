"""Samples of every kind of letter: the shipped snapshots of tests/windows/letter_samples.json with the law of their day."""

import copy
import json
from datetime import date
from pathlib import Path

from tests.windows.shipped_laws import shipped_law
from windows.documents import DocumentKind
from windows.documents.citing import cited

SAMPLES = json.loads((Path(__file__).parents[1] / "windows" / "letter_samples.json").read_text(encoding="utf-8"))


def sample(kind: str) -> tuple[DocumentKind, dict]:
    """The kind, and a snapshot of 2 March 2026 that holds everything a letter of this kind must say."""
    spec, snapshot = DocumentKind(kind), copy.deepcopy(SAMPLES[kind])
    snapshot["meta"] |= cited(spec.spec.template, date(2026, 3, 2), look_up=shipped_law)
    return spec, snapshot
