"""What ``./run`` ends in: prepare the data, then keep the web server and the worker running until told to stop.

One parent, two children: gunicorn, and a Celery worker with beat inside it. Each child leads a session of its own, so
that Ctrl-C reaches only the parent and the children are stopped in order: TERM to the leader (it finishes what it is
doing), a time of grace, then KILL to whatever is left of its group. A child that dies is started again with growing
pauses; one that keeps dying at once ends the run. If the parent itself is killed, the kernel sends the children TERM.
"""

import contextlib
import ctypes
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

try:
    from .settings.env import BASE_DIR, PRODUCTION, VAR_DIR
except ImproperlyConfigured as error:
    sys.exit(str(error))

GRACE_SECONDS = 25
#: A child that lives for less than this died at once.
QUICK_DEATH_SECONDS = 10
QUICK_DEATHS_ALLOWED = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.4, 30.0
POLL_SECONDS = 0.3
LOG_FILE_LIMIT = 10_000_000
_PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """The run ends before it began; the text says why and what to do."""


def say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201 (the terminal is this program's page)


# --- before anything starts --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_run_of(var_dir: Path) -> Iterator[None]:
    """Within, no other run uses this data folder; raises CannotStart if one does. The lock goes with the process."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"门户已在使用数据目录 {var_dir} 运行（进程 {lock.read().strip() or '未知'}）。"
                "请先停止它，或用 PORTAL_VAR_DIR 另选目录。\n"
                f"Already running with the data folder {var_dir}. Stop it first, or choose another PORTAL_VAR_DIR."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def listen(address: str, port: int) -> socket.socket:
    """A listening socket, held for the whole run; raises CannotStart with one clear sentence if the port is not to be had.

    The parent holds it, not gunicorn: a taken port is seen before anything starts, and while the web server is started
    again browsers wait instead of being refused.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"端口 {port} 已被占用。请停止占用它的程序，或换一个端口，例如：PORT={port + 1} ./run\n"
                f"Port {port} is taken. Stop the program that uses it, or choose another: PORT={port + 1} ./run"
            ) from None
        raise CannotStart(f"不能在 {address}:{port} 监听（cannot listen there）：{error.strerror}。") from None
    return listener


def port_wanted() -> int:
    """PORT from the environment, 8000 by default; raises CannotStart for what is no port."""
    text = os.environ.get("PORT", "8000").strip()
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT 须为 1 至 65535 的数字，现为“{text}”。PORT must be a number from 1 to 65535.")
    return int(text)


def prepare(*, told_to_stop: Callable[[], bool]) -> None:
    """Afterwards tables, data and static files are there (prepare.py), unless told to stop; raises CannotStart if not."""
    process = subprocess.Popen(
        [sys.executable, "-m", "laiyang_approval.prepare"],
        cwd=BASE_DIR,
        start_new_session=True,
        preexec_fn=die_with(os.getpid()),
    )
    while process.poll() is None:
        if told_to_stop():
            process.terminate()
            process.wait()
            return
        time.sleep(0.05)
    if process.returncode:
        raise CannotStart("准备没有完成，门户没有启动；原因见上。The preparation failed, see above.")


# --- the children --------------------------------------------------------------------------------------------------------


def die_with(parent: int) -> Callable[[], None]:
    """For ``preexec_fn``: afterwards the kernel sends the child TERM when ``parent`` is gone, however it went."""
    libc = ctypes.CDLL(None, use_errno=True)

    def in_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent was gone before the line above
            os._exit(1)

    return in_child


@dataclass
class Child:
    """One program that is to run all the time."""

    name: str
    command: list[str]
    log_path: Path | None = None
    pass_fds: tuple[int, ...] = ()
    quick_deaths: int = 0
    process: subprocess.Popen | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        log = self._open_log() if self.log_path else None
        try:
            self.process = subprocess.Popen(  # noqa: S603 (our own command, no shell)
                self.command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.pass_fds,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        finally:
            if log:
                log.close()
        self.started = time.monotonic()

    def _open_log(self):
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_FILE_LIMIT:
            self.log_path.replace(self.log_path.with_suffix(".1.log"))
        return self.log_path.open("ab")

    def last_words(self, lines: int = 15) -> str:
        if self.log_path is None or not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def kill_group(self) -> None:
        """Afterwards nothing of the child's session is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def check(self) -> None:
        """Starts the child when its time has come; raises CannotStart when it has died at once too often."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        self.kill_group()
        self.process = None
        self.quick_deaths = self.quick_deaths + 1 if now - self.started < QUICK_DEATH_SECONDS else 1
        if self.quick_deaths >= QUICK_DEATHS_ALLOWED:
            raise CannotStart(
                f"{self.name} 连续 {self.quick_deaths} 次启动后立即退出，门户停止运行。"
                f"{self.name} died at once {self.quick_deaths} times.\n{self.last_words()}"
            )
        pause = min(FIRST_PAUSE * 2 ** (self.quick_deaths - 1), LONGEST_PAUSE)
        self.start_at = now + pause
        say(f"{self.name} 退出（{status}），{pause:.1f} 秒后重新启动。restarting")


def stop(children: list[Child], *, grace: float, hurry: Callable[[], bool]) -> None:
    """Afterwards none of the children, nor of their children, is left. ``hurry`` ends the grace."""
    running = [child for child in children if child.process is not None]
    for child in running:
        with contextlib.suppress(ProcessLookupError):
            child.process.terminate()
    deadline = time.monotonic() + grace
    while any(child.process.poll() is None for child in running) and time.monotonic() < deadline and not hurry():
        time.sleep(0.1)
    for child in running:
        child.kill_group()
        child.process = None


def web_command(listener: socket.socket) -> list[str]:
    """Gunicorn on the socket we hold: threads, because requests wait for the database, in two processes."""
    return [
        *(sys.executable, "-m", "gunicorn", "laiyang_approval.wsgi:application"),
        *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"),
        *("--workers", os.environ.get("WEB_CONCURRENCY", "2"), "--threads", os.environ.get("WEB_THREADS", "4")),
        *("--timeout", "60", "--graceful-timeout", "20", "--max-requests", "5000", "--max-requests-jitter", "500"),
        *("--preload", "--no-control-socket", "--log-level", "warning"),
        *(("--worker-tmp-dir", "/dev/shm") if os.access("/dev/shm", os.W_OK) else ()),  # noqa: S108 (heartbeat file)
    ]


def worker_command() -> list[str]:
    """One Celery worker with beat in it: two beats would be harmless, none would not."""
    return [
        *(sys.executable, "-m", "celery", "-A", "laiyang_approval", "worker", "--beat", "--concurrency", "1"),
        *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
    ]


# --- the run -------------------------------------------------------------------------------------------------------------


def _answers(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        # In production the host we ask by is not an allowed one; being told so is an answer too.
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(address: str, port: int, log_dir: Path) -> None:
    say()
    say(f"门户已启动 ready: http://{address}:{port}/")
    say(f"  运行状态 health: http://{address}:{port}/health/ready    日志 logs: {log_dir}")
    say("  按 Ctrl-C 停止 press Ctrl-C to stop")


def watch(
    children: list[Child], *, told_to_stop: Callable[[], bool], ready: Callable[[], bool], announce: Callable[[], None]
) -> None:
    """Keeps the children running until told to stop; announces once, when the portal answers."""
    announced = False
    while not told_to_stop():
        for child in children:
            child.check()
        if not announced and ready():
            announced = True
            announce()
        time.sleep(POLL_SECONDS)


def main() -> int:
    """Runs the portal until INT, TERM or HUP; 0 after a stop, 1 when it could not run."""
    stops: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: stops.append(received))

    def told_to_stop() -> bool:
        return bool(stops)

    log_dir = VAR_DIR / "log"
    address = os.environ.get("BIND", "127.0.0.1")
    try:
        with only_run_of(VAR_DIR):
            port = port_wanted()
            listener = listen(address, port)
            prepare(told_to_stop=told_to_stop)
            # In a machine room the service manager keeps the log; at a desk the terminal stays readable.
            children = [
                Child(
                    "网页服务 web",
                    web_command(listener),
                    None if PRODUCTION else log_dir / "web.log",
                    (listener.fileno(),),
                ),
                Child("后台任务 worker", worker_command(), None if PRODUCTION else log_dir / "worker.log"),
            ]
            try:
                watch(
                    children,
                    told_to_stop=told_to_stop,
                    ready=lambda: _answers(address, port),
                    announce=lambda: _announce(address, port, log_dir),
                )
            finally:
                say("正在停止 stopping …")
                stop(children, grace=GRACE_SECONDS, hurry=lambda: len(stops) > 1)
    except CannotStart as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201
        return 1
    say("已停止 stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
