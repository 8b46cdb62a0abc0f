"""账本的后台任务：once a night both logs are checked from the first hash to the tables, so that a fault is found without anybody asking."""

from __future__ import annotations

from typing import Final

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, start_of_day
from chengxin.ledger import services
from chengxin.ledger.logs import LOGS
from chengxin.ledger.models import Head

__all__ = ["check_logs", "enqueue_nightly_check"]

#: Seconds after midnight: when nobody waits for the processor, after the names.
_NIGHT: Final = 3 * 3600


@task()
def check_logs(day: str) -> int:
    """每夜核对账本和查看日志; returns in how many logs a fault was found. Whoever has to know is told. ``day`` tells the nights apart."""
    unsound = 0
    for log in LOGS:
        at = clock.now()
        report = services.fsck(at=at, log=log)
        if not report.sound:
            unsound += 1
            services.tell_of_fault(log, report, at)
    return unsound


def enqueue_nightly_check() -> None:
    """Put the task in the queue once a day, after three in the morning; a machine that was off then does it when it is on again. For the
    scheduler, every minute. A log in which nothing is yet is not checked."""
    at = clock.now()
    today = date_of(at)
    if at < start_of_day(today) + _NIGHT or not Head.objects.exists():
        return
    asked = DBTaskResult.objects.filter(task_path=check_logs.module_path)
    if not asked.filter(args_kwargs={"args": [f"{today}"], "kwargs": {}}).exists():
        check_logs.enqueue(f"{today}")
