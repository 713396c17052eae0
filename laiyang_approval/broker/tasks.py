"""Keeps the embedded broker's folder small."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.scheduling import sweep_run

from .atomicfs import UNFINISHED, clean_folder

#: Messages already taken are of no further use; an hour leaves time to look at them.
KEEP = timedelta(hours=1)


@shared_task(name="broker.clean_broker")
def clean_broker() -> None:
    at = clock.now()
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with sweep_run("clean_broker", at=at) as run:
        if "processed_folder" not in options:
            return  # Redis keeps itself
        before = (at - KEEP).timestamp()
        run.count("processed", clean_folder(options["processed_folder"], older_than=before))
        run.count("unfinished", clean_folder(options["data_folder_in"], older_than=before, suffix=UNFINISHED))
