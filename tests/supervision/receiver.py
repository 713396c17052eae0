"""监管系统的模拟: a regulator's own system on 127.0.0.1, honest or faulty, that checks each push with the reference library.

``effects`` counts what it acted on by message id; ``posts`` what arrived. A fault may come before or after the effect, as in life.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

#: What a sick receiver does; those of AFTER happen when it has already acted.
BEFORE = ("500", "503", "429", "cut", "no_answer", "html_before")
AFTER = ("cut_after", "html", "code_500", "other_id", "empty", "500_after")


@dataclass
class Receiver:
    """``faults`` are drawn for ``rate`` of the posts; ``looks_at_ids`` false is the careless receiver of the controls."""

    keys: set[str]
    rate: float = 0.0
    faults: Sequence[str] = BEFORE + AFTER
    seed: int = 2018
    looks_at_ids: bool = True
    url: str = ""
    posts: Counter = field(default_factory=Counter)
    effects: Counter = field(default_factory=Counter)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    unsigned: int = 0
    always: str = ""

    def __post_init__(self) -> None:
        self._lock, self._random = threading.Lock(), random.Random(self.seed)

    def take(self, headers, body: bytes) -> tuple[str, str]:
        """(message id, what to do) of one post; the effect is counted here."""
        message_id = headers.get("Webhook-Id", "")
        with self._lock:
            self.posts[message_id] += 1
            fault = self.always or (self._random.choice(self.faults) if self._random.random() < self.rate else "")
            if fault in BEFORE:
                return message_id, fault
            if not self._is_signed(headers, body):
                self.unsigned += 1
                return message_id, "401"
            self.bodies.setdefault(message_id, set()).add(body)
            if not self.looks_at_ids or message_id not in self.effects:
                self.effects[message_id] += 1
            return message_id, fault

    def _is_signed(self, headers, body: bytes) -> bool:
        named = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        for key in self.keys:
            try:
                Webhook(key).verify(body, named)
                return True
            except WebhookVerificationError:
                continue
        return False


class _Handler(BaseHTTPRequestHandler):
    server_version, protocol_version = "regulator", "HTTP/1.1"

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        message_id, what = receiver.take(self.headers, body)
        match what:
            case "cut" | "cut_after":
                self.close_connection = True
            case "no_answer":
                time.sleep(0.2)
                self.close_connection = True
            case "html" | "html_before":
                self._say(200, b"<html><body>OK</body></html>")
            case "empty":
                self._say(200, b"")
            case "code_500":
                self._say(200, b'{"code": 500, "message": "failed"}')
            case "other_id":
                self._say(200, b'{"id": "TS-XX-000001"}')
            case "redirect":
                self.send_response(302)
                self.send_header("Location", self.server.receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "huge":
                self._say(200, b" " * 8_000_000)
            case "drip":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            case "headers":
                self.send_response(200)
                for number in range(2000):
                    self.send_header(f"X-{number}", "x")
                self.end_headers()
            case "":
                self._say(200, json.dumps({"id": message_id}).encode())
            case status:
                self._say(int(status[:3]), b"{}")

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args) -> None:
        """A thousand lines say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address) -> None:
        """The other side hung up."""


@contextmanager
def running(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver, listening on a free port of 127.0.0.1 until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = receiver
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
