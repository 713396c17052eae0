"""Forms of the catalogue's pages: a draft with its rows, publishing, search words, an upload."""

import re
from collections.abc import Mapping

from django import forms
from django.db import models

from .domain.content import FIELDS, ROWS, Content
from .models import CatalogueImport, Condition, Edition, EditionMaterial, Fee, LegalBasis, Matter, ProcessStep, Question

MOST_ROWS_A_KIND = 60
APPLICANT_CHOICES = [("自然人", "自然人"), ("法人", "法人（含非法人组织）")]

#: Groups of the draft page, in its order: title, fields.
GROUPS = (
    ("基本", ("name", "applicant_kinds", "handling", "result_document", "validity_text", "annex_status")),
    (
        "时限",
        (
            "statutory_value",
            "statutory_unit",
            "clock_start",
            "statutory_is_assumption",
            "promised_value",
            "promised_unit",
            "promised_is_assumption",
            "extension_value",
            "extension_approver",
            "statutory_basis",
        ),
    ),
    ("条件和程序", ("special_procedures", "quantity_limit", "acceptance_condition", "form_sample", "fee_note")),
    (
        "在哪里办",
        (
            "window",
            "address",
            "service_hours",
            "phone",
            "complaint_phone",
            "service_area",
            "online_depth",
            "visits",
            "visits_reason",
            "can_be_posted",
        ),
    ),
    (
        "编码和权力来源",
        ("catalog_code", "task_code", "power_source", "entrusting_body", "joint_bodies", "intermediary_service"),
    ),
)


class EditionForm(forms.ModelForm):
    """版本内容: the edition's own fields; what may be unknown may stay blank."""

    applicant_kinds = forms.MultipleChoiceField(
        label="申请人", choices=APPLICANT_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Edition
        fields = list(FIELDS)
        widgets = {
            "statutory_basis": forms.Textarea(attrs={"rows": 2}),
            "acceptance_condition": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["applicant_kinds"] = self.instance.applicant_kind_list
        for name in ("statutory_value", "promised_value", "extension_value", "visits"):
            self.fields[name].max_value = 9999
            self.fields[name].widget.attrs.update({"min": 0, "max": 9999, "inputmode": "numeric"})

    def clean_applicant_kinds(self) -> str:
        return ";".join(kind for kind, _ in APPLICANT_CHOICES if kind in self.cleaned_data["applicant_kinds"])

    def _post_clean(self):
        """Values only: nothing is put on the instance, constraints are the command's and the database's business."""

    @property
    def groups(self) -> list[tuple[str, list]]:
        """The fields as the page groups them."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]


def _row_form(model: type[models.Model], kind: str) -> type[forms.ModelForm]:
    class Meta:
        fields = [name for name in ROWS[kind][1] if name != "is_conditional"]

    Meta.model = model

    def _post_clean(self):
        """Values only, as above."""

    return type(f"{model.__name__}Form", (forms.ModelForm,), {"Meta": Meta, "_post_clean": _post_clean})


ROW_FORMS = {
    "legal_bases": _row_form(LegalBasis, "legal_bases"),
    "conditions": _row_form(Condition, "conditions"),
    "process_steps": _row_form(ProcessStep, "process_steps"),
    "fees": _row_form(Fee, "fees"),
    "questions": _row_form(Question, "questions"),
    "materials": _row_form(EditionMaterial, "materials"),
}
#: Fields of a material that the page shows at once; the rest stand behind “更多”.
MAIN_MATERIAL_FIELDS = (
    "name",
    "form",
    "original_count",
    "copy_count",
    "source",
    "is_main",
    "deferrable",
    "commitment_allowed",
)
_KEY = re.compile(r"(?P<kind>[a-z_]+)-(?P<index>\d{1,4})-")


def _is_untouched(form: forms.ModelForm) -> bool:
    """A row added by the button and left as it came: no text in it, whatever the drop-downs and numbers say."""
    texts = [
        name
        for name, field in form.fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, forms.ChoiceField)
    ]
    return not any((form[name].value() or "").strip() for name in texts)


class Rows:
    """One kind of row on the draft page: its forms, in order."""

    def __init__(self, kind: str, row_forms: list[forms.ModelForm]):
        self.kind = kind
        self.label = ROWS[kind][0]
        self.forms = row_forms

    def __iter__(self):
        return iter(self.forms)

    @property
    def is_materials(self) -> bool:
        return self.kind == "materials"

    @property
    def cards(self) -> list[dict]:
        """Each row with its prefix, its leading fields and the rest."""
        found = []
        for place, form in enumerate(self.forms, start=1):
            names = MAIN_MATERIAL_FIELDS if self.is_materials else tuple(form.fields)
            found.append(
                {
                    "place": place,
                    "index": form.prefix.rsplit("-", 1)[1],
                    "form": form,
                    "main": [form[name] for name in names],
                    "more": [form[name] for name in form.fields if name not in names],
                    "is_first": place == 1,
                    "is_last": place == len(self.forms),
                }
            )
        return found


class DraftForm:
    """A whole draft: its fields and all its rows, from an edition or from a post."""

    def __init__(self, edition: Edition, post: Mapping | None = None, *, blank_row: str = ""):
        self.fields_form = EditionForm(post, instance=edition)
        self.change_note = (post.get("change_note", "") if post is not None else edition.change_note)[:500]
        self.rows: dict[str, Rows] = {}
        for kind, form_class in ROW_FORMS.items():
            if post is None:
                there = list(getattr(edition, kind).all())
                row_forms = [form_class(instance=row, prefix=f"{kind}-{index}") for index, row in enumerate(there)]
                if kind == blank_row:
                    row_forms.append(form_class(prefix=f"{kind}-{len(there)}", initial=_initial(kind)))
            else:
                row_forms = [form_class(post, prefix=f"{kind}-{index}") for index in _indexes(post, kind)]
            self.rows[kind] = Rows(kind, row_forms)
        self.errors: list[tuple[str, str]] = []

    def is_valid(self) -> bool:
        """Whether everything typed can be saved as a draft; ``errors`` says where not."""
        self.errors = []
        if not self.fields_form.is_valid():
            self._explain(self.fields_form, "")
        for rows in self.rows.values():
            for place, form in enumerate(rows.forms, start=1):
                if not _is_untouched(form) and not form.is_valid():
                    self._explain(form, f"{rows.label}第{place}行 · ")
        return not self.errors

    def _explain(self, form: forms.ModelForm, where: str) -> None:
        for name, problems in form.errors.items():
            bound = form[name] if name in form.fields else None
            label = bound.label if bound is not None else ""
            self.errors.append((bound.id_for_label if bound is not None else "", f"{where}{label}：{problems[0]}"))

    def content(self) -> Content:
        """What the page says; call after is_valid."""
        content = Content(fields=dict(self.fields_form.cleaned_data))
        for kind, rows in self.rows.items():
            content.rows[kind] = [_values(kind, form) for form in rows.forms if not _is_untouched(form)]
        return content


def _values(kind: str, form: forms.ModelForm) -> dict[str, object]:
    values = dict(form.cleaned_data)
    if kind == "materials":
        values["is_conditional"] = bool(values["condition"])
        for name in ("original_count", "copy_count"):
            values[name] = values[name] or 0
    return {name: values[name] for name in ROWS[kind][1]}


def _initial(kind: str) -> dict[str, object]:
    return {"form": "original", "original_count": 1, "source": "applicant"} if kind == "materials" else {}


def _indexes(post: Mapping, kind: str) -> list[int]:
    """The rows of one kind as posted, in the order of their numbers."""
    found = {int(match["index"]) for key in post if (match := _KEY.match(key)) and match["kind"] == kind}
    return sorted(found)[:MOST_ROWS_A_KIND]


def rearranged(content: Content, act: str) -> Content:
    """``content`` after a button of a row: ``remove:materials:2``, ``up:materials:2``, ``down:materials:2`` (from 0)."""
    verb, _, rest = act.partition(":")
    kind, _, place_text = rest.partition(":")
    if kind not in ROWS or not place_text.isdigit():
        return content
    rows, place = list(content.rows[kind]), int(place_text)
    if place >= len(rows):
        return content
    if verb == "remove":
        rows.pop(place)
    other = place - 1 if verb == "up" else place + 1
    if verb in ("up", "down") and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return Content(fields=content.fields, rows=content.rows | {kind: rows})


class PublishForm(forms.Form):
    """发布: from which day."""

    effective_from = forms.DateField(
        label="生效日", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="今天或以后。"
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MatterForm(forms.ModelForm):
    """检索用语和备注."""

    class Meta:
        model = Matter
        fields = ["aliases", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


class UploadForm(forms.Form):
    """导入: which table, which file."""

    table = forms.ChoiceField(label="表", choices=CatalogueImport.Table.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="文件",
        help_text="CSV 或 XLSX，不超过20MB，表头与导出的表一致。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class QuotaForm(forms.Form):
    """数量限制"""

    matter_code = forms.CharField(
        label="事项代码", max_length=16, error_messages={"required": "请填写事项代码，如JT-02。"}
    )
    number = forms.IntegerField(
        label="总数",
        min_value=0,
        max_value=10**6,
        error_messages={
            "required": "请填写总数。",
            "invalid": "总数应为整数。",
            "min_value": "总数不能为负数。",
            "max_value": "总数过大，请核对。",
        },
    )
    basis = forms.CharField(label="依据", max_length=300, error_messages={"required": "请写明依据，到条、款、项。"})
    valid_from = forms.DateField(
        label="自",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写起始日。", "invalid": "日期应写作2026-11-24的形式。"},
    )
    valid_to = forms.DateField(
        label="至（含）",
        required=False,
        help_text="没有截止日的留空。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期应写作2026-11-24的形式。"},
    )


class BoundaryForm(forms.Form):
    """责任边界; begins from what is in force today."""

    supervise = forms.ChoiceField(
        label="主要监管部门", error_messages={"required": "请选择主要监管部门。", "invalid_choice": "请从列表中选择。"}
    )
    further = forms.MultipleChoiceField(
        label="协同监管部门",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列表中选择。"},
    )
    enforce = forms.ChoiceField(
        label="执法机构",
        required=False,
        help_text="由主要监管部门自行执法的留空。",
        error_messages={"invalid_choice": "请从列表中选择。"},
    )
    basis = forms.CharField(label="依据", max_length=200, error_messages={"required": "请写明文件名称、文号和条款。"})
    memo_no = forms.CharField(label="备忘录编号", max_length=60, required=False)
    valid_from = forms.DateField(
        label="自",
        help_text="今天或以后；原边界到前一日止。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写起始日。", "invalid": "日期应写作2026-11-24的形式。"},
    )

    def __init__(self, data=None, *, bodies, current, today):
        initial = {"valid_from": today}
        if current is not None:
            initial |= {
                "supervise": current.supervise_org.code,
                "further": [body.code for body in current.further_orgs.all()],
                "enforce": current.enforce_org.code if current.enforce_org else "",
                "basis": current.basis,
                "memo_no": current.memo_no,
            }
        super().__init__(data, initial=initial)
        choices = [(body.code, body.short_name) for body in bodies]
        self.fields["supervise"].choices = [("", "请选择"), *choices]
        self.fields["further"].choices = choices
        self.fields["enforce"].choices = [("", "—"), *choices]
