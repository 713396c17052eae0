"""The one place that reads the process environment."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

#: "development" on one machine, "production" in the bureau's machine room, "test" under pytest.
MODE = env.str("PORTAL_MODE", default="development")
if MODE not in {"development", "production", "test"}:
    # A slip of the pen must not open a machine room with the keys of development.
    raise ImproperlyConfigured(f"PORTAL_MODE 须为 development、production 或 test，现为“{MODE}”。")
PRODUCTION = MODE == "production"

#: Database file, uploads, letters, broker folder and digests of the embedded default.
VAR_DIR = Path(env.str("PORTAL_VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
