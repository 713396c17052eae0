"""严重失信主体名单: put on by the department that decided, under a national rule in force; taken off by the same department."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.id_codes import check_credit_code
from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_organisation_name, clean_text
from laiyang_approval.kernel.numbering import allot_number

from .. import dishonesty, permissions
from ..domain.dishonesty import LONGEST, end_of, lists_of
from ..domain.publicity import has_personal_number, public_code
from ..models import DishonestyListing


@dataclass(frozen=True)
class NewListing:
    """列入: which list, which organisation, by which decision of which day."""

    list_key: str
    subject_name: str
    subject_code: str
    document_number: str
    listed_on: date


@transaction.atomic
def list_dishonest(new: NewListing, *, department: Department, actor: User, at: datetime) -> DishonestyListing:
    """Afterwards the organisation stands on the list for the period the list's rule gives, at most five years.

    Raises NotPermitted for whoever does not act for the department, InvalidInput for a list the department does not decide on, a
    rule not in force that day, a code that is none of an organisation, a decision still to come; DomainError for one listed before.
    """
    if department.pk not in permissions.bodies_of(actor):
        raise NotPermitted("不能由本人列入名单：须由作出列入决定的部门登记。")
    if new.list_key not in lists_of(department.code):
        raise _invalid("list_key", "本部门不认定这种名单；只能列入国家规定允许、由本部门认定的名单。")
    if new.listed_on > local_date(at):
        raise _invalid("listed_on", "列入日期不能晚于今天。")
    try:
        rule, longest = law_on(new.list_key, new.listed_on), law_on(LONGEST, new.listed_on)
    except DomainError:
        raise _invalid("listed_on", "该日期没有允许列入这种名单的国家规定，不能列入。") from None
    code, name = check_credit_code(new.subject_code), clean_organisation_name(new.subject_name)
    document = clean_text(new.document_number, max_length=60)
    if not document or has_personal_number(document):
        raise _invalid("document_number", "请填写列入决定书的文号。")
    # A person's own number may pass for a code, and may stand in a name: neither is ever shown.
    if has_personal_number(name) or not public_code(natural=False, id_kind="credit_code", id_number=code):
        raise _invalid("subject_name", "名称或代码含有个人号码，不能公示；请核对。")
    sequence = allot_number("失信名单", period=str(local_date(at).year))
    same = DishonestyListing.objects.filter(department=department, document_number=document, subject_code=code)
    if same.exists():
        raise DomainError("该主体已按同一决定列入，不能重复登记。")
    return DishonestyListing.objects.create(
        number=f"SX-{local_date(at).year}-{sequence:04d}",
        list_key=new.list_key,
        list_name=rule.content,
        basis=rule.citation,
        subject_name=name,
        subject_code=code,
        department=department,
        document_number=document,
        listed_on=new.listed_on,
        ends_on=end_of(new.listed_on, months=rule.term_value, most_months=longest.term_value),
        recorded_at=at,
        recorded_by=actor,
    )


@transaction.atomic
def remove_listing(number: str, *, removal: str, note: str, actor: User, at: datetime) -> DishonestyListing:
    """Afterwards the organisation is shown no more from today on; why, on which decision and by whom is kept.

    Raises NotFound, NotPermitted, InvalidInput without a reason and its document, DomainError for one that has ended.
    """
    listing = dishonesty.lock_listing(number)
    permissions.require_listing(actor, listing)
    note = clean_text(note, max_length=300)
    if removal not in DishonestyListing.Removal.values:
        raise _invalid("removal", "请选择移出原因。")
    if not note:
        raise _invalid("note", "请写明移出决定的文号和依据。")
    today = local_date(at)
    if listing.removed_on is not None or listing.ends_on <= today:
        raise DomainError("该条已经移出或者期满，不必再办。")
    listing.removed_on, listing.removed_by, listing.removal, listing.removal_note = today, actor, removal, note
    listing.save()
    return listing


def _invalid(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, fields={field: sentence})
