"""定时进程。Each second: rows that wait become leaves, what has grown is signed; further: open submissions go on, the folder is watched.

A duty that fails is told in the log and on ``/healthz``, waits longer each time, and never stops the others.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

import structlog
from django.conf import settings
from django.db import close_old_connections, connection

from chengxin.access.attempts import forget_old_attempts
from chengxin.access.mass_reading import watch_reading
from chengxin.access.vault import remove_drafts
from chengxin.casework.notices import escalate, send_waiting
from chengxin.during_event.warnings.tasks import enqueue_daily_warnings
from chengxin.foundation.catalogue.queries import newest_adoption
from chengxin.foundation.collection.folder import watch
from chengxin.foundation.collection.retention import apply_retention
from chengxin.foundation.disclosure.tasks import enqueue_stale_open_data
from chengxin.foundation.subjects.tasks import enqueue_nightly_pairs
from chengxin.kernel import clock
from chengxin.ledger import sequencer
from chengxin.ledger.tasks import enqueue_nightly_check
from chengxin.policy import active
from chengxin.rights.incidents.opening import open_waiting
from chengxin.rights.officials.conditions import close_expired as close_expired_applications
from chengxin.rights.officials.forgetting import forget_expired
from chengxin.rights.restoration.differences import note_missing
from chengxin.rights.restoration.screening import close_expired
from chengxin.site import erasure_register, health, unfinished

log = structlog.get_logger("chengxin.scheduler")

LONGEST_PAUSE_SECONDS: Final = 60.0
SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86_400.0


@dataclass
class Duty:
    """任务：what is done how often, by real time; ``failures`` in a row make the pause longer."""

    name: str
    every_seconds: float
    act: Callable[[], None]
    due: float = 0.0
    failures: int = 0
    failing: str = ""

    def run(self, now: float) -> None:
        """Do it if it is due."""
        if now < self.due:
            return
        try:
            self.act()
        except Exception as error:
            self.failures += 1
            self.failing = type(error).__qualname__
            log.exception("duty failed", duty=self.name, failures=self.failures)
            connection.close()  # whatever state it is in
        else:
            self.failures, self.failing = 0, ""
        self.due = now + min(self.every_seconds * 2**self.failures, max(LONGEST_PAUSE_SECONDS, self.every_seconds))


@dataclass
class Scheduler:
    """The loop over the duties, until :meth:`stop`."""

    duties: list[Duty]
    stopping: threading.Event = field(default_factory=threading.Event)

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End after the duty at hand."""
        self.stopping.set()

    def run(self) -> None:
        """Until stopped; gives a sign of life each second."""
        while not self.stopping.is_set():
            started = time.monotonic()
            for duty in self.duties:
                if not self.stopping.is_set():
                    duty.run(time.monotonic())
            health.beat("scheduler", {duty.name: duty.failing for duty in self.duties if duty.failing})
            close_old_connections()
            self.stopping.wait(max(0.0, SECOND - (time.monotonic() - started)))


def duties() -> list[Duty]:
    """What this installation has to do."""
    found = [
        Duty("ledger", SECOND, _sequence),
        Duty("submissions", 5 * SECOND, unfinished.enqueue_unfinished),
        Duty("drafts", HOUR, _remove_drafts),
        Duty("erasures", MINUTE, erasure_register.keep),
        Duty("open_data", MINUTE, enqueue_stale_open_data),
        Duty("retention", HOUR, _end_retention),
        Duty("mass reading", MINUTE, _watch_reading),
        Duty("incidents", MINUTE, _open_incidents),
        Duty("warnings", MINUTE, enqueue_daily_warnings),
        Duty("ledger check", MINUTE, enqueue_nightly_check),
        Duty("pairs", MINUTE, enqueue_nightly_pairs),
        Duty("notices", MINUTE, _deliver_notices),
        Duty("deadlines", HOUR, _remind_of_deadlines),
        Duty("restorations", HOUR, _compare_restorations),
        Duty("officials", HOUR, _forget_officials),
        Duty("attempts", HOUR, _forget_attempts),
    ]
    if settings.CHENGXIN_WATCH:
        found.append(Duty("folder", 5 * SECOND, FolderWatch(Path(settings.CHENGXIN_WATCH)).keep_alive))
    return found


class FolderWatch:
    """看守文件夹 in a thread of its own: a big file there must not keep the checkpoint waiting. It may be killed at any moment."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.thread: threading.Thread | None = None

    def keep_alive(self) -> None:
        """Start the thread, or start it again if it ended."""
        if not self.directory.is_dir():
            raise NotADirectoryError(self.directory)
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self._watch, name="folder", daemon=True)
            self.thread.start()

    def _watch(self) -> None:
        watch(self.directory, once=False, tell=lambda sentence: log.info("folder", outcome=sentence))


def main() -> int:
    """The scheduler's process."""
    scheduler = Scheduler(duties())
    signal.signal(signal.SIGTERM, scheduler.stop)
    signal.signal(signal.SIGINT, scheduler.stop)
    scheduler.run()
    return 0


def _forget_officials() -> None:
    close_expired_applications(clock.now())
    forget_expired(clock.now())


def _forget_attempts() -> None:
    forget_old_attempts(clock.now())


def _sequence() -> None:
    sequencer.run_once(clock.now())


def _deliver_notices() -> None:
    send_waiting(clock.now())


def _remind_of_deadlines() -> None:
    if newest_adoption() is not None:
        escalate(active.policy_set(), clock.now())


def _compare_restorations() -> None:
    if newest_adoption() is not None:
        note_missing(active.policy_set(), clock.now())
        close_expired(clock.now())


def _watch_reading() -> None:
    watch_reading(clock.now())


def _open_incidents() -> None:
    if newest_adoption() is not None:
        open_waiting(clock.now())


def _end_retention() -> None:
    apply_retention(clock.now())
    erasure_register.keep()


def _remove_drafts() -> None:
    remove_drafts(before=time.time() - DAY)
