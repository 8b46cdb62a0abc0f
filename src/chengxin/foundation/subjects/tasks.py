"""主体的后台任务：once a night all names are compared with each other, so that doubles come before a person without anybody asking."""

from __future__ import annotations

from typing import Final

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.subjects.candidates import propose_pairs
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, start_of_day
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted

__all__ = ["enqueue_nightly_pairs", "propose_nightly_pairs"]

#: Seconds after midnight: when nobody waits for the processor.
_NIGHT: Final = 2 * 3600


@task()
def propose_nightly_pairs(day: str) -> int:
    """每夜查找疑似重复主体; returns how many new pairs wait for a person. ``day`` tells the nights apart."""
    return propose_pairs(clock.now())


def enqueue_nightly_pairs() -> None:
    """Put the task in the queue once a day, after two in the morning; a machine that was off then does it when it is on again. For the
    scheduler, every minute."""
    try:
        active.policy_set()
    except NothingAdopted:
        return
    at = clock.now()
    today = date_of(at)
    if at < start_of_day(today) + _NIGHT:
        return
    asked = DBTaskResult.objects.filter(task_path=propose_nightly_pairs.module_path)
    if not asked.filter(args_kwargs={"args": [f"{today}"], "kwargs": {}}).exists():
        propose_nightly_pairs.enqueue(f"{today}")
