"""Tables of supervision: how regulators are reached, pushes with their steps and attempts."""

from .channels import RegulatorChannel
from .pushes import Push, PushAttempt, PushStep

__all__ = ["Push", "PushAttempt", "PushStep", "RegulatorChannel"]
