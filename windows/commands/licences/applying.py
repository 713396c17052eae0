"""变更、延续、补发、注销的申请: which licence it is about, and whether it can still be asked for (行政许可法第四十九条、第五十条、第七十条)."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.rules import rule_value
from matters.models import Matter

from ... import licences
from ...documents import has_certificate
from ...domain.licences import LIVING_STATES, LicenceState
from ...domain.states import HANDLING_STATES, State
from ...models import Case, Licence, Party

#: What a holder may ask for about a licence; 新办 is about none.
ABOUT_A_LICENCE = (
    Case.Purpose.CHANGE,
    Case.Purpose.RENEWAL,
    Case.Purpose.REPLACEMENT,
    Case.Purpose.CANCELLATION,
)


#: An application in one of these is still on its way to a decision, or to the certificate that follows it.
_ON_THE_WAY = (State.RECEIVED, State.CORRECTION_PENDING, *HANDLING_STATES, State.GRANTED)


@dataclass(frozen=True)
class Subject:
    """所涉证照: the licence an application is about, and what its expiry means for the application."""

    purpose: str
    licence: Licence | None = None
    decide_before_on: date | None = None
    renewal_in_time: bool = False


def find_licence(purpose: str, number: str, *, matter: Matter, on: date) -> Licence | None:
    """The licence asked about, when this can be asked of it on ``on``; None for 新办.

    Raises InvalidInput for a number that is not on record or of another matter, DomainError when the licence, or the day, does
    not allow the application.
    """
    if purpose == Case.Purpose.NEW:
        return None
    if purpose not in ABOUT_A_LICENCE:
        raise InvalidInput("请选择办理项。", fields={"purpose": "请选择新办、变更、延续、补发或注销。"})
    word = Case.Purpose(purpose).label
    if not number.strip():
        raise InvalidInput(f"办理{word}须填写证照编号。", fields={"licence_number": "请填写证照编号。"})
    licence = licences.licence_by_number(number)
    if licence is None:
        sentence = "没有查到这个证照编号；划转前的证照请先登记到证照库，再办理。"
        raise InvalidInput(sentence, fields={"licence_number": sentence})
    if licence.matter_id != matter.pk:
        sentence = f"该证照属于“{licence.matter.name}”，与所选事项不一致；请改选事项。"
        raise InvalidInput(sentence, fields={"licence_number": sentence})
    _require_living(licence, purpose, on)
    if purpose == Case.Purpose.RENEWAL:
        _require_renewable(licence, on)
    if purpose == Case.Purpose.REPLACEMENT and not has_certificate(licence.case.edition):
        raise DomainError("本事项没有证件，不需要补发；决定书可以凭查询码随时下载。")
    _require_not_asked_already(licence, purpose)
    return licence


def subject_of(licence: Licence | None, purpose: str, *, party: Party, on: date) -> Subject:
    """What a case keeps of the licence; raises DomainError when the applicant does not hold it."""
    if licence is None:
        return Subject(purpose)
    if licence.holder_id != party.pk:
        sentence = "申请人不是该证照的持证人；请核对证件号码，持证人死亡或者终止的由本机关依职权办理注销。"
        raise InvalidInput(sentence, fields={"licence_number": "该证照的持证人不是本申请人。"})
    if purpose != Case.Purpose.RENEWAL:
        return Subject(purpose, licence)
    dates = licences.renewal_dates(licence.valid_to, on)
    return Subject(purpose, licence, decide_before_on=licence.valid_to, renewal_in_time=dates.is_in_time(on))


def _require_living(licence: Licence, purpose: str, on: date) -> None:
    state = licences.state_on(licence, on)
    word = Case.Purpose(purpose).label
    if state is LicenceState.SUPERSEDED:
        raise DomainError(f"该证照已由{licence.next.number}替代，不能再{word}；请按现行证照办理。")
    if state is LicenceState.EXPIRED:
        raise DomainError(
            f"该证照已于{licence.valid_to.isoformat()}有效期届满，不能再{word}；需要继续从事的，请按新办申请。",
            article="行政许可法第五十条、第七十条第一项",
        )
    if state not in LIVING_STATES:
        raise DomainError(
            f"该证照{state.label}，不能再{word}；需要继续从事的，请按新办申请。", article="行政许可法第七十条"
        )
    if state is LicenceState.SUSPENDED and purpose == Case.Purpose.CHANGE:
        raise DomainError("该证照正在暂扣期间，不能变更；暂扣期满或者恢复后再申请。", article="行政处罚法第九条第三项")


def _require_renewable(licence: Licence, on: date) -> None:
    if licence.valid_to is None:
        raise DomainError("该证照长期有效，不需要延续。", article="行政许可法第五十条第一款")
    dates = licences.renewal_dates(licence.valid_to, on)
    if not dates.is_in_time(on) and rule_value("renewal_late", on) == "new_application":
        raise DomainError(
            f"延续须在有效期届满三十日前提出（本证至{dates.apply_by.isoformat()}），现已逾期；请按新办申请。",
            article="行政许可法第五十条第一款",
        )


def _require_not_asked_already(licence: Licence, purpose: str) -> None:
    waiting = (
        Case.objects.filter(subject_licence=licence, purpose=purpose, state__in=[state.value for state in _ON_THE_WAY])
        .values_list("number", flat=True)
        .first()
    )
    if waiting is not None:
        raise DomainError(
            f"该证照已有{Case.Purpose(purpose).label}的申请在办（{waiting}），不能重复申请；请在该件中办理。"
        )
