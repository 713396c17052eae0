"""容缺受理: accepted although listed secondary materials are missing, on the applicant's signed promise (row 9)."""

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.names import clean_person_name, clean_text
from laiyang_approval.kernel.rules import rule_value

from ... import events
from ...documents import DocumentKind
from ...domain.intake import OUTCOME_ARTICLES, Outcome
from ...domain.intake_modes import Consequence
from ...domain.states import Event
from ...events import intake_modes as own_events
from ...intake_modes import deferral_due_of, reminder_day
from ...models import CaseFile, CaseMaterial, Deferral, DeferredItem, Letter
from ..acting import take_event
from .acceptance import record_acceptance, start_handling_of
from .inputs import Answer, PromiseInput

ARTICLE = OUTCOME_ARTICLES[Outcome.DEFER]


def accept_deferred(act: Answer) -> list[Letter]:
    """Accepted with D06 and D07; the decision clock runs, and no decision is made before the promised papers are in.

    Raises InvalidInput while the promise is not signed, DomainError where these materials, this applicant or the time left
    do not allow it.
    """
    case, promise = act.case, act.chosen.promise
    if not act.judgement.allows(Outcome.DEFER):
        raise DomainError(f"不能容缺受理：{act.judgement.deferral or act.judgement.sentence}", article=ARTICLE)
    signatory = require_signed(promise, "容缺受理承诺书")
    take_event(case, Event.ACCEPT_DEFERRED)
    case.deferred_acceptance = True
    start_handling_of(act, accepted_on=act.today)
    due_on = deferral_due_of(case, case.edition, accepted_on=act.today)
    if due_on is not None and due_on <= act.today:
        raise DomainError("不能容缺受理：承诺办结时限留不出一个工作日补交材料；请一次性告知补正。", article=ARTICLE)
    acceptance = act.letter(DocumentKind.D06)
    record_acceptance(case, act.writer, acceptance)
    deferral = Deferral(
        case=case,
        signatory=signatory,
        signed_at=act.at,
        taken_by=act.actor,
        consequence=Consequence(rule_value("deferral_default", act.today)).value,
        due_on=due_on,
        remind_on=reminder_day(due_on, "deferral_remind_days"),
    )
    items = [_item(deferral, row, promise) for row in unmet_rows(act)]
    deferral.letter = letter = act.letter(
        DocumentKind.D07,
        items=items,
        due_on=due_on,
        consequence=deferral.known_consequence,
        signatory=signatory,
    )
    act.rows += [deferral, *items, *promise_files(act, "已签署的容缺受理承诺书")]
    own_events.record_deferral(
        act.writer,
        material_ids=[item.material.edition_material_id for item in items],
        due_on=due_on,
        consequence=deferral.consequence,
        letter=letter.number,
    )
    return [acceptance, letter]


def unmet_rows(act: Answer) -> list[CaseMaterial]:
    """The case's materials that stand in the way, in the order of the list."""
    rows = {row.edition_material_id: row for row in act.materials}
    return [rows[one.material_id] for one in act.judgement.unmet]


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


def promise_files(act: Answer, label: str) -> list[CaseFile]:
    """The scan of the signed paper, if there is one, as files of the case, each with its event; not yet written."""
    files = []
    for stored in act.chosen.promise.files:
        files.append(CaseFile(case=act.case, stored=stored, label=label, added_by=act.actor, added_at=act.at))
        events.record_file(act.writer, stored_id=stored.pk, sha256=stored.sha256, material_id=None)
    return files


def _item(deferral: Deferral, row: CaseMaterial, promise: PromiseInput) -> DeferredItem:
    lack = clean_text(promise.lacks.get(row.edition_material_id, ""), max_length=300)
    return DeferredItem(
        deferral=deferral,
        material=row,
        lack=lack or ("未提交" if row.status == CaseMaterial.Status.MISSING else "不符合要求"),
        form=row.edition_material.copies_text,
    )
