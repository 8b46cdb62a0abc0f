"""命令行。"""

from __future__ import annotations

import errno
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from django.db.utils import OperationalError, ProgrammingError

from chengxin.kernel.refused import Refused
from chengxin.ledger.checkpoints import latest_checkpoint, read_head
from chengxin.site import command_line
from chengxin.site.command_line import COMMANDS, REFUSED, run
from chengxin.site.failures import FAILED, FILE_NAME


def test_every_command_is_listed_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in listed
        assert run([name, "--help"]) == 0, name
        assert "--help" in capsys.readouterr().out


def _screens(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from _screens(inner, (*path, name))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_screen_is_in_chinese(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(COMMANDS[name].module)
    app = getattr(module, f"{name}_app", None) or module.app
    whole = typer.main.get_command(app)
    own = whole if COMMANDS[name].group else getattr(whole, "commands", {name: whole})[name]
    for path in _screens(own, (name,)):
        assert run([*path, "--help"]) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"用法：chengxin {' '.join(path)}")
        assert "\n  --help" in told
        for english in ("Usage", "Options", "Arguments", "Commands", "Show this", "[default", "[required", "<str>", "completion"):
            assert english not in told, f"{path}: {english}"


def test_a_help_screen_tells_values_and_what_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "--item", "x", "--help"]) == 0
    told = capsys.readouterr().out
    assert "--item 文字" in told
    assert "--workbook 文件" in told
    assert "（必填）" in told
    assert run(["serve", "--help"]) == 0
    assert "（默认 8000；1 至 65535）" in capsys.readouterr().out
    assert run(["ledger", "fsck", "--help"]) == 0
    assert "--rebuild / --hashes-only" in capsys.readouterr().out


def test_a_group_without_a_subcommand_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger"]) == REFUSED
    said = capsys.readouterr().err
    assert said.startswith("用法：chengxin ledger 子命令")
    assert "  erase " in said


def test_help_needs_no_database_and_no_patience() -> None:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "chengxin.site.command_line", "--help"], capture_output=True, check=True
    )
    assert b"django" not in done.stderr
    assert time.perf_counter() - began < 10


def test_a_wrong_name_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["colect"]) == REFUSED
    assert "是不是 collect？" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["department", "add", "--colour", "red"], "没有 --colour 这个选项"),
        (["department", "ad"], "没有“ad”这个子命令"),
        (["department", "add"], "缺少参数 CODE"),
        (["department", "add", "11370900000000182F", "--name"], "选项 --name 后面要有值"),
        (["department", "token", "a", "b"], "多出了 b"),
        (["collect", "/no/such.csv", "--item", "x", "--department", "y"], "FILE：文件 /no/such.csv 不存在"),
        (["collect", "pyproject.toml"], "缺少选项 --item"),
        (["watch", "pyproject.toml"], "DIRECTORY：pyproject.toml 是文件，这里要文件夹"),
        (["ledger", "erase", "7", "--because", "x"], "“7”不是条目编号"),
        (["serve", "--workers", "many"], "--workers："),
    ],
)
def test_a_usage_error_is_told_in_chinese(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == REFUSED
    said = capsys.readouterr().err
    assert said.startswith(f"办不了：{sentence}")
    assert "--help 看用法。" in said
    for english in ("Error", "Usage", "Invalid", "Missing", "No such", "Try", "does not", "not a valid"):
        assert english not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ["/no/such.csv", "--item", "administrative_penalty", "--department", "11370900000000182F"],
        ["pyproject.toml", "--item", "administrative_penalty"],
        ["pyproject.toml", "--item", "administrative_penalty", "--department", "11370900000000182F"],  # no such department
    ],
)
def test_collect_answers_in_one_shape_whatever_stops_it(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", *arguments, "--json"]) == REFUSED
    answer = json.loads(capsys.readouterr().out)
    counts = {name: answer[name] for name in ("rows", "accepted", "updated", "rejected", "quarantined")}
    assert (set(counts.values()), answer["receipt"]) == ({0}, None)
    assert answer["refusal"]["sentence"]


@pytest.mark.django_db
def test_a_refusal_is_a_sentence_and_with_json_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["department", "add", "11370900000000182X", "--name", "示例局"]
    assert run(wrong) == REFUSED
    assert "怎么办：" in capsys.readouterr().err
    assert run([*wrong, "--json"]) == REFUSED
    assert json.loads(capsys.readouterr().out)["refused"]["slug"] == "department-code"


@pytest.mark.django_db
def test_a_department_a_token_and_a_user(capsys: pytest.CaptureFixture[str]) -> None:
    code = "11370900000000182F"
    assert run(["department", "add", code, "--name", "示例局", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"code": code, "name": "示例局", "division": "370900"}
    assert run(["department", "token", code]) == 0
    assert capsys.readouterr().out.startswith("chengxin_")
    assert run(["user", "add", "wang", "--department", code, "--role", "复核人", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["role"], len(made["password"])) == ("reviewer", 16)
    assert run(["user", "revoke", "nobody"]) == REFUSED
    latest = latest_checkpoint()
    assert latest is not None
    assert latest.size == read_head()[0]  # without a server nobody else would sign


@pytest.mark.parametrize(
    ("error", "slug"),
    [
        (OperationalError("no such table: ledger_head"), "not-initialised"),
        (ProgrammingError('relation "ledger_head" does not exist'), "not-initialised"),
        (OperationalError("unable to open database file"), "not-initialised"),
        (OperationalError("database or disk is full"), "disk-full"),
        (OperationalError("connection refused"), "database-unreachable"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
    ],
)
def test_faults_of_the_surroundings_are_explained(
    error: Exception, slug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_name: str, _arguments: list[str]) -> int:
        raise error

    monkeypatch.setattr(command_line, "_call", fail)
    assert run(["init", "--json"]) == REFUSED
    assert json.loads(capsys.readouterr().out)["refused"]["slug"] == slug


def test_a_defect_is_one_sentence_with_its_own_status_and_its_details_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(_name: str, _arguments: list[str]) -> int:
        raise ZeroDivisionError("370902198503153263")

    monkeypatch.setenv("CHENGXIN_HOME", str(tmp_path))
    monkeypatch.delenv("CHENGXIN_DEBUG", raising=False)
    monkeypatch.setattr(command_line, "_call", fail)
    assert run(["init", "--json"]) == FAILED == 3
    told = capsys.readouterr()
    assert str(tmp_path / FILE_NAME) in told.err
    assert "Traceback" not in told.err
    assert json.loads(told.out)["failed"]["sentence"] in told.err
    line = json.loads((tmp_path / FILE_NAME).read_text())
    assert (line["command"], line["error"]) == ("init", "ZeroDivisionError")
    assert "test_command_line.py" in line["trace"][-1]
    assert "370902198503153263" not in (tmp_path / FILE_NAME).read_text() + told.err
    assert run(["--help"]) == 0
    assert "3 程序出错" in capsys.readouterr().out


def test_a_defect_is_told_even_where_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHENGXIN_HOME", str(tmp_path / "file"))
    monkeypatch.delenv("CHENGXIN_DEBUG", raising=False)
    monkeypatch.setattr(command_line, "_call", lambda _name, _arguments: 1 // 0)
    assert run(["init"]) == FAILED
    assert "详情没有地方可写" in capsys.readouterr().err


def test_a_defect_keeps_its_trace_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_DEBUG", "1")
    monkeypatch.setattr(command_line, "_call", lambda _name, _arguments: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        run(["init"])


def test_where_a_refusal_lies_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_name: str, _arguments: list[str]) -> int:
        raise Refused("unknown-header", "表头认不出。", "改。", "credit-regulation/2.1.1", {"sheet": "表1"})

    monkeypatch.setattr(command_line, "_call", fail)
    assert run(["init"]) == REFUSED
    assert capsys.readouterr().err == "办不了：表头认不出。\n位置：sheet 表1\n依据：credit-regulation/2.1.1\n怎么办：改。\n"
