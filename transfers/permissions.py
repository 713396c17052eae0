"""Who sees and does what in a transfer: the coordination mechanism runs it, each party signs for itself (监交 for neither)."""

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.errors import NotFound, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role

from .domain.inventories import Party
from .models import TransferItem

#: They see every batch and item.
WATCHERS = (Role.COORDINATOR, Role.HEAD_OF_GOVERNMENT, Role.SUPERVISOR, Role.AUDIT_OFFICER)
#: They see the items of their own body, on either side.
PARTIES = (Role.DEPARTMENT_STAFF, Role.DECIDER, Role.CATALOGUE_ADMIN)
READERS = (*WATCHERS, *PARTIES)
#: Who plans, assesses, completes and returns.
OFFICE = (Role.COORDINATOR,)
#: Who may watch over a hand-over (监交): of a body that is neither giver nor receiver.
OVERSEERS = (Role.COORDINATOR, Role.SUPERVISOR)

NO_SUCH_ITEM = "没有查到这项划转；请从划转台账打开，或确认该事项是否与您所在单位有关。"


def items_visible_to(user: User) -> QuerySet[TransferItem]:
    """The items this person may know of."""
    if not user.is_active:
        return TransferItem.objects.none()
    if user.has_role(*WATCHERS):
        return TransferItem.objects.all()
    if user.has_role(*PARTIES) and user.department_id:
        own = Q(from_department_id=user.department_id) | Q(to_department_id=user.department_id)
        return TransferItem.objects.filter(own)
    return TransferItem.objects.none()


def party_of(user: User, item: TransferItem) -> Party | None:
    """For whom this person signs the lists of ``item``; None for nobody."""
    body = user.department_id
    if body is None:
        return None
    if body == item.from_department_id:
        return Party.GIVER if user.has_role(Role.DEPARTMENT_STAFF) else None
    if body == item.to_department_id:
        return Party.RECEIVER if user.has_role(*PARTIES) else None
    return Party.SUPERVISOR if user.has_role(*OVERSEERS) else None


def require_party(user: User, item: TransferItem, *wanted: Party) -> Party:
    """The party this person signs for, if it is one of ``wanted``; raises NotFound or NotPermitted."""
    party = party_of(user, item)
    if party in wanted:
        return party
    if not is_visible(user, item):
        raise NotFound(NO_SUCH_ITEM)
    who = {
        Party.GIVER: f"{item.from_department.name}的部门工作人员",
        Party.RECEIVER: f"{item.to_department.name}的负责人、事项管理员或部门工作人员",
        Party.SUPERVISOR: "交接双方以外的监督检查人员或协调机制人员",
    }
    raise NotPermitted(f"不能由本人办理：须由{'或'.join(who[one] for one in wanted)}办理。")


def is_visible(user: User, item: TransferItem) -> bool:
    """The same answer as ``items_visible_to``, for an item at hand."""
    if user.has_role(*WATCHERS):
        return True
    own = user.department_id in {item.from_department_id, item.to_department_id}
    return bool(own and user.department_id and user.has_role(*PARTIES))


def is_office(user: User) -> bool:
    """Whether this person runs the transfers: of the coordination mechanism of the city government."""
    body: Department | None = user.department
    return user.has_role(*OFFICE) and body is not None and body.kind == Department.Kind.GOVERNMENT


def require_office(user: User) -> None:
    """Returns when this person runs the transfers; raises NotPermitted with who does."""
    if not is_office(user):
        raise NotPermitted("不能由本人办理：须由市政府协调机制人员办理。")
