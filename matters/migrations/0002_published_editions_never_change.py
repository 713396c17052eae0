"""A published edition and its rows never change, and periods never overlap: held by the database itself.

Triggers on both engines; exclusion constraints on PostgreSQL. A later migration that makes SQLite rebuild one of these
tables drops its triggers: call these operations again after it (tests/matters/test_frozen.py notices).
"""

from django.db import migrations

ROW_TABLES = (
    "matters_legalbasis",
    "matters_condition",
    "matters_processstep",
    "matters_fee",
    "matters_question",
    "matters_editionmaterial",
)
OVERLAPS = {
    "matters_authority": ("authority_never_overlaps", "matter_id WITH =, power WITH =", "valid_from", "valid_to", ""),
    "matters_boundaryitem": ("boundary_never_overlaps", "matter_id WITH =", "valid_from", "valid_to", ""),
    "matters_edition": (
        "edition_never_overlaps",
        "matter_id WITH =",
        "effective_from",
        "effective_to",
        "WHERE (state = 'published')",
    ),
}
FROZEN = "a published edition never changes"


def _trigger(schema_editor, name, table, when, condition, message=FROZEN):
    """One trigger that refuses ``when`` (say, BEFORE UPDATE) where ``condition`` (may hold a sub-query) is true."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
            f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        schema_editor.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _published(row):
    return f"EXISTS (SELECT 1 FROM matters_edition e WHERE e.id = {row}.edition_id AND e.state = 'published')"


def add_triggers(apps, schema_editor):
    edition = apps.get_model("matters", "Edition")
    columns = ", ".join(
        schema_editor.quote_name(field.column) for field in edition._meta.local_concrete_fields if field.column not in ("id", "effective_to")
    )
    table = "matters_edition"
    _trigger(schema_editor, f"{table}_no_update", table, f"BEFORE UPDATE OF {columns}", "OLD.state = 'published'")
    # Publishing the next edition sets the last day, once.
    _trigger(
        schema_editor,
        f"{table}_end_no_update",
        table,
        "BEFORE UPDATE OF effective_to",
        "OLD.state = 'published' AND OLD.effective_to IS NOT NULL",
    )
    _trigger(schema_editor, f"{table}_no_delete", table, "BEFORE DELETE", "OLD.state = 'published'")
    for table in ROW_TABLES:
        _trigger(schema_editor, f"{table}_no_insert", table, "BEFORE INSERT", _published("NEW"))
        _trigger(
            schema_editor, f"{table}_no_update", table, "BEFORE UPDATE", f"{_published('OLD')} OR {_published('NEW')}"
        )
        _trigger(schema_editor, f"{table}_no_delete", table, "BEFORE DELETE", _published("OLD"))


def drop_triggers(apps, schema_editor):
    names = ["matters_edition_no_update", "matters_edition_end_no_update", "matters_edition_no_delete"]
    names += [f"{table}_no_{verb}" for table in ROW_TABLES for verb in ("insert", "update", "delete")]
    for name in names:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


def add_exclusions(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, (name, keys, start, end, where) in OVERLAPS.items():
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
            f"({keys}, daterange({start}, {end}, '[]') WITH &&) {where} DEFERRABLE INITIALLY DEFERRED"
        )


def drop_exclusions(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, (name, *_) in OVERLAPS.items():
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        migrations.RunPython(add_triggers, drop_triggers),
        migrations.RunPython(add_exclusions, drop_exclusions),
    ]
