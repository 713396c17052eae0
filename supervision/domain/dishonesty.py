"""严重失信主体名单: which lists national rules allow, and who may put an organisation on each. Pure.

The rule itself, with the period of the list, is a dated law record under the same key. Natural persons are on none of them here:
山东省社会信用条例第二十条 keeps them off a public page.
"""

from datetime import date

from windows.domain.periods import add_months

#: By the key of the law record: the departments that decide on the list.
DECIDED_BY = {"smd_market": frozenset({"SJ"}), "smd_wages": frozenset({"RS", "RS19"})}
#: 山东省社会信用条例第三十八条: nothing is shown longer, whatever the list's own rule says.
LONGEST = "sdxy_38"


def lists_of(department_code: str) -> tuple[str, ...]:
    """The keys of the lists this department decides on."""
    return tuple(key for key, codes in DECIDED_BY.items() if department_code in codes)


def end_of(listed_on: date, *, months: int, most_months: int) -> date:
    """The day on which the period is full: shown no more from that day on."""
    return add_months(listed_on, min(months, most_months))
