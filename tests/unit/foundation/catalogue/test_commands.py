"""``chengxin policy``: check, show, adopt, diff; with ``--json`` one object on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chengxin.foundation.catalogue import services
from chengxin.foundation.catalogue.commands import app, files_at
from chengxin.kernel.refused import Forbidden, NotFound

pytestmark = pytest.mark.django_db

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """A home of one's own."""
    settings.CHENGXIN_HOME = tmp_path
    return tmp_path


@pytest.fixture
def own(home: Path) -> Path:
    """The city's own folder with one shorter deadline."""
    folder = home / "policies"
    folder.mkdir()
    (folder / "withdrawal_deadline.yaml").write_text(
        "title: 撤回公示的期限\nunit: working_day\nvalues:\n"
        "  - {from: 2026-01-01, value: 2, reference: platform-design, note: 本市更快, confidence: assumed}\n",
        encoding="utf-8",
    )
    return folder


def run(*arguments: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, list(arguments), catch_exceptions=False)
    return result.exit_code, result.stdout


def test_check_counts_what_is_sound(home: Path) -> None:
    code, said = run("check")
    assert code == 0
    assert "没有问题" in said
    code, said = run("check", "--json")
    whole = json.loads(said)
    assert (code, whole["sound"], whole["counts"]["catalogue"], whole["counts"]["clauses"]) == (0, True, 19, 137)


def test_check_lists_faults_and_exits_1(own: Path) -> None:
    (own / "typo.yaml").write_text("titel: 甲\nvalues: []\n", encoding="utf-8")
    code, said = run("check", "--json")
    whole = json.loads(said)
    assert (code, whole["sound"]) == (1, False)
    assert {"own/typo.yaml"} == {fault["file"] for fault in whole["faults"]}
    assert all(fault["what_to_do"] for fault in whole["faults"])
    code, said = run("check")
    assert code == 1
    assert "own/typo.yaml 的 titel" in said


def test_show_one_and_all(home: Path) -> None:
    services.adopt_shipped_set(files=files_at(None), at=1_780_000_000)
    code, said = run("show", "disclosure_deadline", "--as-of", "2026-05-01")
    assert code == 0
    assert "→ 自 2020-01-01 起：7 个工作日" in said
    assert "在7个工作日内上网公开" in said
    whole = json.loads(run("show", "administrative_penalty", "--json")[1])
    assert whole["id"] == "administrative_penalty"
    everything = json.loads(run("show", "--json")[1])
    assert {theme["id"] for theme in everything["themes"]} >= {"catalogue", "disclosure", "codes"}
    assert "首次安装" in run("show")[1]


def test_show_wants_a_date(home: Path) -> None:
    services.adopt_shipped_set(files=files_at(None), at=1_780_000_000)
    assert RUNNER.invoke(app, ["show", "--as-of", "tomorrow"]).exit_code == 2


def test_adopt_takes_two_people(home: Path, own: Path) -> None:
    (own / "withdrawal_deadline.yaml").rename(own / "later.txt")
    services.adopt_shipped_set(files=files_at(None), at=1_780_000_000)
    (own / "later.txt").rename(own / "withdrawal_deadline.yaml")
    code, said = run("adopt", "--by", "zhang", "--because", "更快撤回", "--json")
    whole = json.loads(said)
    assert code == 0
    assert [each["id"] for each in whole["differences"]] == ["withdrawal_deadline"]
    number = str(whole["proposal"])
    with pytest.raises(Forbidden):
        run("adopt", "--proposal", number, "--by", "zhang")
    assert json.loads(run("adopt", "--proposal", number, "--by", "li", "--json")[1])["adopted"] == whole["digest"]
    assert "2 个工作日" in run("show", "withdrawal_deadline", "--as-of", "2026-05-01")[1]


def test_adopt_asks_who_and_why(home: Path) -> None:
    assert RUNNER.invoke(app, ["adopt"]).exit_code == 2
    assert RUNNER.invoke(app, ["adopt", "--by", "zhang"]).exit_code == 2


def test_diff_between_shipped_current_and_a_digest(home: Path, own: Path) -> None:
    shipped = {name: text for name, text in files_at(None).items() if not name.startswith("own/")}
    services.adopt_shipped_set(files=shipped, at=1_780_000_000)
    code, said = run("diff", "current", "shipped", "--json")
    assert code == 0
    assert [each["what"] for each in json.loads(said)["differences"]] == ["added"]
    assert "withdrawal_deadline" in run("diff", "current", "shipped")[1]
    assert run("diff", "current", "current")[1] == "没有差别。\n"
    digest = json.loads(run("show", "--json")[1])["digest"]
    assert run("diff", digest[:10], "current")[1] == "没有差别。\n"
    with pytest.raises(NotFound):
        run("diff", "abcdef123456", "current")


@pytest.mark.parametrize("command", ["check", "show", "adopt", "diff"])
def test_each_command_explains_itself(command: str) -> None:
    result = RUNNER.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "--json" in result.stdout
