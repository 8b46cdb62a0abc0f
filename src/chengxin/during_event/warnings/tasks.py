"""预警的后台任务：the rules are held against the records once a day, without anybody asking."""

from __future__ import annotations

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.during_event.warnings.queries import last_run
from chengxin.during_event.warnings.services import run_warnings
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted

__all__ = ["enqueue_daily_warnings", "run_daily_warnings"]

BY = "定时任务"


@task()
def run_daily_warnings() -> int:
    """每日预警; returns how many are new. A second task of the same day does nothing."""
    at = clock.now()
    return run_warnings(at, by=BY).raised if _is_due(at) else 0


def enqueue_daily_warnings() -> None:
    """Put the task in the queue if nobody has run the rules today and none is waiting. For the scheduler, every minute."""
    try:
        active.policy_set()
    except NothingAdopted:
        return
    waiting = DBTaskResult.objects.ready().filter(task_path=run_daily_warnings.module_path)
    if _is_due(clock.now()) and not waiting.exists():
        run_daily_warnings.enqueue()


def _is_due(at: Instant) -> bool:
    last = last_run()
    return last is None or date_of(last.at) < date_of(at)
