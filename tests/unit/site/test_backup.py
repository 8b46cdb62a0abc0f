"""备份与恢复：taken from and brought back into processes of their own, as an operator does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.databases import empty_database
from tests.harness.installation import Installation

CODE = "11370900000000182F"


SET_UP = f"""
import io
from pathlib import Path
from django.conf import settings
from chengxin.access import services, vault
from chengxin.site import backup, installing
installing.install(1)
services.add_department(code="{CODE}", name="示例局", at=2)
print(vault.store(io.BytesIO(b"row 1"), at=5).sha256)
for name in ("draws/private/2026-1.json", "draws/2026-1/pool.jsonl", "evaluations/draft-9/results.parquet"):
    path = Path(settings.CHENGXIN_HOME) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
backup.back_up(Path(settings.CHENGXIN_HOME).parent / "copy", at=6)
"""
DESTROY = """
from chengxin.access import vault
from chengxin.ledger import services
vault.destroy("{digest}", "保存期满", at=9)
services.erase([2], "示例", 9)
"""
READ = """
from chengxin.access import vault
from chengxin.access.models import Department
print(vault.open_file("{digest}").read().decode(), Department.objects.get().name)
"""


@dataclass
class City(Installation):
    """An installation with a department, a raw file and a backup of both."""

    digest: str = ""

    @property
    def copy(self) -> Path:
        """The backup."""
        return self.home.parent / "copy"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    with empty_database("city") as database:
        installation = City(folder / "home", folder / "keys.json", database)
        installation.digest = installation.python(SET_UP)
        yield installation


@pytest.fixture
def elsewhere(city: City, tmp_path: Path) -> Iterator[Installation]:
    shutil.copy(city.keys, tmp_path / "keys.json")
    with empty_database("elsewhere") as database:
        yield Installation(tmp_path / "home", tmp_path / "keys.json", database)


def test_what_is_backed_up_comes_back(city: City, elsewhere: Installation) -> None:
    manifest = json.loads((city.copy / "backup.json").read_text())
    done = json.loads(elsewhere.run("restore", str(city.copy), "--json"))
    assert done["files"] == manifest["files"] == 1
    assert done["ledger_size"] >= manifest["ledger_size"] > 0
    assert elsewhere.python(READ.format(digest=city.digest)) == "row 1 示例局"
    assert json.loads(elsewhere.run("ledger", "fsck", "--json"))["sound"]
    for name in ("draws/private/2026-1.json", "draws/2026-1/pool.jsonl"):
        assert (elsewhere.home / name).read_text() == name, "a draw cannot be verified without its files"
    assert not (elsewhere.home / "evaluations/draft-9").exists(), "a run that was not finished is none"


def test_the_backup_opens_nothing_without_the_keys(city: City) -> None:
    held = b"".join(path.read_bytes() for path in city.copy.rglob("*") if path.is_file())
    assert b"row 1" not in held
    for secret in city.keys.read_text().split('"secret": "')[1:]:
        assert secret.split('"')[0].encode() not in held


def test_a_ledger_older_than_the_checkpoint_shown_is_refused_and_leaves_nothing(city: City, elsewhere: Installation) -> None:
    city.run("department", "token", CODE)
    checkpoint = city.home.parent / "checkpoint"
    checkpoint.write_text(json.loads(city.run("ledger", "checkpoint", "--json"))["note"])
    said = elsewhere.run("restore", str(city.copy), "--checkpoint", str(checkpoint), status=2)
    assert "比已公布的账本旧" in said
    assert not (elsewhere.home / "vault").exists()
    newer = city.home.parent / "newer"
    city.run("backup", str(newer))
    elsewhere.run("restore", str(newer), "--checkpoint", str(checkpoint))


def test_what_was_erased_after_the_backup_is_erased_again(city: City, elsewhere: Installation) -> None:
    city.python(DESTROY.format(digest=city.digest))
    register = str(city.home / "erasures.jsonl")
    done = json.loads(elsewhere.run("restore", str(city.copy), "--erasures", register, "--json"))
    assert (done["erased_again"], done["destroyed_again"]) == (1, 1)
    assert [path for path in (elsewhere.home / "vault").rglob("*") if path.is_file()] == []


def test_lost_and_damaged_raw_files_are_named(city: City, elsewhere: Installation, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(city.copy, tmp_path / "damaged"))
    (file,) = (path for path in (damaged / "vault").rglob("*") if path.is_file())
    file.write_bytes(b"else" + file.read_bytes()[4:])
    assert city.digest in elsewhere.run("restore", str(damaged), status=1)


def test_a_restoration_without_the_register_says_what_it_cannot_know(city: City, elsewhere: Installation) -> None:
    done = json.loads(elsewhere.run("restore", str(city.copy), "--json"))
    assert done["erasures_shown"] is False


def test_a_home_that_does_not_exist_is_made(city: City, elsewhere: Installation, tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    database = f"sqlite:///{home}/chengxin.sqlite3" if "sqlite" in elsewhere.database else elsewhere.database
    Installation(home, elsewhere.keys, database).run("restore", str(city.copy))
    assert (home / "vault").is_dir()


def test_a_damaged_and_an_unfinished_backup_are_refused(city: City, elsewhere: Installation, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(city.copy, tmp_path / "damaged"))
    dump = next(damaged.glob("database.*"))
    dump.write_bytes(dump.read_bytes()[:-1] + b"\xff\x00")
    assert "损坏" in elsewhere.run("restore", str(damaged), status=2)
    (damaged / "backup.json").unlink()
    assert "完整" in elsewhere.run("restore", str(damaged), status=2)


def test_restoring_over_data_and_backing_up_into_a_used_folder_are_refused(city: City) -> None:
    assert "不是空" in city.run("restore", str(city.copy), status=2)
    assert "不是空" in city.run("backup", str(city.copy), status=2)


def test_keys_that_do_not_fit_are_refused(city: City, elsewhere: Installation) -> None:
    elsewhere.keys.unlink()
    elsewhere.run("init")
    assert "没有这份备份用到的密钥" in elsewhere.run("restore", str(city.copy), status=2)
    elsewhere.run("department", "add", CODE, "--name", "示例局")
    elsewhere.keys.unlink()
    assert "新生成的密钥打不开" in elsewhere.run("init", status=2)
