"""证照核验: the live state of a letter or licence, for anybody who holds the paper; personal data masked.

The page shows what the record says, for the eye to compare with the paper. Validity is the record's, never the paper's.
"""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.crypto import token_digest
from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.masking import mask_name

from . import licences
from .documents import GRANTING
from .domain.entries import is_personal
from .domain.licences import CANCEL_REASONS, LicenceState
from .domain.states import State
from .models import Letter, LetterCorrection, Licence, Party

NOT_FOUND = "没有查到这份文书或证照。请核对编号或重新扫码；查不到的，不能认定为本局出具。"

NOT_OURS = (
    "这个文件与用印的记录不一致：可能改动过，可能是另存或者扫描的副本，也可能不是本局出具。"
    "请用收到的原文件再试，或者扫描文书上的二维码核对。"
)


@dataclass(frozen=True)
class CorrectionShown:
    """一项更正: which entry, by which notice; what a natural person's entry says is not shown."""

    label: str
    notice_number: str
    on: date
    text: str


@dataclass(frozen=True)
class Verification:
    """核验结果: ``is_good`` is green, otherwise the sentence says why not."""

    title: str
    number: str
    department: str
    dated_on: date
    holder: str
    matter: str
    is_good: bool
    sentence: str
    valid_from: date | None = None
    valid_to: date | None = None
    content: str = ""
    sha256: str = ""
    corrections: tuple[CorrectionShown, ...] = ()
    note: str = ""


def verify_token(token: str, *, today: date) -> Verification:
    """What the record says of the paper whose QR code carries ``token``; raises NotFound."""
    letter = (
        Letter.objects.defer("snapshot")
        .select_related("case__party", "case__edition", "department", "licence__next", "case__licence__next")
        .filter(verify_token_hash=token_digest(token[:64]))
        .first()
    )
    if letter is None:
        raise NotFound(NOT_FOUND)
    licence = getattr(letter, "licence", None)
    return _of_licence(licence, today) if licence else _of_letter(letter, today)


def verify_licence_number(number: str, *, today: date) -> Verification:
    """What the record says of the licence with this number (public by 行政许可法第四十条); raises NotFound."""
    licence = (
        Licence.objects.select_related(
            "letter", "holder", "case__party", "case__edition", "issued_by_department", "next"
        )
        .filter(number=licences.normalised_number(number))
        .first()
    )
    if licence is None:
        raise NotFound(NOT_FOUND)
    return _of_licence(licence, today)


def verify_file(sha256: str, *, today: date) -> Verification:
    """What the record says of the letter whose file has this hash; raises NotFound for a file that is not, byte for byte, ours."""
    letter = (
        Letter.objects.defer("snapshot")
        .select_related("case__party", "case__edition", "department", "licence__next", "case__licence__next")
        .filter(sha256=sha256, state=Letter.State.RENDERED)
        .first()
    )
    if letter is None:
        raise NotFound(NOT_OURS)
    licence = getattr(letter, "licence", None)
    return _of_licence(licence, today) if licence else _of_letter(letter, today)


def _holder(party: Party) -> str:
    return mask_name(party.name, natural=party.is_natural)


def _of_letter(letter: Letter, today: date) -> Verification:
    withdrawn = letter.case.current_state is State.WITHDRAWN and letter.kind not in {"D17", "D01"}
    sentence = (
        "本文书确由上述机关出具，但申请人已撤回申请，本件已终止办理。"
        if withdrawn
        else "本文书确由上述机关出具，内容以本页所载编号、事项和日期核对。"
    )
    return Verification(
        title=letter.title,
        number=letter.number,
        department=letter.department.name,
        dated_on=letter.sealed_on,
        holder=_holder(letter.case.party),
        matter=letter.case.edition.name,
        is_good=not withdrawn,
        sentence=sentence,
        sha256=letter.sha256,
        corrections=_corrections(letter),
        note=_licence_note(letter, today),
    )


def _licence_note(letter: Letter, today: date) -> str:
    """What has become of the licence a granting decision led to; "" while it stands."""
    licence = getattr(letter.case, "licence", None)
    if licence is None or letter.kind not in _GRANTING:
        return ""
    state = licences.state_on(licence, today)
    if state is LicenceState.VALID:
        return ""
    return f"依本决定颁发的{licence.title}（{licence.number}）现为“{state.label}”，请核验该证照。"


def _of_licence(licence: Licence, today: date) -> Verification:
    good, sentence = _standing(licence, today)
    return Verification(
        title=licence.title,
        number=licence.number,
        department=licence.issued_by_department.name,
        dated_on=licence.issued_on,
        holder=_holder(licence.case.party),
        matter=licence.case.edition.name,
        is_good=good,
        sentence=sentence,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        content=licence.content,
        sha256=licence.letter.sha256 if licence.letter else "",
        corrections=_corrections(licence.letter) if licence.letter else (),
        note="" if licence.letter else "本证在本门户启用前颁发，依历史登记核验。",
    )


def _standing(licence: Licence, today: date) -> tuple[bool, str]:
    """Whether the licence may be relied on today, and the sentence that says so, or why not."""
    state = licences.state_on(licence, today)
    if state is LicenceState.VALID:
        if today < licence.valid_from:
            return False, f"证照真实，{licence.valid_from.isoformat()}起生效，现在尚未生效。"
        return True, "证照真实、有效。"
    if state is LicenceState.SUPERSEDED:
        return False, f"证照真实，但已由新证替代；现行证照编号：{licence.next.number}。"
    if state is LicenceState.EXPIRED:
        if licences.undecided_renewal(licence) is not None:
            return True, (
                f"证照真实，有效期至{licence.valid_to.isoformat()}；持证人已按期申请延续而届满前没有作出决定，"
                "依法视为准予延续（行政许可法第五十条第二款），新证正在制发。"
            )
        return False, f"证照真实，但已于{licence.valid_to.isoformat()}有效期届满。"
    return False, _ended(licence, state)


def _ended(licence: Licence, state: LicenceState) -> str:
    """How it ended, or what keeps it from being used, with day and body of each change that counts."""
    changes = list(licence.changes.select_related("department").order_by("id"))
    last = changes[-1]
    by = f"由{last.department.name}" if last.department else ""
    paper = f"（{last.document_number}）" if last.document_number else ""
    if state is LicenceState.SUSPENDED:
        until = f"，至{licence.suspended_until_on.isoformat()}" if licence.suspended_until_on else ""
        return f"证照真实，但已于{last.on.isoformat()}{by}暂扣{paper}{until}，现在不得使用。"
    if state is not LicenceState.CANCELLED:
        return f"证照真实，但{state.label}（{last.on.isoformat()}{by}{paper}），不得使用。"
    before = next((one for one in reversed(changes[:-1]) if one.kind in _ENDS), None)
    why = (
        f"，此前{_ENDS[before.kind]}（{before.on.isoformat()}）"
        if before
        else f"：{CANCEL_REASONS[licence.cancel_reason]}"
    )
    return f"证照真实，但已于{last.on.isoformat()}注销{why}，不得使用。"


_ENDS = {"withdrawn": "已被撤回", "revoked": "已被撤销", "forfeited": "已被吊销", "expired": "有效期届满"}
_GRANTING = {kind.value for kind in GRANTING.values()}


def _corrections(letter: Letter) -> tuple[CorrectionShown, ...]:
    """The notices that stand beside the paper; the words of a personal entry are for the holder alone."""
    found = LetterCorrection.objects.filter(letter=letter).select_related("notice").defer("notice__snapshot")
    return tuple(
        CorrectionShown(
            one.label,
            one.notice.number,
            one.notice.sealed_on,
            "" if is_personal(one.entry) else f"“{one.wrong}”更正为“{one.right}”",
        )
        for one in found
    )
