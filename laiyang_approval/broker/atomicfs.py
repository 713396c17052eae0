"""Kombu's filesystem transport, made atomic.

The stock transport opens the message's final name and then writes: a reader that looks in between takes half a message,
loses it and dies (kombu issue 1551). Here a message, and an exchange's table, appear under their final name only when
they are whole.
"""

import os
import time
import uuid
from pathlib import Path

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

UNFINISHED = ".part"


def write_whole(path: Path, text: str) -> None:
    """Afterwards ``path`` holds ``text``; no reader ever sees part of it."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}{UNFINISHED}")
    try:
        unfinished.write_bytes(str_to_bytes(text))
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


class Channel(filesystem.Channel):
    """Files in, files out; every file whole from the moment it can be seen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.data_folder_out, self.processed_folder, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def _put(self, queue, payload, **kwargs):
        # Readers take names in order; wall-clock time keeps that order across a restart of the machine.
        name = f"{time.time_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        try:
            write_whole(Path(self.data_folder_out, name), dumps(payload))
        except OSError as error:
            raise ChannelError(f"Cannot add file {name!r} to {self.data_folder_out}") from error

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        table = self.get_table(exchange)
        if row not in table:
            try:
                write_whole(self._exchange_file(exchange), dumps([row, *table]))
            except OSError as error:
                raise ChannelError(f"Cannot write the table of exchange {exchange!r}") from error


class Transport(filesystem.Transport):
    """Registered as ``atomicfs://``."""

    Channel = Channel


def clean_folder(folder: str | os.PathLike, *, older_than: float, suffix: str = "") -> int:
    """Afterwards no file in ``folder`` whose name ends in ``suffix`` is older than the timestamp ``older_than``.

    Returns how many were removed. A folder that does not exist yet is clean; a file another process removes first is
    no error.
    """
    removed = 0
    for path in Path(folder).glob(f"*{suffix}") if Path(folder).is_dir() else ():
        try:
            if path.stat().st_mtime < older_than:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed
