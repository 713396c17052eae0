"""Forms of corrections by people: another reviewer, a delegation. They parse; what is lawful is decided by the commands."""

from django import forms

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import User
from windows.delegations import possible_delegates, possible_principals
from windows.models import Case
from windows.owners import possible_reviewers

from .examination import id_field, line_field, offer
from .review import ActForm, day_field


class ReassignForm(ActForm):
    """改派承办人"""

    to_id = id_field("接手的审查人员")
    reason = line_field("理由", limit=300, help_text="如调离、回避、分工调整。办理期限不变。")


def offer_reviewers(form: ReassignForm, case: Case) -> None:
    offer(form, "to_id", [(one.pk, one.display_name) for one in possible_reviewers(case)])


class DelegationForm(forms.Form):
    """登记委托"""

    principal_id = id_field("委托人")
    delegate_id = id_field("受托人", help_text="须是同一单位的办理人员；受托人不能决定自己受理或者审查过的办件。")
    from_on = day_field("自")
    to_on = day_field("至", help_text="最后一日（含当日）。")
    basis = line_field("依据", limit=300, help_text="如请假批准、领导分工文件。")

    marks_fields = False

    def __init__(self, *args, user: User, **options):
        super().__init__(*args, initial={"principal_id": user.pk, "from_on": clock.today()}, **options)
        principals = list(possible_principals(user))
        offer(self, "principal_id", [(one.pk, one.display_name) for one in principals])
        delegates = {one.pk: one for principal in principals for one in possible_delegates(principal)}
        offer(self, "delegate_id", [(pk, one.display_name) for pk, one in delegates.items()])
