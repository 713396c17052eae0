"""The tables of intake and handling: parties, cases, letters, decisions, licences."""

from .cases import Case, CaseEvent, CaseFile, CaseMaterial, IntakeDraft, Reminder
from .clock import Extension, SpecialProcedure
from .corrections import CorrectionItem, CorrectionNotice
from .decisions import Decision, Opinion
from .documents import DocumentService, Letter
from .intake_modes import Commitment, CommittedItem, Deferral, DeferredItem
from .licences import Licence
from .parties import Party
from .post_checks import PostCheck, PostCheckFinding
from .preconditions import CreditCheck, FeeNotice, UpwardReport
from .restrictions import PartyRestriction

__all__ = [
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMaterial",
    "Commitment",
    "CommittedItem",
    "CorrectionItem",
    "CorrectionNotice",
    "CreditCheck",
    "Decision",
    "Deferral",
    "DeferredItem",
    "DocumentService",
    "Extension",
    "FeeNotice",
    "IntakeDraft",
    "Letter",
    "Licence",
    "Opinion",
    "Party",
    "PartyRestriction",
    "PostCheck",
    "PostCheckFinding",
    "Reminder",
    "SpecialProcedure",
    "UpwardReport",
]
