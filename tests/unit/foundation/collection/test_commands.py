"""``chengxin collect``: the exit status says whether every row was taken, the JSON says what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chengxin.access.models import Department
from chengxin.foundation.collection.commands import app
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.penalties import as_csv, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN))


@pytest.fixture
def office() -> Department:
    return market_regulation()


def collect(path: Path, office: Department, *more: str) -> tuple[int, dict[str, object]]:
    arguments = ["collect", str(path), "--item", "administrative_penalty", "--department", office.code, "--json", *more]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


def test_every_row_taken_is_0_and_the_answer_names_counts_and_receipt(tmp_path: Path, office: Department) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv([penalty(n, office.code) for n in range(3)]))
    status, answer = collect(path, office, "--key", "k1")
    assert status == 0
    assert {name: answer[name] for name in ("rows", "accepted", "updated", "rejected", "quarantined")} == {
        "rows": 3,
        "accepted": 3,
        "updated": 0,
        "rejected": 0,
        "quarantined": 0,
    }
    assert answer["receipt"]
    assert collect(path, office, "--key", "k1") == (0, answer)
    assert collect(path, office, "--key", "k2")[1]["unchanged"] == 3


def test_some_rows_not_taken_is_1(tmp_path: Path, office: Department) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv([penalty(1, office.code), penalty(2, office.code, CF_NR_FK="")]))
    status, answer = collect(path, office)
    assert (status, answer["rejected"]) == (1, 1)


def test_a_file_refused_as_a_whole_is_2(tmp_path: Path, office: Department) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,宗教信仰\n甲,无\n".encode())
    status, answer = collect(path, office)
    assert (status, answer["state"], answer["rows"]) == (2, "refused", 0)
    assert answer["refusal"]
