"""The commands in both READMEs do what they say: read from the text, run as they stand there."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.site.command_line import run
from tests.harness.penalties import penalty

PROJECT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh.md"]


def commands(readme: str) -> list[list[str]]:
    """The ``chengxin`` commands of the shell blocks, in order, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (PROJECT / readme).read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("chengxin ")]


def make_targets(readme: str) -> set[str]:
    return set(re.findall(r"make ([a-z]+)", (PROJECT / readme).read_text(encoding="utf-8")))


def penalties_handed_in_by(department: str) -> bytes:
    """A workbook as the example hands one in."""
    decided_on = date_of(clock.now()) - timedelta(days=1)  # the command reads the clock
    workbook, row = Workbook(), penalty(1, department, CF_JDRQ=decided_on.isoformat())
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(row))
    sheet.append(list(row.values()))
    workbook.save("penalties.xlsx")
    return Path("penalties.xlsx").read_bytes()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policy_set")
@pytest.mark.parametrize("readme", READMES)
def test_its_commands_work_as_written(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = commands(readme)
    assert [words[0] for words in said] == ["department", "collect"]
    assert penalties_handed_in_by(said[-1][said[-1].index("--department") + 1])
    for words in said:
        assert run(words) == 0, capsys.readouterr()
    assert "新增 1" in capsys.readouterr().out


@pytest.mark.parametrize("readme", READMES)
def test_its_targets_and_its_files_exist(readme: str) -> None:
    made = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in make_targets(readme):
        assert re.search(rf"^{target}:", made, re.MULTILINE), target
    for file in re.findall(r"\]\(([^)#:]+)\)", (PROJECT / readme).read_text(encoding="utf-8")):
        assert (PROJECT / file).exists(), file


def test_both_say_the_same_commands() -> None:
    assert commands(READMES[0]) == commands(READMES[1])
