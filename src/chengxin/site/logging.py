"""运行日志：one JSON object a line on stderr, without personal data.

What the platform logs are names of views, counts, ids and kinds of errors. Two nets lie below that: an error is told by its kind
and place, never by its message (a database's message quotes values), and whatever looks like a citizen's number is replaced.
"""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any, Final

import structlog

#: 15 or 18 digits, the last perhaps X, not part of a longer number or of a credit code.
_CITIZEN_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[0-9]{16}[0-9Xx]|[0-9]{14})(?![0-9A-Za-z])")
REPLACED: Final = "[号码]"


def tell_error_by_kind_and_place(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """``exc_info`` → ``error`` (its class) and ``trace`` (file, line, function), no message."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info if isinstance(exc_info, BaseException) else None
    if error is not None:
        event["error"] = type(error).__qualname__
        event["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return event


def replace_citizen_numbers(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The second net."""
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _CITIZEN_NUMBER.sub(REPLACED, value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else _clean(str(value))


_SHARED: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_LAST: Final[list[Any]] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    tell_error_by_kind_and_place,
    replace_citizen_numbers,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]
_QUIET: Final = ("django.request", "django.server", "django.db.backends", "asyncio")  # they log addresses and values; RequestLog tells


def logging_settings(level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: everything through one formatter."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": _SHARED, "processors": _LAST}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"handlers": ["nowhere"], "propagate": False} for name in _QUIET} | {"django": {"level": "WARNING"}},
    }


def configure_structlog() -> None:
    """Send structlog through the standard library, so that both kinds of loggers meet in one formatter."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
