"""Settings: read from the environment once, here and nowhere else.

``CHENGXIN_HOME`` (default ``./var``) holds the data; ``CHENGXIN_DATABASE`` is a URL (default SQLite under the home);
``CHENGXIN_KEYS`` the key file outside the database (default ``var-keys.json`` beside, not inside, the home). Further:
``CHENGXIN_ORIGIN`` (how the public reaches the platform), ``CHENGXIN_HOSTS`` (names it answers to, commas between),
``CHENGXIN_WATCH`` (a folder to collect from), ``CHENGXIN_SPARK_MASTER`` (the cluster of ``--engine spark``), ``CHENGXIN_LOG_LEVEL``,
``CHENGXIN_PROXIES`` (addresses of our own reverse proxies, commas
between), ``CHENGXIN_PASSWORDS`` (``asvs`` or ``djcp3``), ``CHENGXIN_OIDC_…`` (``URL``, ``CLIENT``, ``SECRET_FILE``, ``NAME`` of the city's
identity provider).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chengxin.site.database_url import database_from_url
from chengxin.site.identity_settings import provider_from_environment
from chengxin.site.logging import configure_structlog, logging_settings
from chengxin.storage import keyfile

CHENGXIN_HOME = Path(os.environ.get("CHENGXIN_HOME", "var")).absolute()
CHENGXIN_KEYS = Path(os.environ.get("CHENGXIN_KEYS", str(CHENGXIN_HOME.parent / f"{CHENGXIN_HOME.name}-keys.json"))).absolute()
CHENGXIN_ORIGIN = os.environ.get("CHENGXIN_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
CHENGXIN_WATCH = os.environ.get("CHENGXIN_WATCH", "")
CHENGXIN_SPARK_MASTER = os.environ.get("CHENGXIN_SPARK_MASTER", "")
CHENGXIN_PASSWORDS = os.environ.get("CHENGXIN_PASSWORDS", "asvs")
CHENGXIN_PROXIES = frozenset(each.strip() for each in os.environ.get("CHENGXIN_PROXIES", "").split(",") if each.strip())

#: Empty until ``chengxin init`` has made the key file; whatever needs it says so.
SECRET_KEY, *SECRET_KEY_FALLBACKS = keyfile.signing_texts(CHENGXIN_KEYS) or [""]
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("CHENGXIN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
ALLOWED_HOSTS += [host for host in [urlsplit(CHENGXIN_ORIGIN).hostname] if host and host not in ALLOWED_HOSTS]
DATABASES: dict[str, Any] = {
    "default": database_from_url(os.environ.get("CHENGXIN_DATABASE", f"sqlite:///{CHENGXIN_HOME}/chengxin.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "chengxin.ledger",
    "chengxin.access",
    "chengxin.casework",
    "chengxin.foundation.catalogue",
    "chengxin.foundation.subjects",
    "chengxin.foundation.records",
    "chengxin.foundation.collection",
    "chengxin.foundation.disclosure",
    "chengxin.during_event.evaluation",
    "chengxin.during_event.tiering",
    "chengxin.during_event.warnings",
    "chengxin.during_event.inspection",
    "chengxin.rights.remedies",
    "chengxin.rights.restoration",
    "chengxin.rights.agencies",
    "chengxin.rights.objections",
    "chengxin.rights.incidents",
    "chengxin.rights.rectification",
    "chengxin.rights.eligibility",
    "chengxin.rights.complaints",
    "chengxin.rights.officials",
    "chengxin.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chengxin.site.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chengxin.site.middleware.RequestLog",
    "chengxin.site.middleware.OnePolicySet",
    "chengxin.site.middleware.HeadOfApi",
    "django.middleware.http.ConditionalGetMiddleware",
    "chengxin.site.middleware.ApiProblems",
    "chengxin.site.unwritable.NulInAddress",  # before the session, whose cookie is looked up
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chengxin.site.middleware.SessionEnds",
    "chengxin.site.middleware.AccessMatrix",  # before the CSRF check, which reads the body of a form
    "chengxin.site.reading.ReadsFirst",
    "chengxin.site.owing.FirstThingsFirst",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chengxin.site.unwritable.NulInForm",
    "chengxin.site.published_pages.DisputedPages",
    "chengxin.site.errors.RefusedPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "chengxin.site.urls"
WSGI_APPLICATION = "chengxin.site.wsgi.application"
APPEND_SLASH = True  # who types /office means /office/
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]},
    }
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LOGGING = logging_settings(os.environ.get("CHENGXIN_LOG_LEVEL", "INFO").upper())
configure_structlog()

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["chengxin.site.signing_in.SlowingBackend"]
#: What no profile allows; lengths, kinds and ages are policy (access.passwords).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "/login"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
#: Seconds: how exactly the last use of a session is written down; when it ends is policy (access.limits).
SESSION_SEEN_EVERY = 60
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # each process its own: figures that may be made twice
    "shared": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"},  # what all must agree on: codes used up
}

ACCOUNT_ADAPTER = "chengxin.site.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # failures are counted in the database, for all processes (site.signing_in)
MFA_ADAPTER = "chengxin.site.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # the clock of a phone may be half a minute off
MFA_FORMS = {"authenticate": "chengxin.site.second_factor.SignInCode", "reauthenticate": "chengxin.site.second_factor.ConfirmingCode"}
SOCIALACCOUNT_ADAPTER = "chengxin.site.adapters.IdentityAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another host (content security policy)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS, CHENGXIN_IDENTITY_PROVIDER = provider_from_environment()

_SECURE = CHENGXIN_ORIGIN.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [CHENGXIN_ORIGIN]
CSRF_FAILURE_VIEW = "chengxin.site.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

#: What does not fit in memory waits on disk encrypted, never in clear.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "chengxin.access.uploads.SealedUploadHandler"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True  # the framework's own sentences (forms, passwords) in Chinese; ours stand in the templates
STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # served from the installed package: nothing to collect before the first start
WHITENOISE_AUTOREFRESH = False
