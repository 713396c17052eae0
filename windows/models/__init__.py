"""The tables of intake and handling: parties, cases, letters, decisions, licences."""

from .advice import AdviceSheet
from .cases import Case, CaseEvent, CaseFile, CaseMaterial, IntakeDraft, Reminder
from .clock import Extension, JointHandler, SpecialProcedure, StopProvision
from .consultations import Consultation, JointVisit
from .corrections import CorrectionItem, CorrectionNotice
from .decisions import Decision, Opinion
from .documents import DocumentService, Letter
from .examination import Expert, ExpertPanel, SiteCheck, SiteCheckPhoto
from .hearings import (
    Hearing,
    HearingAnswer,
    HearingRecord,
    HostChallenge,
    InterestedParty,
    ProcedureNotice,
    Statement,
)
from .intake_modes import Commitment, CommittedItem, Deferral, DeferredItem
from .licences import ExOfficioAct, LetterCorrection, Licence, LicenceChange
from .moves import CaseMove
from .parties import Party
from .people_changes import IntakeCorrection, OwnerGap, Reassignment
from .post_checks import PostCheck, PostCheckFinding
from .preconditions import CreditCheck, FeeNotice, OutsideDecision, UpwardReport
from .restrictions import PartyRestriction

__all__ = [
    "AdviceSheet",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMaterial",
    "CaseMove",
    "Consultation",
    "Commitment",
    "CommittedItem",
    "CorrectionItem",
    "CorrectionNotice",
    "CreditCheck",
    "Decision",
    "Deferral",
    "DeferredItem",
    "DocumentService",
    "ExOfficioAct",
    "Expert",
    "ExpertPanel",
    "Extension",
    "FeeNotice",
    "Hearing",
    "HearingAnswer",
    "HearingRecord",
    "HostChallenge",
    "IntakeCorrection",
    "IntakeDraft",
    "InterestedParty",
    "JointVisit",
    "JointHandler",
    "Letter",
    "LetterCorrection",
    "Licence",
    "LicenceChange",
    "Opinion",
    "OutsideDecision",
    "OwnerGap",
    "Party",
    "PartyRestriction",
    "ProcedureNotice",
    "PostCheck",
    "PostCheckFinding",
    "Reassignment",
    "Reminder",
    "SiteCheck",
    "SiteCheckPhoto",
    "SpecialProcedure",
    "Statement",
    "StopProvision",
    "UpwardReport",
]
