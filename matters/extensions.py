"""延长: by how much the limit of a matter may be extended, and by whom (行政许可法第四十二条第一款). Reads only."""

from datetime import date

from laiyang_approval.kernel.laws import law_on

from .models import Edition, LimitUnit

AGENCY_HEAD = "本行政机关负责人"


def extension_on(edition: Edition, on: date) -> tuple[int, str] | None:
    """How much, in the unit of the statutory limit, and with whose approval; None where the limit cannot be extended.

    A guide that says nothing leaves the law its own: a limit in working days has the days of Article 42. A limit in calendar
    days or months is that of another law, which then knows no extension; a guide that says 0 knows it has none.
    """
    value = edition.extension_value
    if value is None and edition.statutory_unit == LimitUnit.WORKDAY:
        value = law_on("xkf_42_1", on).term_value
    return (value, edition.extension_approver or AGENCY_HEAD) if value else None
