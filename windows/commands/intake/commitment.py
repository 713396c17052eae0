"""告知承诺: the conditions are told, the applicant signs, listed materials need not be handed in (row 10, first half)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import rule_int
from matters import queries as catalogue
from matters.commitment import conditions_told, is_high_risk

from ...documents import DocumentKind
from ...domain.clock import Unit
from ...domain.intake import OUTCOME_ARTICLES, Outcome
from ...events import intake_modes as events
from ...events import preconditions as precondition_events
from ...models import Case, CaseMaterial, Commitment, CommittedItem, CreditCheck, Letter
from ..acting import begin_act, finish_act
from ..preconditions import credit_check_of
from .deferral import promise_files, require_signed, unmet_rows
from .inputs import Answer

ARTICLE = OUTCOME_ARTICLES[Outcome.COMMIT]


def take_commitment(act: Answer) -> list[Letter]:
    """The signed commitment (D08) stands with the case, its listed materials count as replaced by it; a decider may grant.

    The applicant's credit is queried first: with bad credit, or an open false promise, the normal way stays. Raises
    InvalidInput while the promise is not signed, DomainError where the materials, the matter or the applicant do not allow it.
    """
    case, promise = act.case, act.chosen.promise
    if not act.judgement.allows(Outcome.COMMIT):
        raise DomainError(f"不能告知承诺：{act.judgement.commitment or act.judgement.sentence}", article=ARTICLE)
    signatory = require_signed(promise, "告知承诺书")
    check = _clean_credit(act)
    edition = catalogue.edition_with_materials(case.edition_id)
    conditions = conditions_told(edition)
    if not conditions:
        raise DomainError(
            "本事项的办事指南没有登记许可条件，无从告知承诺；请事项管理员补录，或按普通程序办理。", article=ARTICLE
        )
    commitment = Commitment(
        case=case,
        signatory=signatory,
        signed_at=act.at,
        taken_by=act.actor,
        publicity_consent=promise.publicity_consent,
    )
    waived = unmet_rows(act)
    commitment.letter = letter = act.letter(
        DocumentKind.D08,
        conditions=conditions,
        waived=[row.edition_material for row in waived],
        check_limit=post_check_limit(case, act.today),
        supervisor=case.matter.supervising_department.name,
        signatory=signatory,
        publicity_consent=promise.publicity_consent,
    )
    items = [CommittedItem(commitment=commitment, material=row, before=row.status) for row in waived]
    act.rows += [check, commitment, *items, *promise_files(act, "已签署的告知承诺书")]
    _stand_in_for(waived)
    case.by_commitment = True
    material_ids = [row.edition_material_id for row in waived]
    events.record_commitment(act.writer, material_ids=material_ids, letter=letter.number)
    return [letter]


def _clean_credit(act: Answer) -> CreditCheck:
    """The credit query, not yet written, with its event; raises where none was made, or its answer is bad."""
    query = act.chosen.promise.credit
    if query is None:
        sentence = "告知承诺前请先查询申请人信用，并登记查询结果。"
        raise InvalidInput(sentence, article=ARTICLE, fields={"credit_result": sentence})
    if query.result == CreditCheck.Result.ADVERSE:
        raise DomainError("申请人有不良信用信息，修复前不适用告知承诺；请按普通程序办理。", article=ARTICLE)
    check = credit_check_of(act.case, query, actor=act.actor, at=act.at)
    precondition_events.record_credit_check(act.writer, check_id=None, result=check.result)
    return check


def _stand_in_for(rows: Sequence[CaseMaterial]) -> None:
    """Afterwards the promise stands in for these materials; rows not yet written change in memory."""
    for row in rows:
        row.status = CaseMaterial.Status.COMMITTED
    written = [row.pk for row in rows if row.pk]
    CaseMaterial.objects.filter(pk__in=written).update(status=CaseMaterial.Status.COMMITTED)


def post_check_limit(case: Case, on: date) -> tuple[int, Unit]:
    """How long after the decision the promises are checked, and in which unit (a bureau rule; sooner where the risk is high)."""
    if is_high_risk(case.matter, on):
        return rule_int("post_check_high_risk_months", on), Unit.MONTH
    return rule_int("post_check_days", on), Unit.WORKDAY


@transaction.atomic
def drop_commitment(
    number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the applicant goes the normal way: the promise no longer stands, the papers it replaced are asked for again."""
    return _drop(number, "drop_commitment", reason, actor=actor, at=at, expected_version=expected_version)


@transaction.atomic
def decline_commitment(
    number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the decider's reason stands why this promise is not enough, and the case goes the normal way."""
    return _drop(number, "decline_commitment", reason, actor=actor, at=at, expected_version=expected_version)


def _drop(number: str, action: str, reason: str, *, actor: User, at: datetime, expected_version: int | None) -> Case:
    reason = clean_text(reason, max_length=500)
    if not reason:
        raise InvalidInput("请写明不再采用告知承诺的理由。", fields={"reason": "请写明理由。"})
    case, writer = begin_act(number, action=action, actor=actor, at=at, expected_version=expected_version)
    commitment = standing_commitment(case)
    if commitment is None:
        raise DomainError("本件没有签署告知承诺书，按普通程序办理即可。", article=ARTICLE)
    for item in commitment.items.select_related("material"):
        item.material.status = item.before
        item.material.save(update_fields=["status"])
    commitment.dropped_at, commitment.dropped_by, commitment.drop_reason = at, actor, reason
    commitment.save(update_fields=["dropped_at", "dropped_by", "drop_reason"])
    case.by_commitment = False
    events.record_commitment_drop(writer, letter=commitment.letter.number, by_decider=action == "decline_commitment")
    finish_act(case, writer)
    return case


def standing_commitment(case: Case) -> Commitment | None:
    """The commitment the case rests on, or None."""
    return case.commitments.select_related("letter").filter(dropped_at__isnull=True).first()
