"""What the acts of intake take, hand on and give back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.numbering import Series
from matters.models import Matter

from ...documents import DocumentKind
from ...domain.intake import Judgement, Outcome
from ...events import EventWriter
from ...models import Case, CaseMaterial, Letter
from ..letters import compose_letter, series_of
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
    purpose: str = Case.Purpose.NEW.value
    licence_number: str = ""


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


@dataclass
class Answer:
    """处理: what the outcomes of Article 32 work on. The case and its materials stand in memory, perhaps not yet written.

    An outcome moves the case, says so in its events and gives back its letters; rows of its own it leaves in ``rows``,
    which are written after the letters.
    """

    case: Case
    writer: EventWriter
    materials: Sequence[CaseMaterial]
    chosen: OutcomeInput
    judgement: Judgement
    actor: User
    at: datetime
    numbers: Mapping[Series, int]
    rows: list[Model] = field(default_factory=list)

    @property
    def today(self) -> date:
        return local_date(self.at)

    @property
    def is_overridden(self) -> bool:
        return not self.judgement.allows(self.chosen.outcome)

    def letter(self, kind: DocumentKind, **facts: Any) -> Letter:
        """The letter of this outcome, numbered with what was allotted for it, not yet written."""
        department = self.case.handling_department
        serial = self.numbers[series_of(kind, department, self.today)]
        return compose_letter(
            self.case, kind, department=department, serial=serial, actor=self.actor, at=self.at, **facts
        )
