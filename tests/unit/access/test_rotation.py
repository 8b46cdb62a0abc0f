"""密钥轮换。"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from chengxin.access import rotation, sealing, vault
from chengxin.kernel.refused import Refused
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings: object, tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    keyfile.create(path, at=0)
    settings.CHENGXIN_KEYS = path  # type: ignore[attr-defined]
    return path


def test_what_the_old_key_sealed_is_still_read_and_the_new_one_seals(keys: Path) -> None:
    def sealed() -> str:
        return str(sealing.seal_column(pl.Series(["370902199003071239"]), "F")[0][0])

    before, index = sealed(), sealing.blind_index("370902199003071239")
    done = rotation.rotate_part(keys, Part.SEALING, at=5)
    after = sealed()
    assert before.split(":")[1] != after.split(":")[1] == done.key_id
    assert sealing.unseal(before, "F") == sealing.unseal(after, "F") == "370902199003071239"
    assert sealing.blind_index("370902199003071239") == index


def test_without_the_old_key_the_sentence_says_where_to_look(keys: Path) -> None:
    sealed = str(sealing.seal_column(pl.Series(["x"]), "F")[0][0])
    keys.unlink()
    keyfile.create(keys, at=1)
    with pytest.raises(Refused, match="密钥备份"):
        sealing.unseal(sealed, "F")


def test_raw_files_are_wrapped_anew(keys: Path) -> None:
    stored = vault.store(io.BytesIO(b"rotation row"), at=1)
    assert rotation.rotate_part(keys, Part.VAULT, at=5).rewritten >= 1
    with vault.open_file(stored.sha256) as file:
        assert file.read() == b"rotation row"


def test_the_blind_index_stays(keys: Path) -> None:
    before = keys.read_bytes()
    with pytest.raises(Refused, match="不能轮换"):
        rotation.rotate_part(keys, Part.BLIND_INDEX, at=5)
    assert keys.read_bytes() == before
