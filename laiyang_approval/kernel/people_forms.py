"""Forms of signing in, of accounts and of the audit page. They parse; the rules stand in commands.people and passwords."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from .auditing import AuditAction, AuditFilter
from .clock import SHANGHAI
from .commands.people import DEPARTMENT_RIGHTS
from .models import Department, User
from .roles import Role
from .signing_in import MAX_PASSWORD, MAX_USERNAME

_REQUIRED = {"required": "请填写本项。"}


def _password(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": f"请填写{label}。", "max_length": f"密码不能超过{MAX_PASSWORD}个字符。"},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class LoginForm(forms.Form):
    """登录"""

    username = forms.CharField(
        label="登录名",
        max_length=MAX_USERNAME,
        error_messages={"required": "请填写登录名。", "max_length": "登录名过长，请核对。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password("密码", "current-password")

    def clean_username(self) -> str:
        return self.cleaned_data["username"].lower()


class ConfirmForm(forms.Form):
    """再次验证身份"""

    confirm_password = _password("登录密码", "current-password")


class PasswordForm(forms.Form):
    """修改密码"""

    old = _password("现用密码", "current-password")
    new = _password("新密码", "new-password")
    again = _password("再输一次新密码", "new-password")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "两次输入的新密码不一致，请重新输入。")
        return cleaned


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department: Department) -> str:
        return department.name


def _departments():
    return Department.objects.filter(valid_to__isnull=True).order_by("kind", "code")


class PersonForm(forms.Form):
    """账号的基本信息"""

    display_name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "请填写姓名。"})
    department = DepartmentField(
        label="所在单位",
        queryset=Department.objects.none(),
        required=False,
        empty_label="（不属于任何单位）",
        error_messages={"invalid_choice": "请从列表中选择单位。"},
    )
    window_label = forms.CharField(
        label="窗口", max_length=20, required=False, help_text="如“综合3号窗”，窗口人员填写。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = _departments()


class RolesForm(forms.Form):
    """岗位"""

    roles = forms.MultipleChoiceField(
        label="岗位",
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个岗位。", "invalid_choice": "有不存在的岗位，请重新选择。"},
    )


class NewPersonForm(RolesForm, PersonForm):
    """新建账号"""

    username = forms.CharField(
        label="登录名",
        max_length=30,
        help_text="3至30位小写字母、数字或.-_。",
        error_messages={"required": "请填写登录名。", "max_length": "登录名最多30位。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["username", "display_name", "department", "window_label", "roles"]


class RightsForm(forms.Form):
    """授权范围: one field for each right, with the bodies it is given on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = dict(Department._meta.permissions)
        choices = [(department.pk, department.name) for department in _departments()]
        for right in DEPARTMENT_RIGHTS:
            self.fields[right] = forms.TypedMultipleChoiceField(
                label=labels[right],
                choices=choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "请从列表中选择机关。"},
            )

    def rights(self) -> set[tuple[str, int]]:
        return {(right, department) for right in DEPARTMENT_RIGHTS for department in self.cleaned_data[right]}


class ReasonForm(forms.Form):
    """停用原因"""

    reason = forms.CharField(label="停用原因", max_length=200, error_messages={"required": "请填写停用原因。"})


class UnlockAddressForm(forms.Form):
    """解除地址锁定"""

    address = forms.GenericIPAddressField(
        label="网络地址",
        error_messages={"required": "请填写网络地址。", "invalid": "这不是一个网络地址，请核对后填写。"},
    )


class PeopleFilterForm(forms.Form):
    """账号列表的筛选"""

    q = forms.CharField(label="姓名或登录名", max_length=50, required=False)
    role = forms.ChoiceField(label="岗位", choices=[("", "全部岗位"), *Role.choices], required=False)


#: The trail begins with the portal; a date far outside has no midnight in every time zone.
_DAYS = [
    MinValueValidator(date(2018, 1, 1), "日期不能早于2018-01-01。"),
    MaxValueValidator(date(2199, 12, 31), "日期不能晚于2199-12-31。"),
]


class AuditFilterForm(forms.Form):
    """审计日志的筛选"""

    action = forms.ChoiceField(label="行为", choices=[("", "全部行为"), *AuditAction.choices], required=False)
    actor = forms.CharField(label="人员", max_length=150, required=False)
    object_ref = forms.CharField(label="对象编号", max_length=100, required=False)
    address = forms.GenericIPAddressField(
        label="来源地址", required=False, error_messages={"invalid": "这不是一个网络地址。"}
    )
    since = forms.DateField(
        label="自",
        required=False,
        validators=_DAYS,
        error_messages={"invalid": "日期请写成 2026-03-02。"},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label="至",
        required=False,
        validators=_DAYS,
        error_messages={"invalid": "日期请写成 2026-03-02。"},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def wanted(self) -> AuditFilter:
        """The filter as typed; days are days in Laiyang, the last one included."""
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        return AuditFilter(
            action=data.get("action") or "",
            actor=(data.get("actor") or "").strip(),
            object_ref=(data.get("object_ref") or "").strip(),
            address=data.get("address") or "",
            since=datetime.combine(since, time.min, tzinfo=SHANGHAI) if since else None,
            until=datetime.combine(until, time.min, tzinfo=SHANGHAI) + timedelta(days=1) if until else None,
        )


def person_initial(user: User) -> dict:
    """What PersonForm shows for an account as it stands."""
    return {"display_name": user.display_name, "department": user.department_id, "window_label": user.window_label}
