"""The embedded broker: a message is seen whole or not at all (kombu issue 1551)."""

import os
import time
from pathlib import Path
from queue import Empty
from threading import Event, Thread

import pytest
from kombu import Connection, Exchange, Producer, Queue
from kombu.transport import filesystem

from laiyang_approval.broker.atomicfs import UNFINISHED, clean_folder

pytestmark = pytest.mark.once

QUEUE = Queue("bells", Exchange("bells", type="direct"), routing_key="bells")


def _options(folder: Path) -> dict:
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
        "store_processed": True,
    }


def _connect(folder: Path, transport: str = "atomicfs") -> Connection:
    return Connection(f"{transport}://", transport_options=_options(folder))


@pytest.fixture
def channel(tmp_path):
    with _connect(tmp_path) as connection:
        yield connection.default_channel


def test_folders_are_made_where_they_are_missing(tmp_path):
    with _connect(tmp_path / "not" / "there") as connection:
        assert connection.default_channel._size("bells") == 0
    assert sorted(path.name for path in (tmp_path / "not" / "there").iterdir()) == ["control", "messages", "processed"]


def test_four_writers_and_three_readers_lose_and_double_nothing(tmp_path):
    received: list[int] = []
    errors: list[BaseException] = []
    written = Event()

    def write(first: int) -> None:
        with _connect(tmp_path) as connection:
            producer = Producer(connection.channel())
            for number in range(first, first + 400):
                producer.publish(
                    {"n": number, "padding": "莱" * 2000}, exchange=QUEUE.exchange, routing_key="bells", declare=[QUEUE]
                )

    def read() -> None:
        try:
            with _connect(tmp_path) as connection:
                queue = QUEUE(connection.channel())
                queue.declare()
                while True:
                    last_look = written.is_set()
                    message = queue.get(no_ack=True)
                    if message is not None:
                        received.append(message.payload["n"])
                    elif last_look:
                        return
        except BaseException as error:  # a thread's failure must reach the test
            errors.append(error)

    readers = [Thread(target=read) for _ in range(3)]
    writers = [Thread(target=write, args=(n * 400,)) for n in range(4)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    written.set()
    for thread in readers:
        thread.join()
    assert errors == []
    assert sorted(received) == list(range(1600))
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_reader_that_looks_while_a_message_is_being_written_sees_nothing_yet(channel, monkeypatch):
    looks = []
    write_bytes = Path.write_bytes

    def write_and_look(path, content):
        for part in (content[:10], content):
            write_bytes(path, part)
            with pytest.raises(Empty):
                channel._get("bells")
            looks.append(len(part))

    monkeypatch.setattr(Path, "write_bytes", write_and_look)
    channel._put("bells", {"body": "x" * 100})
    assert looks == [10, len('{"body": ""}') + 100]
    assert channel._get("bells") == {"body": "x" * 100}


def test_the_stock_transport_hands_out_half_a_message_in_the_same_place(tmp_path, monkeypatch):
    """The control: what the subclass is for."""
    for folder in ("messages", "processed"):
        (tmp_path / folder).mkdir()
    with _connect(tmp_path, "filesystem") as connection:
        stock = connection.default_channel
        half_read = []

        def dump_and_look(payload):
            with pytest.raises(ValueError):
                stock._get("bells")
            half_read.append(payload)
            return "{}"

        monkeypatch.setattr(filesystem, "dumps", dump_and_look)
        stock._put("bells", {"body": "x"})
        assert len(half_read) == 1
        with pytest.raises(Empty):
            stock._get("bells")


def test_a_disk_that_is_full_leaves_no_message_and_says_so(channel, monkeypatch, tmp_path):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(filesystem.ChannelError, match="Cannot add file"):
        channel._put("bells", {})
    assert list((tmp_path / "messages").iterdir()) == []


def test_messages_are_read_in_the_order_they_were_written(channel):
    for number in range(5):
        channel._put("bells", {"n": number})
        time.sleep(0.002)
    assert [channel._get("bells")["n"] for _ in range(5)] == [0, 1, 2, 3, 4]


def test_cleaning_takes_what_is_old_and_leaves_what_waits(tmp_path):
    old, young, waiting = (tmp_path / name for name in (f".a{UNFINISHED}", f".b{UNFINISHED}", "1_x.bells.msg"))
    for path in (old, young, waiting):
        path.write_text("{}", encoding="utf-8")
    os.utime(old, (1000, 1000))
    os.utime(waiting, (1000, 1000))
    assert clean_folder(tmp_path, older_than=2000, suffix=UNFINISHED) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([young.name, waiting.name])
    assert clean_folder(tmp_path, older_than=2000) == 1
    assert clean_folder(tmp_path / "nowhere", older_than=2000) == 0
