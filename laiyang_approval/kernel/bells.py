"""Bells: messages that make a worker look at jobs (ADR 0001). An act asks for its bell and goes on; a thread rings it.

So no act waits for the broker, however slow it answers, and a rush of acts costs few messages.
"""

import logging
import threading
from time import monotonic, sleep

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: Bells asked for within so many seconds are rung together.
PAUSE_SECONDS = 0.05
#: Jobs of one message: a worker does them one after the other, while the next message may wake another worker.
MOST_TOGETHER = 4
#: After a bell that did not ring, the broker is left alone for so long (seconds); the sweep rings again.
QUIET_SECONDS = 20

_quiet_until = 0.0


def ring(*job_ids: int) -> bool:
    """Asks a worker to look at the jobs; False if the broker could not be reached, which costs seconds, not the jobs."""
    global _quiet_until
    if monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task("kernel.run_jobs", args=[job_ids], retry=False, ignore_result=True, expires=3600)
    except (KombuError, RedisError, OSError) as error:
        _quiet_until = monotonic() + QUIET_SECONDS
        log.warning("bell did not ring jobs=%s error=%s", job_ids, type(error).__name__)
        return False
    return True


class Ringer:
    """敲铃人: one thread a process, begun with the first bell; bells it has not rung when the process ends are the sweep's."""

    def __init__(self):
        self._waiting: list[int] = []
        self._lock, self._asked = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    def ask(self, *job_ids: int) -> None:
        """Afterwards these jobs are rung for in a moment."""
        with self._lock:
            self._waiting += job_ids
            if self._thread is None or not self._thread.is_alive():  # the first bell, or a forked process's first
                self._thread = threading.Thread(target=self._ring_for_ever, name="bells", daemon=True)
                self._thread.start()
        self._asked.set()

    def _ring_for_ever(self) -> None:
        while True:
            self._asked.wait()
            sleep(PAUSE_SECONDS)
            self._asked.clear()
            with self._lock:
                job_ids, self._waiting = self._waiting, []
            for start in range(0, len(job_ids), MOST_TOGETHER):
                ring(*job_ids[start : start + MOST_TOGETHER])


ringer = Ringer()
