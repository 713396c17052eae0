"""Tables of supervision: how regulators are reached, pushes with their steps and attempts, reports and what
follows them, certificates."""

from .channels import RegulatorChannel
from .complaints import Complaint, ComplaintStep
from .dishonesty import DishonestyListing
from .feedback import FollowUp, SupervisionFeedback
from .inspections import InspectionTask, RecordingLink
from .papers import ReconciliationPaper
from .publicity import PublicityEntry, PublicityStep
from .pushes import Push, PushAttempt, PushStep
from .ratings import RatingAppeal, RatingStep, Rectification, ServiceRating
from .reviews import CaseReview, ChecklistItem, PopulationEntry, ReviewFile, ReviewFinding, ReviewReminder, ReviewStep

__all__ = [
    "DishonestyListing",
    "FollowUp",
    "PublicityEntry",
    "PublicityStep",
    "Push",
    "PushAttempt",
    "PushStep",
    "ReconciliationPaper",
    "RegulatorChannel",
    "CaseReview",
    "ChecklistItem",
    "InspectionTask",
    "PopulationEntry",
    "RecordingLink",
    "ReviewFile",
    "ReviewFinding",
    "ReviewReminder",
    "ReviewStep",
    "Complaint",
    "ComplaintStep",
    "RatingAppeal",
    "RatingStep",
    "Rectification",
    "ServiceRating",
    "SupervisionFeedback",
]
