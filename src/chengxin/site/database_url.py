"""A database URL → Django's settings. SQLite runs in WAL with ``synchronous=FULL`` and immediate transactions."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

#: FULL: in WAL, NORMAL may lose an acknowledged commit when the power fails.
#: secure_delete: erased contents and destroyed keys must not live on in free pages.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;"
)


def database_from_url(url: str) -> dict[str, Any]:
    """``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://user:password@host:port/name?host=/socket/dir``.

    Raises ValueError with the forms that are understood.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": SQLITE_PRAGMAS},
        }
    if parts.scheme in {"postgresql", "postgres"}:
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host", parts.hostname or ""),
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"CHENGXIN_DATABASE={url!r}: use sqlite:///path/to/file or postgresql://user:password@host:port/name")
