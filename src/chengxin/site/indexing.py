"""不让搜索引擎留存：a page that shows an adverse record says so, and until when it may be shown at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.http import HttpResponse


def keep_out_of_indexes(response: HttpResponse, ends: Iterable[date | None]) -> HttpResponse:
    """Mark a page with adverse records: not indexed, not kept, and gone after the first of their last days."""
    last_days = [day for day in ends if day is not None]
    after = f", unavailable_after: {min(last_days) + timedelta(days=1)}T00:00:00+08:00" if last_days else ""
    response["X-Robots-Tag"] = f"noindex, noarchive{after}"
    return response
