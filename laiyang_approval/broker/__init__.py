"""The embedded broker: Celery messages as files in a folder, for a portal that runs without any server to install."""

from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["atomicfs"] = "laiyang_approval.broker.atomicfs:Transport"
