"""密钥文件：every secret of the platform, in one JSON file outside the database and outside ``CHENGXIN_HOME``.

Five parts, each a list of versions; the last is used for new work, the older ones stay to read what they wrote. Every secret
is 32 random bytes. Backups of the data do not contain this file: keep a copy of it elsewhere, without it sealed fields and raw
files are lost for good.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused

FORMAT: Final = "chengxin-keys/1"
SECRET_BYTES: Final = 32


class Part(StrEnum):
    """密钥的用途。"""

    SEALING = "sealing"  # AES-256-GCM over sealed fields
    BLIND_INDEX = "blind_index"  # HMAC-SHA256 that finds a sealed value
    VAULT = "vault"  # wraps the key of each raw file
    LOG_SIGNING = "log_signing"  # Ed25519 seed of the ledger's checkpoints
    DJANGO = "django"  # sessions and forms


@dataclass(frozen=True, repr=False)
class KeyVersion:
    """密钥的一个版本。``id`` is public and stands beside what the key wrote; ``secret`` never leaves the process."""

    id: str
    made_at: Instant
    secret: bytes

    def __repr__(self) -> str:
        return f"KeyVersion(id={self.id!r})"


@dataclass(frozen=True)
class Keys:
    """读入的密钥文件。"""

    parts: Mapping[Part, tuple[KeyVersion, ...]]

    def current(self, part: Part) -> KeyVersion:
        """The version that new work uses."""
        return self.parts[part][-1]

    def version(self, part: Part, key_id: str) -> KeyVersion:
        """The version with this id; :class:`Refused` if the file does not hold it (an older copy of the file is needed)."""
        for version in self.parts[part]:
            if version.id == key_id:
                return version
        raise Refused("key-missing", f"密钥文件中没有编号为 {key_id} 的密钥。", "请从密钥备份中找回含有该编号的密钥文件。")


def create(path: Path, at: Instant) -> None:
    """生成密钥文件 with one version of every part, mode 0600. FileExistsError if there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _exclusive(path):
        if path.exists():
            raise FileExistsError(path)
        _write(path, {part: (_fresh(part, 1, at),) for part in Part})


def rotate(path: Path, part: Part, at: Instant) -> KeyVersion:
    """轮换：adds a version of ``part`` and returns it; older versions stay."""
    with _exclusive(path):
        keys = read(path)
        version = _fresh(part, len(keys.parts[part]) + 1, at)
        _write(path, dict(keys.parts) | {part: (*keys.parts[part], version)})
    return version


def read(path: Path) -> Keys:
    """读取密钥文件。:class:`Refused` when it is missing, readable by others, or not a key file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise Refused(
            "keys-missing", f"找不到密钥文件 {path}。", "新装请运行 chengxin init；已有数据请把密钥文件的备份放回此处。"
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused("keys-exposed", f"密钥文件 {path} 可被他人读取（权限 {stat.S_IMODE(mode):o}）。", f"请运行 chmod 600 {path} 后再试。")
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError):
        raise Refused("keys-broken", f"密钥文件 {path} 已损坏或不是本平台的密钥文件。", "请用备份的密钥文件替换。") from None


def signing_texts(path: Path) -> list[str]:
    """Django's secret keys, the current one first; none before ``chengxin init`` made the file."""
    if not path.exists():
        return []
    return [base64.b64encode(version.secret).decode() for version in reversed(read(path).parts[Part.DJANGO])]


def in_use() -> Keys:
    """本进程的密钥：the file named by the settings, read again when it changes. Refuses a file inside ``CHENGXIN_HOME``."""
    from django.conf import settings

    path = Path(settings.CHENGXIN_KEYS)
    must_lie_outside(path, Path(settings.CHENGXIN_HOME))
    try:
        state = path.stat()
    except FileNotFoundError:
        return read(path)  # says what to do
    return _read_once(path, state.st_mtime_ns, state.st_ino, state.st_mode)


def must_lie_outside(path: Path, home: Path) -> None:
    """密钥不得与数据同放：a copy of the home must not open what is sealed in it."""
    if path.resolve().is_relative_to(home.resolve()):
        raise Refused("keys-inside-home", f"密钥文件 {path} 放在数据目录 {home} 之内。", "请把 CHENGXIN_KEYS 指到数据目录之外的文件。")


@lru_cache(maxsize=4)
def _read_once(path: Path, _changed: int, _inode: int, _mode: int) -> Keys:
    return read(path)


def _fresh(part: Part, number: int, at: Instant) -> KeyVersion:
    # The random tail keeps versions of two installations apart when their files are mixed up.
    return KeyVersion(f"{part.value[0]}{number}-{secrets.token_hex(4)}", at, secrets.token_bytes(SECRET_BYTES))


def _parse(document: Any) -> Keys:
    if document["format"] != FORMAT:
        raise ValueError(document["format"])
    parts = {
        part: tuple(KeyVersion(v["id"], v["made_at"], base64.b64decode(v["secret"], validate=True)) for v in document["parts"][part.value])
        for part in Part
    }
    if any(not versions or any(len(v.secret) != SECRET_BYTES for v in versions) for versions in parts.values()):
        raise ValueError("a part without a whole key")
    return Keys(parts)


def _write(path: Path, parts: Mapping[Part, tuple[KeyVersion, ...]]) -> None:
    """Whole or not at all: a half-written key file would cost every sealed field."""
    document = {
        "format": FORMAT,
        "parts": {
            part.value: [{"id": v.id, "made_at": v.made_at, "secret": base64.b64encode(v.secret).decode()} for v in versions]
            for part, versions in parts.items()
        },
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Two rotations at once must not lose a version."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
