"""What the portal refuses: keys, hosts, cookies, content security policy, passwords, lock-out."""

from .env import MODE, PRODUCTION, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only-key-that-production-refuses-to-start-with-0123456789")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"])

#: Keys of the encrypted columns and blind indexes (controls C3, C12); kept outside the database and its backup.
FIELD_KEY = env.str("PORTAL_FIELD_KEY", default="" if PRODUCTION else "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDA=")

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "home"
TEST_MODE = MODE == "test"

#: The one password of the demo accounts of ``bootstrap --demo``, which production refuses.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="Laiyang-2018-18")
