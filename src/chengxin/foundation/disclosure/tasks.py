"""公示的后台任务：files for open data are made again when they may not be served any more."""

from __future__ import annotations

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.disclosure.open_data import make_open_data, stale_items
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted

__all__ = ["enqueue_stale_open_data", "make_stale_open_data"]


@task()
def make_stale_open_data() -> int:
    """重新生成 every item's files that are stale; returns how many items that were."""
    at = clock.now()
    items = stale_items(at, date_of(at))
    for item in items:
        make_open_data(item, clock.now())
    return len(items)


def enqueue_stale_open_data() -> None:
    """Put the task in the queue if files are stale and none is waiting. For the scheduler, every minute."""
    at = clock.now()
    try:
        active.policy_set()
    except NothingAdopted:
        return
    waiting = DBTaskResult.objects.ready().filter(task_path=make_stale_open_data.module_path)
    if not waiting.exists() and stale_items(at, date_of(at)):
        make_stale_open_data.enqueue()
