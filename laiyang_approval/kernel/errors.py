"""Refusals. A refused act raises a DomainError whose Chinese message says what is wrong, by which rule, and what to do next."""


class DomainError(Exception):
    """拒绝: an act that the law, a bureau rule or the data does not allow.

    ``message`` is one Chinese sentence for the person at the screen; ``article`` the rule behind it, if any.
    """

    status = 409

    def __init__(self, message: str, *, article: str = ""):
        super().__init__(message)
        self.message = message
        self.article = article

    def __str__(self) -> str:
        return f"{self.message}（{self.article}）" if self.article else self.message


class InvalidInput(DomainError):
    """输入有误: what was typed or uploaded cannot be taken as it is; ``fields`` maps a field to its sentence."""

    status = 422

    def __init__(self, message: str, *, article: str = "", fields: dict[str, str] | None = None):
        super().__init__(message, article=article)
        self.fields = fields or {}


class NotPermitted(DomainError):
    """无权办理: the person may see the thing but not do this act to it."""

    status = 403


class NotFound(DomainError):
    """没有查到: it does not exist, or is not this person's to know of (the two are never told apart)."""

    status = 404


class StaleState(DomainError):
    """状态已变: somebody else acted first; the page shown is out of date."""

    status = 409


class CalendarMissing(DomainError):
    """待公布: the State Council has not yet published the working days of ``year``."""

    def __init__(self, year: int):
        super().__init__(f"{year}年放假安排尚未公布，届满日期待公布；公布后系统自动计算。")
        self.year = year
