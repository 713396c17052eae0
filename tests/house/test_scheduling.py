"""Recurring work: every run leaves a row, a run that is missing is seen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from laiyang_approval.broker.tasks import clean_broker
from laiyang_approval.kernel import clock, jobs, tasks
from laiyang_approval.kernel.models import SweepRun
from laiyang_approval.kernel.recurring import Recurring
from laiyang_approval.kernel.scheduling import overdue_sweeps, sweep_run

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NIGHTLY = Recurring("nightly", "x.nightly", timedelta(days=1), timedelta(hours=26))
UNWATCHED = Recurring("unwatched", "x.unwatched", timedelta(days=1), None)

pytestmark = pytest.mark.django_db


@pytest.fixture
def time_is(monkeypatch):
    def set_time(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    return set_time


def test_a_run_keeps_its_counts_and_the_rows_it_failed_on(time_is):
    time_is(AT + timedelta(seconds=3))
    with sweep_run("nightly", at=AT) as run:
        run.count("deemed")
        run.count("lights", 40)
        run.count("deemed")
        run.failed("case 12", OSError("370682199003071234 not readable"))
    row = SweepRun.objects.get()
    assert (row.name, row.started_at, row.finished_at) == ("nightly", AT, AT + timedelta(seconds=3))
    assert row.counts == {"deemed": 2, "lights": 40}
    assert (row.errors, row.last_error) == (1, "case 12: OSError: [id-number] not readable")


def test_a_run_that_breaks_off_is_not_a_run(time_is):
    time_is(AT)
    with pytest.raises(ZeroDivisionError), sweep_run("nightly", at=AT) as run:
        run.count("lights", 2)
        raise ZeroDivisionError("half way")
    row = SweepRun.objects.get()
    assert (row.finished_at, row.counts, row.errors, row.last_error) == (
        None,
        {"lights": 2},
        1,
        "run: ZeroDivisionError: half way",
    )
    assert [each.name for each in overdue_sweeps(AT + timedelta(hours=27), [NIGHTLY])] == ["nightly"]


def _ran(name: str, at: datetime) -> None:
    SweepRun.objects.create(name=name, started_at=at, finished_at=at)


@pytest.mark.parametrize(("age", "overdue"), [(timedelta(hours=26), False), (timedelta(hours=26, seconds=1), True)])
def test_work_is_overdue_when_its_newest_complete_run_is_older_than_its_age(age, overdue):
    _ran("nightly", AT - timedelta(days=3))
    _ran("nightly", AT - age)
    SweepRun.objects.create(name="nightly", started_at=AT, finished_at=None)
    found = overdue_sweeps(AT, [NIGHTLY, UNWATCHED])
    assert [(each.name, each.last_run) for each in found] == ([("nightly", AT - age)] if overdue else [])


def test_work_that_never_ran_gets_its_age_from_the_first_run_of_anything():
    _ran("other", AT)
    assert overdue_sweeps(AT + timedelta(hours=26), [NIGHTLY]) == []
    found = overdue_sweeps(AT + timedelta(hours=27), [NIGHTLY])
    assert [(each.name, each.last_run) for each in found] == [("nightly", None)]


def test_where_nothing_ever_ran_everything_watched_is_overdue():
    assert [each.name for each in overdue_sweeps(AT, [NIGHTLY, UNWATCHED])] == ["nightly"]


def test_the_bell_sweep_records_itself_once_a_minute(time_is, monkeypatch):
    monkeypatch.setattr(jobs, "ring", lambda job_id: True)
    for seconds in (0, 5, 55, 61):
        time_is(AT + timedelta(seconds=seconds))
        tasks.ring_due_jobs()
    runs = SweepRun.objects.filter(name="ring_due_jobs").order_by("started_at")
    assert [run.started_at for run in runs] == [AT, AT + timedelta(seconds=61)]


def test_the_bell_sweep_always_records_a_run_that_rang(time_is, monkeypatch):
    monkeypatch.setattr(jobs, "ring", lambda job_id: True)
    time_is(AT)
    tasks.ring_due_jobs()
    jobs.enqueue("note", "note:1", {}, at=AT)
    time_is(AT + timedelta(seconds=5))
    tasks.ring_due_jobs()
    assert [run.counts for run in SweepRun.objects.order_by("started_at")] == [{"rung": 0}, {"rung": 1}]


def test_old_runs_go_after_a_fortnight(time_is):
    _ran("nightly", AT - timedelta(days=15))
    _ran("nightly", AT - timedelta(days=13))
    time_is(AT)
    tasks.clean_up()
    assert [run.name for run in SweepRun.objects.order_by("started_at")] == ["nightly", "clean_up"]
    assert SweepRun.objects.get(name="clean_up").counts == {"sweep_runs": 1, "orphan_files": 0}


def test_the_broker_is_cleaned_where_it_is_ours(time_is, settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "processed_folder": str(tmp_path / "processed"),
        "data_folder_in": str(tmp_path / "messages"),
    }
    (tmp_path / "processed").mkdir()
    (tmp_path / "processed" / "1_x.celery.msg").write_text("{}", encoding="utf-8")
    time_is(datetime.now(tz=UTC) + timedelta(hours=2))
    clean_broker()
    assert SweepRun.objects.get().counts == {"processed": 1, "unfinished": 0}
    assert list((tmp_path / "processed").iterdir()) == []


def test_redis_keeps_itself_clean(time_is, settings):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
    time_is(AT)
    clean_broker()
    assert SweepRun.objects.get().finished_at == AT
    assert SweepRun.objects.get().counts == {}


def test_times_of_day_are_shanghai_time():
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
