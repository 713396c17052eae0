"""The portal's own settings, in test mode: a folder of its own, cheap password hashing, one cache per test process.

The engine is chosen as always by DATABASE_URL and REDIS_URL.
"""

import atexit
import os
import shutil
import tempfile

os.environ["PORTAL_MODE"] = "test"
# Playwright's sync interface keeps an event loop in the main thread; Django would refuse every query there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if not os.environ.get("PORTAL_VAR_DIR"):
    os.environ["PORTAL_VAR_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_VAR_DIR"], ignore_errors=True)
if _worker and not os.environ["PORTAL_VAR_DIR"].endswith(_worker):
    os.environ["PORTAL_VAR_DIR"] = os.path.join(os.environ["PORTAL_VAR_DIR"], _worker)
from laiyang_approval.settings import *  # noqa: E402, F403
from laiyang_approval.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, REDIS_URL, STORAGES, VAR_DIR  # noqa: E402

VAR_DIR.mkdir(parents=True, exist_ok=True)
(VAR_DIR / "static").mkdir(exist_ok=True)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads of a live server and of race tests then have connections of their own, as in service.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    # A test database need not survive a power cut; service runs with synchronous=FULL (tests/house/test_storage.py).
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"  # likewise

if REDIS_URL:
    # Two test processes share one Redis database without seeing each other's bells and cached pages.
    CACHES["default"] |= {"BACKEND": "tests.caching.RedisCacheOfOurs", "KEY_PREFIX": _worker or "main"}
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{_worker or 'main'}:"

PASSWORD_HASHERS = ["tests.hashing.CheapArgon2PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
