"""What the workers of the fault tests know beside the portal: pauses a test can wait for, and the usual way as a control."""

import urllib.request
from datetime import timedelta

from celery import shared_task

from supervision.domain import retries

retries.FIRST_PAUSE, retries.LONGEST_PAUSE = timedelta(seconds=0.3), timedelta(seconds=2)


@shared_task(name="control.post_once")
def post_once(url: str, message_id: str, body: str) -> None:
    """The usual way: the message is the record. Whoever loses the message loses the push."""
    request = urllib.request.Request(url, body.encode(), {"Webhook-Id": message_id})
    with urllib.request.urlopen(request, timeout=5):
        pass
