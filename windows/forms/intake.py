"""Forms of the counter: they read what was typed into plain values, each fault beside its field. No law here."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_id, guess_kind
from laiyang_approval.kernel.models import StoredFile
from laiyang_approval.kernel.names import clean_organisation_name, clean_person_name, clean_phone, clean_text
from matters.models import Edition, EditionMaterial, Matter

from ..commands.intake import Application, CorrectionInput, MaterialInput, OutcomeInput, PromiseInput
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery
from ..domain.intake import Outcome
from ..models import CaseMaterial, CorrectionItem, CreditCheck, Party

#: Files a clerk may attach to one material in one go; the gate limits each file.
MOST_FILES = 10

_COUNT = re.compile(r"[0-9]{1,3}\Z")
_ROW_FIELD = re.compile(r"m([0-9]{1,18})-(?:status|originals|copies|note|files|reason|remedy|basis)\Z")

STATUS = CaseMaterial.Status
UNMET = {STATUS.MISSING.value, STATUS.DEFECTIVE.value}
PRESENT = {STATUS.COMPLETE.value, STATUS.DEFECTIVE.value}

#: What a clerk may find; 承诺代替 comes of a signed commitment and is only shown.
FOUND = [choice for choice in STATUS.choices if choice[0] != STATUS.COMMITTED]

CHANGED_LIST = "材料清单与本事项现行办事指南不一致（页面可能已过期）；请按页面现在的清单重新核对后提交。"


class CheckedField(forms.CharField):
    """A text whose check is a kernel function; its InvalidInput becomes the field's error."""

    def __init__(self, check: Callable[[str], str], **options):
        self.check = check
        super().__init__(**options)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.check(text)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error


class CountField(forms.CharField):
    """份数: 0 to 999 in ASCII digits; blank is 0."""

    def clean(self, value) -> int:
        text = super().clean(value)
        if not text:
            return 0
        if not _COUNT.match(text):
            raise forms.ValidationError("份数须为0至999的整数。")
        return int(text)


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """附件: any number of files up to MOST_FILES; what they hold is the upload gate's business."""

    widget = ManyFilesInput

    def clean(self, data, initial=None) -> list[UploadedFile]:
        files = [data] if isinstance(data, UploadedFile) else list(data or [])
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                f"一项材料一次最多上传{MOST_FILES}个文件，现选择了{len(files)}个；请合并后上传。"
            )
        return files


def _text(limit: int, *, multiline: bool = False, **options) -> CheckedField:
    """A plain text of at most ``limit`` characters; the check says how long it is, so the field itself has no limit."""
    return CheckedField(partial(clean_text, max_length=limit, multiline=multiline), required=False, **options)


class MaterialForm(forms.Form):
    """材料登记: one row of the checklist, and what the notice must say when it is not met."""

    status = forms.ChoiceField(
        choices=FOUND,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请选择“齐、缺、不合格、本件不需要”之一。"},
    )
    originals = CountField(label="原件份数", required=False)
    copies = CountField(label="复印件份数", required=False)
    note = _text(300, label="说明")
    files = ManyFilesField(label="附件", required=False)
    reason = _text(300, label="存在的问题")
    remedy = _text(300, label="补正方法")
    basis = _text(200, label="依据")

    def __init__(self, material: EditionMaterial, *args, told: CorrectionItem | None = None, **options):
        self.material = material
        #: What the standing notice says of this material, on the page that receives what it listed.
        self.told = told
        super().__init__(*args, prefix=f"m{material.pk}", use_required_attribute=False, **options)
        if self["status"].value() == STATUS.COMMITTED:
            self.fields["status"].choices = [(STATUS.COMMITTED.value, STATUS.COMMITTED.label)]

    @property
    def standing(self) -> str:
        """The status as it stands on the page; "" while nobody has looked at the material."""
        return str(self["status"].value() or "")

    @property
    def is_open(self) -> bool:
        """Whether the row shows its second line: there is something to say or to mend."""
        return self.standing in UNMET or bool(self.errors) or bool(self["note"].value())

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
        return self.cleaned_data.get("status") or STATUS.MISSING.value

    def material_input(self, files: Iterable[StoredFile] = ()) -> MaterialInput:
        """The row as the command takes it; a paper that did not come in has no copies."""
        data, status = self.cleaned_data, self.chosen_status()
        here = status in PRESENT
        return MaterialInput(
            material_id=self.material.pk,
            status=status,
            originals=data.get("originals", 0) if here else 0,
            copies=data.get("copies", 0) if here else 0,
            note=data.get("note", ""),
            files=tuple(files),
        )

    def correction_input(self) -> CorrectionInput:
        """The item of the notice; a missing paper speaks for itself, a defective one needs the clerk's words."""
        data, said = self.cleaned_data, self.suggestions
        missing = self.chosen_status() == STATUS.MISSING
        return CorrectionInput(
            material_id=self.material.pk,
            reason=data.get("reason") or (said["missing_reason"] if missing else ""),
            remedy=data.get("remedy") or (said["missing_remedy"] if missing else said["defective_remedy"]),
            basis=data.get("basis") or said["basis"],
        )

    def require_words(self) -> None:
        """Afterwards an item of a notice that lacks its reason carries the error beside the field."""
        if not self.correction_input().reason and "reason" not in self.errors:
            self.add_error("reason", "请写明这项材料存在的问题。")


OUTCOMES = [(outcome.value, outcome.label) for outcome in Outcome]


#: Under which key the scan of a signed promise stands among the uploads of materials.
PROMISE_SCAN = 0

CREDIT_RESULTS = [("", "未查询"), *CreditCheck.Result.choices]


class OutcomeForm(forms.Form):
    """处理结果: which button was pressed and the reasons, or the promise, its document or the record needs."""

    outcome = forms.ChoiceField(
        choices=OUTCOMES,
        error_messages={"required": "请选择处理结果。", "invalid_choice": "请选择处理结果。"},
    )
    override_reason = _text(300, label="与系统判断不同的理由", widget=forms.Textarea)
    reason = _text(300, label="告知书中的理由", widget=forms.Textarea)
    promise_by = _text(50, label="承诺人")
    promise_signed = forms.BooleanField(label="申请人已阅读并签署承诺书", required=False)
    promise_scan = ManyFilesField(label="已签承诺书（扫描件）", required=False)
    publicity_consent = forms.BooleanField(label="申请人同意公开承诺书", required=False)
    credit_source = _text(100, label="信用查询平台", initial="信用中国（山东）")
    credit_result = forms.ChoiceField(label="信用查询结果", choices=CREDIT_RESULTS, required=False)
    credit_note = _text(500, label="如何使用查询结果")

    def uploads(self) -> dict[int, list[UploadedFile]]:
        """The scan of the signed promise, if one was chosen."""
        chosen = self.cleaned_data.get("promise_scan")
        return {PROMISE_SCAN: chosen} if chosen else {}

    def outcome_input(
        self, rows: Sequence[MaterialForm], stored: Mapping[int, Sequence[StoredFile]] | None = None
    ) -> OutcomeInput:
        data = self.cleaned_data
        outcome = Outcome(data["outcome"])
        unmet = [row for row in rows if row.chosen_status() in UNMET] if outcome is Outcome.CORRECT else []
        return OutcomeInput(
            outcome=outcome,
            override_reason=data["override_reason"],
            reason=data["reason"],
            corrections=[row.correction_input() for row in unmet],
            promise=self._promise(rows, (stored or {}).get(PROMISE_SCAN, ())),
        )

    def _promise(self, rows: Sequence[MaterialForm], files: Sequence[StoredFile]) -> PromiseInput:
        data = self.cleaned_data
        credit = None
        if data["credit_result"]:
            credit = CreditQuery(data["credit_source"], data["credit_result"], consequence=data["credit_note"])
        return PromiseInput(
            signatory=data["promise_by"],
            is_signed=data["promise_signed"],
            publicity_consent=data["publicity_consent"],
            credit=credit,
            lacks={row.material.pk: row.correction_input().reason for row in rows if row.chosen_status() in UNMET},
            files=tuple(files),
        )


PARTY_KINDS = [("", "按证件识别"), *Party.Kind.choices]
ID_KINDS = [("", "自动识别"), *IdKind.choices()]
AGENT_ID_KINDS = [("", "自动识别"), *((kind.value, kind.label) for kind in IdKind.of_persons())]


class CounterForm(OutcomeForm):
    """收件: the applicant, who brings the papers, and what is applied for."""

    matter = forms.CharField(max_length=16, error_messages={"required": "请先选择事项。"}, widget=forms.HiddenInput)
    id_number = forms.CharField(
        label="证件号码", error_messages={"required": "请填写申请人的证件号码或统一社会信用代码。"}
    )
    id_kind = forms.ChoiceField(label="证件类型", choices=ID_KINDS, required=False)
    kind = forms.ChoiceField(label="申请人类别", choices=PARTY_KINDS, required=False)
    name = forms.CharField(label="姓名或名称", error_messages={"required": "请填写申请人的姓名或名称。"})
    legal_representative = CheckedField(clean_person_name, label="法定代表人（负责人）", required=False)
    address = _text(200, label="住所")
    phone = CheckedField(clean_phone, label="申请人电话", required=False)
    agent_name = CheckedField(clean_person_name, label="经办人", required=False)
    agent_id_kind = forms.ChoiceField(label="经办人证件类型", choices=AGENT_ID_KINDS, required=False)
    agent_id_number = forms.CharField(label="经办人证件号码", required=False)
    contact_phone = CheckedField(clean_phone, label="经办人电话", required=False)
    premises = _text(200, label="经营场所（项目地址）")
    request = _text(2000, multiline=True, label="申请内容", widget=forms.Textarea)
    electronic_service = forms.BooleanField(label="同意电子送达", required=False)
    licence_not_required = forms.BooleanField(label="经核实，本申请依法不需要取得行政许可", required=False)

    def __init__(self, *args, today: date, **options):
        self.today = today
        # Not Django's "id_%s": the control of ``kind`` would then bear the name of ``id_kind``.
        super().__init__(*args, auto_id="counter-%s", use_required_attribute=False, **options)

    def clean(self):
        data = super().clean()
        self._clean_number("id_number", "id_kind")
        if data.get("id_kind"):
            data["kind"] = data.get("kind") or party_kind_of(data["id_kind"], data.get("id_number", ""))
        if data.get("agent_id_number"):
            self._clean_number("agent_id_number", "agent_id_kind", persons_only=True)
            if not data.get("agent_name") and "agent_name" not in self.errors:
                self.add_error("agent_name", "填写了经办人证件号码，请一并填写经办人姓名。")
        self._clean_name()
        return data

    def _clean_number(self, number_field: str, kind_field: str, *, persons_only: bool = False) -> None:
        data = self.cleaned_data
        number = data.get(number_field, "")
        if not number:
            return
        kind = data.get(kind_field) or guess_kind(number) or IdKind.RESIDENT_ID
        try:
            if persons_only and kind == IdKind.CREDIT_CODE:
                raise InvalidInput("经办人请填写本人身份证件号码，不能填统一社会信用代码。")
            data[number_field] = check_id(kind, number, today=self.today)
            data[kind_field] = str(kind)
        except InvalidInput as error:
            self.add_error(number_field, error.message)

    def _clean_name(self) -> None:
        data = self.cleaned_data
        if not data.get("name"):
            return
        natural = data.get("kind") == Party.Kind.NATURAL or (
            not data.get("kind") and data.get("id_kind") not in {"", IdKind.CREDIT_CODE.value, None}
        )
        try:
            data["name"] = clean_person_name(data["name"]) if natural else clean_organisation_name(data["name"])
        except InvalidInput as error:
            self.add_error("name", error.message)

    def application(self, matter: Matter, materials: Sequence[MaterialInput]) -> Application:
        data = self.cleaned_data
        return Application(
            matter=matter,
            party=PartyData(
                kind=data["kind"],
                name=data["name"],
                id_kind=data["id_kind"],
                id_number=data["id_number"],
                phone=data["phone"],
                address=data["address"],
                legal_representative=data["legal_representative"],
            ),
            materials=materials,
            agent_name=data["agent_name"],
            agent_id_kind=data["agent_id_kind"],
            agent_id_number=data["agent_id_number"],
            contact_phone=data["contact_phone"],
            premises=data["premises"],
            request=data["request"],
            electronic_service=data["electronic_service"],
            licence_required=not data["licence_not_required"],
        )


def party_kind_of(id_kind: str, number: str) -> str:
    """申请人类别 as the document tells it: a person's paper, a sole trader's code (92), else a legal person."""
    if id_kind != IdKind.CREDIT_CODE:
        return Party.Kind.NATURAL.value
    return Party.Kind.SOLE_TRADER.value if number[:2] == "92" else Party.Kind.LEGAL.value


class WithdrawalForm(forms.Form):
    """申请人撤回申请"""

    reason = _text(300, label="申请人书面说明的理由", widget=forms.Textarea)


@dataclass(frozen=True)
class Checklist:
    """材料清单: the rows of one edition, bound to what was posted or standing as given."""

    rows: tuple[MaterialForm, ...]
    strangers: tuple[int, ...] = ()

    @classmethod
    def empty(cls, materials: Iterable[EditionMaterial], typed: Mapping[str, str] | None = None) -> "Checklist":
        """Rows as a fresh page shows them, or as a draft left them."""
        return cls(tuple(MaterialForm(material, initial=_initial(material, typed or {})) for material in materials))

    @classmethod
    def awaited(cls, items: Iterable[CorrectionItem]) -> "Checklist":
        """Fresh rows for what a notice listed, each with what was told."""
        listed = [(item.material.edition_material, item) for item in items]
        return cls(
            tuple(MaterialForm(material, told=item, initial=_initial(material, {})) for material, item in listed)
        )

    @classmethod
    def standing(cls, rows: Iterable[CaseMaterial]) -> "Checklist":
        """Rows as the case's materials stand."""
        return cls(
            tuple(
                MaterialForm(
                    row.edition_material,
                    initial={
                        "status": row.status,
                        "originals": row.originals if row.status in PRESENT else row.edition_material.original_count,
                        "copies": row.copies if row.status in PRESENT else row.edition_material.copy_count,
                        "note": row.note,
                    },
                )
                for row in rows
            )
        )

    @classmethod
    def posted(
        cls,
        materials: Iterable[EditionMaterial],
        data: Mapping[str, str],
        files: MultiValueDict | None = None,
        told: Mapping[int, CorrectionItem] | None = None,
    ) -> "Checklist":
        """Rows as posted; ``strangers`` are ids on the page that are not on the edition's list."""
        rows = tuple(
            MaterialForm(material, data=data, files=files, told=(told or {}).get(material.pk)) for material in materials
        )
        known = {row.material.pk for row in rows}
        named = {int(found[1]) for found in map(_ROW_FIELD.match, [*data, *(files or ())]) if found}
        return cls(rows, tuple(sorted(named - known)))

    def is_valid(self) -> bool:
        """Whether every row can be read; each faulty row carries its errors."""
        faulty = [row for row in self.rows if not row.is_valid()]
        return not faulty

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
        """Afterwards each unmet row that a notice must list has its words or its error; True when none is wanting."""
        for row in self.rows:
            if row.chosen_status() in UNMET:
                row.require_words()
        return not any(row.errors for row in self.rows)

    def standings(self) -> list[MaterialInput]:
        """The rows as they stand on the page, for the panel only: bound or not, valid or not."""
        known = set(STATUS.values)
        return [
            MaterialInput(row.material.pk, row.standing if row.standing in known else STATUS.MISSING.value)
            for row in self.rows
        ]

    def row_of(self, material_id: int) -> MaterialForm | None:
        return next((row for row in self.rows if row.material.pk == material_id), None)

    def uploads(self) -> dict[int, list[UploadedFile]]:
        """The chosen files by material."""
        return {row.material.pk: row.cleaned_data["files"] for row in self.rows if row.cleaned_data.get("files")}

    def inputs(self, stored: Mapping[int, Sequence[StoredFile]] | None = None) -> list[MaterialInput]:
        return [row.material_input((stored or {}).get(row.material.pk, ())) for row in self.rows]


def _initial(material: EditionMaterial, typed: Mapping[str, str]) -> dict[str, str | int]:
    fresh = {
        "status": STATUS.NOT_NEEDED.value if material.is_conditional else "",
        "originals": material.original_count,
        "copies": material.copy_count,
    }
    prefix = f"m{material.pk}-"
    return fresh | {key.removeprefix(prefix): value for key, value in typed.items() if key.startswith(prefix)}


def is_counter_field(name: str) -> bool:
    """Whether a draft may keep this field: what is typed on the counter page, nothing else."""
    return name in CounterForm.base_fields or _ROW_FIELD.match(name) is not None


def rows_of(edition: Edition | None) -> list[EditionMaterial]:
    """The materials of a prefetched edition; none without an edition."""
    return [] if edition is None else list(edition.materials.all())
