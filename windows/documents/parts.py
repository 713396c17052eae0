"""The parts letters share, already in the words they print: dates, limits, parties, materials, fees, names of papers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.masking import mask_id_number
from laiyang_approval.kernel.rules import rule_int
from matters.models import Edition

from ..domain.remedies import Terms, remedies_for
from ..domain.restrictions import Falsehood
from ..models import Case, CaseMaterial, Party

UNKNOWN = "待核实"

_CERTIFICATE = re.compile(r"(证|证书|执照|证明)$")
_OTHER_PAPER = re.compile(r"(书|文件|意见|回执|凭证|通知|记录|结论|号牌|代码|批复)$")
_LAST_BRACKETS = re.compile(r"（[^）]*）$")
#: Emoji and pictographs: no font of official documents has them, and no letter says anything with them.
_PICTOGRAPHS = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0xE0000, 0xE007F))
#: They make a line read otherwise than it was typed.
_BIDIRECTIONAL = {0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def date_text(day: date) -> str:
    """2026年3月5日: no zero padding (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def local_date_text(moment: datetime) -> str:
    """The day of ``moment`` in Shanghai."""
    return date_text(local_date(moment))


def moment_text(moment: datetime) -> str:
    """2026年3月5日9时07分, in Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{date_text(local.date())}{local.hour}时{local.minute:02d}分"


def limit_text(value: int, unit_label: str) -> str:
    """20个工作日, 7日（自然日）, 2个月, or 当日 for the limit 0."""
    if value == 0:
        return "当日办结"
    return f"{value}个工作日" if unit_label == "工作日" else f"{value}{unit_label}"


def rule_days(key: str, on: date) -> str:
    """The working days a rule gives, as a letter says them."""
    return f"{rule_int(key, on)}个工作日"


def cited_together(keys: Sequence[str], on: date) -> str:
    """Provisions as they are in force on ``on``; the name of one law is said once."""
    first, *others = [law_on(key, on) for key in keys]
    return "、".join([first.citation, *(one.article if one.law == first.law else one.citation for one in others)])


def due_text(due: date | None, missing_year: int | None) -> str:
    """The due date; where its year's calendar is not published, that the date will be told (rule K10: never a guess)."""
    if due is not None:
        return date_text(due)
    if missing_year is not None:
        return f"待公布（{missing_year}年放假安排公布后另行告知）"
    return ""


def validity_text(start: date | None, end: date | None) -> str:
    """自2026年3月5日起至2031年3月4日止, or 长期."""
    if start is None:
        return ""
    return f"自{date_text(start)}起至{date_text(end)}止" if end else f"自{date_text(start)}起长期有效"


def party(row: Party) -> dict[str, str]:
    """The applicant as a letter names them; a natural person's number is masked, a public credit code is not (C12)."""
    kind = IdKind(row.id_kind)
    return {
        "name": row.name,
        "id_kind": kind.label,
        "id_number": row.id_number if kind is IdKind.CREDIT_CODE else mask_id_number(row.id_number),
        "representative": row.legal_representative,
        "address": row.address,
    }


def matter_name(case: Case, edition: Edition) -> str:
    """The matter, with the 办理项 where it is not a new undertaking: 食品经营许可（延续）."""
    if case.purpose == Case.Purpose.NEW:
        return edition.name
    return f"{edition.name}（{case.get_purpose_display()}）"


def agent(case: Case) -> str:
    """Whoever brought the application."""
    return case.agent_name


def materials(rows: Sequence[CaseMaterial]) -> tuple[list[dict[str, str]], list[str]]:
    """The materials received, as lines of the receipt, and the names of those on the list that did not come in."""
    received, absent = [], []
    for row in rows:
        listed = row.edition_material
        if row.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.DEFECTIVE}:
            received.append({"name": listed.name, "form": _copies(row) or listed.get_form_display(), "note": row.note})
        elif row.status == CaseMaterial.Status.MISSING:
            absent.append(listed.name)
    return received, absent


def _copies(row: CaseMaterial) -> str:
    return "、".join(
        text
        for text in (
            f"原件{row.originals}份" if row.originals else "",
            f"复印件{row.copies}份" if row.copies else "",
        )
        if text
    )


def fees(edition: Edition) -> str:
    """What handling costs; nothing may be charged without a law or administrative regulation (行政许可法第五十八条)."""
    charged = [fee for fee in edition.fees.all() if fee.is_for_licence]
    if charged:
        return "；".join(
            f"{fee.name}：{fee.standard or UNKNOWN}" + (f"（{fee.basis}）" if fee.basis else "") for fee in charged
        )
    note = edition.fee_note.strip()
    if not note:
        return UNKNOWN
    return "不收取费用" if note in {"无", "不收费"} else note


def certificate_name(result_document: str) -> str:
    """The first certificate among the result documents of a matter, or "" where the decision itself is the result.

    “占用、挖掘城市道路许可证” is one name: a part that names no paper belongs to the next.
    """
    name = ""
    for part in re.split(r"[、；;]", result_document):
        name = f"{name}、{part.strip()}" if name else part.strip()
        bare = _LAST_BRACKETS.sub("", name)
        if _CERTIFICATE.search(bare):
            return bare
        if _OTHER_PAPER.search(bare):
            name = ""
    return ""


def certificate_fit(printed: dict[str, Any]) -> dict[str, bool]:
    """How much the face of a certificate must hold: ``is_long`` sends what is permitted to an annex, ``is_crowded`` asks
    for small print."""
    content, conditions, party = printed["content"], printed["conditions"], printed["party"]
    words = [party["name"], party["representative"], party["address"], printed["premises"], printed["supervisor"]]
    return {
        "is_long": len(content + conditions) > 220 or (content + conditions).count("\n") > 7,
        "is_crowded": sum(map(len, words)) > 150 or max(map(len, words)) > 60,
    }


@lru_cache(maxsize=8192)
def is_unprintable(character: str) -> bool:
    """Whether no letter can carry the character: pictographs, turns of the writing direction, private use, controls."""
    point = ord(character)
    if any(first <= point <= last for first, last in _PICTOGRAPHS) or point in _BIDIRECTIONAL:
        return True
    return unicodedata.category(character) in {"Co", "Cn", "Cs"} or (
        unicodedata.category(character) == "Cc" and character not in "\n\r\t"
    )


def remedies(case: Case, facts: dict[str, Any]) -> dict[str, str]:
    """The remedies a paper tells, of the body in whose name the act is done (行政许可法第三十八条第二款)."""
    on = facts["on"]
    terms = Terms(
        review=law_on("fyf_review", on), suit=law_on("ssf_suit", on), after_review=law_on("ssf_after_review", on)
    )
    return asdict(remedies_for(facts["remedy_route"], terms=terms, served_online=case.electronic_service))


def falsehood(facts: dict[str, Any]) -> str:
    """What follows for an applicant who hid facts or brought false papers (行政许可法第七十八条); "" for everybody else."""
    if facts.get("falsehood", Falsehood.NONE) is Falsehood.NONE:
        return ""
    warned = "隐瞒有关情况、提供虚假材料申请行政许可，本机关给予警告"
    if facts.get("banned_until") is None:
        return warned
    until = date_text(facts["banned_until"])
    return f"{warned}；属于直接关系公共安全、人身健康、生命财产安全事项，一年内（至{until}止）不得再次申请该行政许可"
