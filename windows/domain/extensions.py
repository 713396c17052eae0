"""延长办理期限: by how much a limit may be extended, once, and by whom (行政许可法第四十二条). Pure."""

from dataclasses import dataclass

from .periods import ART_42, Unit

#: 第四十二条第二款: handled by several departments, fifteen working days more, by the head of the government.
JOINT_VALUE = 15
GOVERNMENT_HEAD, AGENCY_HEAD = "本级人民政府负责人", "本行政机关负责人"


@dataclass(frozen=True)
class ExtensionRule:
    """延长的规定: how much in the limit's own unit, who approves, by which paragraph."""

    value: int
    unit: Unit
    approver: str
    by_government: bool
    article: str


def extension_rule(*, is_joint: bool, value: int | None, unit: str, approver: str) -> ExtensionRule | None:
    """The one extension a case may have; None where the law that sets its limit has none.

    ``value``, ``unit`` and ``approver`` are those of the matter's edition. Joint handling has the law's own.
    """
    if is_joint:
        return ExtensionRule(JOINT_VALUE, Unit.WORKDAY, GOVERNMENT_HEAD, True, f"{ART_42}第二款")
    if not value:
        return None
    return ExtensionRule(value, Unit(unit), approver or AGENCY_HEAD, False, f"{ART_42}第一款")
