"""Tables of supervision: how regulators are reached, pushes with their steps and attempts, reports and what
follows them, certificates."""

from .channels import RegulatorChannel
from .feedback import FollowUp, SupervisionFeedback
from .inspections import InspectionTask, RecordingLink
from .papers import ReconciliationPaper
from .pushes import Push, PushAttempt, PushStep
from .reviews import (
    CaseReview,
    ChecklistItem,
    PopulationEntry,
    ReviewFile,
    ReviewFinding,
    ReviewReminder,
    ReviewStep,
)

__all__ = [
    "CaseReview",
    "ChecklistItem",
    "FollowUp",
    "InspectionTask",
    "PopulationEntry",
    "Push",
    "PushAttempt",
    "PushStep",
    "ReconciliationPaper",
    "RecordingLink",
    "RegulatorChannel",
    "ReviewFile",
    "ReviewFinding",
    "ReviewReminder",
    "ReviewStep",
    "SupervisionFeedback",
]
