"""Database triggers that hold what Python promises, on PostgreSQL and SQLite; used by migrations only."""

from django.db import migrations


def _refuse(table: str, verb: str, message: str, condition: str = ""):
    name = f"{table}_no_{verb.lower()}"

    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            when = f"WHEN ({condition})" if condition else ""
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
            )
            if verb == "DELETE" and not condition:
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()"
                )
        else:
            when = f"WHEN {condition}" if condition else ""
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )

    def backwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")

    return migrations.RunPython(forwards, backwards)


def append_only(table: str) -> list[migrations.RunPython]:
    """Operations after which rows of ``table`` can be neither changed nor deleted, by any SQL."""
    return [
        _refuse(table, "UPDATE", f"{table} is append-only"),
        _refuse(table, "DELETE", f"{table} is append-only"),
    ]


def frozen_when(
    table: str, condition: str, message: str, *, verbs: tuple[str, ...] = ("UPDATE", "DELETE")
) -> list[migrations.RunPython]:
    """Operations after which rows of ``table`` that meet ``condition`` (in terms of OLD) can no longer be changed."""
    return [_refuse(table, verb, message, condition) for verb in verbs]
