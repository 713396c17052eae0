"""What the acts of intake take and give back, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from laiyang_approval.kernel.models import StoredFile
from matters.models import Matter

from ...domain.intake import Judgement, Outcome
from ...models import Case, Letter
from ..parties import PartyData
from ..preconditions import CreditQuery


@dataclass(frozen=True)
class MaterialInput:
    """材料登记: how one material of the edition's list came in; ``files`` have passed the upload gate."""

    material_id: int
    status: str
    originals: int = 0
    copies: int = 0
    note: str = ""
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class Application:
    """一份申请: what the counter, or another channel, hands over."""

    matter: Matter
    party: PartyData
    materials: Sequence[MaterialInput]
    channel: str = Case.Channel.WINDOW.value
    agent_name: str = ""
    agent_id_kind: str = ""
    agent_id_number: str = ""
    contact_phone: str = ""
    premises: str = ""
    request: str = ""
    electronic_service: bool = False
    licence_required: bool = True


@dataclass(frozen=True)
class CorrectionInput:
    """补正事项: what is wrong with one material and how to put it right; ``material_id`` is the edition's material."""

    material_id: int
    reason: str
    remedy: str
    basis: str = ""


@dataclass(frozen=True)
class PromiseInput:
    """申请人的承诺: who signed it, the scan of it, and for 告知承诺 what the credit query answered.

    ``lacks`` says by material what is wrong with a paper that is promised for later; a missing one speaks for itself.
    """

    signatory: str = ""
    is_signed: bool = False
    publicity_consent: bool = False
    credit: CreditQuery | None = None
    lacks: Mapping[int, str] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class OutcomeInput:
    """处理结果: the outcome the clerk chose, and what its document needs."""

    outcome: Outcome
    override_reason: str = ""
    reason: str = ""
    corrections: Sequence[CorrectionInput] = ()
    promise: PromiseInput = PromiseInput()


@dataclass(frozen=True)
class TakenIn:
    """收件结果: the case, its letters, and the query code, which is shown once and kept only as an HMAC."""

    case: Case
    query_code: str
    judgement: Judgement
    letters: list[Letter] = field(default_factory=list)
