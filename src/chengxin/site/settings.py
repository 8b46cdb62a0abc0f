"""Settings: read from the environment once, here and nowhere else.

``CHENGXIN_HOME`` (default ``./var``) holds the data; ``CHENGXIN_DATABASE`` is a URL (default SQLite under the home);
``CHENGXIN_KEYS`` the key file outside the database (default ``keys.json`` beside, not inside, the home).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from chengxin.site.database_url import database_from_url

CHENGXIN_HOME = Path(os.environ.get("CHENGXIN_HOME", "var")).absolute()
CHENGXIN_KEYS = Path(os.environ.get("CHENGXIN_KEYS", str(CHENGXIN_HOME.parent / f"{CHENGXIN_HOME.name}-keys.json"))).absolute()
CHENGXIN_ORIGIN = os.environ.get("CHENGXIN_ORIGIN", "http://127.0.0.1:8000")

DEBUG = False
ALLOWED_HOSTS = os.environ.get("CHENGXIN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
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
    "chengxin.ledger",
    "chengxin.access",
    "chengxin.foundation.catalogue",
    "chengxin.foundation.subjects",
    "chengxin.foundation.records",
    "chengxin.foundation.collection",
    "chengxin.foundation.disclosure",
    "chengxin.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "chengxin.site.urls"
WSGI_APPLICATION = "chengxin.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]},
    }
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
AUTH_USER_MODEL = "access.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True  # the framework's own sentences (forms, passwords) in Chinese; ours stand in the templates
STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
