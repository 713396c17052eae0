"""Demo accounts, one or more for each role. Only for a machine without real data: production refuses them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role


@dataclass(frozen=True)
class DemoAccount:
    """演示账号: who, for which body, in which role, and what the person would do first."""

    username: str
    name: str
    department: str
    roles: tuple[str, ...]
    window: str = ""
    right: str = ""


INTAKE, REVIEW, DECIDE = "intake_for_department", "review_for_department", "decide_for_department"

ACCOUNTS = (
    DemoAccount("chuangkou", "于晓静", "SP", (Role.WINDOW_CLERK,), "综合3号窗", INTAKE),
    DemoAccount("chuangkou2", "宫海波", "SP", (Role.WINDOW_CLERK,), "综合5号窗", INTAKE),
    DemoAccount("shencha", "隋志远", "SP", (Role.REVIEWER,), "", REVIEW),
    DemoAccount("shencha2", "左文慧", "SP", (Role.REVIEWER,), "", REVIEW),
    DemoAccount("juzhang", "姜明哲", "SP", (Role.DECIDER,), "", DECIDE),
    DemoAccount("fujuzhang", "盖丽华", "SP", (Role.DECIDER,), "", DECIDE),
    DemoAccount("zhengfu", "梁建国", "GOV", (Role.HEAD_OF_GOVERNMENT,), "", DECIDE),
    DemoAccount("chujian", "董雪梅", "SP", (Role.ISSUING_CLERK,), "出件窗", INTAKE),
    DemoAccount("takan", "迟立新", "SP", (Role.INSPECTOR,), "", REVIEW),
    DemoAccount("takan2", "栾晓东", "SP", (Role.INSPECTOR,), "", REVIEW),
    DemoAccount("tingzheng", "修正义", "SP", (Role.HEARING_HOST,), "", REVIEW),
    DemoAccount("shijian", "初建国", "SJ", (Role.DEPARTMENT_STAFF,)),
    DemoAccount(
        "gongan", "王卫东", "GA", (Role.DEPARTMENT_STAFF, Role.WINDOW_CLERK, Role.REVIEWER), "公安2号窗", INTAKE
    ),
    DemoAccount("gongan2", "衣国强", "GA", (Role.DECIDER,), "", DECIDE),
    DemoAccount(
        "jiaotong", "苗立新", "JY", (Role.DEPARTMENT_STAFF, Role.WINDOW_CLERK, Role.REVIEWER), "交通1号窗", INTAKE
    ),
    DemoAccount("jianguan", "孙守正", "SJ19", (Role.REGULATOR,)),
    DemoAccount("jiandu", "柳清源", "SP", (Role.SUPERVISOR,)),
    DemoAccount("xietiao", "尹和平", "GOV", (Role.COORDINATOR,)),
    DemoAccount("shixiang", "兰心怡", "SP", (Role.CATALOGUE_ADMIN,)),
    DemoAccount("xitong", "纪维正", "SP", (Role.SYSTEM_OFFICER,)),
    DemoAccount("anquan", "辛守安", "SP", (Role.SECURITY_OFFICER,)),
    DemoAccount("shenji", "史明鉴", "SP", (Role.AUDIT_OFFICER,)),
    DemoAccount("shimin", "邹念慈", "", (Role.CITIZEN,)),
)


def demo_password() -> str:
    """The one password of all demo accounts."""
    return settings.DEMO_PASSWORD


@transaction.atomic
def load_demo_accounts() -> int:
    """Afterwards every demo account exists with its role and guardian right; returns how many were added."""
    if settings.PRODUCTION:
        raise RuntimeError("demo accounts are never made in production")
    known = {department.code: department for department in Department.objects.all()}
    there = set(User.objects.values_list("username", flat=True))
    added = 0
    for account in ACCOUNTS:
        if account.username in there:
            continue
        department = known.get(account.department) or known.get(account.department.removesuffix("19"))
        user = User.objects.create_user(
            account.username,
            password=demo_password(),
            display_name=account.name,
            department=department,
            window_label=account.window,
            password_changed_at=clock.now(),
        )
        UserRole.objects.bulk_create(UserRole(user=user, role=role) for role in account.roles)
        if account.right:
            for right in {account.right, REVIEW} if Role.DEPARTMENT_STAFF in account.roles else {account.right}:
                assign_perm(f"kernel.{right}", user, department)
        added += 1
    return added
