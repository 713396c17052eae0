"""Tables of supervision: how regulators are reached, pushes with their steps and attempts, reports and what follows them."""

from .channels import RegulatorChannel
from .complaints import Complaint, ComplaintStep
from .feedback import FollowUp, SupervisionFeedback
from .pushes import Push, PushAttempt, PushStep
from .ratings import RatingAppeal, RatingStep, Rectification, ServiceRating

__all__ = [
    "Complaint",
    "ComplaintStep",
    "FollowUp",
    "Push",
    "PushAttempt",
    "PushStep",
    "RatingAppeal",
    "RatingStep",
    "Rectification",
    "RegulatorChannel",
    "ServiceRating",
    "SupervisionFeedback",
]
