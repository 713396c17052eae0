"""夜间核对: every open case has somebody active, with the right, who answers for it; what lacks one is a row until it has one."""

from datetime import datetime

from django.db import transaction

from ..models import OwnerGap
from ..owners import gaps


@transaction.atomic
def watch_owners(*, at: datetime) -> dict[str, int]:
    """Afterwards an open row stands for each case nobody answers for, and for no other; a second run changes nothing."""
    now = gaps()
    standing = {(row.case_id, row.kind): row.pk for row in OwnerGap.objects.filter(closed_at__isnull=True)}
    gone = [pk for (case_id, kind), pk in standing.items() if now.get(case_id) != kind]
    closed = OwnerGap.objects.filter(pk__in=gone).update(closed_at=at)
    new = [
        OwnerGap(case_id=case_id, kind=kind, found_at=at)
        for case_id, kind in now.items()
        if (case_id, kind) not in standing
    ]
    OwnerGap.objects.bulk_create(new, ignore_conflicts=True)
    return {"found": len(new), "closed": closed, "open": len(now)}
