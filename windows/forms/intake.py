"""Forms of the counter: they read what was typed into plain values, each fault beside its field. No law here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from django import forms
from django.core.files.uploadedfile import UploadedFile

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_id, guess_kind
from laiyang_approval.kernel.models import StoredFile
from laiyang_approval.kernel.names import clean_organisation_name, clean_person_name, clean_phone, clean_text
from matters.models import Matter

from ..commands.intake import Application, MaterialInput, OutcomeInput, PromiseInput
from ..commands.licences.applying import ABOUT_A_LICENCE
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery
from ..domain.intake import Outcome
from ..models import Case, CreditCheck, Party
from .checklist import MOST_FILES, Checklist, ManyFilesInput, is_row_field


class CheckedField(forms.CharField):
    """A text whose check is a kernel function; its InvalidInput becomes the field's error."""

    def __init__(self, check: Callable[[str], str], **options):
        self.check = check
        super().__init__(**options)

    def clean(self, value):
        if not (value or self.required):
            return ""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.check(text)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error


def _text(limit: int, *, multiline: bool = False, **options) -> CheckedField:
    """A plain text of at most ``limit`` characters; the check says how long it is, so the field itself has no limit."""
    return CheckedField(partial(clean_text, max_length=limit, multiline=multiline), required=False, **options)


class _Shared(dict):
    """Fields that are not copied for each form of the class."""

    def __deepcopy__(self, memo: dict) -> "_Shared":
        return self


def shared_fields(form: type[forms.Form]) -> type[forms.Form]:
    """For forms that never change a field of their own; copying them is half the cost of a form."""
    form.base_fields = _Shared(form.base_fields)
    return form


OUTCOMES = [(outcome.value, outcome.label) for outcome in Outcome]


#: Under which key the scan of a signed promise stands among the uploads of materials.
PROMISE_SCAN = 0

CREDIT_RESULTS = [("", "未查询"), *CreditCheck.Result.choices]
TOO_MANY_SCANS = f"承诺书一次最多上传{MOST_FILES}个文件；请合并后上传。"


@shared_fields
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
    promise_scan = forms.FileField(
        label="已签承诺书（扫描件）", widget=ManyFilesInput, required=False, allow_empty_file=True
    )
    publicity_consent = forms.BooleanField(label="申请人同意公开承诺书", required=False)
    credit_source = _text(100, label="信用查询平台", initial="信用中国（山东）")
    credit_result = forms.ChoiceField(label="信用查询结果", choices=CREDIT_RESULTS, required=False)
    credit_note = _text(500, label="如何使用查询结果")

    def _clean_fields(self) -> None:
        """As Django's own, without the object for each field that only a page draws: most posts are accepted and never drawn."""
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            try:
                # A file field is told which file stands already: none.
                more = (None,) if isinstance(field, forms.FileField) else ()
                self.cleaned_data[name] = field.clean(typed, *more)
                if (own := getattr(self, f"clean_{name}", None)) is not None:
                    self.cleaned_data[name] = own()
            except forms.ValidationError as error:
                self.add_error(name, error)

    def clean_promise_scan(self):
        if len(self._scans()) > MOST_FILES:
            raise forms.ValidationError(TOO_MANY_SCANS)
        return self.cleaned_data["promise_scan"]

    def _scans(self) -> list[UploadedFile]:
        return self.files.getlist("promise_scan") if self.files else []

    def uploads(self) -> dict[int, list[UploadedFile]]:
        """The scan of the signed promise, if one was chosen."""
        chosen = self._scans()
        return {PROMISE_SCAN: chosen} if chosen else {}

    def outcome_input(
        self, checklist: Checklist, stored: Mapping[int, Sequence[StoredFile]] | None = None
    ) -> OutcomeInput:
        data = self.cleaned_data
        outcome = Outcome(data["outcome"])
        return OutcomeInput(
            outcome=outcome,
            override_reason=data["override_reason"],
            reason=data["reason"],
            corrections=checklist.corrections() if outcome is Outcome.CORRECT else [],
            promise=self._promise(checklist, (stored or {}).get(PROMISE_SCAN, ())),
        )

    def _promise(self, checklist: Checklist, files: Sequence[StoredFile]) -> PromiseInput:
        data, credit = self.cleaned_data, None
        if data["credit_result"]:
            credit = CreditQuery(data["credit_source"], data["credit_result"], consequence=data["credit_note"])
        return PromiseInput(
            signatory=data["promise_by"],
            is_signed=data["promise_signed"],
            publicity_consent=data["publicity_consent"],
            credit=credit,
            lacks=checklist.lacks(),
            files=tuple(files),
        )


#: 办理项 as the counter offers them: what a holder, or somebody new, may ask for.
PURPOSES = [(one.value, one.label) for one in (Case.Purpose.NEW, *ABOUT_A_LICENCE)]
PARTY_KINDS = [("", "按证件识别"), *Party.Kind.choices]
ID_KINDS = [("", "自动识别"), *IdKind.choices()]
AGENT_ID_KINDS = [("", "自动识别"), *((kind.value, kind.label) for kind in IdKind.of_persons())]


@shared_fields
class CounterForm(OutcomeForm):
    """收件: the applicant, who brings the papers, and what is applied for."""

    matter = forms.CharField(max_length=16, error_messages={"required": "请先选择事项。"}, widget=forms.HiddenInput)
    purpose = forms.ChoiceField(
        label="办理项", choices=PURPOSES, required=False, error_messages={"invalid_choice": "请选择办理项。"}
    )
    licence_number = _text(60, label="证照编号")
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
            purpose=data["purpose"] or Case.Purpose.NEW.value,
            licence_number=data["licence_number"],
        )


def party_kind_of(id_kind: str, number: str) -> str:
    """申请人类别 as the document tells it: a person's paper, a sole trader's code (92), else a legal person."""
    if id_kind != IdKind.CREDIT_CODE:
        return Party.Kind.NATURAL.value
    return Party.Kind.SOLE_TRADER.value if number[:2] == "92" else Party.Kind.LEGAL.value


class WithdrawalForm(forms.Form):
    """申请人撤回申请"""

    reason = _text(300, label="申请人书面说明的理由", widget=forms.Textarea)


def is_counter_field(name: str) -> bool:
    """Whether a draft may keep this field: what is typed on the counter page, nothing else."""
    return name in CounterForm.base_fields or is_row_field(name)
