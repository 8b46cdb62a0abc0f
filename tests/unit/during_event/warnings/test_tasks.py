"""The rules run by themselves, once a day."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from chengxin.during_event.warnings.models import WarningRun
from chengxin.during_event.warnings.tasks import enqueue_daily_warnings, run_daily_warnings
from chengxin.kernel import clock
from chengxin.policy import PolicySet
from tests.harness.warning_cases import NOW, plant

pytestmark = pytest.mark.django_db


def test_once_a_day_and_never_twice(policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    city = plant(each=1, blameless=3)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    enqueue_daily_warnings()
    enqueue_daily_warnings()
    assert DBTaskResult.objects.filter(task_path=run_daily_warnings.module_path).count() == 1
    assert run_daily_warnings.call() == len(city.expected)
    assert run_daily_warnings.call() == 0
    assert WarningRun.objects.count() == 1
    DBTaskResult.objects.all().delete()
    enqueue_daily_warnings()
    assert not DBTaskResult.objects.exists()
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 86_400))
    enqueue_daily_warnings()
    assert DBTaskResult.objects.count() == 1


def test_before_a_policy_is_adopted_nothing_waits() -> None:
    enqueue_daily_warnings()
    assert not DBTaskResult.objects.exists()
