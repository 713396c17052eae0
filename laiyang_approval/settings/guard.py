"""The door of production: encrypted transport, and a refusal to start with what is only safe on one's own machine."""

import warnings

from django.core.exceptions import ImproperlyConfigured

from .env import PRODUCTION, env
from .security import ALLOWED_HOSTS, DEBUG, FIELD_KEY, SECRET_KEY
from .storage import DATABASES

SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
#: Probes of the machine room ask over plain HTTP, from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
#: Only where a proxy of ours ends TLS and overwrites this header; anybody else could forge it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None

DEVELOPMENT_FIELD_KEY = "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDA="


def production_refusals(*, secret_key: str, field_key: str, debug: bool, allowed_hosts: list[str]) -> list[str]:
    """Why production must not start with these settings, one sentence each; empty if it may."""
    refusals = []
    if "development" in secret_key or len(secret_key) < 50 or len(set(secret_key)) < 5:
        refusals.append("SECRET_KEY 未设置或过短：请设为 50 个字符以上的随机串。")
    if not field_key or field_key == DEVELOPMENT_FIELD_KEY:
        refusals.append("PORTAL_FIELD_KEY 未设置：证件号码和电话须用本局自己的密钥加密。")
    if debug:
        refusals.append("DEBUG 已打开：出错页会泄露内部信息，请关闭。")
    if not allowed_hosts or "*" in allowed_hosts:
        refusals.append("ALLOWED_HOSTS 未设置：请列出门户的域名。")
    return refusals


if PRODUCTION:
    if refusals := production_refusals(
        secret_key=SECRET_KEY, field_key=FIELD_KEY, debug=DEBUG, allowed_hosts=ALLOWED_HOSTS
    ):
        raise ImproperlyConfigured("生产环境拒绝启动（production refuses to start）：\n  " + "\n  ".join(refusals))
    if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        warnings.warn("生产环境正在使用 SQLite；多台服务器须设置 DATABASE_URL 使用 PostgreSQL。", stacklevel=2)
