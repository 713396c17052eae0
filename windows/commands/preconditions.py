"""决定前的记录: credit query, lawful fees and their settlement, the report to the body that decides."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import rule_int
from matters.models import Fee

from ..documents import DocumentKind
from ..domain.clock import Limit, Unit, run_clock
from ..domain.fees import require_lawful
from ..events import EventWriter
from ..events import preconditions as events
from ..models import Case, CaseFile, CreditCheck, FeeNotice, Letter, UpwardReport
from ..preconditions import bodies_above, is_decided_above, is_founded
from .acting import begin_act, finish_act
from .clocking import stop_clock
from .letters import seal_letter


@dataclass(frozen=True)
class CreditQuery:
    """信用查询登记: where was asked, what the answer was, and what follows from it."""

    source: str
    result: str
    detail: str = ""
    consequence: str = ""


@transaction.atomic
def record_credit_check(
    number: str, *, query: CreditQuery, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards it stands when and where the applicant's credit was looked up, and what was made of the answer.

    Bad credit alone refuses nothing: it closes deferral and commitment, or asks for a closer look. No answer is not a bad
    answer, and needs a note. Raises InvalidInput.
    """
    case, writer = begin_act(number, action="credit_check", actor=actor, at=at, expected_version=expected_version)
    log_credit_check(case, writer, query, actor=actor, at=at)
    finish_act(case, writer)
    return case


def log_credit_check(case: Case, writer: EventWriter, query: CreditQuery, *, actor: User, at: datetime) -> CreditCheck:
    """The query as it stands on record; part of the act that rests on it. Raises InvalidInput."""
    check = credit_check_of(case, query, actor=actor, at=at)
    check.save()
    events.record_credit_check(writer, check_id=check.pk, result=check.result)
    return check


def credit_check_of(case: Case, query: CreditQuery, *, actor: User, at: datetime) -> CreditCheck:
    """The query as a row not yet written; raises InvalidInput."""
    if query.result not in CreditCheck.Result.values:
        raise InvalidInput("请选择信用查询结果。", fields={"result": "请选择查询结果。"})
    source, consequence = clean_text(query.source, max_length=100), clean_text(query.consequence, max_length=500)
    if not source:
        raise InvalidInput("请填写在哪个平台查询。", fields={"source": "请填写查询平台。"})
    if query.result != CreditCheck.Result.CLEAR and not consequence:
        sentence = "没有得到答复或者有不良信息的，请写明如何处理。"
        raise InvalidInput(sentence, article="山东省社会信用条例第二十二条", fields={"consequence": sentence})
    return CreditCheck(
        case=case,
        source=source,
        result=query.result,
        detail=clean_text(query.detail, max_length=1000, multiline=True),
        consequence=consequence,
        checked_by=actor,
        checked_at=at,
    )


@transaction.atomic
def notify_fee(
    number: str,
    *,
    fee_id: int,
    amount: Decimal,
    payee: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the applicant has a notice (D19) of a fee of this edition, and no decision is made before it is settled.

    Raises DomainError for a fee that no law or administrative regulation has (行政许可法第五十八条、第五十九条).
    """
    payee = clean_text(payee, max_length=100)
    if not payee:
        raise InvalidInput("请填写收款单位。", fields={"payee": "请填写收款单位。"})
    if not Decimal("0.01") <= amount <= Decimal("99999999999999.99"):
        raise InvalidInput("金额须大于0，精确到分。", fields={"amount": "金额须大于0，精确到分。"})
    case, writer = begin_act(number, action="notify_fee", actor=actor, at=at, expected_version=expected_version)
    fee = Fee.objects.filter(pk=fee_id, edition_id=case.edition_id).first()
    if fee is None:
        raise InvalidInput("收费项目不在本事项的收费清单内；请按清单选择。", fields={"fee": "请选择清单内的收费项目。"})
    require_lawful(fee.name, is_for_licence=fee.is_for_licence, is_founded=is_founded(fee))
    if FeeNotice.objects.filter(case=case, fee=fee).exists():
        raise DomainError(f"“{fee.name}”已出具过缴费通知；同一收费只通知一次。", article="行政许可法第五十九条")
    letter = seal_letter(
        case,
        DocumentKind.D19,
        department=case.handling_department,
        actor=actor,
        at=at,
        fee=fee,
        amount=amount,
        payee=payee,
    )
    notice = FeeNotice.objects.create(
        case=case, fee=fee, amount=amount, payee=payee, letter=letter, given_by=actor, given_at=at
    )
    events.record_fee_notice(writer, notice_id=notice.pk, fee_id=fee.pk, letter=letter.number)
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class Payment:
    """缴费登记: the voucher, who paid what on which day."""

    voucher_number: str
    payer: str
    amount: Decimal
    paid_on: date


@transaction.atomic
def record_payment(
    number: str,
    *,
    notice_id: int,
    payment: Payment,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the fee of the notice is settled with its voucher; the whole amount, not more and not less."""
    voucher, payer = clean_text(payment.voucher_number, max_length=60), clean_text(payment.payer, max_length=100)
    if not voucher or not payer:
        raise InvalidInput("请填写缴款凭证号和缴款人。", fields={"voucher_number": "凭证号和缴款人都要填写。"})
    if payment.paid_on > local_date(at):
        raise InvalidInput("缴款日期不能晚于今天。", fields={"paid_on": "缴款日期不能晚于今天。"})
    case, writer = begin_act(number, action="settle_fee", actor=actor, at=at, expected_version=expected_version)
    notice = _open_notice(case, notice_id)
    if payment.paid_on < local_date(notice.given_at):
        raise InvalidInput("缴款日期早于缴费通知，请核对。", fields={"paid_on": "缴款日期不能早于缴费通知。"})
    if payment.amount != notice.amount:
        raise InvalidInput(
            f"缴款金额与通知的{notice.amount}元不一致；请核对凭证。",
            article="行政许可法第五十九条",
            fields={"amount": f"应为{notice.amount}元。"},
        )
    notice.voucher_number, notice.payer, notice.paid_on = voucher, payer, payment.paid_on
    _settle(case, writer, notice, actor=actor, at=at)
    return case


@transaction.atomic
def reduce_fee(
    number: str, *, notice_id: int, basis: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the fee of the notice is waived on the provision given."""
    basis = clean_text(basis, max_length=300)
    if not basis:
        raise InvalidInput("请填写减免依据。", fields={"basis": "请填写减免依据的条款。"})
    case, writer = begin_act(number, action="reduce_fee", actor=actor, at=at, expected_version=expected_version)
    notice = _open_notice(case, notice_id)
    notice.reduction_basis = basis
    _settle(case, writer, notice, actor=actor, at=at)
    return case


def _open_notice(case: Case, notice_id: int) -> FeeNotice:
    notice = FeeNotice.objects.filter(case=case, pk=notice_id).first()
    if notice is None:
        raise InvalidInput("没有这份缴费通知；请刷新页面后再登记。")
    if notice.settled_at is not None:
        raise DomainError("这份缴费通知已经结清，不能重复登记。")
    return notice


def _settle(case: Case, writer, notice: FeeNotice, *, actor: User, at: datetime) -> None:
    notice.settled_by, notice.settled_at = actor, at
    notice.save()
    events.record_fee_settlement(
        writer, notice_id=notice.pk, reduced=bool(notice.reduction_basis), paid_on=notice.paid_on
    )
    finish_act(case, writer)


@transaction.atomic
def report_upward(
    number: str,
    *,
    opinion: str,
    actor: User,
    at: datetime,
    body_id: int | None = None,
    expected_version: int | None = None,
) -> Case:
    """Afterwards opinion and whole file have gone up to the body that decides, once (行政许可法第三十五条、第四十三条).

    ``body_id``: which body above the county, where the law gives it the decision; the office's own term is met then, and the
    case waits without a light until the decision is registered.
    """
    text = clean_text(opinion, max_length=4000, multiline=True)
    if not text:
        raise InvalidInput("请填写初步审查意见。", fields={"opinion": "请写明初步审查意见。"})
    case, writer = begin_act(number, action="report_upward", actor=actor, at=at, expected_version=expected_version)
    if case.deciding_department_id == case.handling_department_id and not is_decided_above(case):
        raise DomainError(
            f"本事项由{case.handling_department.name}自己决定，不需要报送。", article="行政许可法第三十五条"
        )
    if UpwardReport.objects.filter(case=case).exists():
        raise DomainError(
            "本件已经报送过，案卷一次报齐；上级机关不得要求申请人重复提供材料。", article="行政许可法第三十五条"
        )
    due_on = upward_due_on(case)
    if is_decided_above(case):
        case.deciding_department = _body_above(body_id, local_date(at))
        stop_clock(case)
    report = UpwardReport.objects.create(
        case=case,
        to_body=case.deciding_department.name,
        opinion=text,
        file_list=_file_list(case),
        sent_by=actor,
        sent_at=at,
        due_on=due_on,
    )
    events.record_upward_report(writer, report_id=report.pk, due_on=report.due_on)
    finish_act(case, writer)
    return case


def upward_due_on(case: Case) -> date | None:
    """When the lower body's review must be done: twenty working days after acceptance, unless the matter's own law says
    otherwise (行政许可法第四十三条)."""
    if is_decided_above(case):
        return case.statutory_due_on
    days = rule_int("upward_report_days", case.accepted_on)
    return run_clock(case.accepted_on, Limit(days, Unit.WORKDAY), current_calendar()).due


def _body_above(body_id: int | None, on: date) -> Department:
    found = next((body for body in bodies_above(on) if body.pk == body_id), None)
    if found is None:
        sentence = "请选择依法作出决定的上级机关；没有列出的，请系统管理员先登记该机关及其救济途径。"
        raise InvalidInput(sentence, article="行政许可法第三十五条", fields={"body_id": sentence})
    return found


def _file_list(case: Case) -> list[dict[str, str | int]]:
    """What went up: every letter and attachment by its hash."""
    letters = Letter.objects.filter(case=case).values_list("pk", "snapshot_sha256")
    files = CaseFile.objects.filter(case=case).values_list("pk", "stored__sha256")
    return [{"letter": pk, "sha256": digest} for pk, digest in letters] + [
        {"file": pk, "sha256": digest} for pk, digest in files
    ]
