"""我的证照: what a holder is told of their own licences, and by when a renewal must be asked for."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from .domain.licences import LicenceState
from .domain.progress import cn_date
from .licences import renewal_dates, state_on, undecided_renewal
from .models import Licence


@dataclass(frozen=True)
class OwnLicence:
    """一张自己的证照: what it is today, and the sentence its holder needs; "" where there is nothing to do."""

    licence: Licence
    state: LicenceState
    sentence: str


def licences_of(user: User, today: date) -> list[OwnLicence]:
    """A citizen's own licences, newest first; of each chain the version that counts now, or will."""
    found = (
        Licence.objects.select_related("next", "issued_by_department")
        .filter(holder__user=user, next__isnull=True)
        .order_by("-id")
    )
    return [OwnLicence(one, state_on(one, today), _sentence(one, today)) for one in found]


def _sentence(licence: Licence, today: date) -> str:
    state, end = state_on(licence, today), licence.valid_to
    if state is LicenceState.SUSPENDED:
        until = f"至{cn_date(licence.suspended_until_on)}" if licence.suspended_until_on else ""
        return f"暂扣期间{until}不得使用。"
    if state is LicenceState.EXPIRED:
        return "有效期已经届满；需要继续从事的，请重新申请。"
    if state is not LicenceState.VALID or end is None:
        return ""
    if undecided_renewal(licence) is not None:
        return f"延续申请正在办理；{cn_date(end)}届满前没有决定的，视为准予延续（行政许可法第五十条第二款）。"
    dates = renewal_dates(end, today)
    if dates.remind_on is not None and dates.remind_on <= today <= dates.apply_by:
        return f"需要延续的，请在{cn_date(dates.apply_by)}前提出申请（行政许可法第五十条第一款）。"
    if today > dates.apply_by:
        return f"已过{cn_date(dates.apply_by)}，没有按期提出延续；仍需延续的，请尽快到窗口咨询。"
    return ""
