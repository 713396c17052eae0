from django.db import migrations

from laiyang_approval.kernel.triggers import append_only, frozen_when


class Migration(migrations.Migration):
    """Events, opinions and decisions stand as written; a letter's number, seal and inputs once sealed, its file once rendered."""

    dependencies = [("windows", "0001_initial")]

    operations = [
        *append_only("windows_caseevent"),
        *append_only("windows_opinion"),
        *append_only("windows_decision"),
        *frozen_when("windows_letter", "OLD.state = 'rendered'", "a rendered letter never changes"),
    ]
