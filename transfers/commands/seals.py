"""印章: registered with their announcement, stopped and sealed up by the city government, never while a case needs them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department, Seal, User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.seals import forget_cached_seals
from laiyang_approval.kernel.uploads import store_upload
from windows.domain.states import OPEN_STATES
from windows.models import Case

from ..domain.states import OPINION
from .acting import required_text

#: Pictures an imprint may be.
IMPRINTS = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class NewSeal:
    """新印章: whose, of which kind, what it says, who keeps it, from when on, by which announcement."""

    department_code: str
    kind: str
    ring_text: str
    centre_text: str
    keeper: str
    in_use_from: date
    announcement: str


def require_government(actor: User) -> None:
    """Returns when ``actor`` acts for the city government; raises NotPermitted."""
    body = actor.department
    is_government = body is not None and body.kind == Department.Kind.GOVERNMENT
    if not (is_government and actor.has_role(Role.COORDINATOR, Role.HEAD_OF_GOVERNMENT)):
        raise NotPermitted("不能由本人办理：印章的启用、停用和封存由市政府办理。")


@transaction.atomic
def register_seal(given: NewSeal, *, actor: User, at: datetime) -> Seal:
    """Afterwards the seal is in the register, in use from its day, after its announcement.

    Raises InvalidInput for what is missing, a day that is past, or while another seal of that kind is in use.
    """
    require_government(actor)
    body = Department.objects.select_for_update().filter(code=given.department_code.strip().upper()[:16]).first()
    if body is None:
        raise InvalidInput("没有这个机关代码。", fields={"department_code": "没有这个机关代码。"})
    if given.kind not in Seal.Kind.values:
        raise InvalidInput("请选择印章种类。", fields={"kind": "请选择印章种类。"})
    announcement = required_text(given.announcement, name="announcement", label="启用公告", limit=200)
    ring_text = required_text(given.ring_text, name="ring_text", label="印文", limit=40)
    if given.in_use_from < local_date(at):
        raise InvalidInput("启用日不能早于今天。", fields={"in_use_from": "请选今天或以后的日期。"})
    if body.valid_to is not None and body.valid_to < given.in_use_from:
        raise InvalidInput(f"{body.name}已撤销，不能启用印章。", fields={"department_code": "该机关已撤销。"})
    free = Q(in_use_to__lt=given.in_use_from) | Q(sealed_up_on__lte=given.in_use_from)
    other = Seal.objects.filter(department=body, kind=given.kind).exclude(free).first()
    if other is not None:
        raise InvalidInput(
            f"{body.name}的{Seal.Kind(given.kind).label}还在使用；请先停用旧印章。",
            fields={"in_use_from": "旧印章停用后才能启用。"},
        )
    seal = Seal.objects.create(
        department=body,
        kind=given.kind,
        ring_text=ring_text,
        centre_text=given.centre_text.strip()[:20],
        keeper=given.keeper.strip()[:50],
        in_use_from=given.in_use_from,
        announcement=announcement,
    )
    forget_cached_seals()
    return seal


@transaction.atomic
def stop_seal(seal_id: int, *, last_on: date, actor: User, at: datetime) -> Seal:
    """Afterwards the seal is out of use from the day after ``last_on``.

    Raises InvalidInput for a day that is past, StaleState when it is stopped already, DomainError while cases need it.
    """
    require_government(actor)
    seal = lock_seal(seal_id)
    if seal.in_use_to is not None:
        raise StaleState(f"这枚印章已定于{seal.in_use_to.isoformat()}停用。")
    if last_on < local_date(at) or last_on < seal.in_use_from:
        raise InvalidInput("最后可用日不能早于今天，也不能早于启用日。", fields={"last_on": "请选今天或以后的日期。"})
    _require_unneeded(seal, after=last_on)
    seal.in_use_to = last_on
    seal.save(update_fields=["in_use_to"])
    forget_cached_seals()
    return seal


@transaction.atomic
def seal_up(seal_id: int, *, place: str, actor: User, at: datetime) -> Seal:
    """Afterwards the seal is sealed up (封存) today: nothing can be sealed with it any more.

    Raises StaleState for one in use or sealed up already, InvalidInput without where it is kept, DomainError while cases need it.
    """
    require_government(actor)
    seal, today = lock_seal(seal_id), local_date(at)
    if seal.sealed_up_on is not None:
        raise StaleState(f"这枚印章已于{seal.sealed_up_on.isoformat()}封存。")
    if seal.in_use_to is None or seal.in_use_to >= today:
        raise StaleState("这枚印章还在使用；请先停用，停用之后才能封存。")
    _require_unneeded(seal, after=today)
    seal.keeper = required_text(place, name="place", label="封存保管单位", limit=50)
    seal.sealed_up_on = today
    seal.save(update_fields=["keeper", "sealed_up_on"])
    forget_cached_seals()
    return seal


def keep_imprint(seal_id: int, upload: UploadedFile, *, actor: User, at: datetime) -> Seal:
    """Afterwards the picture of the imprint lies with the seal. Raises InvalidInput for a file that is no picture."""
    require_government(actor)
    stored = store_upload(upload, actor=actor, at=at)
    if stored.media_type not in IMPRINTS:
        raise InvalidInput("印模须为JPG或PNG图片。", fields={"imprint": "请选择JPG或PNG图片。"})
    with transaction.atomic():
        seal = lock_seal(seal_id)
        seal.imprint = stored
        seal.save(update_fields=["imprint"])
    return seal


def lock_seal(seal_id: int) -> Seal:
    """The seal, locked until the transaction ends; raises NotFound."""
    found = Seal.objects.select_for_update(of=("self",)).select_related("department").filter(pk=seal_id).first()
    if found is None:
        raise NotFound("没有查到这枚印章；请从印章登记簿打开。")
    return found


def cases_needing(seal: Seal) -> int:
    """How many open cases its body still handles or decides, for which it may have to be used."""
    own = Q(handling_department_id=seal.department_id) | Q(deciding_department_id=seal.department_id)
    return Case.objects.filter(own, state__in=[state.value for state in OPEN_STATES]).count()


def _require_unneeded(seal: Seal, *, after: date) -> None:
    number = cases_needing(seal)
    if not number:
        return
    others = Seal.objects.filter(department_id=seal.department_id, kind=seal.kind, sealed_up_on=None).exclude(
        pk=seal.pk
    )
    if others.filter(Q(in_use_to=None) | Q(in_use_to__gt=after)).exists():
        return
    raise DomainError(
        f"{seal.department.name}还有{number}件在办件，出具文书须用这枚印章；最后一件办结、送达后才能停用或封存。",
        article=OPINION,
    )
