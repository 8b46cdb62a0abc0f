"""The watched folder: nothing is read while it grows, what is done moves away with its result, a crash in between does no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chengxin.access.models import Department
from chengxin.foundation.collection import folder
from chengxin.foundation.collection.models import Submission
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.penalties import as_csv, code_of, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN))


@pytest.fixture
def office() -> Department:
    return market_regulation()


def put(directory: Path, office: str, item: str, name: str, content: bytes) -> Path:
    path = directory / office / item / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def watch_once(directory: Path) -> list[str]:
    told: list[str] = []
    folder.watch(directory, once=True, tell=told.append, pause=lambda _seconds: None)
    return told


def test_a_file_is_handed_in_and_moves_to_done_with_its_result(tmp_path: Path, office: Department) -> None:
    path = put(tmp_path, office.code, "administrative_licence", "许可.csv", b"")
    path.write_bytes(as_csv([penalty(1, office.code)]))
    path = path.rename(put(tmp_path, office.code, "administrative_penalty", "处罚.csv", b"x"))
    told = watch_once(tmp_path)
    done = path.parent / "done" / "处罚.csv"
    assert done.exists()
    assert not path.exists()
    result = json.loads((done.parent / "处罚.csv.result.json").read_text(encoding="utf-8"))
    assert (result["state"], result["accepted"]) == ("awaiting_release", 1)  # a folder does not show who was asked
    assert "待复核" in told[0]


def test_what_still_grows_is_empty_or_hidden_is_left_alone(tmp_path: Path, office: Department) -> None:
    growing = put(tmp_path, office.code, "administrative_penalty", "增长.csv", b"a")
    put(tmp_path, office.code, "administrative_penalty", "空.csv", b"")
    put(tmp_path, office.code, "administrative_penalty", ".隐藏.csv", b"a")
    put(tmp_path, office.code, "administrative_penalty", "上传中.csv.part", b"a")
    before = folder.look(tmp_path)
    growing.write_bytes(b"ab")
    assert folder.settled_files(before, folder.look(tmp_path)) == set()


def test_a_file_that_is_refused_moves_to_refused_with_the_reason(tmp_path: Path, office: Department) -> None:
    put(tmp_path, office.code, "administrative_penalty", "图片.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    put(tmp_path, code_of(9, "11370900MB"), "administrative_penalty", "无此部门.csv", as_csv([penalty(1, office.code)]))
    put(tmp_path, office.code, "没有的事项", "甲.csv", as_csv([penalty(1, office.code)]))
    assert len(watch_once(tmp_path)) == 3
    results = list(tmp_path.glob("*/*/refused/*.result.json"))
    assert len(results) == 3
    assert all(json.loads(path.read_text(encoding="utf-8"))["refusal"]["sentence"] for path in results)


def test_a_file_found_again_after_a_crash_is_one_hand_in(tmp_path: Path, office: Department) -> None:
    content = as_csv([penalty(1, office.code)])
    put(tmp_path, office.code, "administrative_penalty", "处罚.csv", content)
    watch_once(tmp_path)
    put(tmp_path, office.code, "administrative_penalty", "处罚.csv", content)
    watch_once(tmp_path)
    assert Submission.objects.count() == 1
    assert sorted(path.name for path in tmp_path.glob("*/*/done/*.csv")) == ["处罚-2.csv", "处罚.csv"]
