"""原始文件库。"""

from __future__ import annotations

import io
import random
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.models import Content
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

pytestmark = pytest.mark.django_db
EDGES = [0, 1, vault.CHUNK_BYTES - 1, vault.CHUNK_BYTES, vault.CHUNK_BYTES + 1, 3 * vault.CHUNK_BYTES + 7]


class Dribble(io.BytesIO):
    """A source that returns less than it is asked for, as sockets do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 1, 70_001))


def files() -> list[Path]:
    return [path for path in (Path(settings.CHENGXIN_HOME) / "vault").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def own_home(settings: object, tmp_path: Path) -> None:
    settings.CHENGXIN_HOME = tmp_path / "home"  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", EDGES)
def test_what_is_stored_comes_back(size: int) -> None:
    data = random.Random(size).randbytes(size)
    stored = vault.store(Dribble(data), at=5)
    assert stored == vault.StoredFile(sha256(data).hexdigest(), size)
    with vault.open_file(stored.sha256) as file:
        assert file.read() == data
    (path,) = files()
    assert data[:64] not in path.read_bytes() or size < 64


def test_any_part_can_be_read() -> None:
    data = random.Random(1).randbytes(2 * vault.CHUNK_BYTES + 100)
    stored = vault.store(io.BytesIO(data), at=5)
    with vault.open_file(stored.sha256) as file:
        for position in (0, vault.CHUNK_BYTES - 3, 2 * vault.CHUNK_BYTES + 90, 17):
            file.seek(position)
            assert file.read(20) == data[position : position + 20]
        file.seek(-5, io.SEEK_END)
        assert file.read() == data[-5:]


def test_the_same_bytes_are_one_file() -> None:
    assert vault.store(io.BytesIO(b"x"), at=5) == vault.store(io.BytesIO(b"x"), at=6)
    assert VaultFile.objects.get().stored_at == 5
    assert len(files()) == 1


def test_a_source_that_breaks_off_leaves_nothing() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.store(Broken(), at=5)
    assert files() == []
    assert not VaultFile.objects.exists()


def test_chunks_can_be_neither_altered_nor_cut_off_nor_reordered() -> None:
    size = vault.CHUNK_BYTES + vault.TAG_BYTES
    stored = vault.store(io.BytesIO(bytes(2 * vault.CHUNK_BYTES + 10)), at=5)
    (path,) = files()
    whole = path.read_bytes()
    for damaged in (whole[:-1] + b"\0", whole[: 2 * size], whole[size : 2 * size] + whole[:size] + whole[2 * size :]):
        path.write_bytes(damaged)
        with pytest.raises(Refused, match="损坏"), vault.open_file(stored.sha256) as file:
            file.read()


def test_destroying_takes_key_and_file_and_leaves_hash_and_entry() -> None:
    stored = vault.store(io.BytesIO(b"secret row"), at=5)
    vault.destroy(stored.sha256, "保存期满", at=9)
    vault.destroy(stored.sha256, "again", at=10)
    row = VaultFile.objects.get()
    assert (row.sha256, row.wrapped_key, row.destroyed_at, row.destroyed_because) == (stored.sha256, None, 9, "保存期满")
    assert files() == []
    assert Content.objects.filter(event="access:file:destroyed").count() == 1
    with pytest.raises(NotFound):
        vault.open_file(stored.sha256)


def test_a_destroyed_file_can_be_handed_in_again() -> None:
    stored = vault.store(io.BytesIO(b"row"), at=5)
    vault.destroy(stored.sha256, "保存期满", at=9)
    vault.store(io.BytesIO(b"row"), at=11)
    with vault.open_file(stored.sha256) as file:
        assert file.read() == b"row"


def test_an_unknown_file_is_not_found() -> None:
    with pytest.raises(NotFound):
        vault.open_file("0" * 64)


def test_rotating_the_master_key_rewraps_every_file(tmp_path: Path, settings: object) -> None:
    settings.CHENGXIN_KEYS = tmp_path / "keys.json"  # type: ignore[attr-defined]
    keyfile.create(tmp_path / "keys.json", at=0)
    stored = vault.store(io.BytesIO(b"row"), at=5)
    new = keyfile.rotate(tmp_path / "keys.json", Part.VAULT, at=6)
    assert vault.rewrap_keys() == 1
    assert vault.rewrap_keys() == 0
    assert VaultFile.objects.get().key_id == new.id
    with vault.open_file(stored.sha256) as file:
        assert file.read() == b"row"


def test_drafts_of_a_killed_process_are_cleared() -> None:
    vault.store(io.BytesIO(b"kept"), at=5)
    draft = Path(settings.CHENGXIN_HOME) / "vault" / "drafts" / "half"
    draft.write_bytes(b"\0" * 10)
    assert vault.remove_drafts(before=draft.stat().st_mtime) == 0  # somebody may be writing it
    assert vault.remove_drafts(before=draft.stat().st_mtime + 1) == 1
    assert len(files()) == 1
