"""What the portal is made of: apps, middleware, templates, language, static files."""

from .env import BASE_DIR, VAR_DIR, env

ROOT_URLCONF = "laiyang_approval.urls"
WSGI_APPLICATION = "laiyang_approval.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "guardian",
    "simple_history",
    "axes",
    "csp",
    "django_htmx",
    "laiyang_approval.kernel",
    "matters",
    "windows",
    "transfers",
    "supervision",
]

MIDDLEWARE = [
    "laiyang_approval.kernel.middleware.request_log.RequestLog",
    # Before all that may answer by itself, so that redirects and refusals carry the same headers as pages.
    "laiyang_approval.kernel.middleware.RememberedPolicy",
    "laiyang_approval.kernel.middleware.PrivatePages",
    "laiyang_approval.kernel.middleware.RefuseBrokenText",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "laiyang_approval.kernel.middleware.SessionRules",
    "laiyang_approval.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "laiyang_approval.kernel.middleware.ShowDomainErrors",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "laiyang_approval.context.portal",
            ],
            "builtins": ["laiyang_approval.kernel.templatetags.ui", "laiyang_approval.kernel.templatetags.kept"],
        },
    }
]

AUTH_USER_MODEL = "kernel.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

#: Addresses printed on paper (QR codes) begin with this; the bureau sets the name citizens know. Until then, where ./run serves.
PUBLIC_BASE_URL = env.str(
    "PUBLIC_BASE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000').strip()}"
).rstrip("/")
#: Folder with the bureau's licensed fonts (fangsong, xiaobiaosong, heiti; .ttf or .otf); empty: Noto stands in.
DOCUMENT_FONTS_DIR = env.str("DOCUMENT_FONTS_DIR", default="")
#: Make PDFs in this process instead of a capped child (benches only).
PDF_IN_PROCESS = False
