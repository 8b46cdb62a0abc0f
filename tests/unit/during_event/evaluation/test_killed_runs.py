"""kill -9 of a run at each of its steps: nothing half done, no entry in the ledger, and the next run works.

A negative control shows that the checker would see it: the same kill, with a platform that commits each statement by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.workplaces import runs_folder, workplace
from chengxin.kernel import clock
from chengxin.policy import PolicySet
from tests.conftest import PROJECT
from tests.harness.databases import url_of_test_database
from tests.harness.evaluation_check import drafts, evaluation_faults
from tests.harness.evaluation_town import AT, Town, small_town

#: Evaluates with one subject a range, and stops for good at ``step``: before or after a function of ``runs``, at its n-th call.
PROGRAM = """
import functools, signal, sys
import django
django.setup()
from chengxin.during_event.evaluation import runs
from chengxin.engine import runs as ranges
from chengxin.engine.backends import DuckDB
from chengxin.site.command_line import run
DuckDB.subjects_at_a_time = 1

def stopping(owner, name, *, before=0, after=0):
    work, calls = getattr(owner, name), []
    @functools.wraps(work)
    def stops(*given, **named):
        calls.append(1)
        if len(calls) == before:
            print("here", flush=True)
            signal.pause()
        found = work(*given, **named)
        if len(calls) == after:
            print("here", flush=True)
            signal.pause()
        return found
    setattr(owner, name, stops)

{step}
sys.exit(run(["evaluate", "--json"]))
"""
STEPS = {
    "the snapshot is taken": 'stopping(runs, "take_snapshot", after=1)',
    "half of the subjects are graded": 'stopping(ranges, "_answers", after=2)',
    "the files are there, the report is not": 'stopping(runs, "compute", after=1)',
    "the folder has its name, nothing is recorded": 'stopping(runs, "writing", before=1)',
    "the run is written, its grades are not": 'stopping(runs, "_replace_grades", before=1)',
    "the grades are replaced, the ledger knows nothing": 'stopping(runs, "record_event", before=1)',
    "the entry is appended, nothing is committed": 'stopping(runs, "record_event", after=1)',
}
EACH_BY_ITSELF = """
from contextlib import nullcontext
runs.writing = nullcontext
runs.insert_rows = lambda *given: None
stopping(runs, "record_event", before=1)
"""


@pytest.fixture
def durable_town(transactional_db: None, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """The town in a database that other processes see."""
    return small_town(tmp_path, monkeypatch)


def evaluating(step: str) -> subprocess.Popen[str]:
    """``chengxin evaluate`` in a process of its own."""
    environment = os.environ | {"CHENGXIN_DATABASE": url_of_test_database(), "CHENGXIN_HOME": str(settings.CHENGXIN_HOME)}
    environment |= {clock.PINNED_CLOCK: str(AT + 60), "DJANGO_SETTINGS_MODULE": "chengxin.site.settings"}
    command = [sys.executable, "-c", PROGRAM.format(step=step)]
    return subprocess.Popen(command, env=environment, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def killed_at(step: str) -> None:
    """Let a run come to this step, and kill it there."""
    with evaluating(step) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert said == "here\n", process.stderr.read()


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_killed_run_leaves_nothing_half_done(durable_town: Town, step: str) -> None:
    before = durable_town.run()
    killed_at(step)
    assert evaluation_faults() == []
    assert [run.pk for run in EvaluationRun.objects.all()] == [before.pk]
    with evaluating("") as process:
        said, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    assert evaluation_faults() == []
    after = EvaluationRun.objects.exclude(pk=before.pk).get()
    assert f'"root": "{after.root}"' in said
    assert after.root == before.root, "the same facts, known a minute later"
    assert drafts() == []
    assert len(list(runs_folder().iterdir())) == 2


def test_the_checker_sees_a_run_that_was_committed_without_its_entry(durable_town: Town) -> None:
    durable_town.run()
    assert evaluation_faults() == []
    killed_at(EACH_BY_ITSELF)
    assert evaluation_faults()


def test_a_run_leaves_the_drafts_of_another_alone(town: Town) -> None:
    with workplace() as other:
        (other.draft / "half").write_text("done")
        town.run()
        assert drafts() == [other.draft.name]
        assert (other.draft / "half").read_text() == "done"
    assert drafts() == []
