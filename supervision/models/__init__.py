"""Tables of supervision: how regulators are reached, pushes with their steps and attempts, reports and what
follows them, certificates."""

from .channels import RegulatorChannel
from .feedback import FollowUp, SupervisionFeedback
from .papers import ReconciliationPaper
from .pushes import Push, PushAttempt, PushStep

__all__ = [
    "FollowUp",
    "Push",
    "PushAttempt",
    "PushStep",
    "ReconciliationPaper",
    "RegulatorChannel",
    "SupervisionFeedback",
]
