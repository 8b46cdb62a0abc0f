"""Reports of runs: numbers that lead to their subjects, a manifest that says how to run again; simulations before an adoption."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chengxin.access.models import Read
from chengxin.during_event.evaluation.adoption import EvaluationEffect
from chengxin.during_event.evaluation.commands import app
from chengxin.during_event.evaluation.lists import Asked, subjects_of_run
from chengxin.during_event.evaluation.runs import folder_of
from chengxin.during_event.evaluation.simulation_reports import saved_simulations
from chengxin.during_event.evaluation.tasks import simulate_proposed_set
from chengxin.foundation.catalogue.queries import policy_sets
from chengxin.foundation.catalogue.services import adopt_policy_set, propose_policy_set
from chengxin.foundation.records.adoption_trial import EARLIER
from chengxin.foundation.records.models import Record
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active, load_files
from chengxin.policy.files import read_files
from chengxin.site.command_line import run
from tests.conftest import PROJECT
from tests.harness.evaluation_town import AT, Town
from tests.harness.penalties import code_of


def stricter() -> dict[str, str]:
    """The shipped set with a best grade that is hard to have."""
    files = read_files([PROJECT / "policies"])
    (name,) = (name for name in files if name.endswith("public_comprehensive.yaml"))
    return {**files, name: files[name].replace("least: 850", "least: 920")}


def test_a_run_has_its_report_and_its_manifest(town: Town) -> None:
    office, run = town.client("credit_office"), town.run()
    listed = office.get("/evaluation/runs").content.decode()
    assert f"/evaluation/runs/{run.pk}" in listed
    page = office.get(f"/evaluation/runs/{run.pk}").content.decode()
    for key in ("root", "policy", "results_sha256", "engine"):
        assert str(run.manifest[key]) in page
    assert f"chengxin evaluate --as-of {run.as_of} --model public_comprehensive" in page
    for words in ("等级分布", "分数分布", "按县市区", "按规模", "按行业门类", "按成立年限", "行政处罚"):
        assert words in page
    report = json.loads((folder_of(run) / "report.json").read_text(encoding="utf-8"))
    for name, rows in report["groups"].items():
        assert [sum(row["grades"].values()) + row["unknown"] for row in rows] == [row["subjects"] for row in rows]
        assert f'data-option="option-calibration-{name}"' in page
        assert (f'data-option="option-unlisted-{name}"' in page) is any(row["worst"] > row["listed"] for row in rows)
    assert read_contents([run.content_id])[run.content_id]["_root"] == run.root
    assert town.client("auditor").get(f"/evaluation/runs/{run.pk}").status_code == 200
    assert town.client("clerk").get(f"/evaluation/runs/{run.pk}").status_code == 403
    assert office.get(f"/evaluation/runs/{run.pk + 1}").status_code == 404


def test_every_number_leads_to_as_many_subjects(town: Town) -> None:
    """Whatever group or grade a number stands for, its list is as long as it says."""
    office, run = town.client("credit_office"), town.run()
    page = office.get(f"/evaluation/runs/{run.pk}").content.decode()
    numbers = re.findall(rf'<a href="(/evaluation/runs/{run.pk}/subjects\?[^"]*)">([\d,]+)</a>', page)
    assert len(numbers) >= 10
    assert {"which", "indicator", "grade", "by"} <= {re.split(r"[?=]", href)[1] for href, _ in numbers}
    for href, number in numbers:
        listed = office.get(href.replace("&amp;", "&")).content.decode()
        assert f"，{number} 个主体" in listed
    looks = Read.objects.filter(kind="evaluation", what__startswith=f"list run {run.pk}")
    counts = [int(number.replace(",", "")) for _, number in numbers]
    assert looks.filter(subject_id=None).count() == counts.count(0)  # nobody on the list
    assert looks.exclude(subject_id=None).count() == sum(counts)  # everybody on it


def test_the_list_is_in_order_and_in_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    run = town.run()
    count, listed = subjects_of_run(run, Asked(), 1)
    assert count == len(listed) == 3
    assert [each.score for each in listed] == sorted(each.score for each in listed)
    monkeypatch.setattr("chengxin.during_event.evaluation.lists.PAGE", 2)
    assert subjects_of_run(run, Asked(), 2) == (3, listed[2:])
    assert subjects_of_run(run, Asked(grade="D"), 1)[0] == 0
    assert subjects_of_run(run, Asked(which="spared"), 1)[0] == int(run.manifest["spared"])
    with pytest.raises(Refused, match="分组"):
        subjects_of_run(run, Asked(by="name); DROP", group="x"), 1)


@pytest.mark.parametrize("query", ["by=nosuch", "which=nosuch", "page=0", "page=-1", "page=x", "page=99999999999"])
def test_bad_questions_about_a_list(town: Town, query: str) -> None:
    run = town.run()
    assert town.client("credit_office").get(f"/evaluation/runs/{run.pk}/subjects?{query}").status_code == 422


def test_a_run_whose_files_are_gone_still_has_its_manifest(town: Town) -> None:
    run = town.run()
    shutil.rmtree(folder_of(run))
    office = town.client("credit_office")
    page = office.get(f"/evaluation/runs/{run.pk}")
    assert page.status_code == 200
    assert "报告的文件不在这台机器上" in page.content.decode()
    assert run.root in page.content.decode()
    with pytest.raises(NotFound, match="结果文件不在"):
        subjects_of_run(run, Asked(), 1)


def test_a_proposal_is_simulated_before_anybody_adopts_it(town: Town) -> None:
    office = town.client("credit_office")
    number = propose_policy_set(files=stricter(), by="zhang", because="提高优的门槛", at=AT)
    page = office.get("/evaluation/simulations").content.decode()
    assert "提高优的门槛" in page
    assert town.client("auditor").post("/evaluation/simulations/run", {"proposal": number}).status_code == 403
    assert office.post("/evaluation/simulations/run", {"proposal": "999999999"}).status_code == 404
    assert office.post("/evaluation/simulations/run", {"proposal": number, "model": "nosuch"}).status_code == 422
    assert office.post("/evaluation/simulations/run", {"proposal": number}).status_code == 302
    assert "1 次试算正在后台进行" in office.get("/evaluation/simulations").content.decode()


def test_nobody_adopts_a_method_that_was_not_tried(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    number = propose_policy_set(files=stricter(), by="zhang", because="提高优的门槛", at=AT)
    with pytest.raises(Conflict) as refused:
        adopt_policy_set(proposal=number, by="li", at=AT)
    assert refused.value.slug == "simulation-needed"
    assert "公共信用综合评价" in refused.value.sentence
    assert run(["simulate", "--proposal", str(number), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert run(["policy", "adopt", "--proposal", str(number), "--by", "li", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["effects"]["公共信用综合评价（本市） 降"] == report["down"] > 0
    assert run(["simulate"]) == run(["simulate", "--proposal", "999999999"]) == 2


def test_whoever_proposes_by_command_sees_the_trial(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "policies" / "during_event"
    folder.mkdir(parents=True)
    name = next(each for each in stricter() if each.endswith("public_comprehensive.yaml"))
    (folder / "public_comprehensive.yaml").write_text(stricter()[name], encoding="utf-8")
    table = "few_observations.csv"
    (folder / table).write_text(stricter()[name.replace("public_comprehensive.yaml", table)], encoding="utf-8")
    assert run(["policy", "adopt", "--by", "zhang", "--because", "提高门槛", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["effects"]["公共信用综合评价（本市） 降"] > 0
    assert [each["because"] for each in saved_simulations(10)] == ["提请采纳"]
    assert run(["policy", "adopt", "--proposal", str(said["proposal"]), "--by", "li"]) == 0
    assert "试算 公共信用综合评价（本市） 降" in capsys.readouterr().out


def test_another_table_of_fields_moves_offices_and_grades(town: Town) -> None:
    """The market office's acts belong to no field: what an industry's method counted of them is gone."""
    before = active.policy_set()
    (name,) = (name for name in before.files if name.endswith("supervision_fields.yaml"))
    text = before.files[name].replace("names_contain: [市场监督管理, 市场监管, 药品监督]", "names_contain: [没有这样的机关]")
    after = load_files({**before.files, name: text})
    said = EvaluationEffect().simulate(before, after, AT)
    assert (said["换了监管领域的机关"], said["它们作出的、按另一领域计入评价的记录"]) == (1, Record.objects.count())
    tried = {each["model"]: each for each in saved_simulations(20)}
    asking = {model.id for model in before.evaluation_models.values() if any(each.supervision for each in model.indicators)}
    assert set(tried) == asking != set()
    assert tried["food_and_drugs"]["mean_change"] != 0
    assert EvaluationEffect().simulate(before, load_files(before.files), AT) == {}


def test_whoever_adopts_reads_what_was_counted(town: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "policies" / "foundation" / "records"
    folder.mkdir(parents=True)
    shipped = (PROJECT / "policies/national/foundation/records/publication_period.yaml").read_text(encoding="utf-8")
    text = shipped.replace("minimum: P1Y, maximum: P3Y}", "minimum: P1Y, maximum: P2Y}").replace(
        "minimum: P3M, maximum: P1Y}", "minimum: P3M, maximum: P6M}"
    )
    (folder / "publication_period.yaml").write_text(text, encoding="utf-8")
    assert run(["policy", "adopt", "--by", "zhang", "--because", "缩短公示", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["effects"][EARLIER] > 0
    page = town.client("credit_office").get("/evaluation/simulations").content.decode()
    assert f"{EARLIER} {said['effects'][EARLIER]}" in page
    assert run(["policy", "adopt", "--proposal", str(said["proposal"]), "--by", "li", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["effects"][EARLIER] == said["effects"][EARLIER]


def test_the_report_names_who_rises_and_who_falls(town: Town) -> None:
    propose_policy_set(files=stricter(), by="zhang", because="提高优的门槛", at=AT)
    digest = next(each.digest for each in policy_sets() if each.adopted_at is None)
    name = simulate_proposed_set.func(digest, "public_comprehensive", "提高优的门槛", "测试")
    (report,) = saved_simulations(10)
    assert report["id"] == name
    assert (report["subjects"], report["up"], report["down"] + report["same"]) == (3, 0, 3)
    assert report["down"] == sum(row["down"] for row in report["groups"]["size"]) > 0
    page = town.client("auditor").get(f"/evaluation/simulations/{name}").content.decode()
    assert f"降 {report['down']}，" in page
    assert digest[:12] in page
    for title in ("按县市区", "按规模", "按行业门类", "按成立年限"):
        assert title in page
    for bad in ("nosuch", "..", "Draft"):
        assert town.client("auditor").get(f"/evaluation/simulations/{bad}").status_code == 404
    with pytest.raises(NotFound):
        simulate_proposed_set.func("0" * 64, "public_comprehensive", "", "测试")


def test_a_simulation_on_the_command_line_keeps_its_report(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "try"
    folder.mkdir()
    shipped = PROJECT / "policies/national/during_event/evaluation"
    shutil.copy(shipped / "few_observations.csv", folder)
    text = (shipped / "public_comprehensive.yaml").read_text(encoding="utf-8").replace("least: 850", "least: 920")
    (folder / "public_comprehensive.yaml").write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(app, ["simulate", "--policy", str(folder), "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert town.client("credit_office").get(f"/evaluation/simulations/{said['report']}").status_code == 200
    assert said["policy_before"] != said["policy_after"]


def test_who_is_behind_a_number_is_not_for_every_office(town: Town) -> None:
    run = town.run()
    for role in ("clerk", "reviewer", "security_admin"):
        assert town.client(role).get(f"/evaluation/runs/{run.pk}/subjects").status_code == 403
    assert code_of(1) in town.client("auditor").get(f"/evaluation/runs/{run.pk}/subjects").content.decode()
