"""What stops or lengthens the clock of a case, step by step, by the real commands."""

from datetime import date, datetime, time

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.commands.extending import approve_extension, request_extension, serve_extension
from windows.commands.procedures import (
    ProcedureRequest,
    approve_procedure,
    end_procedure,
    request_more_time,
    request_procedure,
    serve_procedure,
)
from windows.models import Case, SpecialProcedure

from .cases import SERVICE, People, person

#: A matter of twenty working days whose law has expert reviews, and may be extended by ten.
REVIEWED = "FG-02"
BASIS = "《固定资产投资项目节能审查办法》第九条"


def on(day: str, hour: int = 10) -> datetime:
    """That day in Shanghai, at ten in the morning."""
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=SHANGHAI)


def government_head() -> User:
    return person("head-GOV", Role.HEAD_OF_GOVERNMENT, department="GOV", right="decide_for_department", name="梁建国")


def newest(case: Case) -> SpecialProcedure:
    return SpecialProcedure.objects.filter(case=case).latest("pk")


def requested(
    people: People, case: Case, *, at: datetime, kind: str = "expert_review", days: int = 10, basis: str = BASIS
) -> Case:
    request = ProcedureRequest(kind, "技术方案需要专家论证。", days, basis)
    return request_procedure(case.number, request=request, actor=people.reviewer, at=at)


def approved(people: People, case: Case, *, at: datetime, **more) -> Case:
    """Asked for and approved: D09 is sealed and not served."""
    requested(people, case, at=at, **more)
    return approve_procedure(case.number, procedure_id=newest(case).pk, actor=people.decider, at=at)


def suspended(people: People, case: Case, *, at: datetime, **more) -> Case:
    """Asked for, approved and served in one morning: the clock stands still from the next day."""
    approved(people, case, at=at, **more)
    return served(people, case, at=at)


def served(people: People, case: Case, *, at: datetime) -> Case:
    return serve_procedure(case.number, procedure_id=newest(case).pk, service=SERVICE, actor=people.reviewer, at=at)


def ended(people: People, case: Case, *, at: datetime, procedure: SpecialProcedure | None = None) -> Case:
    return end_procedure(
        case.number,
        procedure_id=(procedure or newest(case)).pk,
        ended_on=at.date(),
        result="专家组评审通过。",
        actor=people.reviewer,
        at=at,
    )


def told_again(people: People, case: Case, *, at: datetime, days: int = 5) -> Case:
    """A second notice asked for, approved and served."""
    request_more_time(
        case.number,
        procedure_id=newest(case).pk,
        needed_days=days,
        reason="专家意见不一致，需要复评。",
        actor=people.reviewer,
        at=at,
    )
    approve_procedure(case.number, procedure_id=newest(case).pk, actor=people.decider, at=at)
    return served(people, case, at=at)


def extension_asked(people: People, case: Case, *, at: datetime) -> Case:
    return request_extension(case.number, reason="案情复杂，需要补充论证。", actor=people.reviewer, at=at)


def extension_approved(people: People, case: Case, *, at: datetime, by: User | None = None) -> Case:
    extension_asked(people, case, at=at)
    return approve_extension(case.number, actor=by or people.decider, at=at)


def extended(people: People, case: Case, *, at: datetime, by: User | None = None) -> Case:
    extension_approved(people, case, at=at, by=by)
    return serve_extension(case.number, service=SERVICE, actor=people.reviewer, at=at)
