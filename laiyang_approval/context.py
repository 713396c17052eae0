"""What every page may show around its content. Lazy: a page that draws none of it asks nothing of the database."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.functional import cached_property

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role

from .navigation import NavItem, existing_url, landing_url, own_nav, public_nav, rail, search_url

BUREAU_NAME = "莱阳市行政审批服务局"
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Today:
    """今天: the date in Laiyang, and what kind of day the State Council made it."""

    date: date
    weekday: str
    kind: str

    def __str__(self) -> str:
        return f"{self.date.year}年{self.date.month}月{self.date.day}日 星期{self.weekday} · {self.kind}"


class Portal:
    """页面四周: read by the two frames (base_public.html, base_workbench.html); each part is worked out when it is drawn."""

    name = BUREAU_NAME

    def __init__(self, request: HttpRequest):
        self._request = request

    @cached_property
    def user(self) -> User | None:
        """The person signed in, or None; no query without a session."""
        session = getattr(self._request, "session", None)
        if session is not None and not session.session_key:
            session.accessed = True  # the frame would be another for somebody signed in: the answer says Vary: Cookie
            return None
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def is_staff(self) -> bool:
        return self.user is not None and bool(self.user.roles - {Role.CITIZEN})

    @property
    def frame(self) -> str:
        """The frame of pages that both sides see (refusals, password): the workbench for staff, else the public site."""
        return "base_workbench.html" if self.is_staff else "base_public.html"

    @cached_property
    def rail(self) -> tuple[NavItem, ...]:
        return rail(self.user.roles if self.user else (), current=self._url_name, query=self._query)

    @property
    def counts_url(self) -> str:
        """Where the page asks for the counts of its rail; "" when no entry has one."""
        return existing_url("rail-counts") if any(item.counter for item in self.rail) else ""

    @cached_property
    def public_nav(self) -> tuple[NavItem, ...]:
        own = own_nav(self.user.roles, current=self._url_name) if self.user else ()
        return (*public_nav(current=self._url_name), *own)

    @cached_property
    def landing_url(self) -> str:
        return landing_url(self.user.roles if self.user else ())

    @cached_property
    def account_url(self) -> str:
        return existing_url("account")

    @cached_property
    def search_url(self) -> str:
        return search_url(self.user.roles if self.user else ())

    @cached_property
    def today(self) -> Today:
        return _today()

    @property
    def today_text(self) -> str:
        return str(self.today)

    @property
    def _url_name(self) -> str:
        match = getattr(self._request, "resolver_match", None)
        return match.view_name if match else ""

    @property
    def _query(self) -> str:
        return self._request.META.get("QUERY_STRING", "")


def portal(request: HttpRequest) -> dict[str, Portal]:
    """``portal`` in every template: who, where, today."""
    return {"portal": Portal(request)}


def _today() -> Today:
    today = clock.today()
    return Today(today, WEEKDAYS[today.weekday()], _kind(today))


def _kind(day: date) -> str:
    try:
        calendar = current_calendar()
        if not calendar.is_workday(day):
            return calendar.day_name(day) or "休息日"
        before = date(day.year, day.month, 1)
        number = calendar.workdays_between(before, day) + calendar.is_workday(before)
        return f"本月第{number}个工作日"
    except CalendarMissing:
        return "工作日安排待公布"
