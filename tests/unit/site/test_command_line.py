"""命令行。"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time

import pytest
from django.db.utils import OperationalError, ProgrammingError

from chengxin.kernel.refused import Refused
from chengxin.site import command_line
from chengxin.site.command_line import COMMANDS, REFUSED, run


def test_every_command_is_listed_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in listed
        assert run([name, "--help"]) == 0, name
        assert "--help" in capsys.readouterr().out


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


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["department", "add", "--colour", "red"]) == 2
    assert "--colour" in capsys.readouterr().err


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


def test_a_defect_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str, _arguments: list[str]) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(command_line, "_call", fail)
    with pytest.raises(ZeroDivisionError):
        run(["init"])


def test_where_a_refusal_lies_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_name: str, _arguments: list[str]) -> int:
        raise Refused("unknown-header", "表头认不出。", "改。", "credit-regulation/2.1.1", {"sheet": "表1"})

    monkeypatch.setattr(command_line, "_call", fail)
    assert run(["init"]) == REFUSED
    assert capsys.readouterr().err == "办不了：表头认不出。\n位置：sheet 表1\n依据：credit-regulation/2.1.1\n怎么办：改。\n"
