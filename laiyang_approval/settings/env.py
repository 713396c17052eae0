"""The one place that reads the process environment."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

#: "development" on one machine, "production" in the bureau's machine room, "test" under pytest.
MODE = env.str("PORTAL_MODE", default="development")
PRODUCTION = MODE == "production"

#: Database file, uploads, letters, broker folder and digests of the embedded default.
VAR_DIR = Path(env.str("PORTAL_VAR_DIR", default=str(BASE_DIR / "var")))
