"""Both logs are checked once a night without anybody asking; what is found is told."""

from __future__ import annotations

from datetime import datetime

import pytest
from django_tasks_db.models import DBTaskResult

from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.ledger import ports
from chengxin.ledger.logs import Log
from chengxin.ledger.models import Content
from chengxin.ledger.services import record_event, sign_checkpoint
from chengxin.ledger.tasks import check_logs, enqueue_nightly_check
from chengxin.storage.transactions import writing

pytestmark = pytest.mark.django_db


def at(monkeypatch: pytest.MonkeyPatch, text: str) -> Instant:
    moment = int(datetime.fromisoformat(text).timestamp())
    monkeypatch.setenv(clock.PINNED_CLOCK, str(moment))
    return moment


def one_entry(moment: Instant) -> None:
    with writing():
        record_event("test:thing:happened", {"_at": str(moment)})
    sign_checkpoint(moment)


def test_once_a_night(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = DBTaskResult.objects.filter(task_path=check_logs.module_path)
    one_entry(at(monkeypatch, "2026-05-06T02:59:00+08:00"))
    enqueue_nightly_check()
    assert not asked.exists()
    at(monkeypatch, "2026-05-06T03:00:00+08:00")
    enqueue_nightly_check()
    at(monkeypatch, "2026-05-06T23:00:00+08:00")
    enqueue_nightly_check()
    assert asked.count() == 1
    at(monkeypatch, "2026-05-07T09:00:00+08:00")
    enqueue_nightly_check()
    assert asked.count() == 2


def test_what_it_finds_is_told_each_night(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []

    class Heard:
        def found(self, log: Log, slug: str, sentence: str, at: Instant) -> None:
            told.append((log.name, slug))

    monkeypatch.setattr(ports.faults_found, "_filled", {"test": Heard()})
    one_entry(at(monkeypatch, "2026-05-06T03:00:00+08:00"))
    assert check_logs.call("2026-05-06") == 0
    assert told == []
    Content.objects.update(payload=b"{}")
    assert check_logs.call("2026-05-06") == 1
    assert check_logs.call("2026-05-07") == 1
    assert [name for name, _ in told] == ["main", "main"]
