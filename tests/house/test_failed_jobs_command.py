"""manage.py failed_jobs: a person sees what no worker could do, and sends it off again."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from laiyang_approval.kernel import jobs
from laiyang_approval.kernel.models import Job

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed():
    made = [jobs.enqueue("note", f"note:{number}", {}, at=AT) for number in range(2)]
    Job.objects.update(state=Job.State.FAILED, attempts=8, last_error="OSError: disk full")
    jobs.enqueue("note", "note:waiting", {}, at=AT)
    return made


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("failed_jobs", *arguments, stdout=said)
    return said.getvalue()


def test_failed_jobs_are_listed_with_their_reason(failed):
    first, second = failed
    assert run() == (
        f"{second.pk}\tnote\tnote:1\t已试8次\tOSError: disk full\n"
        f"{first.pk}\tnote\tnote:0\t已试8次\tOSError: disk full\n"
        "须人工处理的任务：2\n"
    )


def test_one_job_is_sent_off_again_and_the_other_stays(failed):
    first, second = failed
    assert run("--again", str(first.pk)) == "已重新执行：1\n"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == (Job.State.NEW, 0)
    assert (second.state, second.attempts) == (Job.State.FAILED, 8)


def test_all_are_sent_off_again(failed):
    assert run("--again", "all") == "已重新执行：2\n"
    assert Job.objects.filter(state=Job.State.NEW).count() == 3


def test_a_number_that_is_no_failed_job_changes_nothing(failed):
    with pytest.raises(CommandError, match="没有须人工处理的任务 0"):
        run("--again", str(failed[0].pk), "0")
    assert Job.objects.filter(state=Job.State.FAILED).count() == 2
