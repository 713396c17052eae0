"""延长办理期限: by how much a limit may be extended, once, and by whom (行政许可法第四十二条). Pure."""

from dataclasses import dataclass

from .periods import ART_42, Unit

#: 第四十二条第二款: handled by several departments, fifteen working days more, by the head of the government.
JOINT_VALUE = 15
GOVERNMENT_HEAD = "本级人民政府负责人"


@dataclass(frozen=True)
class ExtensionRule:
    """延长的规定: how much in the limit's own unit, who approves, by which paragraph."""

    value: int
    unit: Unit
    approver: str
    by_government: bool
    article: str


def extension_rule(*, is_joint: bool, alone: tuple[int, str] | None, unit: str) -> ExtensionRule | None:
    """The one extension a case may have; None where the law that sets its limit has none.

    ``alone`` is how much, and with whose approval, where one organ handles it; joint handling has the law's own.
    """
    if is_joint:
        return ExtensionRule(JOINT_VALUE, Unit.WORKDAY, GOVERNMENT_HEAD, True, f"{ART_42}第二款")
    if alone is None:
        return None
    value, approver = alone
    return ExtensionRule(value, Unit(unit), approver, False, f"{ART_42}第一款")
