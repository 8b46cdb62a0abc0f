"""Histories of eight writers on one case, checked for anomalies; and the checker, shown histories that have some."""

from __future__ import annotations

import itertools
import random
import threading
from datetime import date

import pytest
from django.db import connections, transaction

from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework import services
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About, Actor
from chengxin.kernel.refused import Conflict
from chengxin.ledger.models import Content
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from tests.conftest import FULL_COUNTS
from tests.harness.list_append import Operation, anomalies
from tests.harness.rights import PASSWORD, Town, a_town, acting, morning, pdf

pytestmark = pytest.mark.usefixtures("policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 13))
WRITERS = 8
TURNS = 40 if FULL_COUNTS else 6
#: From each state the one step that leads on, for ever: accepted, proposed, sent back, proposed …
NEXT = {"filed": "accept", "accepted": "propose", "proposed": "send_back"}


@pytest.fixture
def town(db: None, policy_set: PolicySet) -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


@pytest.fixture
def case(town: Town) -> Case:
    files = [("performance_proof", pdf()), ("commitment_letter", pdf())]
    said, about = {"performed": "已缴清", "promise": "yes"}, About("record", str(town.record.pk))
    return open_case(procedure="restoration", about=about, actor=acting(town.owner, NOW), texts=said, files=files, at=NOW)


class Writers:
    """Eight people at once, each extending what it has read. What one appends is marked by what it says."""

    def __init__(self, case: Case, town: Town) -> None:
        self.case, self.town = case, town
        clerks = [add_account(username=f"经办{number}", department=town.office, role=Role.CLERK, password=PASSWORD, at=NOW)
                  for number in range(WRITERS)]  # fmt: skip
        reviewers = [add_account(username=f"复核{number}", department=town.office, role=Role.REVIEWER, password=PASSWORD, at=NOW)
                     for number in range(WRITERS)]  # fmt: skip
        self.actors = [(acting(clerk, NOW), acting(reviewer, NOW)) for clerk, reviewer in zip(clerks, reviewers, strict=True)]
        self.tick, self.lock = itertools.count(), threading.Lock()
        self.history: list[Operation] = []

    def run(self) -> None:
        """All at once, until each has had its turns."""
        ready = threading.Barrier(WRITERS)
        threads = [threading.Thread(target=self._write, args=(number, ready)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def final(self) -> tuple[int, ...]:
        """The list as it stands."""
        return tuple(self.case.steps.order_by("place").values_list("at", flat=True))

    def _write(self, writer: int, ready: threading.Barrier) -> None:
        chance = random.Random(writer)
        ready.wait()
        try:
            for turn in range(TURNS):
                self._turn(writer, NOW + 1 + writer * 1_000 + turn)
                if chance.random() < 0.3:
                    threading.Event().wait(chance.random() / 100)
        finally:
            connections.close_all()

    def _turn(self, writer: int, mark: int) -> None:
        """Read, decide on what was read, append; written down with the instants before and after."""
        began = self._now()
        with transaction.atomic():
            known = Case.objects.get(pk=self.case.pk)
            read = tuple(CaseStep.objects.filter(case=known, place__lte=known.version).order_by("place").values_list("at", flat=True))
        verb = NEXT[known.state]
        actor = self.actors[writer][verb == "send_back"]
        appended = self._append(verb, known.version, actor, mark)
        said = Operation(writer, read, mark if appended else None, began, self._now(), mark)
        with self.lock:
            self.history.append(said)

    def _append(self, verb: str, version: int, actor: Actor, mark: int) -> bool:
        texts = {"propose": {"opinion": "approve", "because": "已核"}, "send_back": {"because": "再核"}}.get(verb, {})
        try:
            take_step(case_id=self.case.pk, verb=verb, version=version, actor=actor, texts=texts, at=mark)
        except Conflict:
            return False
        return True

    def _now(self) -> int:
        with self.lock:
            return next(self.tick)


@pytest.mark.django_db(transaction=True)
def test_histories_of_eight_writers_have_no_anomalies(case: Case, town: Town) -> None:
    writers = Writers(case, town)
    writers.run()
    assert len(writers.history) == WRITERS * TURNS
    assert sum(each.appended is not None for each in writers.history) > TURNS // 2, "writers that all lose check nothing"
    assert anomalies(writers.history, writers.final(), start=[NOW]) == []
    assert Content.objects.filter(event=services.STEP_TAKEN).count() == len(writers.final()), "one entry a step"
    sign_checkpoint(NOW + 100_000)
    assert fsck(at=NOW + 100_000).sound


@pytest.mark.django_db(transaction=True)
def test_without_the_compare_and_set_the_same_writers_have_anomalies(case: Case, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control on the real thing: whoever comes writes, whatever has happened since they looked."""

    def blindly(case: Case, rule: object, step: services.StepRule, version: int, at: int) -> None:
        Case.objects.filter(pk=case.pk).update(state=step.to, version=case.steps.count())

    monkeypatch.setattr(services, "_advance", blindly)
    writers = Writers(case, town)
    writers.run()
    assert any(each.startswith("skew") for each in anomalies(writers.history, writers.final(), start=[NOW]))


#: A sound history: a (of writer 1), b (of writer 2), each on what it had read; writer 3 is refused; writer 4 reads.
SOUND = (
    Operation(1, ("x",), "a", 0, 1),
    Operation(3, ("x",), None, 0, 2, tried="c"),
    Operation(2, ("x", "a"), "b", 2, 3),
    Operation(4, ("x", "a", "b"), None, 4, 5),
)


def test_a_sound_history_has_no_anomaly() -> None:
    assert anomalies(SOUND, ["x", "a", "b"], start=["x"]) == []


@pytest.mark.parametrize(
    ("kind", "history", "final"),
    [
        ("lost", SOUND[:3], ["x", "b"]),
        ("lost", SOUND[:3], ["x", "a"]),
        ("phantom", SOUND[:3], ["x", "a", "b", "c"]),
        ("twice", SOUND[:3], ["x", "a", "b", "a"]),
        ("dirty", (*SOUND, Operation(5, ("x", "c"), None, 0, 9)), ["x", "a", "b"]),
        ("skew", (SOUND[0], Operation(2, ("x",), "b", 0, 3)), ["x", "a", "b"]),
        ("stale", (SOUND[0], Operation(2, ("x",), None, 2, 3)), ["x", "a"]),
    ],
)
def test_the_checker_names_each_anomaly(kind: str, history: tuple[Operation, ...], final: list[str]) -> None:
    assert any(each.startswith(kind) for each in anomalies(history, final, start=["x"]))
