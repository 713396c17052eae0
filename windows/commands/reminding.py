"""提醒: read by whoever works on the case; the reminder itself stays on record."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import User
from windows import queries
from windows.models import Reminder


@transaction.atomic
def mark_read(reminder_id: int, *, actor: User, at: datetime) -> Reminder:
    """Afterwards the reminder no longer stands in anybody's list; raises NotFound for what is not this person's."""
    reminder = queries.reminders_for(actor).select_for_update(of=("self",)).filter(pk=reminder_id).first()
    if reminder is None:
        raise NotFound("没有查到这条提醒；它可能已由同事阅知。")
    reminder.read_at = at
    reminder.save(update_fields=["read_at"])
    return reminder
