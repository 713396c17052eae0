"""证照核验: the live state of a letter or licence, for anybody who holds the paper; personal data masked.

The page shows what the record says, for the eye to compare with the paper. Validity is the record's, never the paper's.
"""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.crypto import token_digest
from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.masking import mask_name

from .domain.states import State
from .models import Letter, Licence

NOT_FOUND = "没有查到这份文书或证照。请核对编号或重新扫码；查不到的，不能认定为本局出具。"

NOT_OURS = (
    "这个文件与用印的记录不一致：可能改动过，可能是另存或者扫描的副本，也可能不是本局出具。"
    "请用收到的原文件再试，或者扫描文书上的二维码核对。"
)


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


def verify_token(token: str, *, today: date) -> Verification:
    """What the record says of the paper whose QR code carries ``token``; raises NotFound."""
    letter = (
        Letter.objects.defer("snapshot")
        .select_related("case__party", "case__edition", "department", "licence")
        .filter(verify_token_hash=token_digest(token[:64]))
        .first()
    )
    if letter is None:
        raise NotFound(NOT_FOUND)
    licence = getattr(letter, "licence", None)
    return _of_licence(licence, letter, today) if licence else _of_letter(letter)


def verify_licence_number(number: str, *, today: date) -> Verification:
    """What the record says of the licence with this number (public by 行政许可法第四十条); raises NotFound."""
    wanted = (
        number.strip().replace(" ", "").replace("[", "〔").replace("]", "〕").replace("（", "〔").replace("）", "〕")
    )
    licence = (
        Licence.objects.select_related("letter__case__party", "letter__case__edition", "letter__department")
        .filter(number=wanted)
        .first()
    )
    if licence is None:
        raise NotFound(NOT_FOUND)
    return _of_licence(licence, licence.letter, today)


def verify_file(sha256: str, *, today: date) -> Verification:
    """What the record says of the letter whose file has this hash; raises NotFound for a file that is not, byte for byte, ours."""
    letter = (
        Letter.objects.defer("snapshot")
        .select_related("case__party", "case__edition", "department", "licence")
        .filter(sha256=sha256, state=Letter.State.RENDERED)
        .first()
    )
    if letter is None:
        raise NotFound(NOT_OURS)
    licence = getattr(letter, "licence", None)
    return _of_licence(licence, letter, today) if licence else _of_letter(letter)


def _holder(letter: Letter) -> str:
    party = letter.case.party
    return mask_name(party.name, natural=party.is_natural)


def _of_letter(letter: Letter) -> Verification:
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
        holder=_holder(letter),
        matter=letter.case.edition.name,
        is_good=not withdrawn,
        sentence=sentence,
        sha256=letter.sha256,
    )


def _of_licence(licence: Licence, letter: Letter, today: date) -> Verification:
    if today < licence.valid_from:
        good, sentence = False, f"证照真实，{licence.valid_from.isoformat()}起生效，现在尚未生效。"
    elif licence.valid_to is not None and today > licence.valid_to:
        good, sentence = False, f"证照真实，但已于{licence.valid_to.isoformat()}有效期届满。"
    else:
        good, sentence = True, "证照真实、有效。"
    return Verification(
        title=licence.title,
        number=licence.number,
        department=letter.department.name,
        dated_on=licence.issued_on,
        holder=_holder(letter),
        matter=letter.case.edition.name,
        is_good=good,
        sentence=sentence,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        content=licence.content,
        sha256=letter.sha256,
    )
