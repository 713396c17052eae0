"""Who does what in the hall and behind it. Roles say what kind of act a person may do; guardian rights say for whom."""

from django.db import models


class Role(models.TextChoices):
    """岗位"""

    WINDOW_CLERK = "window_clerk", "综合窗口人员"
    REVIEWER = "reviewer", "审查人员"
    DECIDER = "decider", "审批决定人（局领导）"
    HEAD_OF_GOVERNMENT = "head_of_government", "市政府负责人"
    ISSUING_CLERK = "issuing_clerk", "出件人员"
    INSPECTOR = "inspector", "现场核查人员"
    HEARING_HOST = "hearing_host", "听证主持人"
    DEPARTMENT_STAFF = "department_staff", "部门工作人员"
    REGULATOR = "regulator", "监管部门人员"
    SUPERVISOR = "supervisor", "监督检查人员"
    COORDINATOR = "coordinator", "协调机制人员"
    CATALOGUE_ADMIN = "catalogue_admin", "事项管理员"
    SYSTEM_OFFICER = "system_officer", "系统管理员"
    SECURITY_OFFICER = "security_officer", "安全管理员"
    AUDIT_OFFICER = "audit_officer", "审计管理员"
    CITIZEN = "citizen", "申请人"


#: 三员分立 (GB/T 22239 8.1.4.2): nobody holds two of these, nor one of them beside a handling role.
OFFICER_ROLES = frozenset({Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER})
