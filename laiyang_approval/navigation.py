"""The workbench rail: what each role finds on the left. Only pages that exist and that ``access.ACCESS`` opens to the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import NoReverseMatch, reverse

from laiyang_approval.kernel.roles import Role

from .access import ACCESS, CASE_READERS, COUNTER, DECIDERS, REVIEWERS

#: Who the issuing desk is for.
ISSUING = (Role.ISSUING_CLERK, Role.DEPARTMENT_STAFF)


@dataclass(frozen=True)
class Place:
    """导航项: a page of the workbench, for whom it stands in the rail; ``query`` picks a list on it."""

    group: str
    label: str
    url_name: str
    roles: tuple[str, ...]
    query: str = ""


@dataclass(frozen=True)
class NavItem:
    """导航项，已解析: what the template draws."""

    group: str
    label: str
    url: str
    url_name: str
    query: str
    current: bool = False
    count: int | None = None


#: In the order of the rail; the first one a person has is where they land (ui.md section 3).
PLACES = (
    Place("窗口", "收件", "counter", COUNTER),
    Place("窗口", "待审核", "hall-desk", COUNTER),
    Place("窗口", "补正", "hall-desk", COUNTER, "list=correction"),
    Place("窗口", "今日办件", "hall-desk", COUNTER, "list=today"),
    Place("办理", "待办", "inbox", (*REVIEWERS, *DECIDERS)),
    Place("办理", "已办", "inbox-done", (*REVIEWERS, *DECIDERS)),
    Place("出件", "出件", "issuing", ISSUING),
    Place("出件", "作废文号", "void-numbers", (Role.ISSUING_CLERK,)),
    Place("关注", "提醒", "reminders", (*COUNTER, *REVIEWERS, *DECIDERS, *ISSUING)),
    Place("审计", "审计日志", "audit-log", (Role.AUDIT_OFFICER,)),
    Place("监督", "全部办件", "cases", tuple(role for role in CASE_READERS if role not in {*COUNTER, *ISSUING})),
    Place("事项", "草稿与待办", "catalogue-desk", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "事项", "catalogue-matters", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "指南检查", "catalogue-findings", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "导入导出", "catalogue-exchange", (Role.CATALOGUE_ADMIN,)),
    Place("系统", "工作日历", "calendar-list", (Role.SYSTEM_OFFICER,)),
    Place("系统", "业务规则", "rules", (Role.SYSTEM_OFFICER,)),
    Place("安全", "账号与岗位", "people", (Role.SECURITY_OFFICER,)),
    Place("安全", "解除锁定", "locks", (Role.SECURITY_OFFICER,)),
    Place("我的", "我的办件", "my-cases", (Role.CITIZEN,)),
)

#: 我要办 · 办件查询 · 证照核验 (ui.md section 3).
PUBLIC_PLACES = (("我要办", "matter-list"), ("办件查询", "status"), ("证照核验", "verify"))
SEARCH_PLACE = "cases"

#: Pages that stand behind a place of the navigation: the place stays marked while one of them is open.
BEHIND = {
    "matter-guide": "matter-list",
    "matter-edition": "matter-list",
    "package-list": "matter-list",
    "package-detail": "matter-list",
    "who-decides": "matter-list",
    "status-case": "status",
    "status-letters": "status",
    "my-case": "my-cases",
    "verify-paper": "verify",
    "person": "people",
    "person-new": "people",
    "catalogue-matter": "catalogue-matters",
    "catalogue-draft": "catalogue-desk",
    "catalogue-publish": "catalogue-desk",
    "catalogue-import": "catalogue-exchange",
}


_WITH_QUERY = frozenset((place.url_name, place.query) for place in PLACES if place.query)


def rail(roles: Iterable[str], *, current: str = "", query: str = "") -> list[NavItem]:
    """The rail for these roles, the page ``current`` (URL name, with its ``query`` where one entry has it) marked."""
    items, (current, query) = _rail(frozenset(roles)), place_of(current, query)
    return [
        NavItem(
            item.group,
            item.label,
            item.url,
            item.url_name,
            item.query,
            item.url_name == current and item.query == query,
        )
        for item in items
    ]


def place_of(url_name: str, query: str = "") -> tuple[str, str]:
    """Which place is marked while this page is open: its URL name, and its query where an entry of the rail has just that one."""
    place = BEHIND.get(url_name, url_name), query
    return place if place in _WITH_QUERY else (place[0], "")


def landing_url(roles: Iterable[str]) -> str:
    """Where people of these roles begin after signing in; the public home page for those without a workbench."""
    items = _rail(frozenset(roles))
    return items[0].url if items else existing_url("home") or "/"


def public_nav(*, current: str = "") -> list[NavItem]:
    """The public site's navigation."""
    current, _ = place_of(current)
    return [
        NavItem("", label, address, url_name, "", url_name == current)
        for label, url_name in PUBLIC_PLACES
        if (address := existing_url(url_name))
    ]


def search_url(roles: Iterable[str]) -> str:
    """Where the top bar's search goes: the list of cases of people who may see cases, else ""."""
    return existing_url(SEARCH_PLACE) if frozenset(roles) & frozenset(CASE_READERS) else ""


@lru_cache(maxsize=128)
def _rail(roles: frozenset[str]) -> tuple[NavItem, ...]:
    found = []
    for place in PLACES:
        rule = ACCESS.get(place.url_name)
        address = existing_url(place.url_name)
        if rule is None or not address or not roles & set(place.roles) or not (not rule.roles or roles & rule.roles):
            continue
        url = f"{address}?{place.query}" if place.query else address
        found.append(NavItem(place.group, place.label, url, place.url_name, place.query))
    return tuple(found)


@cache
def existing_url(url_name: str) -> str:
    """The address of a page without parameters, or "" while no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
