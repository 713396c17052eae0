"""系统接口: one signed POST to a regulator's system (controls C10, T7, T24, T25).

Only to what the deployment names; the name is resolved once, every address is judged, and the connection goes to the one that
was judged. No redirects, no proxy from the environment, a cap on time and on what is read.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.conf import settings

from ..domain.addresses import Endpoint, Forbidden, endpoint_of, networks_of, require_listed, require_reachable
from ..domain.messages import names_us
from ..domain.signatures import sign
from ..models import PushAttempt

Outcome = PushAttempt.Outcome

CONNECT_SECONDS, TOTAL_SECONDS = 3, 10
MOST_BYTES = 64 * 1024
#: The receiver may answer otherwise later; every other refusal is for a person.
WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


@dataclass(frozen=True)
class Answer:
    """一次尝试的结果: acknowledged, worth another try, or for a person; ``error`` says why in one line."""

    outcome: Outcome
    status: int | None
    error: str
    milliseconds: int


def deliver(url: str, *, key: str, message_id: str, body: str, at: datetime) -> Answer:
    """Sends ``body`` under ``message_id`` and says what came of it; never raises for what the other side does."""
    started = monotonic()

    def answer(outcome: Outcome, error: str = "", status: int | None = None) -> Answer:
        return Answer(outcome, status, error, round(1000 * (monotonic() - started)))

    try:
        endpoint = endpoint_of(url)
        require_listed(endpoint, settings.PUSH_ALLOWED_ENDPOINTS)
        address = require_reachable(_resolve(endpoint), networks_of(settings.PUSH_ALLOWED_NETWORKS))
    except Forbidden as refusal:
        return answer(Outcome.PERMANENT, str(refusal))
    except OSError as error:
        return answer(Outcome.TEMPORARY, f"主机名解析失败（{type(error).__name__}）")
    headers = sign(key, message_id=message_id, at=at, body=body) | {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "laiyang-approval",
    }
    try:
        status, content = _post(endpoint, address, headers, body.encode())
    except ssl.SSLCertVerificationError:
        return answer(Outcome.TEMPORARY, "对方证书不能验证")
    except (OSError, http.client.HTTPException) as error:
        return answer(Outcome.TEMPORARY, f"连接失败（{type(error).__name__}）")
    if 200 <= status < 300:
        if len(content) <= MOST_BYTES and names_us(content, message_id):
            return answer(Outcome.ACKNOWLEDGED, status=status)
        return answer(Outcome.TEMPORARY, "回执没有写明本次推送的编号", status)
    if status >= 500 or status in WORTH_ANOTHER_TRY:
        return answer(Outcome.TEMPORARY, f"对方系统返回 {status}", status)
    return answer(Outcome.PERMANENT, f"对方系统拒收，返回 {status}", status)


def _resolve(endpoint: Endpoint) -> list[str]:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in found]


class _Judged(http.client.HTTPConnection):
    """A connection to the address that was judged; the name stays for TLS and for the Host header."""

    def __init__(self, endpoint: Endpoint, address: str):
        super().__init__(endpoint.host, endpoint.port, timeout=CONNECT_SECONDS)
        self._endpoint, self._address = endpoint, address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self._endpoint.port), CONNECT_SECONDS)
        if self._endpoint.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._endpoint.host)
        self.sock.settimeout(TOTAL_SECONDS)


def _post(endpoint: Endpoint, address: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    connection = _Judged(endpoint, address)
    # A receiver that sends one byte every few seconds never meets a socket's own time limit.
    end = threading.Timer(TOTAL_SECONDS, _cut(connection))
    end.daemon = True
    end.start()
    try:
        connection.request("POST", endpoint.path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(MOST_BYTES + 1)
    finally:
        end.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> Callable[[], None]:
    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    return cut
