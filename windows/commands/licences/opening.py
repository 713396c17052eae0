"""A case that no application began: of the office's own motion, or for a licence issued before the portal (every act has a case)."""

from datetime import date, datetime

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import allot_number
from matters import queries as catalogue
from matters.models import Edition, Matter

from ...domain.case_numbers import case_number
from ...domain.states import Event
from ...events import EventWriter
from ...models import Case, Licence, Party
from ..acting import take_event


def open_case(
    event: Event,
    *,
    origin: str,
    purpose: str,
    matter: Matter,
    edition: Edition,
    party: Party,
    handling: Department,
    deciding: Department,
    subject: Licence | None,
    premises: str,
    actor: User,
    at: datetime,
) -> tuple[Case, EventWriter]:
    """Afterwards the case stands in the state ``event`` opens it in; no clock runs. Call inside the act, which ends it."""
    today = local_date(at)
    case = Case(
        number=case_number(today, allot_number("办件", period=f"{today:%Y%m%d}")),
        origin=origin,
        purpose=purpose,
        subject_licence=subject,
        matter=matter,
        edition=edition,
        party=party,
        handling_department=handling,
        deciding_department=deciding,
        premises=premises,
        received_at=at,
        received_by=actor,
        reviewer=actor,
        materials_on=today,
        query_code_hmac=query_code_hmac(new_query_code()),
        query_token_hash=token_digest(new_token()),
    )
    take_event(case, event)
    case.save(force_insert=True)
    return case, EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)


def edition_for(matter: Matter, on: date, fallback: Edition | None = None) -> Edition:
    """The edition in force on ``on``; else the one the licence was granted by, else the newest; raises DomainError."""
    edition = catalogue.competence_on(matter, on).edition or fallback or catalogue.latest_published(matter)
    if edition is None:
        raise DomainError("本事项没有发布过办事指南，不能登记；请事项管理员发布后再办。", article="行政许可法第三十条")
    return edition
