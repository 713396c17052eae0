"""The kernel's tables: organisations, people, calendar, rules, numbers, seals, jobs, files, audit."""

from .audit import AuditRecord, SweepRun
from .calendars import CalendarDay, CalendarNotice
from .files import StoredFile
from .forms import FormToken
from .jobs import Job
from .laws import LawRecord
from .numbers import NumberSeries, VoidedNumber
from .organisations import Department, RemedyRoute
from .people import Delegated, Delegation, FormerPassword, User, UserRole
from .rules import BusinessRule
from .seals import Seal

__all__ = [
    "AuditRecord",
    "BusinessRule",
    "CalendarDay",
    "CalendarNotice",
    "Delegated",
    "Delegation",
    "Department",
    "FormToken",
    "FormerPassword",
    "Job",
    "LawRecord",
    "NumberSeries",
    "RemedyRoute",
    "Seal",
    "StoredFile",
    "SweepRun",
    "User",
    "UserRole",
    "VoidedNumber",
]
