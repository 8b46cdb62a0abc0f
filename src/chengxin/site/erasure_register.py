"""删除登记 ``erasures.jsonl``：which contents and raw files were erased, so that a restored older copy forgets them again.

One JSON object a line; numbers, hashes and reasons, nothing personal. Whoever erases writes it into ``CHENGXIN_HOME`` before saying that it
is done, the scheduler once more each minute. Copy it off the machine together with the checkpoints.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.foundation.collection.models import RejectedRow
from chengxin.foundation.collection.row_erasing import erase_rejected_row, erased_rows
from chengxin.foundation.collection.whole_erasing import erase_whole_record, erased_wholes
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant
from chengxin.ledger.models import Content
from chengxin.ledger.services import erase, erasures

FILE_NAME: Final = "erasures.jsonl"


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """一行：a content of the ledger, a raw file, or a record that was erased with all its copies."""

    because: str
    at: Instant
    content: int = 0
    file: str = ""
    record: int = 0
    submission: int = 0  # with ``row``: a row that was sent back
    row: int = 0


@dataclass(frozen=True)
class Applied:
    """What :func:`apply` erased again."""

    contents: int
    files: int


def lines() -> Iterator[Line]:
    """Everything erased so far."""
    yield from (Line(because, at, record=record_id) for record_id, because, at in erased_wholes())
    yield from (Line(because, at, submission=submission, row=row) for submission, row, because, at in erased_rows())
    yield from (Line(because, at, content=content_id) for content_id, because, at in erasures())
    destroyed = VaultFile.objects.filter(wrapped_key=None).order_by("pk").values_list("pk", "destroyed_because", "destroyed_at")
    yield from (Line(because, at or 0, file=digest) for digest, because, at in destroyed)


def write(path: Path) -> None:
    """The register as a file, whole or not at all."""
    encoder = msgspec.json.Encoder()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.writelines(encoder.encode(line) + b"\n" for line in lines())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def keep() -> None:
    """The register in ``CHENGXIN_HOME`` is up to date, on disk for good. One at a time: an older list never replaces a newer one."""
    home = Path(settings.CHENGXIN_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        write(home / FILE_NAME)
        os.fsync(folder)
    finally:
        os.close(folder)


class RegisteredErasures:
    """Fills ``ledger.ports.erased_contents``: the register is written when the erasure is committed, before anybody is told."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Plan it; a restored copy must not bring back what was erased a moment before the machine was lost."""
        if using == DEFAULT_DB_ALIAS:
            transaction.on_commit(keep, using=using)


def read(path: Path) -> list[Line]:
    """The lines of a register."""
    return [msgspec.json.decode(line, type=Line) for line in path.read_bytes().splitlines() if line.strip()]


def apply(register: list[Line], at: Instant) -> Applied:
    """Erase again what this database still holds of the register; what it never held is passed over."""
    _erase_wholes([line for line in register if line.record], at)
    _erase_rows([line for line in register if line.row], at)
    wanted = {line.content: line for line in register if line.content}
    live = Content.objects.filter(id__in=wanted, erased_at=None).values_list("id", flat=True) if wanted else []
    contents = 0
    for because, group in groupby(sorted(live, key=lambda content: wanted[content].because), key=lambda content: wanted[content].because):
        contents += erase(list(group), because, at)
    files = [line for line in register if line.file and VaultFile.objects.filter(pk=line.file, wrapped_key__isnull=False).exists()]
    for line in files:
        vault.destroy(line.file, line.because, at)
    return Applied(contents, len(files))


def _erase_rows(lines: list[Line], at: Instant) -> None:
    known = {(submission, row) for submission, row, _, _ in erased_rows()}
    for line in lines:
        if (line.submission, line.row) not in known and RejectedRow.objects.filter(submission=line.submission, row=line.row).exists():
            known.add((line.submission, line.row))
            erase_rejected_row(submission_id=line.submission, row=line.row, because=line.because, at=at)


def _erase_wholes(lines: list[Line], at: Instant) -> None:
    """Copies without an entry (a file handed in again, remarks about its rows) are found only by looking for the record."""
    known = {record_id for record_id, _, _ in erased_wholes()}
    for line in lines:
        if line.record not in known and Record.objects.filter(pk=line.record).exists():
            known.add(line.record)
            erase_whole_record(record_id=line.record, because=line.because, at=at, while_reading=True)
