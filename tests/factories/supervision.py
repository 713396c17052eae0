"""Pushes and those who receive them, made by the real commands."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role
from supervision.commands.pushing import queue_pushes
from supervision.domain.signatures import new_key
from supervision.models import Push, RegulatorChannel
from tests.factories import cases as make
from windows.models import Case


@dataclass
class Watch:
    """A regulator of the market supervision bureau, one of health, a coordinator and a supervisor."""

    regulator: User = field(init=False)
    other: User = field(init=False)
    coordinator: User = field(init=False)
    supervisor: User = field(init=False)

    def __post_init__(self) -> None:
        self.regulator = make.person("regulator-SJ", Role.REGULATOR, department="SJ", name="孙守正")
        self.other = make.person("regulator-WJ", Role.REGULATOR, department="WJ19", name="官志诚")
        self.coordinator = make.person("coordinator", Role.COORDINATOR, department="GOV", name="尹和平")
        self.supervisor = make.person("supervisor", Role.SUPERVISOR, name="柳清源")


def _fail(reference: object, error: Exception) -> None:
    raise error


def relayed(at: datetime, since: datetime | None = None) -> int:
    """The pass of the relay that makes pushes."""
    return queue_pushes(at=at, since=since, on_failure=_fail)


def pushed(people: make.People, *, at: datetime = make.MONDAY, **more) -> Push:
    """A grant decided that day and told to the market supervision bureau at once."""
    case = make.granted(people, at=at, **more)
    return push_of(case, at=at + timedelta(hours=4))


def push_of(case: Case, *, at: datetime) -> Push:
    """What the regulator was told of the case's decision."""
    relayed(at)
    return Push.objects.get(case=case)


def http_channel(code: str = "SJ", url: str = "http://127.0.0.1:9/push") -> RegulatorChannel:
    """A regulator reached through its own system."""
    return RegulatorChannel.objects.create(
        department=Department.objects.get(code=code),
        kind=RegulatorChannel.Kind.HTTP,
        url=url,
        key=new_key(),
        inbound_key=new_key(),
        changed_at=make.MONDAY,
    )
