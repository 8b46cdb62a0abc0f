"""Doubles are looked for once a night, without anybody asking."""

from __future__ import annotations

from datetime import datetime

import pytest
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.subjects.models import CandidatePair
from chengxin.foundation.subjects.tasks import enqueue_nightly_pairs, propose_nightly_pairs
from chengxin.kernel import clock
from chengxin.site import scheduler
from tests.harness.subjects import open_subject

pytestmark = pytest.mark.django_db


def at(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(int(datetime.fromisoformat(text).timestamp())))


@pytest.mark.usefixtures("policy_set")
def test_once_a_night(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = DBTaskResult.objects.filter(task_path=propose_nightly_pairs.module_path)
    at(monkeypatch, "2026-05-06T01:59:00+08:00")
    enqueue_nightly_pairs()
    assert not asked.exists()
    at(monkeypatch, "2026-05-06T02:00:00+08:00")
    enqueue_nightly_pairs()
    at(monkeypatch, "2026-05-06T23:00:00+08:00")
    enqueue_nightly_pairs()
    assert asked.count() == 1
    at(monkeypatch, "2026-05-07T09:00:00+08:00")
    enqueue_nightly_pairs()
    assert asked.count() == 2


@pytest.mark.usefixtures("policy_set")
def test_what_it_finds_waits_for_a_person() -> None:
    open_subject(1, "泰安市岭上云商贸有限公司")
    open_subject(2, "泰安岭上云商贸有限责任公司")
    assert propose_nightly_pairs.call("2026-05-06") == 1
    assert propose_nightly_pairs.call("2026-05-07") == 0
    assert CandidatePair.objects.exclude(left_id=0).count() == 1


def test_before_a_policy_is_adopted_nothing_waits() -> None:
    enqueue_nightly_pairs()
    assert not DBTaskResult.objects.exists()


def test_a_city_without_subjects_has_no_pairs() -> None:
    assert propose_nightly_pairs.call("2026-05-06") == 0


def test_every_duty_of_the_scheduler_has_a_name_of_its_own() -> None:
    names = [duty.name for duty in scheduler.duties()]
    assert "pairs" in names
    assert len(set(names)) == len(names)
    acts = [duty.act for duty in scheduler.duties()]
    assert len(set(acts)) == len(acts)
