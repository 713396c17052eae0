"""改派与交接: a case, or a task in it, goes to somebody else with a reason; no clock, no date and no state changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from .. import owners, permissions
from ..events import EventWriter
from ..events import people as events
from ..examination import asked_of, possible_inspectors
from ..models import Case, Hearing, Reassignment, SiteCheck
from .acting import begin_act, finish_act, require_staying

What = Reassignment.What


@transaction.atomic
def reassign_case(
    number: str, *, to_id: int, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards another reviewer of the body answers for the case; everything else of it is as it was.

    Raises InvalidInput for who cannot take it, DomainError where nobody has taken the case yet.
    """
    stated = _stated(reason)
    case, writer = begin_act(number, action="reassign", actor=actor, at=at, expected_version=expected_version)
    _give_case(case, writer, to_id=to_id, reason=stated)
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class NewInspector:
    """接手现场核查的人: who goes instead, and the certificate that will be shown."""

    person_id: int
    certificate: str


@dataclass(frozen=True)
class HandOver:
    """工作交接: whose tasks, why, and to whom each goes. Hearings go back to be called anew by another host."""

    leaver_id: int
    reason: str
    cases: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[int, NewInspector] = field(default_factory=dict)
    hearings: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.checks or self.hearings)


@transaction.atomic
def hand_over(given: HandOver, *, actor: User, at: datetime) -> int:
    """Afterwards everything named is somebody else's, all of it or nothing; returns how many tasks changed hands.

    Raises NotFound for a person of another body, InvalidInput for who cannot take a task, DomainError for a task that is not
    the leaver's any more.
    """
    stated = _stated(given.reason)
    leaver = User.objects.filter(
        pk=given.leaver_id, department_id__in=permissions.departments_for(actor, permissions.DECIDE)
    ).first()
    if leaver is None:
        raise NotFound("没有查到这个人员；请从“工作交接”重新进入。")
    if given.is_empty:
        raise InvalidInput("请至少为一项工作选择接手的人。")
    checks = {row.pk: row for row in owners.checks_of(leaver).filter(pk__in=given.checks)}
    hearings = {row.pk: row for row in owners.hearings_of(leaver).filter(pk__in=given.hearings)}
    if set(checks) != set(given.checks) or hearings.keys() != given.hearings:
        raise DomainError(CHANGED_MEANWHILE)
    numbers = {row.case.number for row in (*checks.values(), *hearings.values())} | set(given.cases)
    for number in sorted(numbers):
        case, writer = begin_act(number, action="reassign", actor=actor, at=at)
        for row in checks.values():
            if row.case_id == case.pk:
                _give_check(case, row, writer, leaver=leaver, to=given.checks[row.pk], reason=stated)
        if number in given.cases:
            if case.reviewer_id != leaver.pk:
                raise DomainError(CHANGED_MEANWHILE)
            _give_case(case, writer, to_id=given.cases[number], reason=stated)
        for row in hearings.values():
            if row.case_id == case.pk:
                _give_back_hearing(case, row, writer, leaver=leaver, reason=stated)
        finish_act(case, writer)
    return len(given.cases) + len(checks) + len(hearings)


CHANGED_MEANWHILE = "有的工作已经办结或者改派，不再是该人员的；没有移交，请刷新页面后再办。"


def _stated(reason: str) -> str:
    stated = clean_text(reason, max_length=300)
    if not stated:
        raise InvalidInput("请填写改派的理由。", fields={"reason": "请写明理由，如调离、回避、分工调整。"})
    return stated


def _give_case(case: Case, writer: EventWriter, *, to_id: int, reason: str) -> None:
    if case.reviewer_id is None:
        raise DomainError("本件还没有人领取审查，不需要改派；请审查人员领取。")
    taker = owners.possible_reviewers(case).filter(pk=to_id).first()
    if taker is None:
        sentence = f"接手的人须是{case.handling_department.name}有审查授权的在岗审查人员，且不是现承办人、不主持本件听证；请重新选择。"
        raise InvalidInput(sentence, fields={"to_id": sentence})
    require_staying(taker.pk)
    _record(case, writer, What.REVIEW, case.reviewer_id, taker.pk, reason)
    case.reviewer = taker


def _give_check(
    case: Case, check: SiteCheck, writer: EventWriter, *, leaver: User, to: NewInspector, reason: str
) -> None:
    certificate = clean_text(to.certificate, max_length=40)
    field_name = f"certificate-{check.pk}"
    if not certificate:
        raise InvalidInput("请填写接手核查人员的证件号。", fields={field_name: "请填写证件号。"})
    stays = check.second_inspector_id if check.first_inspector_id == leaver.pk else check.first_inspector_id
    taker = possible_inspectors(case).filter(pk=to.person_id).exclude(pk__in=[leaver.pk, stays]).first()
    if taker is None:
        sentence = "接手核查的须是本单位另一名核查人员，两名核查人员不能是同一人；请重新选择。"
        raise InvalidInput(sentence, article="行政许可法第三十四条第三款", fields={f"check-{check.pk}": sentence})
    if check.first_inspector_id == leaver.pk:
        check.first_inspector, check.first_certificate = taker, certificate
    else:
        check.second_inspector, check.second_certificate = taker, certificate
    require_staying(taker.pk)
    check.save()
    case.asked = asked_of(case)
    _record(case, writer, What.SITE_CHECK, leaver.pk, taker.pk, reason)


def _give_back_hearing(case: Case, hearing: Hearing, writer: EventWriter, *, leaver: User, reason: str) -> None:
    """The notice named this host and this hour: with another host the hearing is called anew (第四十八条第一款)."""
    hearing.host = hearing.held_at = hearing.called_by = hearing.called_at = None
    hearing.save()
    case.asked = asked_of(case)
    _record(case, writer, What.HEARING, leaver.pk, None, reason)


def _record(case: Case, writer: EventWriter, what: What, from_id: int, to_id: int | None, reason: str) -> None:
    row = Reassignment.objects.create(
        case=case,
        what=what,
        from_person_id=from_id,
        to_person_id=to_id,
        reason=reason,
        reassigned_by=writer.actor,
        reassigned_at=writer.at,
    )
    events.record_reassignment(writer, reassignment_id=row.pk, what=what.value, from_id=from_id, to_id=to_id)
