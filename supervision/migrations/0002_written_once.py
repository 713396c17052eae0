"""What was told never changes: the words and the number of a push, its attempts and its steps; held by the database itself."""

from django.db import migrations

from laiyang_approval.kernel.triggers import append_only, frozen_when

_FROZEN = ("number", "event_id", "case_id", "regulator_id", "sequence", "decision_type", "body", "sha256", "payload_version")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]

    operations = [
        *append_only("supervision_pushattempt"),
        *append_only("supervision_pushstep"),
        *append_only("supervision_supervisionfeedback"),
        *frozen_when(
            "supervision_push",
            " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FROZEN),
            "what a push says never changes",
            verbs=("UPDATE",),
        ),
        *frozen_when(
            "supervision_reconciliationpaper",
            "NEW.number <> OLD.number OR NEW.figures <> OLD.figures OR NEW.adds_up <> OLD.adds_up "
            "OR NEW.from_on <> OLD.from_on OR (OLD.state = 'rendered' AND NEW.sha256 <> OLD.sha256)",
            "what was counted never changes",
            verbs=("UPDATE",),
        ),
        *frozen_when("supervision_reconciliationpaper", "1 = 1", "a certificate is never deleted", verbs=("DELETE",)),
        *frozen_when("supervision_push", "1 = 1", "a push is never deleted", verbs=("DELETE",)),
    ]
