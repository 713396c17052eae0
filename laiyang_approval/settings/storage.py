"""Which engines the portal runs on: DATABASE_URL and REDIS_URL choose, SQLite and files are the default."""

from .env import PRODUCTION, VAR_DIR, env

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
REDIS_URL = env.str("REDIS_URL", default="")

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE + WAL: otherwise two thirds of read-then-write transactions end in "database is locked".
    # synchronous=FULL: a power cut loses no commit.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"] |= {
        "ENGINE": "laiyang_approval.kernel.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }

CACHES = {
    "default": (
        {
            "BACKEND": "laiyang_approval.kernel.caching.SharedOrLocalCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

#: Uploads, rendered letters and digests; outside every folder a web server serves.
FILES_DIR = VAR_DIR / "files"
DIGEST_DIR = VAR_DIR / "digests"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "laiyang_approval.kernel.static_files.RememberedStaticFiles"},
}

#: Letters are signed with this key (PKCS#12, readable by the portal alone). Without one the embedded default makes itself a test
#: key; production leaves letters unsigned.
SIGNING_KEY_FILE = env.str("SIGNING_KEY_FILE", default="")
SIGNING_KEY_PASSWORD = env.str("SIGNING_KEY_PASSWORD", default="")
SIGNING_TEST_KEY_FILE = "" if PRODUCTION else str(VAR_DIR / "signing" / "test-key.p12")
