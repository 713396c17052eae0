"""How an edition's content becomes rows, and back: shared by the loader, the draft commands and the imports."""

from collections.abc import Iterable

from simple_history.utils import bulk_create_with_history

from matters.domain.content import FIELDS, ROWS, Content
from matters.models import Condition, Edition, EditionMaterial, Fee, LegalBasis, Matter, ProcessStep, Question
from matters.pinyin import pinyin_full, pinyin_initials

ROW_MODELS = {
    "legal_bases": LegalBasis,
    "conditions": Condition,
    "process_steps": ProcessStep,
    "fees": Fee,
    "questions": Question,
    "materials": EditionMaterial,
}


def edition_with_fields(edition: Edition, content: Content) -> Edition:
    """``edition`` with the field values of ``content`` set, not yet saved."""
    for name in FIELDS:
        if name in content.fields:
            setattr(edition, name, content.fields[name])
    return edition


def row_objects(edition: Edition, content: Content, kind: str) -> list:
    """Unsaved rows of one kind, numbered from 1 in their order."""
    model = ROW_MODELS[kind]
    return [model(edition=edition, seq=seq, **row) for seq, row in enumerate(content.rows.get(kind, []), start=1)]


def write_rows(edition: Edition, content: Content) -> None:
    """Afterwards the new draft has the rows of ``content``; materials leave a first line of history."""
    for kind, model in ROW_MODELS.items():
        rows = row_objects(edition, content, kind)
        if kind == "materials":
            bulk_create_with_history(rows, model)
        else:
            model.objects.bulk_create(rows)


def replace_rows(edition: Edition, content: Content) -> None:
    """Afterwards the draft's rows are exactly those of ``content``; rows that did not change are left untouched.

    Materials go one by one so that each change leaves its history; the other rows are replaced as a whole.
    """
    for kind, model in ROW_MODELS.items():
        wanted = content.rows.get(kind, [])
        there = list(model.objects.filter(edition=edition).order_by("seq"))
        columns = ROWS[kind][1]
        if [{name: getattr(row, name) for name in columns} for row in there] == wanted and [
            row.seq for row in there
        ] == list(range(1, len(wanted) + 1)):
            continue
        if kind != "materials":
            model.objects.filter(edition=edition).delete()
            model.objects.bulk_create(row_objects(edition, content, kind))
            continue
        _replace_materials(edition, there, wanted, columns)


def _replace_materials(edition: Edition, there: list, wanted: list[dict], columns: Iterable[str]) -> None:
    for row in there[len(wanted) :]:
        row.delete()
    for seq, values in enumerate(wanted, start=1):
        row = there[seq - 1] if seq <= len(there) else EditionMaterial(edition=edition)
        if row.pk and row.seq == seq and all(getattr(row, name) == values[name] for name in columns):
            continue
        row.seq = seq
        for name in columns:
            setattr(row, name, values[name])
        row.save()


def set_search_columns(matter: Matter) -> None:
    """Sets, unsaved, what the search reads of the matter's name and aliases."""
    names = (matter.name, *[alias for alias in matter.aliases.split(";") if alias])
    matter.pinyin_initials = pinyin_initials(*names)
    matter.pinyin_full = pinyin_full(*names)
