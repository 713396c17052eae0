"""The form that puts a mistaken intake right: the counter's fields, of which numbers and phones stay blank unless they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.forms import BoundField

from laiyang_approval.kernel.masking import mask_id_number, mask_phone

from ..commands.correcting_intake import RECEIVED_MATERIAL, IntakeEntries, MaterialEntry
from ..models import Case, CaseMaterial
from .intake import CounterForm
from .review import text_field


@dataclass(frozen=True)
class MaterialFields:
    """一项已收材料的份数和说明"""

    name: str
    originals: BoundField
    copies: BoundField
    note: BoundField


class IntakeCorrectionForm(CounterForm):
    """更正收件登记"""

    outcome = override_reason = matter = licence_not_required = None
    id_number = forms.CharField(label="证件号码", required=False)
    reason = text_field("更正理由", rows=2, limit=300, help_text="写明登记错在哪里、怎样发现；将印在更正后的凭证上。")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    marks_fields = False

    def __init__(self, *args, case: Case, rows: Sequence[CaseMaterial], today: date, **options):
        super().__init__(*args, today=today, initial=_initial(case), **options)
        self._kind, self._purpose = case.party.kind, case.purpose
        self._rows = [row for row in rows if row.status in RECEIVED_MATERIAL]
        masked = {
            "id_number": mask_id_number(case.party.id_number),
            "phone": mask_phone(case.party.phone),
            "agent_id_number": mask_id_number(case.agent_id_number),
            "contact_phone": mask_phone(case.contact_phone),
        }
        self.fields["request"].widget.attrs["rows"] = 2
        for name, shown in masked.items():
            self.fields[name].help_text = f"现登记{shown}；不改的留空。" if shown else "现未登记；不改的留空。"
        for row in self._rows:
            names = _names(row)
            self.fields[names[0]] = _count("原件", row.originals)
            self.fields[names[1]] = _count("复印件", row.copies)
            self.fields[names[2]] = forms.CharField(label="说明", max_length=300, required=False, initial=row.note)

    @property
    def materials(self) -> list[MaterialFields]:
        return [MaterialFields(row.edition_material.name, *(self[name] for name in _names(row))) for row in self._rows]

    def entries(self) -> IntakeEntries:
        data = self.cleaned_data
        plain = {name: data[name] for name in IntakeEntries.__dataclass_fields__ if name in data}
        materials = {
            row.edition_material_id: MaterialEntry(*(data[name] for name in _names(row))) for row in self._rows
        }
        # What is not chosen stays as it is.
        plain |= {"kind": data["kind"] or self._kind, "purpose": data["purpose"] or self._purpose}
        return IntakeEntries(**plain, materials=materials)


def _names(row: CaseMaterial) -> tuple[str, str, str]:
    return tuple(f"m{row.edition_material_id}-{what}" for what in ("originals", "copies", "note"))


def _count(label: str, now: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=999,
        initial=now,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "份数须为0至999的整数。"),
    )


def _initial(case: Case) -> dict[str, object]:
    party = case.party
    return {
        "version": case.version,
        "purpose": case.purpose,
        "licence_number": case.subject_licence.number if case.subject_licence else "",
        "kind": party.kind,
        "name": party.name,
        "legal_representative": party.legal_representative,
        "address": party.address,
        "agent_name": case.agent_name,
        "premises": case.premises,
        "request": case.request,
        "electronic_service": case.electronic_service,
    }
