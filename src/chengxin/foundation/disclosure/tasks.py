"""公示的后台任务：files for open data are made again when they may not be served any more."""

from __future__ import annotations

from django_tasks import task

from chengxin.foundation.disclosure.open_data import make_open_data, stale_items
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of

__all__ = ["make_stale_open_data"]


@task()
def make_stale_open_data() -> int:
    """重新生成 every item's files that are stale; returns how many items that were."""
    at = clock.now()
    items = stale_items(at, date_of(at))
    for item in items:
        make_open_data(item, clock.now())
    return len(items)
