"""What the documents on evaluation show is what happens: the example runs, the numbers are those of the table, the commands exist."""

from __future__ import annotations

import io
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from chengxin.during_event.evaluation import agencies
from chengxin.during_event.evaluation.external_checks import RULES
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.during_event.evaluation.results import results_of
from chengxin.kernel.instants import date_of
from chengxin.policy import PolicySet
from chengxin.site.command_line import COMMANDS, run
from chengxin.site.problem_titles import TITLES
from tests.conftest import PROJECT
from tests.harness.agencies import SCALE
from tests.harness.evaluation_town import AT, Town
from tests.harness.penalties import code_of

FILES = (PROJECT / "docs" / "evaluation-files.md").read_text(encoding="utf-8")
METHOD = (PROJECT / "docs" / "evaluation.md").read_text(encoding="utf-8")
POLICIES = PROJECT / "policies" / "national" / "during_event" / "evaluation"


def test_the_example_makes_a_file_that_is_taken_in(town: Town) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", FILES, re.DOTALL)
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    first, second = town.person("credit_office"), town.person("credit_office", "credit_office-two")
    key, code = made.stderr.decode().strip(), json.loads(made.stdout.split(b"\n")[0])["agency"]
    agencies.propose_agency(agencies.Agency(code, "某信用评价公司", "market", SCALE, "备案〔2026〕1号", key), by=first, at=AT - 60)
    agencies.register_agency(code, by=second, at=AT - 60)
    taken = take_in(made.stdout, file_name="例.jsonl", by="测试", at=AT)
    assert (taken.rows, taken.accepted, taken.faults) == (1, 1, [])
    assert [each.grade for each in results_of(town.firm(1), date_of(AT), AT).market] == ["AA"]


def test_every_refusal_and_rule_that_is_shown_exists_and_the_other_way_round() -> None:
    shown = set(re.findall(r"`((?:agency|evaluation)-[a-z-]+)`", FILES))
    assert shown <= set(TITLES)
    assert {slug for slug in TITLES if slug.startswith("evaluation-file-") and slug != "evaluation-file-cell"} <= shown
    assert set(re.findall(r"\bX\d\d\b", FILES)) == set(RULES)


def test_commands_that_are_shown_exist() -> None:
    for text in (FILES, METHOD):
        shown = set(re.findall(r"chengxin ([a-z]+)", text))
        assert shown <= set(COMMANDS)


def test_the_table_of_few_observations_comes_from_its_script(policy_set: PolicySet) -> None:
    made = runpy.run_path(str(POLICIES / "few_observations.py"))["text"]()
    assert made.encode() == (POLICIES / "few_observations.csv").read_bytes()
    relief = policy_set.evaluation_model("public_comprehensive").relief
    shown = re.findall(r"^\| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \|$", METHOD, re.MULTILINE)
    assert len(shown) == 5
    for n, k, rate, bound, back in shown:
        assert relief[int(n), int(k)] == int(back)
        assert float(rate) == pytest.approx(int(k) / int(n), abs=0.0005)
        assert 1000 * (1 - float(bound) / float(rate)) == pytest.approx(int(back), abs=2.5)


def test_a_grade_is_worked_out_again_from_the_published_files_alone(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portal = Client()
    names = re.findall(r"python (verifiers/evaluation.py) (\S+) (\S+) (\S+)", METHOD)[0]
    for name in names[1:3]:
        answer = portal.get(f"/evaluation/method/public_comprehensive/{name}")
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.content)
    assert (tmp_path / names[1]).read_bytes() == (POLICIES / names[1]).read_bytes()
    for number in (1, 2, 3):
        assert run(["explain", code_of(number), "--json"]) == 0
        (tmp_path / names[3]).write_text(capsys.readouterr().out, encoding="utf-8")
        command = [sys.executable, str(PROJECT / names[0]), *(str(tmp_path / name) for name in names[1:])]
        told = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})
        assert (told.returncode, told.stdout.split()[-1]) == (0, "same"), (told.stdout, told.stderr)
    explained = json.loads((tmp_path / names[3]).read_text(encoding="utf-8"))
    explained["score_milli_points"] += 1
    (tmp_path / names[3]).write_text(json.dumps(explained), encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False, env={"PATH": "/usr/bin"}).returncode == 1


def test_the_example_by_hand_is_right(policy_set: PolicySet) -> None:
    model = policy_set.evaluation_model("public_comprehensive")
    penalties = model.indicator("penalties")
    serious = next(each.points for each in penalties.points if each.severity == 3)
    assert penalties.exposure is not None
    assert penalties.exposure.reference == 10
    back = -serious * 1000 * model.relief[2, 1] // 1000
    score = model.starting_milli_points + serious * 1000 + back
    words = " ".join(METHOD.split())
    assert f"{back:,} come back".replace(",", " ") in words
    assert f"{model.starting_milli_points:,}".replace(",", " ") in words
    assert f"{score:,} milli-points".replace(",", " ") in words
    assert next(each.title for each in model.grades if score >= each.least * 1000) in words


def test_the_method_is_public_and_complete(town: Town, policy_set: PolicySet) -> None:
    portal = Client()
    listed = portal.get("/evaluation/method").content.decode()
    for model in policy_set.evaluation_models.values():
        assert f"/evaluation/method/{model.id}" in listed
        page = portal.get(f"/evaluation/method/{model.id}").content.decode()
        missing = [each.title for each in (*model.dimensions, *model.indicators, *model.grades, *model.floors) if each.title not in page]
        assert not missing
    assert "欠缴税款" in portal.get("/evaluation/method/public_comprehensive").content.decode()
    assert portal.get("/evaluation/method/nosuch").status_code in {404, 422}
    assert portal.get("/evaluation/method/public_comprehensive/city.yaml").status_code == 404
    assert io.BytesIO(portal.get("/evaluation/method/care/care.yaml").content).read() == (POLICIES / "care.yaml").read_bytes()
