"""Django's settings. What an administrator sets stands in the database; this is the rest."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DUELINE_DATA", "data")).resolve()


def _secret_key() -> str:
    """Read the desk's own secret, made on the first start. It signs sessions and reply tokens."""
    path = DATA_DIR / "secret.key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process of the tree was quicker
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Without IMMEDIATE two writers that both began by reading fail at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: "accepted" means that it survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user@host/name")
    options: dict[str, str] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,  # sslmode, …
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # the desk is reached by whatever name its network gives it
DATABASES = {"default": _database()}
# How long a worker may keep a task to itself without a sign of life.
LEASE_SECONDS = int(os.environ.get("DUELINE_LEASE_SECONDS", "40"))
# How patient the watcher is, as a part of what `core.vigil` says: tests cannot wait for minutes.
WATCH_PATIENCE = float(os.environ.get("DUELINE_WATCH_PATIENCE", "1"))
# Who is asked about the senders of mail: "host:port" of a name server, "" as the machine is set up,
# "off" nobody. And whose seals count for mail that they passed on: domains, with commas between.
DNS_SERVER = os.environ.get("DUELINE_DNS", "")
TRUSTED_SEALERS = os.environ.get("DUELINE_TRUSTED_SEALERS", "").lower().replace(" ", "").split(",")
# Where recordings may be fetched from besides the open internet: "address:port" each, with commas
# between; "*:port" opens a port. And how many megabytes one may have.
FETCH_ALLOWED = os.environ.get("DUELINE_FETCH_ALLOWED", "").replace(" ", "").split(",")
LARGEST_RECORDING = int(os.environ.get("DUELINE_LARGEST_RECORDING_MB", "100")) << 20
# How many mails leave to one address in an hour, and to all addresses of one domain in a minute.
MAILS_PER_ADDRESS = int(os.environ.get("DUELINE_MAILS_PER_ADDRESS", "60"))
MAILS_PER_DOMAIN = int(os.environ.get("DUELINE_MAILS_PER_DOMAIN", "300"))
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
# What a browser may call Norwegian besides the language that we write.
LANG_INFO.update({code: {"fallback": ["nb"]} for code in ("no", "nn")})
LANGUAGES = [("en", "English"), ("nb", "Norsk bokmål"), ("sv", "Svenska")]
LOCALE_PATHS = [PACKAGE / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "dueline.Account"
AUTHENTICATION_BACKENDS = ["dueline.site.people.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]
# Eight 10 MB logs beside a form are a day's work at a desk; more is refused before it is read.
DATA_UPLOAD_MAX_NUMBER_FILES = 20

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "dueline",
]

ROOT_URLCONF = "dueline.site.urls"
WSGI_APPLICATION = "dueline.site.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "dueline.site.people.PersonMiddleware",
    "dueline.site.languages.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            PACKAGE / "site" / "templates",
            PACKAGE / "console" / "templates",
            PACKAGE / "portal" / "templates",
        ],
        "OPTIONS": {
            "environment": "dueline.site.jinja.environment",
            "auto_reload": False,
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "dueline.site.context.page",
            ],
        },
    }
]
# In a cookie: saying "sent" to somebody costs no statement.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Served from the package itself: an installed wheel needs no step that collects them.
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "site" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# DUELINE_HTTPS=1 says: the desk is reached through a proxy that speaks HTTPS to the world and
# sets X-Forwarded-Proto itself. Believing that header without being told would be a hole.
HTTPS = os.environ.get("DUELINE_HTTPS", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Everything from this host, nothing written into the page: the second wall behind escaping.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "media-src": ["'self'"],  # recordings
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Errors are logged once, at the edge. What a visitor mistyped is no concern of the log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "dueline": {"level": "INFO"},
    },
}
