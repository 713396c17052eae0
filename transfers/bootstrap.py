"""What the portal needs of this app before its first day; ``manage.py bootstrap`` runs it after the catalogue."""

from .commands.loading import load_transfers
from .commands.reform import load_milestones
from .demo import load_demo_transfers

STEPS = (("划转批次", load_transfers), ("改革时间表", load_milestones))
#: With ``--demo``, after the demo accounts and cases.
DEMO_STEPS = (("演示交接", load_demo_transfers),)
