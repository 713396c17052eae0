"""Production refuses to start with what is only safe on one's own machine; each case starts a real process."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from laiyang_approval.settings.guard import DEVELOPMENT_FIELD_KEY

pytestmark = pytest.mark.once

SOUND = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k7Qe2v9Zp4Lm8Xs1Rt6Yw3Ua5Bd0Cf_Gh-JnKoMi2Ne4Pl6Tr8Vs1Wx",
    "PORTAL_FIELD_KEY": "bm90LWEtcmVhbC1rZXktYnV0LW91ci1vd24tMDAwMDE=",
    "ALLOWED_HOSTS": "spj.laiyang.example",
    "DATABASE_URL": "postgres://portal@db.laiyang.example/portal",
    "REDIS_URL": "redis://redis.laiyang.example/0",
}
SHOW = "import laiyang_approval.settings as s; print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"


def start(**changes: str | None) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"]} | SOUND | changes
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
    )


def test_production_starts_with_its_own_keys_hosts_and_servers():
    started = start()
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout == "True True 31536000\n"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY 未设置或过短"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY 未设置或过短"),
        ({"PORTAL_FIELD_KEY": None}, "PORTAL_FIELD_KEY 未设置"),
        ({"PORTAL_FIELD_KEY": DEVELOPMENT_FIELD_KEY}, "PORTAL_FIELD_KEY 未设置"),
        ({"DEBUG": "true"}, "DEBUG 已打开"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS 未设置"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS 未设置"),
        ({"PORTAL_MODE": "prodution"}, "PORTAL_MODE 须为"),
    ],
)
def test_production_refuses_to_start(changes, said):
    refused = start(**changes)
    assert refused.returncode == 1
    assert "ImproperlyConfigured" in refused.stderr
    assert said in refused.stderr
    assert refused.stdout == ""


def test_all_that_is_wrong_is_said_at_once():
    refused = start(SECRET_KEY=None, PORTAL_FIELD_KEY=None, ALLOWED_HOSTS=None)
    assert refused.stderr.count("未设置") == 3


def test_production_on_sqlite_starts_with_a_warning(tmp_path):
    started = start(DATABASE_URL=None, PORTAL_VAR_DIR=str(tmp_path))
    assert started.returncode == 0
    assert "生产环境正在使用 SQLite" in started.stderr


def test_the_development_key_in_the_guard_is_the_one_in_use():
    assert settings.FIELD_KEY == DEVELOPMENT_FIELD_KEY
