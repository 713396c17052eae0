"""Guards for wiring: names in one file that must be true in another."""

import ast
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from laiyang_approval.celery import APPS, recurring_work
from laiyang_approval.kernel import jobs

PACKAGES = ("laiyang_approval", "matters", "windows", "transfers", "supervision")


def _sources() -> list[tuple[str, ast.Module]]:
    return [
        (str(path.relative_to(settings.BASE_DIR)), ast.parse(path.read_text(encoding="utf-8")))
        for package in PACKAGES
        for path in sorted(Path(settings.BASE_DIR, package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@pytest.fixture(scope="module")
def sources():
    return _sources()


def test_arrows_point_down():
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([str(linter), "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_every_app_is_looked_at_for_recurring_work_and_tasks():
    ours = {name for name in settings.INSTALLED_APPS if name.split(".")[0] in PACKAGES}
    assert ours <= set(APPS)


def test_every_beat_entry_names_a_real_task_once():
    current_app.loader.import_default_modules()
    entries = recurring_work()
    assert {"ring_due_jobs", "clean_up", "clean_broker"} <= {entry.name for entry in entries}
    assert [entry.task for entry in entries if entry.task not in current_app.tasks] == []
    assert [name for name, number in Counter(entry.name for entry in entries).items() if number > 1] == []


def test_a_watched_sweep_records_itself_under_the_name_it_is_watched_by(sources):
    recorded = {
        call.args[0].value
        for _, tree in sources
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call) == "sweep_run" and isinstance(call.args[0], ast.Constant)
    }
    watched = {entry.name for entry in recurring_work() if entry.max_age}
    assert watched - recorded == set()
    assert recorded - watched == set()


def test_every_kind_of_job_that_is_written_has_a_handler(sources):
    current_app.loader.import_default_modules()
    written = {
        call.args[0].value
        for _, tree in sources
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call) == "enqueue" and isinstance(call.args[0], ast.Constant)
    }
    assert written - set(jobs._handlers) == set()


@pytest.mark.django_db
def test_migrations_are_complete():
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_only_the_clock_reads_the_time(sources):
    """House rule 9; ruff's DTZ does not know django.utils.timezone. Files, broker names and Django's sessions keep their own age."""
    allowed = {"laiyang_approval/kernel/clock.py", "laiyang_approval/kernel/session_store.py"}
    offences = [
        f"{path}:{node.lineno}"
        for path, tree in sources
        if path not in allowed and not path.endswith("apps.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow", "localdate"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "timezone"}
    ]
    assert offences == []


def test_imports_stand_at_the_top(sources):
    """House rule 5; only WeasyPrint, slow to load and needed by one process, waits until it is wanted; and ready()."""
    allowed = {"laiyang_approval/kernel/pdf.py", "laiyang_approval/kernel/pdf_child.py"}
    offences = [
        f"{path}:{inner.lineno}"
        for path, tree in sources
        if path not in allowed and not path.endswith("apps.py")
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert offences == []
