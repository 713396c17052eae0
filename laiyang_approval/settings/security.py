"""What the portal refuses: keys, hosts, cookies, content security policy, passwords, lock-out."""

from .env import MODE, PRODUCTION, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only-key-that-production-refuses-to-start-with-0123456789")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)

#: Keys of the encrypted columns and blind indexes (controls C3, C12); kept outside the database and its backup.
FIELD_KEY = env.str("PORTAL_FIELD_KEY", default="" if PRODUCTION else "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDA=")
#: Former keys, the newest first: still read; the last one keeps making the indexes and query codes (kernel/crypto.py).
FIELD_KEYS_OLD = env.list("PORTAL_FIELD_KEY_OLD", default=[])

#: Function that says whether an uploaded file is clean, such as laiyang_approval.kernel.scanners.clamd; empty: none is scanned.
UPLOAD_SCANNER = env.str("UPLOAD_SCANNER", default="")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="unix:/run/clamav/clamd.ctl")

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "laiyang_approval.kernel.backends.PeopleBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["laiyang_approval.kernel.hashing.PortalArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "laiyang_approval.kernel.passwords.LengthAndClasses"},
    {"NAME": "laiyang_approval.kernel.passwords.NotDefault"},
    {"NAME": "laiyang_approval.kernel.passwords.NotRecent"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
#: Whether a password that is due (rule password_max_age_days, or just given by an officer) bars every other page.
FORCE_PASSWORD_CHANGE = env.bool("FORCE_PASSWORD_CHANGE", default=PRODUCTION)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "home"

# How long a session lasts are dated rules (kernel/middleware/sessions.py); the cookie goes when the browser is closed, for hall
# screens are shared. The __Host- prefix binds it to this host, path / and TLS.
SESSION_ENGINE = "laiyang_approval.kernel.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "laiyang_approval.kernel.views.failures.stale_form"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Everything comes from our own host; no inline script or style anywhere, so no nonce either.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'none'"],
        "form-action": ["'self'"],
    }
}

#: How many proxies of ours stand before the portal; 0 means X-Forwarded-For is never read.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Lock-out in the database: a flushed cache must not unlock anybody (R16). Numbers are dated rules.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "laiyang_approval.kernel.signing_in.failure_limit"
AXES_COOLOFF_TIME = "laiyang_approval.kernel.signing_in.lock_time"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "laiyang_approval.kernel.addresses.client_address"
AXES_CLIENT_STR_CALLABLE = "laiyang_approval.kernel.signing_in.nobody"
# The audit trail holds every sign-in and every failure; a second log would only hold more about people.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

#: django-guardian's own anonymous account is not wanted: nobody has rights without signing in.
ANONYMOUS_USER_NAME = None

# A page of 200 materials with notes stays far below; uploads are counted apart (kernel/uploads.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 60

#: Regulators' systems a push may go to, as scheme://host[:port]; nothing else is ever connected to, whatever a page says.
PUSH_ALLOWED_ENDPOINTS = env.list("PUSH_ALLOWED_ENDPOINTS", default=[])
#: Internal networks (CIDR) that those names may stand for; others are refused at every attempt.
PUSH_ALLOWED_NETWORKS = env.list("PUSH_ALLOWED_NETWORKS", default=[])

TEST_MODE = MODE == "test"

#: The one password of the demo accounts of ``bootstrap --demo``, which production refuses.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="Laiyang-2018-18")
