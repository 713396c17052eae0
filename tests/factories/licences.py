"""Licences at each stage of their life, made by the real commands."""

from datetime import UTC, date, datetime, timedelta

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import Department
from matters import queries as catalogue
from tests.factories import cases as make
from windows.commands.decision import grant_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.licences.ex_officio import (
    Cause,
    open_ex_officio,
    propose_ex_officio,
    record_holder_statement,
    serve_holder,
    tell_holder,
)
from windows.commands.licences.granting import Grant
from windows.commands.licences.outside import Penalty, forfeit_licence
from windows.commands.licences.registering import OldLicence, register_old_licence
from windows.commands.licences.taking_back import TakingBack
from windows.commands.serving import Service
from windows.models import Case, Licence

#: The licence of trap 16: granted on Monday 2025-10-27 for a year, it runs out on Saturday 2026-10-31.
GRANTED_AT = datetime(2025, 10, 27, 1, 30, tzinfo=UTC)
BEGINS, EXPIRY = date(2025, 11, 1), date(2026, 10, 31)


def noon(day: date) -> datetime:
    """Twelve o'clock in Shanghai on that day."""
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def midnight(day: date) -> datetime:
    """The first minute of that day in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7, minutes=59)


def licence(
    people: make.People,
    *,
    code: str = "SJ-04",
    at: datetime = GRANTED_AT,
    valid_from: date = BEGINS,
    valid_to: date | None = EXPIRY,
    **more,
) -> Licence:
    """A licence whose case was delivered the same day."""
    case = make.pending_decision(people, at=at, code=code, **more)
    case = grant_case(
        case.number,
        grant=Grant("热食类食品制售", valid_from, valid_to),
        actor=people.decider,
        at=at + timedelta(hours=3),
    )
    case = issue_certificate(case.number, actor=people.issuer, at=at + timedelta(hours=4))
    deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=at + timedelta(hours=5))
    return Licence.objects.get(case=case)


def old_licence(people: make.People, serial: int = 1, *, at: datetime = GRANTED_AT, **more) -> Licence:
    """A licence of 2017, issued by the market supervision bureau before the transfer, on record since ``at``."""
    values = {
        "matter": catalogue.matter_by_code("SJ-04"),
        "number": f"莱市监食证字〔2017〕第{serial:04d}号",
        "title": "食品经营许可证",
        "holder": make.RESTAURANT,
        "issued_by": Department.objects.get(code="SJ"),
        "issued_on": date(2017, 6, 1),
        "valid_from": date(2017, 6, 1),
        "valid_to": EXPIRY,
        "content": "热食类食品制售",
    }
    return register_old_licence(OldLicence(**(values | more)), actor=people.clerk, at=at)


def applied(people: make.People, one: Licence, purpose: str, *, at: datetime, **more) -> Case:
    """An application about the licence, accepted on the spot."""
    return make.accepted(people, one.matter.code, at=at, purpose=purpose, licence_number=one.number, **more)


def reviewed(people: make.People, one: Licence, purpose: str, *, at: datetime, proposal: str = "grant", **more) -> Case:
    """An application about the licence that waits for its decision."""
    return make.pending_decision(
        people, at=at, code=one.matter.code, purpose=purpose, licence_number=one.number, proposal=proposal, **more
    )


def opened(people: make.People, one: Licence, ground: str, *, at: datetime) -> Case:
    """A case of the office's own motion."""
    return open_ex_officio(
        one.pk,
        cause=Cause(ground, "经查，申请时提交的场所证明系伪造。", "市市场监督管理局移送"),
        actor=people.reviewer,
        at=at,
    )


def told(people: make.People, one: Licence, ground: str, *, at: datetime) -> Case:
    """The holder has been told, and the notice served."""
    case = opened(people, one, ground, at=at)
    tell_holder(case.number, actor=people.reviewer, at=at + timedelta(hours=1))
    return serve_holder(
        case.number,
        service=Service("direct", recipient="邹念慈", relation="本人", place="经营场所"),
        actor=people.reviewer,
        at=at + timedelta(hours=2),
    )


def proposed(people: make.People, one: Licence, ground: str, *, at: datetime) -> Case:
    """The holder was heard (or needs not be) and the reviewer proposes to act."""
    if ground.startswith("cancel_"):
        case = opened(people, one, ground, at=at)
    else:
        case = told(people, one, ground, at=at)
        record_holder_statement(
            case.number, statement="场所证明由房东提供，不知系伪造。", actor=people.reviewer, at=at + timedelta(hours=3)
        )
    return propose_ex_officio(
        case.number,
        proposal="act",
        text="事实清楚，建议作出处理决定。",
        actor=people.reviewer,
        at=at + timedelta(hours=4),
    )


def forfeited(people: make.People, one: Licence, *, at: datetime) -> Licence:
    """吊销 by the market supervision bureau the day before."""
    body = Department.objects.get(code="SJ")
    return forfeit_licence(
        one.pk, penalty=penalty(body, on=local_date(at) - timedelta(days=1)), actor=people.reviewer, at=at
    )


FRAUD = TakingBack("被许可人以伪造的场所证明取得许可，应当撤销。", is_safety_related=True)


def penalty(department, *, on: date, until: date | None = None, number: str = "莱市监罚〔2026〕12号") -> Penalty:
    return Penalty(number, department, on, until)
