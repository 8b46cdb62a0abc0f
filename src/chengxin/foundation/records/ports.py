"""信用记录的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

#: The ids of the submissions that are not closed, as a query of one column ``id``; few at any time.
OpenSubmissions = Callable[[], "QuerySet[Any, Any]"]


def _nobody() -> QuerySet[Any, Any]:
    raise LookupError("foundation.collection has not said which submissions are open; nothing may be shown")


_open_submissions: list[OpenSubmissions] = [_nobody]


def register_open_submissions(query: OpenSubmissions) -> None:
    """Say which submissions are not closed; called once, when the app of collection is ready."""
    _open_submissions[:] = [query]


def open_submissions() -> QuerySet[Any, Any]:
    """尚未办结的报送：a subquery of ids. Rows of these are seen by nobody."""
    return _open_submissions[0]()
