"""Virus scanners for the upload gate: a function (path) → clean? Whatever goes wrong is raised, never taken for clean."""

import socket
import struct
from pathlib import Path

from django.conf import settings

CONNECT_SECONDS, SCAN_SECONDS = 3, 60
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


class ScannerError(Exception):
    """The scanner did not say whether the file is clean."""


def clamd(path: Path) -> bool:
    """Whether ClamAV's daemon at CLAMD_ADDRESS ("unix:/run/clamav/clamd.ctl" or "host:port") finds the file clean.

    Raises ScannerError or OSError when it cannot be asked or answers anything but clean or infected.
    """
    with _connect(settings.CLAMD_ADDRESS) as connection, path.open("rb") as file:
        connection.settimeout(SCAN_SECONDS)
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(_CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = _answer(connection)
    if answer == b"stream: OK":
        return True
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return False
    raise ScannerError("no verdict")


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n")
