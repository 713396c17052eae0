"""The tables of intake and handling: parties, cases, letters, decisions, licences."""

from .cases import Case, CaseEvent, CaseFile, CaseMaterial, IntakeDraft, Reminder
from .clock import Extension, JointHandler, SpecialProcedure, StopProvision
from .corrections import CorrectionItem, CorrectionNotice
from .decisions import Decision, Opinion
from .documents import DocumentService, Letter
from .licences import Licence
from .parties import Party
from .preconditions import CreditCheck, FeeNotice, UpwardReport

__all__ = [
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMaterial",
    "CorrectionItem",
    "CorrectionNotice",
    "CreditCheck",
    "Decision",
    "DocumentService",
    "Extension",
    "FeeNotice",
    "IntakeDraft",
    "JointHandler",
    "Letter",
    "Licence",
    "Opinion",
    "Party",
    "Reminder",
    "SpecialProcedure",
    "StopProvision",
    "UpwardReport",
]
