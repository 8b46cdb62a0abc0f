"""kill -9 at any moment of a collection: nothing acknowledged is lost, nothing is half done, and the next run finishes the work.

A negative control shows that the checker would see it: the same kills, with a platform that commits its rows without the ledger.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record
from chengxin.policy.files import read_files, shipped_folder
from tests.harness.databases import url_of_test_database
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.intake_check import intake_faults
from tests.harness.penalties import as_csv, code_of, penalty, person_penalty

PROJECT = Path(__file__).parents[4]
ROWS = 900
#: Rows of the second hand-in that say something new.
CHANGED = 60
#: ``collect`` in batches of 60 rows, so that a kill finds it at many different points.
COLLECT = """
import sys
import django
django.setup()
from chengxin.foundation.collection import preparing, writing_batches
from chengxin.site.command_line import run
preparing.ROWS_AT_A_TIME = 60
{sabotage}
print("ready", flush=True)
sys.exit(run(["collect", sys.argv[1], "--item", "administrative_penalty", "--department", sys.argv[2], "--key", sys.argv[3], "--json"]))
"""
WITHOUT_LEDGER = """
from types import SimpleNamespace
ledger = writing_batches.ledger
writing_batches.ledger = SimpleNamespace(prepare=ledger.prepare, made_ready=ledger.made_ready, append=lambda prepared: range(0))
"""


class City:
    """A database with an adopted policy and one office, in which other processes collect."""

    def __init__(self, folder: Path) -> None:
        adopt_shipped_set(files=read_files([shipped_folder()]), at=HANDED_IN - 86_400)
        self.office = market_regulation()
        self.folder = folder
        first = [penalty(n, self.office.code) for n in range(ROWS)]
        first[7] = penalty(7, self.office.code, CF_NR_FK="")
        first[70] = person_penalty(70, self.office.code)
        first[300] = penalty(300, self.office.code, CF_XDR_SHXYM=code_of(1), CF_XDR_MC="泰安白石矿业有限公司")
        second = [penalty(n, self.office.code, **({"CF_WFXW": "改正后的类型"} if n < CHANGED else {})) for n in range(ROWS)]
        self.files = [self._file("first", first), self._file("second", second)]

    def _file(self, key: str, rows: list[dict[str, str]]) -> tuple[str, Path]:
        path = self.folder / f"{key}.csv"
        path.write_bytes(as_csv(rows))
        return key, path

    def collect(self, key: str, path: Path, sabotage: str = "") -> subprocess.Popen[str]:
        """Start a collection; returns when it begins."""
        environment = os.environ | {"CHENGXIN_DATABASE": url_of_test_database(), "CHENGXIN_CLOCK": str(HANDED_IN)}
        environment |= {"DJANGO_SETTINGS_MODULE": "chengxin.site.settings"}
        program = COLLECT.format(sabotage=sabotage)
        command = [sys.executable, "-c", program, str(path), self.office.code, key]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=environment, cwd=PROJECT, text=True, start_new_session=True, **pipes)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return process


def kill_rounds(city: City, rounds: int, chance: random.Random, sabotage: str = "") -> tuple[int, list[str]]:
    """Collect the two files in turn, killing each run after a while; returns how often a run was cut off, and what was wrong first."""
    cut_off, took = 0, 30.0  # the first run ends before it is killed, and tells how long one takes
    waiting = list(city.files)
    while rounds and waiting:
        key, path = waiting[0]
        process = city.collect(key, path, sabotage)
        started = time.monotonic()
        try:
            process.wait(timeout=chance.uniform(0, took))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            cut_off += 1
            rounds -= 1
        else:
            took = max(0.3, time.monotonic() - started)
            waiting.append(waiting.pop(0)) if rounds else waiting.pop(0)
            waiting = fresh_keys(waiting, key, path)
        assert process.stdout is not None
        process.stdout.close()
        faults = intake_faults(HANDED_IN)
        if faults:
            return cut_off, faults
    return cut_off, []


def fresh_keys(waiting: list[tuple[str, Path]], key: str, path: Path) -> list[tuple[str, Path]]:
    """A file that is through is handed in again under a new key, so that there is always work to interrupt."""
    return [(f"{name}+" if (name, file) == (key, path) else name, file) for name, file in waiting]


def finish(city: City) -> None:
    """Let everything that was begun end, as the next ``collect`` with the same key does."""
    for submission in Submission.objects.filter(state="reading"):
        path = next(path for name, path in city.files if submission.key.startswith(name))
        process = city.collect(submission.key, path)
        process.communicate(timeout=120)


@pytest.mark.timeout(14_400)  # a process, a kill and a check of the whole ledger each: some two seconds a round, more on a busy machine
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [50, pytest.param(500, marks=pytest.mark.soak)])
def test_a_killed_collection_loses_nothing_and_leaves_nothing_half_done(rounds: int, tmp_path: Path) -> None:
    city = City(tmp_path)
    cut_off, faults = kill_rounds(city, rounds, random.Random(rounds))
    assert faults == []
    assert cut_off == rounds
    finish(city)
    key, path = city.files[0]
    city.collect(key, path).communicate(timeout=120)
    assert intake_faults(HANDED_IN) == []
    submission = Submission.objects.get(key="first")
    assert submission.state == "closed"
    assert (submission.rows, submission.rejected, submission.quarantined) == (ROWS, 1, 1)
    assert submission.accepted + submission.updated == ROWS - 2
    numbers = set(Record.objects.values_list("document_number", flat=True))
    assert {f"泰市监处罚〔2026〕{n}号" for n in range(ROWS)} - numbers <= {"泰市监处罚〔2026〕7号", "泰市监处罚〔2026〕300号"}


@pytest.mark.django_db(transaction=True)
def test_the_checker_sees_rows_that_were_committed_without_their_entries(tmp_path: Path) -> None:
    city = City(tmp_path)
    _, faults = kill_rounds(city, 5, random.Random(1), WITHOUT_LEDGER)
    assert faults
