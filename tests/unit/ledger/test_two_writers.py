"""Two real processes append to one ledger, a third reads and signs, one is killed: no gap, no fork, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from chengxin.ledger import sequencer, services
from chengxin.ledger.models import Checkpoint, Content, Entry, Head

PROJECT = Path(__file__).parents[3]
AT = 1_790_000_000
#: Appends so many batches of random sizes; after each commit prints the content ids that are now promised.
WRITER = """
import random, sys
import django
django.setup()
from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import services
from chengxin.storage.transactions import writing

rng = random.Random(int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    n = rng.choice([1, 1, 7, 100, 300])
    with writing():
        ids = services.allocate_content_ids(n)
        payloads = [canonical_bytes({"_event": "records:record:collected", "_record": str(i)}) for i in ids]
        services.append(services.prepare("records:record:collected", payloads, ids))
    print(ids.start, ids.stop, flush=True)
"""


def database_url() -> str:
    """The test database, as another process names it."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    return f"postgresql://{named['USER']}@/{named['NAME']}?host={named['HOST']}"


class Writer:
    """A process that writes; what it says goes to a file, so that a kill takes nothing of it away."""

    def __init__(self, folder: Path, seed: int, batches: int) -> None:
        environment = os.environ | {"CHENGXIN_DATABASE": database_url(), "DJANGO_SETTINGS_MODULE": "chengxin.site.settings"}
        self.said = folder / f"said-{seed}"
        command = [sys.executable, "-c", WRITER, str(seed), str(batches)]
        with self.said.open("w") as out:
            self.process = subprocess.Popen(command, env=environment, cwd=PROJECT, stdin=subprocess.PIPE, stdout=out, text=True)
        self.wait_for_lines(1)

    def wait_for_lines(self, n: int) -> None:
        """Until it has said so many lines."""
        until = time.monotonic() + 120
        while self.said.read_text().count("\n") < n:
            assert self.process.poll() is None, "the writer ended early"
            assert time.monotonic() < until, "the writer says nothing"
            time.sleep(0.02)

    def go(self) -> None:
        """Begin to write."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.close()

    def promised(self) -> set[int]:
        """The content ids that it said were committed, when it has ended."""
        self.process.wait(timeout=300)
        whole = [line.split() for line in self.said.read_text().splitlines(keepends=True)[1:] if line.endswith("\n")]
        return {i for first, until in whole for i in range(int(first), int(until))}


@pytest.fixture
def emptied(transactional_db: None) -> None:
    """Rows that an earlier test committed would be counted here."""
    for model in (Checkpoint, Entry, Content, Head):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_tile")


def test_two_processes_leave_no_gap_and_no_fork(emptied: None, tmp_path: Path) -> None:
    writers = [Writer(tmp_path, seed, 80) for seed in (1, 2)]
    for writer in writers:
        writer.go()
    signed = []
    while any(writer.process.poll() is None for writer in writers):
        made = sequencer.run_once(AT).signed
        signed += [made] if made is not None else []
        time.sleep(0.05)
    kept = [writer.promised() for writer in writers]
    assert [writer.process.returncode for writer in writers] == [0, 0]
    assert not kept[0] & kept[1]
    assert signed, "nothing was signed while they wrote"
    last = sequencer.run_once(AT).signed
    report = services.fsck()
    assert report.sound, report.faults
    assert report.entries == len(kept[0] | kept[1]) == Head.objects.get().size
    assert set(Entry.objects.values_list("content_id", flat=True)) == kept[0] | kept[1]
    assert report.checkpoints == len({*signed, *([last] if last is not None else [])})


def test_a_killed_writer_loses_nothing_it_promised_and_blocks_nobody(emptied: None, tmp_path: Path) -> None:
    victim, other = Writer(tmp_path, 3, 1_000_000), Writer(tmp_path, 4, 80)
    victim.go()
    victim.wait_for_lines(6)
    other.go()
    victim.wait_for_lines(12)
    victim.process.send_signal(signal.SIGKILL)
    kept = victim.promised() | other.promised()
    assert other.process.returncode == 0
    services.sign_checkpoint(AT)
    report = services.fsck()
    assert report.sound, report.faults
    stored = set(Entry.objects.values_list("content_id", flat=True))
    assert kept <= stored
    assert len(stored - kept) <= 300  # at most the one batch that was committed but not yet promised
