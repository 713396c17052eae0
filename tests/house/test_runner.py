"""The runner: children are restarted, stopped in order, and nothing of them is left."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from laiyang_approval import runner
from laiyang_approval.runner import CannotStart, Child
from tests.servers import free_port

pytestmark = pytest.mark.once

PATIENT = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0)); print('up', flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
WITH_GRANDCHILD = (
    "import subprocess, sys, time;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print('up', p.pid, flush=True); time.sleep(60)"
)


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def child(tmp_path):
    made: list[Child] = []

    def make(script: str) -> Child:
        made.append(Child("child", [sys.executable, "-c", script], tmp_path / f"child{len(made)}.log"))
        return made[-1]

    yield make
    for each in made:
        if each.process is not None:
            each.kill_group()


def _up(child: Child) -> bool:
    return "up" in child.last_words()


def test_children_that_listen_are_stopped_within_the_grace(child):
    first, second = child(PATIENT), child(PATIENT)
    for each in (first, second):
        each.start()
        until(lambda each=each: _up(each))
    pids = [first.process.pid, second.process.pid]
    started = time.monotonic()
    runner.stop([first, second], grace=20, hurry=lambda: False)
    assert time.monotonic() - started < 5
    assert not any(map(is_alive, pids))


def test_a_child_that_does_not_listen_is_killed_after_the_grace(child):
    deaf = child(DEAF)
    deaf.start()
    until(lambda: _up(deaf))
    pid, started = deaf.process.pid, time.monotonic()
    runner.stop([deaf], grace=0.5, hurry=lambda: False)
    assert 0.5 <= time.monotonic() - started < 5
    assert not is_alive(pid)


def test_a_second_ctrl_c_does_not_wait_for_the_grace(child):
    deaf = child(DEAF)
    deaf.start()
    until(lambda: _up(deaf))
    started = time.monotonic()
    runner.stop([deaf], grace=60, hurry=lambda: True)
    assert time.monotonic() - started < 5


def test_a_grandchild_does_not_outlive_its_parent(child):
    parent = child(WITH_GRANDCHILD)
    parent.start()
    until(lambda: _up(parent))
    grandchild = int(parent.last_words().split()[1])
    assert is_alive(grandchild)
    runner.stop([parent], grace=5, hurry=lambda: False)
    until(lambda: not is_alive(grandchild), 5)


def test_a_child_that_dies_is_started_again_after_growing_pauses_until_it_is_hopeless(child, capsys):
    dying = child("print('cannot open the door', flush=True); raise SystemExit(3)")
    starts: list[float] = []
    start = dying.start
    dying.start = lambda: (starts.append(time.monotonic()), start())
    with pytest.raises(CannotStart) as given_up:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            dying.check()
            time.sleep(0.02)
    assert len(starts) == 5
    pauses = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 0.4
    assert pauses[3] >= 3.2
    assert "连续 5 次启动后立即退出" in str(given_up.value)
    assert "cannot open the door" in str(given_up.value)


def test_a_child_that_lived_long_enough_starts_its_count_afresh(child, monkeypatch):
    monkeypatch.setattr(runner, "QUICK_DEATH_SECONDS", 0)
    dying = child("raise SystemExit(3)")
    dying.quick_deaths = 4
    dying.start()
    until(lambda: dying.process.poll() is not None)
    dying.check()
    assert (dying.process, dying.quick_deaths) == (None, 1)


def test_children_go_when_the_runner_is_killed_outright(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from laiyang_approval.runner import Child;"
        f"c = Child('c', [sys.executable, '-c', {PATIENT!r}], Path({str(tmp_path / 'c.log')!r})); c.start();"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    until(lambda: "up" in (tmp_path / "c.log").read_text(encoding="utf-8"))
    parent.kill()
    parent.wait()
    until(lambda: not is_alive(pid), 5)


def test_a_long_log_is_put_aside_before_the_next_start(child, monkeypatch):
    monkeypatch.setattr(runner, "LOG_FILE_LIMIT", 10)
    noisy = child("print('a new line', flush=True)")
    noisy.log_path.write_text("a long old log\n", encoding="utf-8")
    noisy.start()
    noisy.process.wait()
    assert noisy.log_path.read_text(encoding="utf-8") == "a new line\n"
    assert noisy.log_path.with_suffix(".1.log").read_text(encoding="utf-8") == "a long old log\n"


# --- refusals --------------------------------------------------------------------------------------------------------


def run_portal(var_dir: Path, **changes: str) -> subprocess.Popen:
    # Nothing of this test run: its settings, its engine, its place among the test processes.
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "laiyang_approval.runner"],
        cwd=settings.BASE_DIR,
        env=keep | {"PORTAL_VAR_DIR": str(var_dir), "PORTAL_MODE": "development"} | changes,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_taken_port_is_said_in_one_sentence_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        out, err = run_portal(tmp_path, PORT=str(port)).communicate(timeout=30)
    assert out == ""
    assert err == (
        f"端口 {port} 已被占用。请停止占用它的程序，或换一个端口，例如：PORT={port + 1} ./run\n"
        f"Port {port} is taken. Stop the program that uses it, or choose another: PORT={port + 1} ./run\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.lock"]


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    started = run_portal(tmp_path, PORT=port)
    _, err = started.communicate(timeout=30)
    assert started.returncode == 1
    assert err.startswith(f"PORT 须为 1 至 65535 的数字，现为“{port}”。")


def test_an_unsafe_production_is_refused_without_a_traceback(tmp_path):
    started = run_portal(tmp_path, PORTAL_MODE="production")
    _, err = started.communicate(timeout=30)
    assert started.returncode == 1
    assert err.startswith("生产环境拒绝启动")
    assert "Traceback" not in err


def test_two_runs_of_one_data_folder_refuse_each_other(tmp_path):
    with runner.only_run_of(tmp_path):
        started = run_portal(tmp_path, PORT=str(free_port()))
        _, err = started.communicate(timeout=30)
    assert started.returncode == 1
    assert f"门户已在使用数据目录 {tmp_path} 运行（进程 {os.getpid()}）" in err
    with runner.only_run_of(tmp_path):
        pass  # the lock went with its holder


# --- the whole portal, started as ./run starts it ------------------------------------------------------------------------


@pytest.mark.slow
def test_the_portal_runs_works_and_leaves_nothing_behind(tmp_path):
    import json
    import sqlite3
    import urllib.request

    port = free_port()
    started = run_portal(tmp_path, PORT=str(port))
    said: list[str] = []
    try:
        for line in started.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError("".join(said) + started.stderr.read())
        assert f"门户已启动 ready: http://127.0.0.1:{port}/\n" in said
        assert any("密码" in line for line in said)

        def get(path: str) -> tuple[int, str]:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        assert get("/health/live") == (200, "ok\n")
        # Ready at once, with last month's demo letters still to be made; a calendar year to come is another's matter.
        checks = json.loads(get("/health/ready")[1])["checks"]
        assert {name: reasons for name, reasons in checks.items() if reasons != "ok"}.keys() <= {"calendar"}
        status, home = get("/")
        assert status == 200
        stylesheet = re.search(r'href="(/static/css/[^"]+)"', home)[1]
        assert get(stylesheet)[0] == 200

        # Work reaches the worker by the embedded broker, and the worker does it.
        def rows(query: str) -> list[tuple]:
            with sqlite3.connect(tmp_path / "portal.sqlite3", timeout=20) as database:
                return database.execute(query).fetchall()

        until(
            lambda: rows("SELECT 1 FROM kernel_sweeprun WHERE name = 'ring_due_jobs' AND finished_at IS NOT NULL"), 180
        )
        until(lambda: not rows("SELECT 1 FROM kernel_job WHERE state = 'new' AND due_at < datetime('now')"), 120)
        assert rows("SELECT kind, last_error FROM kernel_job WHERE state = 'failed'") == []
        checks = json.loads(get("/health/ready")[1])["checks"]
        assert {name: checks[name] for name in ("database", "broker", "files", "sweeps", "jobs")} == dict.fromkeys(
            ("database", "broker", "files", "sweeps", "jobs"), "ok"
        )
        assert rows("PRAGMA journal_mode") == [("wal",)]

        mine = _descendants(started.pid)
        assert len(mine) >= 5  # gunicorn and its two, celery and its pool and beat
    finally:
        os.kill(started.pid, signal.SIGINT)
        started.stdout.read()
        started.stdout.close()
        started.stderr.close()
        assert started.wait(timeout=60) == 0
    until(lambda: not any(map(is_alive, mine)), 5)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return [each for child in map(int, children) for each in (child, *_descendants(child))]
