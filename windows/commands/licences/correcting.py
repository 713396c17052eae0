"""更正通知: a clerical error of a paper is put right by a numbered notice beside the unchanged original; a decision is not reopened."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from ...documents import DocumentKind
from ...domain.entries import Entry, entries_of
from ...events import licences as events
from ...models import Letter, LetterCorrection
from ..acting import begin_act, finish_act
from ..letters import seal_letter


@dataclass(frozen=True)
class Correction:
    """更正的内容: the entry of the paper by its key, what is wrong in it, what it should say, and how the slip came about."""

    entry: str
    wrong: str
    right: str
    reason: str


@transaction.atomic
def correct_letter(
    letter_id: int, *, correction: Correction, actor: User, at: datetime, expected_version: int | None = None
) -> LetterCorrection:
    """Afterwards a notice (N01) with its own number stands beside the letter, which stays as it was sealed.

    Raises NotFound, InvalidInput when the wrong words are not in that entry, DomainError when the entry is the decision itself:
    its substance is changed by 变更, 撤回 or 撤销 only.
    """
    letter = Letter.objects.select_related("case", "department").filter(pk=letter_id).first()
    if letter is None:
        raise NotFound("没有查到这份文书；请从办件页打开。")
    case, writer = begin_act(
        letter.case.number, action="correct_letter", actor=actor, at=at, expected_version=expected_version
    )
    wrong, right = clean_text(correction.wrong, max_length=300), clean_text(correction.right, max_length=300)
    reason = clean_text(correction.reason, max_length=300)
    entry = _entry(letter, correction.entry)
    _require_words(entry, wrong, right, reason)
    notice = seal_letter(
        case,
        DocumentKind.N01,
        department=letter.department,
        actor=actor,
        at=at,
        letter=letter,
        entry=entry,
        wrong=wrong,
        right=right,
        reason=reason,
    )
    made = LetterCorrection.objects.create(
        letter=letter,
        notice=notice,
        entry=entry.key,
        label=entry.label,
        wrong=wrong,
        right=right,
        reason=reason,
        corrected_by=actor,
        corrected_at=at,
    )
    events.record_letter_correction(writer, letter=letter.number, notice=notice.number, entry=entry.key)
    finish_act(case, writer)
    return made


def _entry(letter: Letter, key: str) -> Entry:
    found = next((entry for entry in entries_of(letter.snapshot["print"]) if entry.key == key), None)
    if found is None:
        raise InvalidInput("请选择需要更正的事项。", fields={"entry": "请选择文书中的一项。"})
    if letter.kind == DocumentKind.N01:
        raise DomainError("更正通知书有误的，请对原文书重新出具更正通知书。")
    if found.is_substance:
        raise DomainError(
            f"“{found.label}”是决定的实质内容，不能以更正的方式改变；请依法办理变更，或者撤回、撤销。",
            article="行政许可法第八条、第四十九条、第六十九条",
        )
    return found


def _require_words(entry: Entry, wrong: str, right: str, reason: str) -> None:
    if not wrong or wrong not in entry.text:
        sentence = f"原文书的“{entry.label}”中没有这些文字；请照原文填写。"
        raise InvalidInput(sentence, fields={"wrong": sentence})
    if not right or right == wrong:
        raise InvalidInput("请填写更正后的文字，且与原文不同。", fields={"right": "请填写更正后的文字。"})
    if not reason:
        raise InvalidInput("请说明笔误是怎样发生的。", fields={"reason": "请说明原因。"})
