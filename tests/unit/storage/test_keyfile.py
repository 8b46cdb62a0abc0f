"""密钥文件。"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chengxin.kernel.refused import Refused
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keyfile.create(tmp_path / "keys.json", at=1)
    return tmp_path / "keys.json"


def test_a_new_file_has_one_version_of_every_part_and_is_for_the_owner_only(path: Path) -> None:
    keys = keyfile.read(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {part: len(versions) for part, versions in keys.parts.items()} == dict.fromkeys(Part, 1)
    assert len({keys.current(part).secret for part in Part}) == len(Part)


def test_an_existing_file_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        keyfile.create(path, at=2)
    assert path.read_bytes() == before


def test_rotation_keeps_the_older_version(path: Path) -> None:
    old = keyfile.read(path).current(Part.SEALING)
    new = keyfile.rotate(path, Part.SEALING, at=2)
    keys = keyfile.read(path)
    assert keys.current(Part.SEALING) == new != old
    assert keys.version(Part.SEALING, old.id) == old
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    path.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        keyfile.read(path)


def test_a_missing_and_a_broken_file_say_what_to_do(path: Path) -> None:
    document = json.loads(path.read_text())
    document["parts"]["vault"] = []
    path.write_text(json.dumps(document))
    with pytest.raises(Refused, match="备份"):
        keyfile.read(path)
    path.unlink()
    with pytest.raises(Refused, match="chengxin init"):
        keyfile.read(path)


def test_the_file_must_lie_outside_the_home(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="数据目录之外"):
        keyfile.must_lie_outside(tmp_path / "home" / "keys.json", tmp_path / "home")
    keyfile.must_lie_outside(tmp_path / "home-keys.json", tmp_path / "home")


def test_no_secret_is_printed(path: Path) -> None:
    keys = keyfile.read(path)
    assert repr(keys.current(Part.VAULT).secret) not in repr(keys)
