"""Form fields that hand over clean values: one for each kind of thing people type (control C11).

Each looks at the length before anything else, and shows the one sentence of the check behind it. Browsers are told not to
remember what was typed: the next person at a hall screen is somebody else (threat T28).
"""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from .clock import today
from .errors import InvalidInput
from .id_codes import MAX_TYPED, IdKind, check_credit_code, check_id
from .names import (
    ORGANISATION_NAME_LENGTH,
    PERSON_NAME_LENGTH,
    PHONE_TYPED_LENGTH,
    clean_organisation_name,
    clean_person_name,
    clean_phone,
    clean_text,
)


class _CheckedField(forms.CharField):
    """A text field whose value went through one of the kernel's checks."""

    attributes: dict[str, str] = {}
    typed_limit = 1000
    what = "内容"

    def __init__(self, **kwargs):
        kwargs.setdefault("error_messages", {"required": f"请填写{kwargs.get('label') or self.what}。"})
        super().__init__(**kwargs)

    def check_text(self, text: str) -> str:
        raise NotImplementedError

    def to_python(self, value):
        text = "" if value in self.empty_values else str(value)
        if len(text) > self.typed_limit:
            raise ValidationError(
                f"{self.what}过长（{len(text)}个字），最多{self.typed_limit}个字；请缩短后重新填写。", code="max_length"
            )
        if not text.strip():
            return self.empty_value
        try:
            return self.check_text(text)
        except InvalidInput as refusal:
            raise ValidationError(refusal.message, code="invalid") from None

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        if not widget.is_hidden:
            attrs |= {"autocomplete": "off", "maxlength": str(self.typed_limit)} | self.attributes
        return attrs


class IdNumberField(_CheckedField):
    """证件号码 of a fixed ``kind``; without one the text is only limited here and checked by ``check_id_pair``."""

    attributes = {"spellcheck": "false", "autocapitalize": "characters", "inputmode": "text"}
    typed_limit = MAX_TYPED
    what = "证件号码"

    def __init__(self, *, kind: IdKind | None = None, **kwargs):
        self.kind = kind
        super().__init__(**kwargs)

    def check_text(self, text: str) -> str:
        return check_id(self.kind, text, today=today()) if self.kind else clean_text(text, self.typed_limit)


class CreditCodeField(_CheckedField):
    """统一社会信用代码."""

    attributes = IdNumberField.attributes
    typed_limit = MAX_TYPED
    what = IdKind.CREDIT_CODE.label

    def check_text(self, text: str) -> str:
        return check_credit_code(text)


class PersonNameField(_CheckedField):
    """姓名, kept as written."""

    attributes = {"spellcheck": "false", "autocapitalize": "off"}
    typed_limit = PERSON_NAME_LENGTH
    what = "姓名"

    def check_text(self, text: str) -> str:
        return clean_person_name(text)


class OrganisationNameField(_CheckedField):
    """单位名称, kept as written."""

    attributes = {"spellcheck": "false"}
    typed_limit = ORGANISATION_NAME_LENGTH
    what = "单位名称"

    def check_text(self, text: str) -> str:
        return clean_organisation_name(text)


class PhoneField(_CheckedField):
    """联系电话: a mobile number, or a landline with its area code."""

    attributes = {"inputmode": "tel"}
    typed_limit = PHONE_TYPED_LENGTH
    what = "联系电话"

    def check_text(self, text: str) -> str:
        return clean_phone(text)


class PlainTextField(_CheckedField):
    """文字 of at most ``limit`` characters, in one line or several."""

    def __init__(self, *, limit: int, multiline: bool = False, **kwargs):
        self.typed_limit = limit
        self.multiline = multiline
        self.what = str(kwargs.get("label") or self.what)
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def to_python(self, value):
        # A browser counts a line end as one character and sends two.
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)

    def check_text(self, text: str) -> str:
        return clean_text(text, self.typed_limit, multiline=self.multiline)


def check_id_pair(form: forms.Form, kind_field: str, number_field: str) -> None:
    """To be called in a form's ``clean``: afterwards the number is in its one written form, or the field has its error."""
    kind, number = form.cleaned_data.get(kind_field), form.cleaned_data.get(number_field)
    if not kind or not number:
        return
    check_field(form, number_field, lambda: check_id(kind, number, today=today()))


def check_field(form: forms.Form, field: str, check: Callable[[], str]) -> None:
    """Puts the result of ``check`` into the form's data, or its refusal beside the field."""
    try:
        form.cleaned_data[field] = check()
    except InvalidInput as refusal:
        form.add_error(field, refusal.message)
