"""The rows of one transaction of cases written in bulk: events chained as they come, certificates numbered at the end."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from laiyang_approval.kernel.chain import ALGORITHM, GENESIS, link
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_token, token_digest
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.numbering import allot_numbers

from .. import documents
from ..events import EventWriter, event_hash
from ..models import Case, CaseEvent, CaseMaterial, CreditCheck, Decision, Letter, Licence, Opinion
from .bulk_rows import Rows
from .bulk_world import EditionInBulk, World


class EventRow(NamedTuple):
    """One event in the order of its columns, the last but the hash."""

    case_id: int
    sequence: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor_id: int | None
    detail: dict[str, Any]
    alg: str
    prev_hash: str


@dataclass
class Chunk:
    """The rows of one transaction, in the order in which they must be written, and the numbers taken for them."""

    serials: dict[date, Iterator[int]]
    orders: Iterator[int]
    ids: dict[type, Iterator[int]]
    cases: Rows = field(default_factory=lambda: Rows(Case))
    materials: Rows = field(
        default_factory=lambda: Rows(
            CaseMaterial, "case_id", "edition_material_id", "status", "originals", "copies", "note", "received_at"
        )
    )
    credit_checks: Rows = field(default_factory=lambda: Rows(CreditCheck))
    opinions: Rows = field(default_factory=lambda: Rows(Opinion))
    decisions: Rows = field(default_factory=lambda: Rows(Decision))
    letters: Rows = field(default_factory=lambda: Rows(Letter))
    licences: Rows = field(default_factory=lambda: Rows(Licence))
    events: Rows = field(default_factory=lambda: Rows(CaseEvent, *EventRow._fields, "hash"))
    certificates: list["Certificate"] = field(default_factory=list)

    def write(self) -> None:
        for rows in (
            self.cases,
            self.materials,
            self.credit_checks,
            self.opinions,
            self.decisions,
            self.letters,
            self.licences,
            self.events,
        ):
            rows.write()


class Certificate(NamedTuple):
    """A certificate still to be numbered and composed: its ids are taken, for the events name them."""

    case: Case
    edition: EditionInBulk
    decision: SimpleNamespace
    at: datetime
    issuer: User
    letter_id: int
    licence_id: int


@dataclass
class RowWriter(EventWriter):
    """The writer of a case's events, to the rows of a chunk instead of to the table."""

    rows: Rows | None = None

    def add(self, kind: str, **detail: Any) -> None:
        case = self.case
        case.event_count += 1
        plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in detail.items()}
        row = EventRow(
            case.pk,
            case.event_count,
            kind,
            self.at,
            self.recorded_at,
            self.actor.pk if self.actor else None,
            plain,
            ALGORITHM,
            case.last_event_hash,
        )
        case.last_event_hash = event_hash(row, case_number=case.number)
        self.rows.append(*row, case.last_event_hash)


def make_certificates(world: World, chunk: Chunk) -> None:
    """Afterwards the chunk holds the letters and licences, numbered in the order in which they were made out."""
    series = defaultdict(list)
    for made in sorted(chunk.certificates, key=lambda made: made.at):
        word = f"{made.case.deciding_department.document_word}{made.edition.certificate.spec.word}字"
        series[word, str(local_date(made.at).year)].append(made)
    for (word, year), certificates in series.items():
        serials = allot_numbers(word, period=year, count=len(certificates))
        for serial, made in zip(serials, certificates, strict=True):
            _make_certificate(world, chunk, made, series=word, period=year, serial=serial)


def _make_certificate(world: World, chunk: Chunk, made: Certificate, *, series: str, period: str, serial: int) -> None:
    case, kind, decision, on = made.case, made.edition.certificate, made.decision, local_date(made.at)
    department, token = case.deciding_department, new_token()
    seal = world.seal(department, kind.spec.seal_kind, on)
    number = f"{series}〔{period}〕第{serial:04d}号"
    snapshot = documents.compose(
        kind,
        case,
        department=department,
        seal=seal,
        number=number,
        on=on,
        at=made.at,
        verify_token=token,
        decision=decision,
    )
    chunk.letters.add(
        id=made.letter_id,
        case_id=case.pk,
        kind=kind.value,
        title=snapshot["print"]["title"],
        department_id=department.pk,
        series=series,
        period=period,
        serial=serial,
        number=number,
        seal_id=seal.pk,
        sealed_on=on,
        sealed_at=made.at,
        sealed_by_id=made.issuer.pk,
        snapshot=snapshot,
        snapshot_sha256=link(GENESIS, snapshot),
        verify_token_hash=token_digest(token),
    )
    chunk.licences.add(
        id=made.licence_id,
        case_id=case.pk,
        number=number,
        title=snapshot["print"]["title"],
        matter_id=case.matter_id,
        holder_id=case.party_id,
        issued_by_department_id=department.pk,
        letter_id=made.letter_id,
        issued_on=on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        content=decision.content,
        premises=case.premises,
    )
