"""Forms of site checks, expert panels, and questions to other departments. They parse; what is lawful the commands decide."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from laiyang_approval.kernel import clock
from windows.examination import (
    VISIT_WORDS,
    departments_to_ask,
    members_of,
    open_panel,
    possible_inspectors,
    visits_of,
)
from windows.models import Case, Consultation, SiteCheck, SpecialProcedure

from .checklist import ManyFilesInput
from .review import ActForm, day_field, moment_field, text_field


def line_field(label: str, *, limit: int, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}不能超过{limit}字。"},
    )


def choice_field(label: str, *, required: bool = True, help_text: str = "", radio: bool = False, choices=()):
    """A choice of numbers (ids) or words; what may be chosen is often filled in from the case."""
    return forms.ChoiceField(
        label=label,
        required=required,
        help_text=help_text,
        choices=choices,
        widget=forms.RadioSelect if radio else forms.Select,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"},
    )


def id_field(label: str, *, required: bool = True, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=required,
        help_text=help_text,
        coerce=int,
        empty_value=None,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"},
    )


def offer(form: forms.Form, name: str, rows, *, empty: str = "请选择") -> None:
    """``rows`` of (id, label) become the choices of the field, with an empty one first."""
    form.fields[name].choices = [("", empty), *rows]


class SiteCheckForm(ActForm):
    """指派现场核查"""

    first_inspector_id = id_field("核查人员一")
    first_certificate = line_field("核查人员一证件号", limit=40)
    second_inspector_id = id_field(
        "核查人员二", required=False, help_text="须有两名以上工作人员（行政许可法第三十四条第三款）。"
    )
    second_certificate = line_field("核查人员二证件号", limit=40, required=False)
    planned_at = moment_field("约定时间")
    place = line_field("核查地点", limit=200)
    subject = text_field("核查内容", rows=2, limit=500, help_text="核查期间计入办理时限，不能暂停计时。")


def offer_inspectors(form: SiteCheckForm, case: Case) -> None:
    people = [(user.pk, user.display_name) for user in possible_inspectors(case)]
    offer(form, "first_inspector_id", people)
    offer(form, "second_inspector_id", people)
    form.fields["place"].initial = case.premises


#: How many photos one check may bring at once.
MOST_PHOTOS = 20


class PhotosField(forms.FileField):
    """现场照片: any number of files up to MOST_PHOTOS; what they hold is the upload gate's business."""

    widget = ManyFilesInput

    def clean(self, data, initial=None) -> list[UploadedFile]:
        files = [data] if isinstance(data, UploadedFile) else list(data or [])
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(f"一次最多上传{MOST_PHOTOS}张照片，现选择了{len(files)}张；请挑选后上传。")
        return files


class FindingForm(forms.Form):
    """登记核查记录, on the spot and on a phone"""

    checked_at = moment_field("核查时间")
    findings = text_field("核查情况", rows=6, limit=4000, help_text="写明看到了什么、与申请材料是否一致。")
    conclusion = choice_field("核查结论", radio=True, choices=SiteCheck.Conclusion.choices)
    photos = PhotosField(label="现场照片", required=False, help_text="可以一次选多张；拍照时间和位置信息会去除。")
    party_name = line_field("在场当事人姓名", limit=50, required=False)
    party_signature = choice_field("当事人签字", radio=True, choices=SiteCheck.Signature.choices)
    witness = line_field("见证人姓名", limit=50, required=False, help_text="当事人拒绝签字或者不在场的必填。")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["photos"].widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"


class PanelForm(ActForm):
    """组织专家评审"""

    subject = text_field("评审内容", rows=2, limit=500)
    legal_basis = line_field("依据", limit=300, help_text="写到条、款、项。")
    meets_on = day_field("评审日期")
    place = line_field("评审地点", limit=200)
    special_procedure_id = id_field(
        "特别程序", required=False, help_text="评审期间不计入期限的，须先送达特别程序告知书，再在此选择。"
    )


def offer_procedures(form: PanelForm, case: Case) -> None:
    told = SpecialProcedure.objects.filter(case=case, kind=SpecialProcedure.Kind.EXPERT_REVIEW, panel__isnull=True)
    offer(form, "special_procedure_id", [(one.pk, one.label) for one in told], empty="没有（期间计入期限）")


class ExpertForm(ActForm):
    """确定评审专家"""

    name = line_field("姓名", limit=50)
    organisation = line_field("工作单位", limit=200)
    title = line_field("专业和职称", limit=100)
    has_conflict = choice_field(
        "利害关系声明", radio=True, choices=[("no", "声明没有利害关系"), ("yes", "声明有利害关系，回避")]
    )
    conflict = line_field("是什么关系", limit=300, required=False, help_text="有利害关系的必填；该专家不列入专家组。")
    replaces_id = id_field("替换", required=False, help_text="接替回避或者退出的专家时选择。")

    def clean_has_conflict(self) -> bool:
        return self.cleaned_data["has_conflict"] == "yes"


def offer_seats(form: ExpertForm, case: Case) -> None:
    panel = open_panel(case)
    seats = [one for one in panel.experts.all() if not hasattr(one, "replaced_by")] if panel else []
    offer(form, "replaces_id", [(one.pk, f"{one.name}（{one.organisation}）") for one in seats], empty="不是替换")


def _votes(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=99,
        error_messages={
            "required": f"请填写{label}的票数。",
            "invalid": "票数应为整数。",
            "min_value": "票数不能为负。",
            "max_value": "票数过大，请核对。",
        },
    )


class PanelResultForm(ActForm):
    """登记专家评审结果"""

    votes_for = _votes("同意")
    votes_against = _votes("不同意")
    votes_abstained = _votes("弃权")
    opinion = text_field("评审意见", rows=4, limit=4000)


def count_members(form: PanelResultForm, case: Case) -> None:
    panel = open_panel(case)
    members = len(members_of(panel)) if panel else 0
    form.fields["votes_for"].help_text = f"专家组{members}名，票数合计应相等。"


class ConsultForm(ActForm):
    """征求部门意见、请求派员"""

    kind = choice_field("请求", radio=True, choices=Consultation.Kind.choices)
    department_id = id_field("部门")
    question = text_field("请对方答复什么", rows=3, limit=2000)
    material_ids = forms.TypedMultipleChoiceField(
        label="提供的材料",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="对方只能看到事项、申请内容、问题和勾选的材料。征求意见的时间计入办理时限。",
        error_messages={"invalid_choice": "请重新选择提供的材料。"},
    )


def offer_departments(form: ConsultForm, case: Case) -> None:
    offer(form, "department_id", [(one.pk, one.name) for one in departments_to_ask(case, clock.today())])
    rows = case.materials.select_related("edition_material").order_by("edition_material__seq")
    form.fields["material_ids"].choices = [(row.pk, row.edition_material.name) for row in rows]


class VisitForm(ActForm):
    """组织联合踏勘、审图、验收"""

    kind = choice_field("事由", radio=True, choices=list(VISIT_WORDS.items()))
    meets_at = moment_field("约定时间")
    place = line_field("地点", limit=200, help_text="所有派员的部门一次到场，不分头踏勘。")


def offer_place(form: VisitForm, case: Case) -> None:
    form.fields["place"].initial = case.premises


class VisitResultForm(ActForm):
    """登记踏勘（审图、验收）结果"""

    visit_id = id_field("哪一次")
    result = text_field("结果", rows=4, limit=4000, help_text="写明各部门到场人员和意见。")


def offer_visits(form: VisitResultForm, case: Case) -> None:
    rows = [one for one in visits_of(case) if one.recorded_at is None]
    form.fields["visit_id"].choices = [(one.pk, f"{VISIT_WORDS[one.kind]}　{one.place}") for one in rows]


class ConsultationAnswerForm(forms.Form):
    """部门答复"""

    answer = choice_field(
        "答复意见",
        radio=True,
        required=False,
        choices=[row for row in Consultation.Answer.choices if row[0] != Consultation.Answer.SENT],
    )
    people = text_field(
        "派出人员", rows=3, limit=1000, required=False, help_text="每行一人，姓名后空一格写职务，如“栾晓东 工程师”。"
    )
    text = text_field(
        "说明", rows=4, limit=4000, required=False, help_text="附条件同意或者不同意的，写明条件、理由和依据。"
    )

    def __init__(self, *args, wants_people: bool, **options):
        super().__init__(*args, **options)
        del self.fields["answer" if wants_people else "people"]

    def clean_people(self) -> list[tuple[str, str]]:
        lines = [line.split(maxsplit=1) for line in self.cleaned_data["people"].splitlines() if line.strip()]
        return [(parts[0], parts[1] if len(parts) > 1 else "") for parts in lines]
