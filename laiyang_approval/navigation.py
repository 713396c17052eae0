"""The workbench rail: what each role finds on the left. Only pages that exist and that ``access.ACCESS`` opens to the person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.urls import NoReverseMatch, reverse

from laiyang_approval.kernel.roles import Role

from .access import (
    ACCESS,
    CASE_READERS,
    CASE_WORKERS,
    COUNTER,
    DECIDERS,
    FILE_REVIEWERS,
    INSPECTORS,
    POST_CHECK_READERS,
    REVIEWERS,
    TRANSFER_READERS,
)

#: Who the issuing desk is for.
ISSUING = (Role.ISSUING_CLERK, Role.DEPARTMENT_STAFF)


@dataclass(frozen=True)
class Place:
    """导航项: a page of the workbench, for whom it stands in the rail; ``query`` picks a list on it.

    ``counter`` is the count of windows.counters that stands beside it; a page asks for it once it is drawn.
    """

    group: str
    label: str
    url_name: str
    roles: tuple[str, ...]
    query: str = ""
    counter: str = ""


@dataclass(frozen=True)
class NavItem:
    """导航项，已解析: what the template draws."""

    group: str
    label: str
    url: str
    url_name: str
    query: str
    current: bool = False
    counter: str = ""


#: In the order of the rail; the first one a person has is where they land (ui.md section 3).
PLACES = (
    Place("窗口", "收件", "counter", COUNTER),
    Place("窗口", "待审核", "hall-desk", COUNTER, counter="received"),
    Place("窗口", "补正", "hall-desk", COUNTER, "list=correction", "correction"),
    Place("窗口", "今日办件", "hall-desk", COUNTER, "list=today", "today"),
    Place("窗口", "咨询告知", "advice", COUNTER),
    Place("办理", "待办", "inbox", (*REVIEWERS, *DECIDERS), counter="inbox"),
    Place("办理", "待批准", "approvals", DECIDERS, counter="approvals"),
    Place("办理", "当场决定", "inbox-at-once", DECIDERS, counter="at_once"),
    Place("办理", "已办", "inbox-done", (*REVIEWERS, *DECIDERS), counter="done"),
    Place("办理", "工作交接", "handover", DECIDERS),
    Place("出件", "出件", "issuing", ISSUING, counter="issuing"),
    Place("出件", "作废文号", "void-numbers", (Role.ISSUING_CLERK,)),
    # ---- site checks, other departments, hearings: where inspectors and hosts land
    Place("程序", "我的核查", "checks", INSPECTORS, counter="checks"),
    Place("程序", "征求意见", "consultations", (Role.DEPARTMENT_STAFF,), counter="consultations"),
    Place("程序", "听证与踏勘", "hearings", (*REVIEWERS, *DECIDERS, Role.HEARING_HOST)),
    Place("程序", "监管反馈", "feedback-list", (*REVIEWERS, *DECIDERS), counter="feedback"),
    Place("关注", "提醒", "reminders", (*COUNTER, *REVIEWERS, *DECIDERS, *ISSUING), counter="reminders"),
    Place("关注", "委托", "delegations", CASE_WORKERS),
    # ---- supervision: where regulators and coordinators land
    Place("监管", "审批推送", "pushes", (Role.REGULATOR,), counter="pushes"),
    Place("监管", "反馈监管结果", "feedback-new", (Role.REGULATOR,)),
    Place("监管", "监管反馈", "feedback-list", (Role.REGULATOR,)),
    Place("监管", "对账", "reconciliation", (Role.REGULATOR,)),
    Place("协调", "协调台", "push-desk", (Role.COORDINATOR, Role.SUPERVISOR)),
    Place("协调", "审批推送", "pushes", (Role.COORDINATOR, Role.SUPERVISOR)),
    Place("协调", "监管反馈", "feedback-list", (Role.COORDINATOR, Role.SUPERVISOR)),
    Place("协调", "对账", "reconciliation", (Role.COORDINATOR, Role.SUPERVISOR)),
    # ---- file reviews and inspections
    Place("抽查", "案卷抽查", "reviews", (Role.SUPERVISOR, Role.COORDINATOR)),
    Place("抽查", "评查与整改", "review-files", FILE_REVIEWERS, counter="review_files"),
    Place("抽查", "检查任务", "inspections", (Role.SUPERVISOR, Role.REVIEWER, Role.DECIDER)),
    # ---- transfers: where the coordination mechanism lands; for the others it stands further down
    Place("划转", "划转台账", "transfer-board", (Role.COORDINATOR,)),
    Place("划转", "印章", "transfer-seals", (Role.COORDINATOR,)),
    Place("划转", "时间表", "transfer-timetable", (Role.COORDINATOR,)),
    Place("划转", "协调事项", "transfer-questions", (Role.COORDINATOR,)),
    Place("审计", "审计日志", "audit-log", (Role.AUDIT_OFFICER,)),
    Place("监督", "无人负责", "handover", (Role.SUPERVISOR,)),
    Place("监督", "全部办件", "cases", tuple(role for role in CASE_READERS if role not in {*COUNTER, *ISSUING})),
    Place("证照", "证照登记", "licences", CASE_READERS),
    Place("事项", "草稿与待办", "catalogue-desk", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "事项", "catalogue-matters", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "指南检查", "catalogue-findings", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "数量限制", "catalogue-quotas", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "责任边界", "catalogue-boundaries", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "停止计时规定", "stop-provisions", (Role.CATALOGUE_ADMIN,)),
    Place("事项", "导入导出", "catalogue-exchange", (Role.CATALOGUE_ADMIN,)),
    Place(
        "划转",
        "划转台账",
        "transfer-board",
        tuple(role for role in TRANSFER_READERS if role is not Role.COORDINATOR),
    ),
    Place("划转", "协调事项", "transfer-questions", (Role.DEPARTMENT_STAFF, Role.HEAD_OF_GOVERNMENT)),
    Place("划转", "登记簿导入", "transfer-registers", COUNTER),
    Place("划转", "印章", "transfer-seals", (Role.HEAD_OF_GOVERNMENT, Role.SUPERVISOR)),
    Place("系统", "工作日历", "calendar-list", (Role.SYSTEM_OFFICER,)),
    Place("系统", "业务规则", "rules", (Role.SYSTEM_OFFICER,)),
    Place("系统", "法律条文", "laws", (Role.SYSTEM_OFFICER,)),
    Place("系统", "推送渠道", "push-channels", (Role.SYSTEM_OFFICER,)),
    Place("安全", "账号与岗位", "people", (Role.SECURITY_OFFICER,)),
    Place("安全", "解除锁定", "locks", (Role.SECURITY_OFFICER,)),
    Place("我的", "我的办件", "my-cases", (Role.CITIZEN,)),
    # ---- 告知承诺、失信限制
    Place("承诺", "承诺核查", "post-checks", POST_CHECK_READERS, counter="post_checks"),
    Place("承诺", "失信限制", "restrictions", (*REVIEWERS, *DECIDERS, Role.SUPERVISOR, Role.COORDINATOR)),
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
    "matter-competence": "matter-list",
    "power-list": "matter-list",
    "status-case": "status",
    "status-letters": "status",
    "my-case": "my-cases",
    "verify-paper": "verify",
    "licence": "licences",
    "law": "laws",
    "person": "people",
    "person-new": "people",
    "catalogue-matter": "catalogue-matters",
    "catalogue-boundary": "catalogue-boundaries",
    "catalogue-draft": "catalogue-desk",
    "catalogue-publish": "catalogue-desk",
    "catalogue-import": "catalogue-exchange",
    "check": "checks",
    "handover-person": "handover",
    "consultation": "consultations",
    "push": "pushes",
    "push-channel": "push-channels",
    "feedback": "feedback-list",
    "review": "reviews",
    "review-new": "reviews",
    "review-checklist": "reviews",
    "review-file": "review-files",
    "inspection": "inspections",
    "inspection-new": "inspections",
    "transfer-batch-new": "transfer-board",
    "transfer-batch": "transfer-board",
    "transfer-handover": "transfer-board",
    "transfer-item": "transfer-board",
    "transfer-import": "transfer-board",
    "transfer-line": "transfer-board",
    "transfer-seal": "transfer-seals",
    "transfer-question": "transfer-questions",
    "transfer-seal-new": "transfer-seals",
    "post-check": "post-checks",
}


_WITH_QUERY = frozenset((place.url_name, place.query) for place in PLACES if place.query)


def rail(roles: Iterable[str], *, current: str = "", query: str = "") -> tuple[NavItem, ...]:
    """The rail for these roles, the page ``current`` (URL name, with its ``query`` where one entry has it) marked."""
    place = BEHIND.get(current, current)
    return _marked_rail(frozenset(roles), place, query if (place, query) in _WITH_QUERY else "")


@lru_cache(maxsize=512)
def _marked_rail(roles: frozenset[str], current: str, query: str) -> tuple[NavItem, ...]:
    return tuple(replace(item, current=item.url_name == current and item.query == query) for item in _rail(roles))


def counters(roles: Iterable[str]) -> frozenset[str]:
    """The counts that stand in the rail of these roles."""
    return frozenset(item.counter for item in _rail(frozenset(roles)) if item.counter)


def landing_url(roles: Iterable[str]) -> str:
    """Where people of these roles begin after signing in; the public home page for those without a workbench."""
    items = _rail(frozenset(roles))
    return items[0].url if items else existing_url("home") or "/"


def public_nav(*, current: str = "") -> tuple[NavItem, ...]:
    """The public site's navigation."""
    return _public_nav(BEHIND.get(current, current))


@lru_cache(maxsize=128)
def _public_nav(current: str) -> tuple[NavItem, ...]:
    return tuple(
        NavItem("", label, address, url_name, "", url_name == current)
        for label, url_name in PUBLIC_PLACES
        if (address := existing_url(url_name))
    )


def own_nav(roles: Iterable[str], *, current: str = "") -> list[NavItem]:
    """What the public site's navigation has for somebody signed in: an applicant's own cases, or the way to one's work."""
    if frozenset(roles) - {Role.CITIZEN}:
        return [NavItem("", "工作台", existing_url("workbench"), "workbench", "")]
    current = BEHIND.get(current, current)
    return [NavItem("", "我的办件", existing_url("my-cases"), "my-cases", "", current == "my-cases")] if roles else []


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
        found.append(NavItem(place.group, place.label, url, place.url_name, place.query, counter=place.counter))
    return tuple(found)


@cache
def existing_url(url_name: str) -> str:
    """The address of a page without parameters, or "" while no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
