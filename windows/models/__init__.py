"""The tables of intake and handling: parties, cases, letters, decisions, licences."""

from .cases import Case, CaseEvent, CaseFile, CaseMaterial, IntakeDraft, Reminder
from .clock import Extension, SpecialProcedure
from .corrections import CorrectionItem, CorrectionNotice
from .decisions import Decision, Opinion
from .documents import DocumentService, Letter
from .licences import ExOfficioAct, LetterCorrection, Licence, LicenceChange
from .parties import Party
from .preconditions import CreditCheck, FeeNotice, UpwardReport
from .restrictions import PartyRestriction

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
    "ExOfficioAct",
    "Extension",
    "FeeNotice",
    "IntakeDraft",
    "Letter",
    "LetterCorrection",
    "Licence",
    "LicenceChange",
    "Opinion",
    "Party",
    "PartyRestriction",
    "Reminder",
    "SpecialProcedure",
    "UpwardReport",
]
