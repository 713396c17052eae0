"""容缺受理: accepted although listed secondary materials are missing, on the applicant's signed promise (row 9)."""

from datetime import datetime

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_person_name, clean_text
from laiyang_approval.kernel.rules import rule_value

from ... import queries
from ...documents import DocumentKind
from ...domain.intake import OUTCOME_ARTICLES, Judgement, Outcome
from ...domain.intake_modes import Consequence
from ...domain.states import Event
from ...events import EventWriter
from ...events import intake_modes as events
from ...intake_modes import deferral_due_of, reminder_day
from ...models import Case, CaseFile, CaseMaterial, Deferral, DeferredItem, Letter
from ..acting import take_event
from ..letters import seal_letter
from .acceptance import acceptance_letter, record_acceptance, start_handling
from .inputs import OutcomeInput, PromiseInput
from .materials import attach_files

ARTICLE = OUTCOME_ARTICLES[Outcome.DEFER]


def accept_deferred(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> list[Letter]:
    """Accepted with D06 and D07; the decision clock runs, and no decision is made before the promised papers are in.

    Raises InvalidInput while the promise is not signed, DomainError where these materials, this applicant or the time left
    do not allow it.
    """
    if not judgement.allows(Outcome.DEFER):
        raise DomainError(f"不能容缺受理：{judgement.deferral or judgement.sentence}", article=ARTICLE)
    signatory = require_signed(chosen.promise, "容缺受理承诺书")
    take_event(case, Event.ACCEPT_DEFERRED)
    today = local_date(at)
    case.deferred_acceptance = True
    start_handling(case, accepted_on=today, accepted_by=actor, at=at)
    due_on = deferral_due_of(case, case.edition, accepted_on=today)
    if due_on is not None and due_on <= today:
        raise DomainError("不能容缺受理：承诺办结时限留不出一个工作日补交材料；请一次性告知补正。", article=ARTICLE)
    rows = {row.edition_material_id: row for row in queries.material_rows(case)}
    items = [_item(rows[one.material_id], chosen.promise) for one in judgement.unmet]
    acceptance = acceptance_letter(case, actor=actor, at=at)
    record_acceptance(case, writer, letter_id=acceptance.pk)
    consequence = Consequence(rule_value("deferral_default", today))
    letter = seal_letter(
        case,
        DocumentKind.D07,
        department=case.handling_department,
        actor=actor,
        at=at,
        items=items,
        due_on=due_on,
        consequence=consequence,
        signatory=signatory,
    )
    deferral = Deferral.objects.create(
        case=case,
        signatory=signatory,
        signed_at=at,
        taken_by=actor,
        letter=letter,
        consequence=consequence.value,
        due_on=due_on,
        remind_on=reminder_day(due_on, "deferral_remind_days"),
    )
    for item in items:
        item.deferral = deferral
    DeferredItem.objects.bulk_create(items)
    attach_promise(case, chosen.promise, "已签署的容缺受理承诺书", writer, actor=actor, at=at)
    events.record_deferral(
        writer,
        material_ids=[one.material_id for one in judgement.unmet],
        due_on=due_on,
        consequence=consequence.value,
        letter_id=letter.pk,
    )
    return [acceptance, letter]


def require_signed(promise: PromiseInput, paper: str) -> str:
    """The name of whoever signed; raises InvalidInput while nobody has."""
    if not promise.is_signed:
        sentence = f"请申请人阅读并签署{paper}后，勾选“申请人已签署”。"
        raise InvalidInput(sentence, fields={"promise_signed": sentence})
    if not promise.signatory.strip():
        raise InvalidInput("请填写承诺人。", fields={"promise_by": "请填写签署承诺书的人。"})
    try:
        return clean_person_name(promise.signatory)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={"promise_by": error.message}) from error


def attach_promise(
    case: Case, promise: PromiseInput, label: str, writer: EventWriter, *, actor: User, at: datetime
) -> None:
    """Afterwards the scan of the signed paper, if there is one, is among the case's files."""
    attach_files(case, None, promise.files, writer, actor=actor, at=at)
    CaseFile.objects.filter(case=case, stored__in=promise.files).update(label=label)


def _item(row: CaseMaterial, promise: PromiseInput) -> DeferredItem:
    lack = clean_text(promise.lacks.get(row.edition_material_id, ""), max_length=300)
    return DeferredItem(
        material=row,
        lack=lack or ("未提交" if row.status == CaseMaterial.Status.MISSING else "不符合要求"),
        form=row.edition_material.copies_text,
    )
