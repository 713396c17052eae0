"""材料清单 of the counter's pages: what was typed of each material, each fault beside its field. No law here.

Read by one small function a field, not by a form of the framework: a page of twenty materials has 160 fields, and most
pages are accepted and never drawn again. A row that is drawn gets its controls from MaterialFields.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict, ErrorList
from django.utils.datastructures import MultiValueDict

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import StoredFile
from laiyang_approval.kernel.names import clean_text
from matters.models import Edition, EditionMaterial

from ..commands.intake import CorrectionInput, MaterialInput
from ..models import CaseMaterial, CorrectionItem

#: Files a clerk may attach to one material in one go; the gate limits each file.
MOST_FILES = 10

_COUNT = re.compile(r"[0-9]{1,3}\Z")
_ROW_FIELD = re.compile(r"m([0-9]{1,18})-(?:status|originals|copies|note|files|reason|remedy|basis)\Z")

STATUS = CaseMaterial.Status
STATUSES = frozenset(STATUS.values)
#: What a clerk may find; 承诺代替 comes of a signed commitment and is only shown.
FOUND = [choice for choice in STATUS.choices if choice[0] != STATUS.COMMITTED]
UNMET = {STATUS.MISSING.value, STATUS.DEFECTIVE.value}
PRESENT = {STATUS.COMPLETE.value, STATUS.DEFECTIVE.value}

CHANGED_LIST = "材料清单与本事项现行办事指南不一致（页面可能已过期）；请按页面现在的清单重新核对后提交。"


def _status(typed: str) -> str:
    if typed and typed not in STATUSES:
        raise InvalidInput("请选择“齐、缺、不合格、本件不需要”之一。")
    return typed


def _count(typed: str) -> int:
    """份数: 0 to 999 in ASCII digits; blank is 0."""
    text = typed.strip()
    if text and not _COUNT.match(text):
        raise InvalidInput("份数须为0至999的整数。")
    return int(text or 0)


def _text(typed: str, *, limit: int) -> str:
    text = typed.strip()
    return clean_text(text, max_length=limit) if text else ""


#: How each typed field of a row is read; what cannot be read raises InvalidInput.
_READERS: dict[str, Callable[[str], Any]] = {
    "status": _status,
    "originals": _count,
    "copies": _count,
    "note": partial(_text, limit=300),
    "reason": partial(_text, limit=300),
    "remedy": partial(_text, limit=300),
    "basis": partial(_text, limit=200),
}


@dataclass
class MaterialRow:
    """材料登记: one row of the checklist, and what the notice must say when it is not met."""

    material: EditionMaterial
    #: By name of the field: as it stands on the page.
    typed: Mapping[str, Any]
    uploads: Sequence[UploadedFile] = ()
    #: What the standing notice says of this material, on the page that receives what it listed.
    told: CorrectionItem | None = None
    #: By name of the field: as read, and what is wrong with it.
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Afterwards each field stands in ``values`` or has its sentence in ``errors``."""
        for name, reader in _READERS.items():
            try:
                self.values[name] = reader(self.typed.get(name, ""))
            except InvalidInput as error:
                self.errors[name] = error.message
        if len(self.uploads) > MOST_FILES:
            self.errors["files"] = (
                f"一项材料一次最多上传{MOST_FILES}个文件，现选择了{len(self.uploads)}个；请合并后上传。"
            )

    @property
    def prefix(self) -> str:
        return f"m{self.material.pk}"

    @cached_property
    def fields(self) -> "MaterialFields":
        """The controls of this row, for a page that is drawn."""
        return MaterialFields(self)

    @property
    def standing(self) -> str:
        """The status as it stands on the page; "" while nobody has looked at the material."""
        return str(self.typed.get("status", ""))

    @property
    def is_open(self) -> bool:
        """Whether the row shows its second line: there is something to say or to mend."""
        return self.standing in UNMET or bool(self.errors) or bool(self.typed.get("note"))

    @property
    def suggestions(self) -> dict[str, str]:
        """What the notice would say of this material, to be changed by the clerk."""
        material = self.material
        how = f"提交{material.name}（{material.copies_text}）"
        return {
            "missing_reason": "未提交",
            "missing_remedy": f"{how}{'，' + material.sign_requirement if material.sign_requirement else ''}",
            "defective_reason": f"不符合受理标准（{material.acceptance_standard}）"
            if material.acceptance_standard
            else "",
            "defective_remedy": f"按要求改正后重新{how}",
            "basis": material.basis,
        }

    def chosen_status(self) -> str:
        return self.values.get("status") or STATUS.MISSING.value

    def material_input(self, files: Iterable[StoredFile] = ()) -> MaterialInput:
        """The row as the command takes it; a paper that did not come in has no copies."""
        values, status = self.values, self.chosen_status()
        here = status in PRESENT
        return MaterialInput(
            material_id=self.material.pk,
            status=status,
            originals=values.get("originals", 0) if here else 0,
            copies=values.get("copies", 0) if here else 0,
            note=values.get("note", ""),
            files=tuple(files),
        )

    def correction_input(self) -> CorrectionInput:
        """The item of the notice; a missing paper speaks for itself, a defective one needs the clerk's words."""
        values, said = self.values, self.suggestions
        missing = self.chosen_status() == STATUS.MISSING
        return CorrectionInput(
            material_id=self.material.pk,
            reason=values.get("reason") or (said["missing_reason"] if missing else ""),
            remedy=values.get("remedy") or (said["missing_remedy"] if missing else said["defective_remedy"]),
            basis=values.get("basis") or said["basis"],
        )

    def require_words(self) -> None:
        """Afterwards an item of a notice that lacks its reason carries the error beside the field."""
        if not self.correction_input().reason:
            self.errors.setdefault("reason", "请写明这项材料存在的问题。")


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class MaterialFields(forms.Form):
    """The controls of a row as a page draws them; what was typed has been read by then."""

    status = forms.ChoiceField(choices=FOUND, widget=forms.RadioSelect)
    originals = forms.CharField(label="原件份数")
    copies = forms.CharField(label="复印件份数")
    note = forms.CharField(label="说明")
    files = forms.FileField(label="附件", widget=ManyFilesInput)
    reason = forms.CharField(label="存在的问题")
    remedy = forms.CharField(label="补正方法")
    basis = forms.CharField(label="依据")

    def __init__(self, row: MaterialRow):
        self._row = row
        super().__init__(initial=row.typed, prefix=row.prefix, use_required_attribute=False)
        if row.standing == STATUS.COMMITTED:
            self.fields["status"].choices = [(STATUS.COMMITTED.value, STATUS.COMMITTED.label)]

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict({name: ErrorList([sentence]) for name, sentence in self._row.errors.items()})


@dataclass(frozen=True)
class Checklist:
    """材料清单: the rows of one edition, as posted or standing as given."""

    rows: tuple[MaterialRow, ...]
    strangers: tuple[int, ...] = ()

    @classmethod
    def empty(cls, materials: Iterable[EditionMaterial], typed: Mapping[str, str] | None = None) -> "Checklist":
        """Rows as a fresh page shows them, or as a draft left them."""
        return cls(tuple(MaterialRow(material, _fresh(material, typed or {})) for material in materials))

    @classmethod
    def awaited(cls, items: Iterable[CorrectionItem]) -> "Checklist":
        """Fresh rows for what a notice listed, each with what was told."""
        listed = [(item.material.edition_material, item) for item in items]
        return cls(tuple(MaterialRow(material, _fresh(material, {}), told=item) for material, item in listed))

    @classmethod
    def standing(cls, rows: Iterable[CaseMaterial]) -> "Checklist":
        """Rows as the case's materials stand."""
        return cls(tuple(MaterialRow(row.edition_material, _as_recorded(row)) for row in rows))

    @classmethod
    def posted(
        cls,
        materials: Iterable[EditionMaterial],
        data: Mapping[str, str],
        files: MultiValueDict | None = None,
        told: Mapping[int, CorrectionItem] | None = None,
    ) -> "Checklist":
        """Rows as posted and read; ``strangers`` are ids on the page that are not on the edition's list."""
        uploads = files or MultiValueDict()
        rows = []
        for material in materials:
            typed = {name: data.get(f"m{material.pk}-{name}", "") for name in _READERS}
            row = MaterialRow(
                material, typed, uploads.getlist(f"m{material.pk}-files"), told=(told or {}).get(material.pk)
            )
            row.read()
            rows.append(row)
        known = {row.material.pk for row in rows}
        named = {int(found[1]) for found in map(_ROW_FIELD.match, [*data, *uploads]) if found}
        return cls(tuple(rows), tuple(sorted(named - known)))

    @property
    def is_readable(self) -> bool:
        """Whether nothing is wrong in any row; each faulty row carries its errors."""
        return not any(row.errors for row in self.rows)

    @property
    def is_deferrable(self) -> bool:
        """Whether a material of the list could ever be deferred."""
        return any(row.material.deferrable for row in self.rows)

    @property
    def is_committable(self) -> bool:
        """Whether a promise could ever stand in for a material of the list."""
        return any(row.material.commitment_allowed for row in self.rows)

    def differs_from(self, rows: Iterable[CaseMaterial]) -> bool:
        """Whether a status on the page is not the one on record."""
        stored = {row.edition_material_id: row.status for row in rows}
        return any(row.standing != stored.get(row.material.pk) for row in self.rows)

    def require_words(self) -> bool:
        """Afterwards each unmet row that a notice must list has its words or its error; True when none is wanting.

        A notice, or a promise to bring what is missing, tells everything at once, so nobody may have left a material
        unlooked at.
        """
        for row in self.rows:
            if not row.values.get("status"):
                row.errors.setdefault("status", "还没有登记这项材料；请先核对，选“齐、缺、不合格”之一。")
            elif row.chosen_status() in UNMET:
                row.require_words()
        return self.is_readable

    @property
    def unseen(self) -> int:
        """How many rows bear no mark yet."""
        return sum(not row.standing for row in self.rows)

    def standings(self) -> list[MaterialInput]:
        """The rows as they stand on the page, for the panel only: read or not, faulty or not."""
        return [
            MaterialInput(row.material.pk, row.standing if row.standing in STATUSES else STATUS.MISSING.value)
            for row in self.rows
        ]

    def row_of(self, material_id: int) -> MaterialRow | None:
        return next((row for row in self.rows if row.material.pk == material_id), None)

    def uploads(self) -> dict[int, Sequence[UploadedFile]]:
        """The chosen files by material."""
        return {row.material.pk: row.uploads for row in self.rows if row.uploads}

    def inputs(self, stored: Mapping[int, Sequence[StoredFile]] | None = None) -> list[MaterialInput]:
        return [row.material_input((stored or {}).get(row.material.pk, ())) for row in self.rows]

    def lacks(self) -> dict[int, str]:
        """By material, what is wrong with each row that is not met."""
        return {row.material.pk: row.correction_input().reason for row in self.rows if row.chosen_status() in UNMET}

    def corrections(self) -> list[CorrectionInput]:
        """What a notice says of the rows that are not met."""
        return [row.correction_input() for row in self.rows if row.chosen_status() in UNMET]


def _fresh(material: EditionMaterial, typed: Mapping[str, str]) -> dict[str, Any]:
    fresh = {
        "status": STATUS.NOT_NEEDED.value if material.is_conditional else "",
        "originals": material.original_count,
        "copies": material.copy_count,
    }
    prefix = f"m{material.pk}-"
    return fresh | {key.removeprefix(prefix): value for key, value in typed.items() if key.startswith(prefix)}


def _as_recorded(row: CaseMaterial) -> dict[str, Any]:
    here, material = row.status in PRESENT, row.edition_material
    return {
        "status": row.status,
        "originals": row.originals if here else material.original_count,
        "copies": row.copies if here else material.copy_count,
        "note": row.note,
    }


def is_row_field(name: str) -> bool:
    """Whether a field of this name belongs to some row of a checklist."""
    return _ROW_FIELD.match(name) is not None


def rows_of(edition: Edition | None) -> list[EditionMaterial]:
    """The materials of a prefetched edition; none without an edition."""
    return [] if edition is None else list(edition.materials.all())
