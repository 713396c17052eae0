"""更正: which entries of a paper may be put right by a notice, and which are the decision itself. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """文书中的一项: where it stands among the printed facts, what it is called, what it says, and whether it is the decision."""

    key: str
    label: str
    text: str
    is_substance: bool
    is_personal: bool = False


#: Clerical: a slip of the pen in these changes nothing that was decided.
_CLERICAL = {
    "party.name": ("申请人名称", True),
    "party.id_number": ("证件号码", True),
    "party.representative": ("法定代表人（负责人）", True),
    "party.address": ("住所", True),
    "agent": ("经办人", True),
    "premises": ("经营场所（地址）", False),
    "matter_name": ("事项名称", False),
    "contact_phone": ("咨询电话", False),
    "complaint_phone": ("监督投诉电话", False),
    "certificate": ("证件名称", False),
    "supervisor": ("监督管理部门", False),
}
#: The decision itself: only a change, a withdrawal or a revocation reaches it.
_SUBSTANCE = {
    "content": "许可内容",
    "conditions": "附加条件",
    "validity": "有效期",
    "valid_from": "有效期自",
    "valid_to": "有效期至",
    "received_on": "申请日期",
    "accepted_on": "受理日期",
    "statutory_due": "法定届满日",
    "promised_due": "承诺届满日",
    "deadline": "补正期限",
    "facts": "事实",
    "reason": "理由",
    "reasons": "理由",
    "basis": "依据",
    "ground": "事由",
    "public_interest": "公共利益",
    "compensation": "补偿",
    "damages": "赔偿",
    "remedies.review": "行政复议",
    "remedies.suit": "行政诉讼",
}


def is_personal(key: str) -> bool:
    """Whether what this entry says is about a person, and not for everybody to read."""
    return key in _CLERICAL and _CLERICAL[key][1]


def entries_of(printed: dict[str, Any]) -> list[Entry]:
    """The entries of a paper that hold something, those that may be corrected first."""
    return [*_clerical(printed), *_substantial(printed)]


def _clerical(printed: dict[str, Any]) -> Iterator[Entry]:
    for key, (label, is_personal) in _CLERICAL.items():
        if text := _text(printed, key):
            yield Entry(key, label, text, False, is_personal)


def _substantial(printed: dict[str, Any]) -> Iterator[Entry]:
    for key, label in _SUBSTANCE.items():
        if text := _text(printed, key):
            yield Entry(key, label, text, True)


def _text(printed: dict[str, Any], key: str) -> str:
    value: Any = printed
    for part in key.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value.strip() if isinstance(value, str) else ""
