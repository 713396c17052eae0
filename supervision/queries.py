"""Every read of pushes, and the locks that writes begin with."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet

from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import User

from . import permissions
from .domain.pushes import UNCLAIMED, PushState
from .models import FollowUp, Push, ReconciliationPaper, SupervisionFeedback

#: The lists of the inbox: what stands in each.
LISTS = {
    "unclaimed": ("待认领", tuple(state.value for state in UNCLAIMED)),
    "supervised": ("监管中", (PushState.CLAIMED.value, PushState.PLANNED.value)),
    "done": ("已监管", (PushState.FOLLOWED_UP.value,)),
    "disputed": ("异议", (PushState.DISPUTED.value, PushState.MOVED.value)),
}


def _whole(pushes: QuerySet[Push]) -> QuerySet[Push]:
    return pushes.select_related("case__edition", "case__party", "case__matter", "regulator", "claimed_by", "event")


def get_visible_push(user: User, number: str) -> Push:
    """The push with its case and bodies; raises NotFound if it is not this person's to know of."""
    found = _whole(permissions.pushes_visible_to(user)).filter(number=number).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_PUSH)
    return found


def lock_push(number: str) -> Push:
    """The push, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = Push.objects.select_for_update(of=("self",)).select_related("regulator").filter(number=number).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_PUSH)
    return found


def lock_push_by_id(push_id: int) -> Push:
    """The same, by key."""
    return Push.objects.select_for_update(of=("self",)).select_related("regulator").get(pk=push_id)


def inbox(user: User, name: str) -> QuerySet[Push]:
    """One list of the inbox: what waits oldest first, what is done newest first."""
    found = _whole(permissions.pushes_visible_to(user))
    found = found.filter(state__in=LISTS[name][1]) if name in LISTS else found.exclude(state=PushState.QUEUED.value)
    return found.order_by("id" if name in {"unclaimed", "supervised"} else "-id")


def counts(user: User) -> dict[str, int]:
    """How many stand in each list of the inbox; one query."""
    rows = dict(permissions.pushes_visible_to(user).order_by().values_list("state").annotate(count=Count("pk")))
    return {name: sum(rows.get(state, 0) for state in states) for name, (_, states) in LISTS.items()}


def overdue_claims(on: date) -> QuerySet[Push]:
    """Delivered, not answered, and the term to claim is over on ``on``."""
    return Push.objects.filter(state__in=[state.value for state in UNCLAIMED], claim_by_on__lt=on).order_by("id")


def disputes() -> QuerySet[Push]:
    """What regulators dispute, oldest first."""
    return _whole(Push.objects.filter(state=PushState.DISPUTED.value)).order_by("id")


def stuck() -> QuerySet[Push]:
    """What a person must look at: tried for a day or refused, oldest first."""
    return _whole(Push.objects.filter(state=PushState.QUEUED.value, needs_person_at__isnull=False)).order_by("id")


def late_deliveries(on: date) -> QuerySet[Push]:
    """Not delivered though the term is over, whether or not still being tried."""
    return _whole(Push.objects.filter(state=PushState.QUEUED.value).filter(Q(deliver_by_on__lt=on))).order_by("id")


def claimed_by_silence(*, since: date) -> list[dict[str, object]]:
    """How many claims of the period silence made, by regulator, most first."""
    rows = (
        Push.objects.filter(claim_mode=Push.ClaimMode.AUTO, decided_on__gte=since)
        .order_by()
        .values("regulator__short_name")
        .annotate(count=Count("pk"))
        .order_by("-count", "regulator__short_name")
    )
    return list(rows)


def _whole_feedback(found: QuerySet[SupervisionFeedback]) -> QuerySet[SupervisionFeedback]:
    return found.select_related(
        "department",
        "party",
        "licence",
        "push",
        "reported_by",
        "case__edition",
        "follow_up__department",
        "follow_up__replied_by",
        "follow_up__opened_case",
    )


def feedback(user: User, name: str) -> QuerySet[SupervisionFeedback]:
    """The reports this person may know of: those that wait for an answer (``open``), due first; or all, newest first."""
    found = _whole_feedback(permissions.feedback_visible_to(user)).distinct()
    if name == "open":
        return found.filter(follow_up__state=FollowUp.State.OPEN).order_by("follow_up__due_on", "id")
    return found.order_by("-id")


def get_visible_feedback(user: User, number: str) -> SupervisionFeedback:
    """One report with everything about it; raises NotFound for what is not this person's to know of."""
    found = _whole_feedback(permissions.feedback_visible_to(user)).filter(number=number).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_FEEDBACK)
    return found


def open_answers(user: User) -> int:
    """How many reports wait for an answer, of those this person may know of."""
    return permissions.feedback_visible_to(user).filter(follow_up__state=FollowUp.State.OPEN).distinct().count()


def feedback_on_party(party_id: int, limit: int = 20) -> list[SupervisionFeedback]:
    """What regulators reported on this party, newest first: for whoever examines what it asks for next."""
    return list(_whole_feedback(SupervisionFeedback.objects.filter(party_id=party_id)).order_by("-id")[:limit])


def feedback_on_licences(licence_ids: Sequence[int]) -> list[SupervisionFeedback]:
    """What regulators reported on these versions of a licence, newest first."""
    return list(_whole_feedback(SupervisionFeedback.objects.filter(licence_id__in=licence_ids)).order_by("-id"))


def pushes_of_case(case_id: int) -> list[Push]:
    """Whom the case's decision was told to, and how far they are."""
    return list(Push.objects.select_related("regulator", "claimed_by").filter(case_id=case_id).order_by("id"))


def alarms(*, since: date) -> list[ReconciliationPaper]:
    """Certificates for all that do not add up, newest first."""
    return list(ReconciliationPaper.objects.filter(adds_up=False, regulator__isnull=True, from_on__gte=since))
