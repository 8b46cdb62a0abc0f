"""原始文件库。Raw files, found by the SHA-256 of what was handed in, each encrypted with a key of its own.

Nothing in clear ever touches the disk. A file is a row of chunks: AES-256-GCM over 1 MiB of plaintext each, the nonce is the number
of the chunk and whether it is the last (so chunks can be neither reordered nor cut off). The file's key lies in the table, wrapped
by the master key of the key file; destroying the wrapped key destroys the file in every backup that holds only the ciphertext.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from chengxin.access.models import VaultFile
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.storage import keyfile
from chengxin.storage.keyfile import KeyVersion, Part
from chengxin.storage.transactions import writing

__all__ = ["StoredFile", "destroy", "open_file", "store"]

DESTROYED: Final = "access:file:destroyed"
CHUNK_BYTES: Final = 1 << 20
TAG_BYTES: Final = 16
NONCE_BYTES: Final = 12


class Readable(Protocol):
    """What :func:`store` needs of its source."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class StoredFile:
    """入库的文件。``sha256`` of the plaintext in hex, ``size`` in bytes."""

    sha256: str
    size: int


def store(stream: Readable, at: Instant) -> StoredFile:
    """入库：read ``stream`` to its end, in memory of two chunks; on return the file is on disk for good (fsync).

    The same bytes twice are one file. Call it outside a write transaction: a big file takes a while. If the process dies half-way, an
    unreadable draft is left, which :func:`remove_drafts` clears.
    """
    key = secrets.token_bytes(keyfile.SECRET_BYTES)
    draft = _folder() / "drafts" / secrets.token_hex(16)
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        with draft.open("xb") as target:
            stored = _encrypt(stream, target, AESGCM(key))
            target.flush()
            os.fsync(target.fileno())
        place = f"{stored.sha256[:2]}/{stored.sha256}-{draft.name[:8]}"
        if not _known(stored.sha256):
            _keep(draft, stored, place, key, at)
    finally:
        draft.unlink(missing_ok=True)
    return stored


def open_file(digest: str) -> BinaryIO:
    """取出：the plaintext as a seekable binary file. :class:`NotFound` if unknown or destroyed; a damaged chunk raises
    :class:`Refused` when it is read."""
    row = VaultFile.objects.filter(pk=digest).first()
    if row is None or row.wrapped_key is None:
        raise NotFound("file-not-found", "没有这份原始文件，或者其密钥已按期销毁。", "请核对文件的 SHA-256。")
    master = keyfile.in_use().version(Part.VAULT, row.key_id)
    key = unwrap(bytes(row.wrapped_key), master, digest)
    return io.BufferedReader(_DecryptingFile((_folder() / row.place).open("rb"), AESGCM(key), row.size), CHUNK_BYTES)


def destroy(digest: str, because: str, at: Instant) -> None:
    """销毁：the file's key and ciphertext go, its hash stays; the destruction is an entry of the ledger. Twice is once."""
    with writing():
        row = VaultFile.objects.select_for_update().filter(pk=digest, wrapped_key__isnull=False).first()
        if row is None:
            return
        VaultFile.objects.filter(pk=digest).update(wrapped_key=None, destroyed_at=at, destroyed_because=because)
        record_event(DESTROYED, {"_sha256": digest, "_because": because, "_at": str(at)})
    (_folder() / row.place).unlink(missing_ok=True)


def rewrap_keys(at_a_time: int = 1000) -> int:
    """换主密钥之后：wrap every file's key with the current master key; returns how many were wrapped anew."""
    keys = keyfile.in_use()
    current = keys.current(Part.VAULT)
    done = 0
    while rows := list(VaultFile.objects.filter(wrapped_key__isnull=False).exclude(key_id=current.id)[:at_a_time]):
        for row in rows:
            key = unwrap(bytes(row.wrapped_key or b""), keys.version(Part.VAULT, row.key_id), row.sha256)
            row.wrapped_key, row.key_id = wrap(key, current, row.sha256), current.id
        with writing():
            VaultFile.objects.bulk_update(rows, ["wrapped_key", "key_id"])
        done += len(rows)
    return done


def remove_drafts(before: float) -> int:
    """清除半途的草稿 not written to since ``before`` (file time): nothing acknowledged is among them; returns how many."""
    drafts = [draft for draft in (_folder() / "drafts").glob("*") if draft.stat().st_mtime < before]
    for draft in drafts:
        draft.unlink(missing_ok=True)
    return len(drafts)


def wrap(key: bytes, master: KeyVersion, digest: str) -> bytes:
    """The file's key, encrypted by the master key, bound to the file's hash."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(master.secret).encrypt(nonce, key, digest.encode())


def unwrap(wrapped: bytes, master: KeyVersion, digest: str) -> bytes:
    """The reverse of :func:`wrap`."""
    try:
        return AESGCM(master.secret).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], digest.encode())
    except InvalidTag:
        raise Refused("file-key-altered", f"文件 {digest} 的密钥与主密钥不符。", "请确认使用的是这套数据的密钥文件。") from None


def _folder() -> Path:
    return Path(settings.CHENGXIN_HOME) / "vault"


def _known(digest: str) -> bool:
    return VaultFile.objects.filter(pk=digest, wrapped_key__isnull=False).exists()


def _keep(draft: Path, stored: StoredFile, place: str, key: bytes, at: Instant) -> None:
    """Move the draft to its place, then write its row. Of two writers of the same bytes one row wins; the other's file goes."""
    path = _folder() / place
    path.parent.mkdir(exist_ok=True)
    draft.rename(path)
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)
    master = keyfile.in_use().current(Part.VAULT)
    row = {"size": stored.size, "place": place, "wrapped_key": wrap(key, master, stored.sha256), "key_id": master.id, "stored_at": at}
    with writing():
        _, is_new = VaultFile.objects.get_or_create(pk=stored.sha256, defaults=row)
        # Handed in again after its key was destroyed: the destruction stays in the ledger, the row serves the new copy.
        revived = 0 if is_new else VaultFile.objects.filter(pk=stored.sha256, wrapped_key__isnull=True).update(**row, destroyed_at=None)
    if not is_new and not revived:
        path.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])


def _chunks(stream: Readable) -> Iterator[bytes]:
    """Pieces of exactly CHUNK_BYTES, the last one shorter (perhaps empty); sources may return less than asked for."""
    gathered = bytearray()
    while piece := stream.read(CHUNK_BYTES):
        gathered += piece
        while len(gathered) >= CHUNK_BYTES:
            yield bytes(gathered[:CHUNK_BYTES])
            del gathered[:CHUNK_BYTES]
    yield bytes(gathered)


def _encrypt(stream: Readable, target: BinaryIO, cipher: AESGCM) -> StoredFile:
    digest, size = sha256(), 0
    for number, chunk in enumerate(_chunks(stream)):
        digest.update(chunk)
        size += len(chunk)
        target.write(cipher.encrypt(_nonce(number, len(chunk) < CHUNK_BYTES), chunk, None))
    return StoredFile(digest.hexdigest(), size)


class _DecryptingFile(io.RawIOBase):
    """The plaintext of an encrypted file, opened chunk by chunk, at any position."""

    def __init__(self, source: BinaryIO, cipher: AESGCM, size: int) -> None:
        self._source, self._cipher, self._size = source, cipher, size
        self._position = 0
        self._number, self._chunk = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("negative position")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any buffer; BufferedReader hands this
        if self._position >= self._size:
            return 0
        number, inside = divmod(self._position, CHUNK_BYTES)
        self._load(number)
        piece = self._chunk[inside : inside + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._source.seek(number * (CHUNK_BYTES + TAG_BYTES))
        sealed = self._source.read(CHUNK_BYTES + TAG_BYTES)
        try:
            self._chunk = self._cipher.decrypt(_nonce(number, number == self._size // CHUNK_BYTES), sealed, None)
        except InvalidTag:
            raise Refused("file-damaged", "原始文件的密文已损坏或被改动。", "请从备份中恢复这份文件。") from None
        self._number = number
