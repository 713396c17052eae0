"""The health pages: what the machine room is told, and when."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError

from laiyang_approval import health, prepare
from laiyang_approval.celery import recurring_work
from laiyang_approval.health import ailments
from laiyang_approval.kernel import clock, jobs
from laiyang_approval.kernel import tasks as kernel_tasks
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.models import Job, SweepRun
from laiyang_approval.kernel.rules import load_business_rules

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(monkeypatch):
    """A portal whose calendar is loaded and whose sweeps have all run a second ago."""
    load_calendar()
    load_business_rules()
    monkeypatch.setattr(jobs, "ring", lambda job_id: True)
    for entry in recurring_work():
        SweepRun.objects.create(name=entry.name, started_at=AT - timedelta(seconds=1), finished_at=AT)


def concerns(at: datetime = AT) -> dict[str, list[str]]:
    return {name: reasons for name, reasons in ailments(at).items() if reasons}


def test_a_portal_that_is_well_has_no_concerns(well):
    assert concerns() == {}
    assert set(ailments(AT)) == {"database", *health.CHECKS}


def test_a_sweep_that_stopped_is_named_with_its_last_run(well):
    later = AT + timedelta(minutes=6)
    assert concerns(later) == {"sweeps": ["ring_due_jobs has no complete run since 2026-03-02 00:59 UTC"]}


def test_a_portal_where_beat_never_ran_is_not_ready(db):
    assert concerns()["sweeps"] == [f"{entry.name} has never run" for entry in recurring_work() if entry.max_age]


def test_a_portal_just_bootstrapped_is_ready_and_soon_not_if_beat_never_runs(db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    call_command("bootstrap", verbosity=0, stdout=StringIO())
    assert concerns() == {}
    assert concerns(AT + timedelta(minutes=4)) == {}
    assert concerns(AT + timedelta(minutes=6)) == {"sweeps": ["ring_due_jobs has never run"]}


def test_what_was_missed_while_the_portal_stood_still_runs_once_before_it_starts(well, monkeypatch):
    monday = AT + timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: monday)
    missed = [entry.name for entry in recurring_work() if entry.max_age]
    assert len(concerns(monday)["sweeps"]) == len(missed)
    prepare.catch_up(monday)
    assert concerns(monday) == {}
    assert sorted(SweepRun.objects.filter(started_at=monday).values_list("name", flat=True)) == sorted(missed)


def test_a_sweep_that_fails_does_not_keep_the_portal_from_starting(well, monkeypatch, capsys):
    monday = AT + timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: monday)
    monkeypatch.setattr(kernel_tasks, "sweep_orphan_files", lambda *, at: Path("/nowhere").iterdir().__next__())
    prepare.catch_up(monday)
    assert concerns(monday) == {"sweeps": ["clean_up has no complete run since 2026-03-02 00:59 UTC"]}
    assert "定时工作 clean_up 没有完成，稍后自动再做：FileNotFoundError。" in capsys.readouterr().err


def test_a_portal_without_any_calendar_says_so(db):
    assert concerns()["calendar"] == ["no calendar is loaded: manage.py bootstrap"]


def test_jobs_that_wait_for_a_person_or_for_a_worker_are_counted(well):
    for number in range(3):
        jobs.enqueue("note", f"note:{number}", {}, at=AT - timedelta(minutes=6))
    Job.objects.filter(key="note:0").update(state=Job.State.FAILED)
    assert concerns() == {
        "jobs": ["1 failed jobs wait for a person", "2 jobs wait for a worker since more than 5 minutes"]
    }
    assert concerns(AT - timedelta(minutes=2)) == {"jobs": ["1 failed jobs wait for a person"]}


def test_without_a_database_the_rest_is_still_told(well, monkeypatch):
    def down():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", down)
    assert concerns() == {
        "database": ["database does not answer: OperationalError"],
        "sweeps": ["not asked: no database"],
        "jobs": ["not asked: no database"],
        "calendar": ["not asked: no database"],
    }


def test_the_next_year_is_missed_from_december_on(well):
    SweepRun.objects.update(started_at=datetime(2026, 12, 1, tzinfo=UTC))
    last_of_november, first_of_december = (
        datetime(2026, 11, 30, 15, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 16, tzinfo=UTC),
    )
    assert "calendar" not in concerns(last_of_november)
    assert concerns(first_of_december)["calendar"][0].startswith("2027年放假安排尚未导入")


def test_a_folder_nobody_can_write_to_is_told(well, settings, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings.FILES_DIR = tmp_path / "file" / "files"
    assert concerns() == {"files": ["files folder is not writable: Not a directory"]}


def test_the_embedded_broker_must_be_writable(well, settings, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "file" / "broker"
    assert concerns() == {"broker": ["broker folder is not writable: Not a directory"]}


def test_redis_that_does_not_answer_is_told(well, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert concerns() == {"broker": [f"redis does not answer: {RedisConnectionError.__name__}"]}


def test_no_probe_file_is_left_behind(well):
    assert concerns() == {}
    assert [path for path in Path(settings.FILES_DIR).iterdir() if path.name.startswith(".probe")] == []


def test_the_live_page_needs_nothing_but_the_process(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_the_ready_page_says_what_is_wrong(client, monkeypatch, well):
    monkeypatch.setattr("laiyang_approval.kernel.clock.now", lambda: AT)
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["checks"]["database"] == "ok"

    monkeypatch.setattr("laiyang_approval.kernel.clock.now", lambda: AT + timedelta(minutes=6))
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "failing"
    assert response.json()["checks"]["sweeps"] == ["ring_due_jobs has no complete run since 2026-03-02 00:59 UTC"]
    assert "no-store" in response["Cache-Control"]


def test_the_health_pages_are_read_only(client):
    assert client.post("/health/ready").status_code == 405
