"""The days by which the assessment looks for cases: what a period holds is found by an index, however many cases there are.

Kept here and not with the tables, because only supervision asks for these days.
"""

from django.db import migrations

#: Index, table, column, which rows; each is read by one source of supervision.measures.
INDEXES = (
    ("supervision_case_received", "windows_case", "received_at", ""),
    ("supervision_case_accepted", "windows_case", "accepted_on", ""),
    ("supervision_case_decided", "windows_case", "decided_at", " WHERE decided_at IS NOT NULL"),
    ("supervision_case_delivered", "windows_case", "delivered_at", " WHERE delivered_at IS NOT NULL"),
    ("supervision_case_ended", "windows_case", "ended_at", " WHERE decided_at IS NULL AND ended_at IS NOT NULL"),
    ("supervision_correction_given", "windows_correctionnotice", "given_at", " WHERE sequence = 1"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0021_reviews"),
        ("windows", "0016_replacements_are_decisions"),
    ]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {table} ({column}){condition}", f"DROP INDEX {name}")
        for name, table, column, condition in INDEXES
    ]
