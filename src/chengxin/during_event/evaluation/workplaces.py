"""一次评价的工作文件夹。Everything is made in a draft that gets its name at the end: all of it or nothing is there.

A draft belongs to whoever holds its lock, in whichever process, container or host; the kernel lets go of it when that process ends,
however it ends. What nobody holds is left over from a run that was killed, and the next run removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

DRAFT: Final = "draft-"


def runs_folder() -> Path:
    """Where the files of all runs lie."""
    return Path(settings.CHENGXIN_HOME) / "evaluations"


@contextmanager
def workplace() -> Iterator[Workplace]:
    """A draft for one run; whatever was not kept goes at the end."""
    runs = runs_folder()
    runs.mkdir(parents=True, exist_ok=True)
    with _locked(runs):  # nobody takes a draft for left over that is not locked yet
        _remove_left_over(runs)
        draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=runs))
        lock = os.open(draft, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield Workplace(draft)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
        os.close(lock)


class Workplace:
    """The folder of a run while it is made."""

    def __init__(self, draft: Path) -> None:
        self.draft = draft

    def keep(self, name: str) -> None:
        """Give the folder its name, on disk for good: the ledger will say that it is there."""
        for each in [*self.draft.iterdir(), self.draft]:
            _to_disk(each)
        target = runs_folder() / name
        if target.exists():  # a run killed between the files and the entry
            shutil.rmtree(target)
        self.draft.rename(target)
        _to_disk(target.parent)


def _remove_left_over(runs: Path) -> None:
    for draft in runs.glob(f"{DRAFT}*"):
        folder = os.open(draft, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody is at work in it
            continue
        else:
            shutil.rmtree(draft)
        finally:
            os.close(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    folder = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
