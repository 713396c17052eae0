"""Acts of site check, expert panel, and other departments."""

from windows.commands.consulting import Question, VisitPlan, appoint_visit, consult, record_visit
from windows.commands.expert_panels import (
    NamedExpert,
    PanelPlan,
    PanelResult,
    conclude_panel,
    convene_panel,
    name_expert,
)
from windows.commands.site_checks import CheckPlan, assign_site_check
from windows.examination import consultations_of, open_panel, visits_of
from windows.forms.examination import (
    ConsultForm,
    ExpertForm,
    PanelForm,
    PanelResultForm,
    SiteCheckForm,
    VisitForm,
    VisitResultForm,
    count_members,
    offer_departments,
    offer_inspectors,
    offer_place,
    offer_procedures,
    offer_seats,
    offer_visits,
)
from windows.models import Case

from .base import Act, plain, with_


def _has_panel(case: Case) -> bool:
    return open_panel(case) is not None


def _awaits_visit(case: Case) -> bool:
    return any(one.wants_people and not one.visits.all() for one in consultations_of(case))


ACTS: dict[str, Act] = {
    "assign_site_check": Act(
        SiteCheckForm, with_(assign_site_check, "plan", CheckPlan), "已指派现场核查。", prepare=offer_inspectors
    ),
    "convene_panel": Act(
        PanelForm,
        with_(convene_panel, "plan", PanelPlan),
        "已组织专家评审，请确定专家。",
        prepare=offer_procedures,
        applies=lambda case: not _has_panel(case),
    ),
    "name_expert": Act(
        ExpertForm, with_(name_expert, "expert", NamedExpert), "专家声明已登记。", prepare=offer_seats, applies=_has_panel
    ),
    "conclude_panel": Act(
        PanelResultForm,
        with_(conclude_panel, "result", PanelResult),
        "评审结果已登记。",
        prepare=count_members,
        applies=_has_panel,
    ),
    "consult": Act(ConsultForm, with_(consult, "question", Question), "已征求部门意见。", prepare=offer_departments),
    "appoint_visit": Act(
        VisitForm, with_(appoint_visit, "visit", VisitPlan), "已约定，请通知各部门和申请人。",
        prepare=offer_place, applies=_awaits_visit,
    ),
    "record_visit": Act(
        VisitResultForm,
        plain(record_visit),
        "结果已登记。",
        prepare=offer_visits,
        applies=lambda case: any(one.recorded_at is None for one in visits_of(case)),
    ),
}  # fmt: skip
