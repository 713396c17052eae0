"""Tables of supervision: how regulators are reached, pushes with their steps and attempts, reports and what
follows them, certificates."""

from .channels import RegulatorChannel
from .dishonesty import DishonestyListing
from .feedback import FollowUp, SupervisionFeedback
from .papers import ReconciliationPaper
from .publicity import PublicityEntry, PublicityStep
from .pushes import Push, PushAttempt, PushStep

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
    "SupervisionFeedback",
]
