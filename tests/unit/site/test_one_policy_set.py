"""One request, one set of policies."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.policy import PolicySet, active


@pytest.mark.usefixtures("db")
def test_a_page_asks_once_for_the_policy_and_the_next_page_asks_again(shipped_policy: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []

    def provide(at: int | None) -> PolicySet:
        asked.append(at)
        return shipped_policy

    monkeypatch.setattr(active, "_registered", [provide])
    assert Client().get("/acts/administrative_penalty").status_code == 200
    assert asked == [None]
    assert Client().get("/acts").status_code == 200
    assert asked == [None, None]


def test_another_time_is_another_question(shipped_policy: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []

    def provide(at: int | None) -> PolicySet:
        asked.append(at)
        return shipped_policy

    monkeypatch.setattr(active, "_registered", [provide])
    with active.the_same_throughout():
        for at in (None, 5, None, 5):
            active.policy_set(at)
    assert asked == [None, 5]
    active.policy_set()
    active.policy_set()
    assert asked == [None, 5, None, None]


def test_a_set_that_tests_put_in_force_goes_before_what_was_answered(shipped_policy: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    other = object()
    monkeypatch.setattr(active, "_registered", [lambda at: other])
    with active.the_same_throughout():
        assert active.policy_set() is other
        with active.use(shipped_policy):
            assert active.policy_set() is shipped_policy
        assert active.policy_set() is other
