"""What an applicant reads, once the promise has carried the grant, of its check. Pure."""

from datetime import date

from .progress import cn_date


def check_sentence(state: str, *, due_on: date | None, rectify_due_on: date | None) -> str:
    """One sentence for each state of 承诺核查."""
    if state == "kept":
        return "承诺核查已经完成，与您的承诺相符。"
    if state == "broken":
        return "整改期满仍与承诺不符，许可应当撤销（山东省优化营商环境条例第二十九条）；撤销前会告知您，并听取您的陈述、申辩。"
    if state == "rectifying":
        until = f"在{cn_date(rectify_due_on)}前" if rectify_due_on else "在通知书所写的期限内"
        return (
            f"核查发现与承诺不符：请按责令限期整改通知书{until}整改，并接受复查；逾期未改的，许可应当撤销"
            "（山东省优化营商环境条例第二十九条）。"
        )
    until = f"在{cn_date(due_on)}前" if due_on else "在告知您的期限内"
    return f"监管部门会{until}核查您的承诺是否属实，请予配合。"
