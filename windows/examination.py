"""Site checks, expert panels, other departments' opinions and visits: every read in one place, and the gates."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import rule_is_on

from .hearings import answer_of, live_hearing, notices_of
from .models import Case, Consultation, Expert, ExpertPanel, JointVisit, ProcedureNotice, SiteCheck

ART_34 = "行政许可法第三十四条第三款"

# ---- site checks


def site_checks_of(case: Case) -> list[SiteCheck]:
    """The site checks of the case with inspectors, record and photos, in order."""
    return list(
        SiteCheck.objects.select_related("first_inspector", "second_inspector", "letter", "assigned_by")
        .prefetch_related("photos__file__stored")
        .filter(case=case)
        .defer("letter__snapshot")
    )


def site_checks_for(user: User) -> QuerySet[SiteCheck]:
    """The checks this person was sent to, those still to be made first, then by their time."""
    return (
        SiteCheck.objects.select_related(
            "case__edition", "case__party", "case__handling_department", "first_inspector", "second_inspector"
        )
        .filter(Q(first_inspector=user) | Q(second_inspector=user), case__handling_department_id=user.department_id)
        .order_by("planned_at", "id")
    )


def possible_inspectors(case: Case) -> QuerySet[User]:
    """现场核查人员 and department staff of the handling body."""
    return (
        User.objects.filter(
            is_active=True,
            department_id=case.handling_department_id,
            role_rows__role__in=(Role.INSPECTOR, Role.DEPARTMENT_STAFF),
        )
        .distinct()
        .order_by("display_name", "pk")
    )


# ---- experts


def panels_of(case: Case) -> list[ExpertPanel]:
    """The expert panels of the case with whoever was named, in order."""
    return list(
        ExpertPanel.objects.select_related("convened_by", "special_procedure")
        .prefetch_related(Prefetch("experts", Expert.objects.select_related("replaced_by")))
        .filter(case=case)
    )


def open_panel(case: Case) -> ExpertPanel | None:
    """The panel that has not given its result yet."""
    return next((panel for panel in panels_of(case) if panel.concluded_at is None), None)


def members_of(panel: ExpertPanel) -> list[Expert]:
    """Who votes: without conflict of interest, and not replaced."""
    return [one for one in panel.experts.all() if not one.has_conflict and not hasattr(one, "replaced_by")]


# ---- other departments


def consultations_of(case: Case) -> list[Consultation]:
    """What other departments were asked about the case, in order."""
    return list(
        Consultation.objects.select_related("department", "asked_by", "answered_by")
        .prefetch_related("materials__edition_material")
        .filter(case=case)
    )


def visits_of(case: Case) -> list[JointVisit]:
    """The joint appointments of the case with the departments that come, in order."""
    return list(
        JointVisit.objects.select_related("appointed_by", "recorded_by")
        .prefetch_related("consultations__department")
        .filter(case=case)
    )


def departments_to_ask(case: Case, on: date) -> QuerySet[Department]:
    """Every other body that exists on that day."""
    return (
        Department.objects.filter(valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .exclude(pk=case.handling_department_id)
        .order_by("name")
    )


def awaiting_visit(case: Case, kind: str) -> list[Consultation]:
    """The requests for people of one kind that no joint visit has taken up yet."""
    return list(
        Consultation.objects.select_related("department")
        .filter(case=case, kind=kind, visits__isnull=True)
        .order_by("pk")
    )


def is_in_term(consultation: Consultation, on: date) -> bool:
    """Whether the department may still answer in time; a term nobody can count yet runs on."""
    return consultation.due_on is None or on <= consultation.due_on


# ---- what stops an opinion: the sentence and the article, or None


def site_check_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion while people are sent out and have not said what they found."""
    check = (
        SiteCheck.objects.select_related("first_inspector", "second_inspector")
        .filter(case=case, recorded_at__isnull=True)
        .first()
    )
    if check is None:
        return None
    names = f"{check.first_inspector.display_name}、{check.second_inspector.display_name}"
    return f"现场核查还没有登记结果；请核查人员{names}登记核查记录后再提交。", ART_34


def panel_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion while experts are asked and have not answered."""
    if not ExpertPanel.objects.filter(case=case, concluded_at__isnull=True).exists():
        return None
    return "专家评审还没有登记结果；请先登记评审意见。", "行政许可法第三十四条第一款"


def consultation_gate(case: Case, on: date) -> tuple[str, str] | None:
    """No opinion while a department may still answer, or a visit asked for has not been made."""
    rule = "征求意见（业务规则）"
    waits = not rule_is_on("consultation_silence", on)
    for one in Consultation.objects.select_related("department").filter(case=case, visits__isnull=True):
        if one.answered_at is None and (waits or is_in_term(one, on)):
            until = f"至{one.due_on.isoformat()}" if one.due_on else "待放假安排公布"
            return f"{one.department.name}还没有答复{one.get_kind_display()}，期限{until}；请等待答复或者期满。", rule
        if one.answered_at is not None and one.wants_people:
            return f"{one.department.name}已派员，还没有组织{VISIT_WORDS[one.kind]}；请先组织并登记结果。", rule
    open_visit = JointVisit.objects.filter(case=case, recorded_at__isnull=True).first()
    if open_visit is not None:
        return f"{VISIT_WORDS[open_visit.kind]}还没有登记结果；请先登记。", rule
    return None


#: What people are sent for, by the kind of the request.
VISIT_WORDS = {
    Consultation.Kind.SITE_VISIT.value: "联合踏勘",
    Consultation.Kind.DRAWINGS.value: "联合审图",
    Consultation.Kind.ACCEPTANCE.value: "联合验收",
}

# ---- what the applicant is asked


def asked_of(case: Case) -> list[dict[str, Any]] | None:
    """What stands on the applicant's status page because of these procedures: plain facts, None when there is nothing.

    Kept on the case's own row, so that the status page stays one read.
    """
    asked = [*_asked_by_notices(case), *_asked_to_hearing(case)]
    for check in case.site_checks.filter(recorded_at__isnull=True):
        asked.append({"kind": "site_check", "at": _local(check.planned_at), "place": check.place})
    for visit in case.joint_visits.filter(recorded_at__isnull=True):
        asked.append(
            {"kind": "visit", "label": VISIT_WORDS[visit.kind], "at": _local(visit.meets_at), "place": visit.place}
        )
    for panel in case.expert_panels.filter(concluded_at__isnull=True):
        asked.append({"kind": "panel", "on": panel.meets_on.isoformat()})
    return asked or None


def _asked_by_notices(case: Case) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []
    for notice in notices_of(case):
        if notice.kind == ProcedureNotice.Kind.INTEREST and not asked:
            asked.append({"kind": "interested"})
        own = notice.interested_party_id is None and notice.served_on is not None
        if notice.kind == ProcedureNotice.Kind.HEARING_RIGHT and own and answer_of(notice) is None:
            until = notice.until_on.isoformat() if notice.until_on else None
            asked.append({"kind": "hearing_right", "until": until})
    return asked


def _asked_to_hearing(case: Case) -> list[dict[str, Any]]:
    hearing = live_hearing(case)
    if hearing is None:
        return []
    if hasattr(hearing, "record"):
        return [{"kind": "hearing_held", "on": local_date(hearing.record.began_at).isoformat()}]
    if hearing.held_at is not None:
        return [
            {
                "kind": "hearing",
                "at": _local(hearing.held_at),
                "place": hearing.place,
                "host": hearing.host.display_name,
                "is_public": not hearing.closed,
            }
        ]
    due = hearing.hold_by_on.isoformat() if hearing.hold_by_on else None
    return [{"kind": "hearing_coming", "hold_by": due, "requested": hearing.origin == hearing.Origin.REQUEST}]


def _local(moment) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
