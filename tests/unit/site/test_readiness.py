"""What a web worker prepares for the day: every model, once, by a child process; again for another day, and never anywhere else."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chengxin.engine import one_subject
from chengxin.engine.one_subject import is_ready, keep_ready, written_statements
from chengxin.engine.statements import written_elsewhere
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.policy import PolicySet, active
from chengxin.site import readiness

DAY = date(2026, 11, 23)
MORNING = start_of_day(DAY) + 9 * 3600


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not been asked yet."""
    monkeypatch.setattr(one_subject, "_kept", type(one_subject._kept)())


@pytest.mark.usefixtures("nothing_kept")
def test_every_model_is_ready_for_today_and_near_midnight_for_tomorrow(policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    two = {name: policy_set.evaluation_models[name] for name in ("care", "food_and_drugs")}
    models, tomorrow = list(two.values()), DAY + timedelta(days=1)
    with active.use(replace(policy_set, evaluation_models=two)):
        monkeypatch.setenv(clock.PINNED_CLOCK, str(MORNING))
        assert readiness.make_ready() == len(models)
        assert all(is_ready(model, DAY) for model in models)
        assert not any(is_ready(model, tomorrow) for model in models)
        assert readiness.make_ready() == 0
        monkeypatch.setenv(clock.PINNED_CLOCK, str(start_of_day(tomorrow) - 60))
        assert readiness.make_ready() == len(models)
        monkeypatch.setenv(clock.PINNED_CLOCK, str(start_of_day(tomorrow + timedelta(days=1))))
        assert readiness.make_ready() == len(models)
    assert not any(is_ready(model, tomorrow) for model in models), "yesterday is let go"


@pytest.mark.usefixtures("nothing_kept")
def test_statements_of_the_child_are_those_of_this_process(policy_set: PolicySet) -> None:
    model = policy_set.evaluation_model("food_and_drugs")
    (written,) = written_elsewhere([model], [DAY]).values()
    own = written_statements(model, DAY)
    assert (written.results, written.contributions, written.lookups) == (own.results, own.contributions, own.lookups)
    keep_ready(model, DAY, written)
    assert is_ready(model, DAY)


def test_nothing_begins_outside_a_web_worker() -> None:
    before = threading.active_count()
    readiness.keep_statements_ready()
    assert threading.active_count() == before
