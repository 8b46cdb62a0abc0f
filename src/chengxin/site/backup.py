"""``chengxin backup`` and ``chengxin restore``: the database as of one moment, the raw files (as ciphertext), and :data:`FOLDERS`.

Not in it: the key file. Whoever holds a backup alone can open neither sealed fields nor raw files; whoever lost the keys cannot either.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings

from chengxin.access.models import VaultFile
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused
from chengxin.ledger.checkpoints import latest_checkpoint, log_name, read_head
from chengxin.ledger.keys import verifiers
from chengxin.ledger.logs import LOGS, MAIN, READS, Log
from chengxin.ledger.merkle import root_at
from chengxin.ledger.note import Checkpoint, parse
from chengxin.ledger.tiles import read_tiles
from chengxin.ledger.verification import ProofWrong
from chengxin.site import database_dump, erasure_register
from chengxin.storage import keyfile

FORMAT: Final = "chengxin-backup/1"
MANIFEST: Final = "backup.json"
#: Besides the raw files: the city's policy files, the files of evaluations (their hashes are in the ledger), those of draws (likewise)
#: with the table of aliases, which is nowhere else.
FOLDERS: Final = ("policies", "evaluations", "draws")


class Manifest(msgspec.Struct, frozen=True):
    """备份的清单, written last: a backup without one is not whole."""

    format: str
    taken_at: Instant
    database: str
    database_sha256: str
    ledger_size: int
    checkpoint: str
    files: int
    bytes: int
    keys: list[str]
    raw_files: dict[str, str]  # place → SHA-256 of the ciphertext
    missing: list[str]  # known, not destroyed, and not on disk when it was taken
    reads_size: int = 0
    reads_checkpoint: str = ""


@dataclass(frozen=True)
class Restored:
    """What a restoration brought back and erased again."""

    ledger_size: int
    files: int
    erased: int
    destroyed: int
    wrong: list[str]
    taken_at: Instant


def back_up(target: Path, at: Instant) -> Manifest:
    """备份 into the empty or new folder ``target``, while the platform goes on."""
    if target.exists() and any(target.iterdir()):
        raise Refused("backup-target", f"{target} 不是空目录。", "请写一个新的目录名，例如按日期。")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Before the dump: the dump is at least this new.
    checkpoint, (size, _) = latest_checkpoint(), read_head()
    reads, (reads_size, _) = latest_checkpoint(log=READS), read_head(log=READS)
    dumped = target / database_dump.file_name()
    database_dump.dump(dumped)
    copied = {place: _copy(target, place) for place in _raw_files()}
    held = {place: digest for place, digest in copied.items() if digest}
    for name in FOLDERS:
        folder = Path(settings.CHENGXIN_HOME) / name
        if folder.is_dir():
            shutil.copytree(folder, target / name, ignore=shutil.ignore_patterns("draft-*", "*.draft"))
    erasure_register.write(target / erasure_register.FILE_NAME)
    manifest = Manifest(
        format=FORMAT,
        taken_at=at,
        database=dumped.name,
        database_sha256=_digest(dumped),
        ledger_size=size,
        checkpoint=checkpoint.note if checkpoint else "",
        files=len(held),
        bytes=sum((target / "vault" / place).stat().st_size for place in held) + dumped.stat().st_size,
        keys=sorted(version.id for versions in keyfile.in_use().parts.values() for version in versions),
        raw_files=held,
        reads_size=reads_size,
        reads_checkpoint=reads.note if reads else "",
        missing=[place for place in _raw_files() if copied.get(place) == ""],  # known still: not destroyed meanwhile
    )
    (target / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def restore(source: Path, *, checkpoint: Path | None, erasures: Path | None, at: Instant) -> Restored:
    """恢复 into an empty home and database. Refused when the ledger in it is older than, or another than, the checkpoint shown;
    nothing is left behind then."""
    manifest = _manifest(source)
    _check_keys(manifest)
    home = Path(settings.CHENGXIN_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)  # a new machine has none
    if (home / "vault").exists() or not database_dump.is_empty():
        raise Refused(
            "restore-target", "数据目录或数据库不是空的，恢复会盖掉其中的数据。", "请把 CHENGXIN_HOME 和 CHENGXIN_DATABASE 指到空的地方。"
        )
    register = erasure_register.read(source / erasure_register.FILE_NAME)
    register += erasure_register.read(erasures) if erasures else []
    database_dump.load(source / manifest.database)
    try:
        if checkpoint is not None:
            _must_include(checkpoint.read_text(encoding="utf-8"))
    except Refused:
        database_dump.empty()
        raise
    for name in ("vault", *FOLDERS):
        if (source / name).is_dir():
            shutil.copytree(source / name, home / name, dirs_exist_ok=True)
    files = sum(1 for path in (home / "vault").rglob("*") if path.is_file())
    wrong = sorted({*_wrong_files(home / "vault", manifest), *manifest.missing})
    applied = erasure_register.apply(register, at)
    return Restored(read_head()[0], files, applied.contents, applied.files, wrong, manifest.taken_at)


def _manifest(source: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError):
        raise Refused("backup-incomplete", f"{source} 不是一份完整的备份。", "备份中断的目录没有 backup.json，请换一份。") from None
    dump = source / manifest.database
    if manifest.database != database_dump.file_name():
        raise Refused(
            "backup-other-database", f"这份备份来自另一种数据库（{manifest.database}）。", "请把 CHENGXIN_DATABASE 指到同一种数据库。"
        )
    if not dump.exists() or _digest(dump) != manifest.database_sha256:
        raise Refused("backup-damaged", "备份中的数据库文件已损坏或被改动。", "请换一份备份。")
    return manifest


def _check_keys(manifest: Manifest) -> None:
    held = {version.id for versions in keyfile.in_use().parts.values() for version in versions}
    missing = sorted(set(manifest.keys) - held)
    if missing:
        raise Refused(
            "keys-missing",
            f"密钥文件 {settings.CHENGXIN_KEYS} 中没有这份备份用到的密钥：{'、'.join(missing)}。",
            "请放回做备份时的密钥文件（或更新的版本）。",
        )


def _must_include(text: str) -> None:
    """The restored log must go at least as far as the checkpoint, and say the same up to there."""
    shown, log = _opened(text)
    size, _ = read_head(log=log)
    if size < shown.size:
        raise Refused(
            "backup-too-old",
            f"备份中的{log.title}只有 {size} 条，手中的检查点已有 {shown.size} 条：备份比已公布的{log.title}旧，恢复后会出现分叉。",
            "请用更新的备份；确实没有时，按 docs/operations.md“账本回退”一节公开说明后再办。",
        )
    if root_at(shown.size, lambda places: read_tiles(places, log=log)) != shown.root:
        raise Refused(
            "ledger-forked", f"备份中的{log.title}前 {shown.size} 条与手中的检查点不一致。", "请保留现场，换一份备份，并查明原因。"
        )


def _opened(text: str) -> tuple[Checkpoint, Log]:
    """The checkpoint, signed by any version of our key, and the log that it is about."""
    try:
        note = parse(text if text.endswith("\n") else text + "\n")
        shown = note.checkpoint()
        log = next((each for each in LOGS if log_name(log=each) == shown.origin), MAIN)
        if not any(note.signed_by(verifier) for verifier in verifiers(log_name(log=log))):
            raise ProofWrong("检查点上没有本平台的签名。")
        return shown, log
    except ProofWrong as wrong:
        raise Refused(
            "checkpoint-invalid", f"出示的检查点无效：{wrong}", "请从 /log/checkpoint（查看日志为 /log/reads/checkpoint）的存档中取原文。"
        ) from None


def _raw_files() -> Iterator[str]:
    """Places of the files that are still to be opened."""
    yield from VaultFile.objects.filter(wrapped_key__isnull=False).order_by("pk").values_list("place", flat=True).iterator()


def _copy(target: Path, place: str) -> str:
    """The digest of what was copied; empty if there is no such file (destroyed since, or lost)."""
    copy = target / "vault" / place
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(Path(settings.CHENGXIN_HOME) / "vault" / place, copy)
    except FileNotFoundError:
        return ""
    return _digest(copy)


def _wrong_files(vault: Path, manifest: Manifest) -> Iterator[str]:
    """Places whose file is not, or not any more, what was backed up."""
    for place, digest in manifest.raw_files.items():
        file = vault / place
        if not file.is_file() or _digest(file) != digest:
            yield place


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
