"""ClamAV's protocol against a server of our own: clean is clean, everything else is not."""

import socket
import struct
import threading

import pytest

from laiyang_approval.kernel.scanners import ScannerError, clamd


class Daemon:
    """A daemon that takes one file and gives one answer."""

    def __init__(self, path: str, answer: bytes):
        self.received, self.answer = b"", answer
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        self.socket.listen(1)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _address = self.socket.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!L", stream.read(4))[0]:
                self.received += stream.read(length)
            connection.sendall(self.answer)

    def stop(self):
        self.thread.join(5)
        self.socket.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"%PDF" + bytes(range(256)) * 1000)
    return path


@pytest.fixture
def daemon(tmp_path, settings):
    running = []

    def start(answer: bytes) -> Daemon:
        settings.CLAMD_ADDRESS = f"unix:{tmp_path / 'clamd'}"
        running.append(Daemon(str(tmp_path / "clamd"), answer))
        return running[0]

    yield start
    for each in running:
        each.stop()


@pytest.mark.parametrize(
    ("answer", "clean"), [(b"stream: OK\0", True), (b"stream: Eicar-Test-Signature FOUND\0", False)]
)
def test_the_whole_file_is_shown_to_the_daemon(answer, clean, file, daemon):
    server = daemon(answer)
    assert clamd(file) is clean
    assert server.received == file.read_bytes()


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"OK\0", b"stream: OK but FOUND nothing\0"]
)
def test_no_verdict_is_an_error(answer, file, daemon):
    daemon(answer)
    with pytest.raises(ScannerError):
        clamd(file)


def test_no_daemon_is_an_error(file, settings, tmp_path):
    settings.CLAMD_ADDRESS = f"unix:{tmp_path / 'nobody'}"
    with pytest.raises(OSError):
        clamd(file)
