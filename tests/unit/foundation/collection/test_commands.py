"""What the command says: which rows came back and why, and when the answer is one of before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.site.command_line import run
from tests.harness import spreadsheets as made
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.penalties import as_csv, penalty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy_set")]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN))


@pytest.fixture
def office() -> Department:
    return market_regulation()


def collect(file: Path, office: Department, *more: str) -> int:
    return run(["collect", str(file), "--item", "administrative_penalty", "--department", office.code, *more])


def test_each_row_that_came_back_is_told_and_the_workbook_written(
    office: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, workbook = tmp_path / "处罚.csv", tmp_path / "退回.xlsx"
    file.write_bytes(as_csv([penalty(1, office.code), penalty(2, office.code, CF_NR_FK="")]))
    assert collect(file, office, "--workbook", str(workbook)) == 1
    said = capsys.readouterr().out
    assert "第 3 行，罚款金额（万元）（CF_NR_FK）：" in said
    assert "V05.required.CF_NR_FK" in said
    assert workbook.read_bytes()[:2] == b"PK"
    assert collect(file, office, "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["repeated"], [(fault["row"], fault["rule"]) for fault in answer["faults"]]) == (True, [(3, "V05.required.CF_NR_FK")])
    assert collect(file, office) == 1
    assert "此前报送过同一份" in capsys.readouterr().out
    assert Submission.objects.count() == 1


def test_a_file_refused_as_a_whole_is_read_anew_when_its_fault_is_mended(
    office: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, right = tmp_path / "处罚.xlsx", tmp_path / "处罚.csv"
    content = as_csv([penalty(1, office.code)])
    wrong.write_bytes(content)
    right.write_bytes(content)
    assert collect(wrong, office) == collect(wrong, office) == 2
    assert collect(right, office) == collect(right, office) == 0
    assert "新增 1" in capsys.readouterr().out
    assert Submission.objects.filter(state="closed").count() == 1


def test_a_cell_that_cannot_be_read_has_one_fault(office: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "处罚.xlsx"
    row = penalty(1, office.code, CF_XDR_SHXYM="=A1", CF_WFXW="=1+1")
    file.write_bytes(made.workbook(("一", [list(row), list(row.values())])))
    assert collect(file, office, "--json") == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert sorted((fault["field"], fault["rule"]) for fault in faults) == [("CF_WFXW", "R01"), ("CF_XDR_SHXYM", "R01")]


def test_a_place_in_a_csv_names_no_sheet(office: Department, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "处罚.csv"
    file.write_bytes(as_csv([penalty(1, office.code, CF_SY="=cmd|'/c calc'!A0")]))
    assert collect(file, office) == 2
    assert "“”" not in capsys.readouterr().out
    workbook = tmp_path / "处罚.xlsx"
    workbook.write_bytes(
        made.workbook(("一", [[*penalty(1, office.code)], [*penalty(1, office.code, CF_SY="=cmd|'/c calc'!A0").values()]]))
    )
    assert collect(workbook, office) in {1, 2}
