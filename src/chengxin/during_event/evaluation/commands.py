"""``chengxin evaluate``、``explain``、``simulate``：run the evaluation, explain one grade, try another policy."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from chengxin.during_event.evaluation import simulation
from chengxin.during_event.evaluation.counted_facts import facts_of
from chengxin.during_event.evaluation.explaining import Explained, explain
from chengxin.during_event.evaluation.runs import folder_of, order_of, run_evaluation
from chengxin.during_event.evaluation.simulation_reports import save_simulation
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.during_event.evaluation.why_not import why_not as reasons_against
from chengxin.during_event.evaluation.why_not_showing import tell_why_not
from chengxin.foundation.subjects.queries import subject_by_code
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import NotFound, Refused

app = typer.Typer(add_completion=False)
Day = Annotated[str, typer.Option("--as-of", help="评价哪一天，如 2026-11-20；不写就是今天。按那天所知的事实和那天采纳的政策。")]
Model = Annotated[str, typer.Option("--model", help="用哪个评价模型；chengxin policy show 列出各个模型。")]
Engine = Annotated[str, typer.Option("--engine", help="duckdb（默认）或者 spark；两者结果逐行相同。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]


@app.command()
def evaluate(
    as_of: Day = "",
    model: Model = PUBLIC_MODEL,
    engine: Engine = "duckdb",
    by: Annotated[str, typer.Option("--by", help="谁在办（账户名），记入账本。")] = "命令行",
    as_json: AsJson = False,
) -> None:
    """评价全市。例：chengxin evaluate --as-of 2026-11-20 --model food_and_drugs"""
    at = clock.now()
    order = order_of(model, _day(as_of, at), at, engine=engine)
    with _progress() as bar:
        task = bar.add_task("准备", total=None)
        run = run_evaluation(order, by=by, at=at, progress=lambda words: bar.update(task, description=words))
    grades = {key.removeprefix("grade_"): int(value) for key, value in run.manifest.items() if key.startswith("grade_")}
    if as_json:
        _say({"run": run.pk, "model": run.model, "as_of": str(run.as_of), "root": run.root, "grades": grades, "manifest": run.manifest})
        return
    console = Console()
    console.print(f"第 {run.pk} 号评价：{order.model.title}，{run.as_of}")
    for grade in [*order.model.grades]:
        console.print(f"  {grade.title}（{grade.id}）  {grades.get(grade.id, 0)}")
    console.print(f"  数据不足（N）  {grades.get('N', 0)}")
    console.print(f"结果的根 {run.root}，已记入账本。文件在 {folder_of(run)}", soft_wrap=True)


@app.command(name="explain")
def explain_command(
    code: Annotated[str, typer.Argument(help="统一社会信用代码")],
    as_of: Day = "",
    model: Model = PUBLIC_MODEL,
    why_not: Annotated[str, typer.Option("--why-not", help="为什么不是这一等（如 A）：差多少分、少了哪几条就是、哪一天起就是。")] = "",
    as_json: AsJson = False,
) -> None:
    """说明一个主体的等级：每一项加减分、依据、何时结束。

    例：chengxin explain 91370902MA3C00001X
    例：chengxin explain 91370902MA3C00001X --why-not A
    """
    at = clock.now()
    subject = subject_by_code(code.strip().upper())
    if subject is None:
        raise NotFound("subject-not-found", f"没有代码为 {code} 的主体。", "核对代码。")
    order = order_of(model, _day(as_of, at), at)
    if why_not:
        tell_why_not(reasons_against(subject, order, why_not), as_json)
        return
    found = explain(subject, order)
    if as_json:
        _say(_plain(found) | {"facts": facts_of(subject, order)})
        return
    console = Console()
    console.print(f"{found.subject.name}　{found.model.title}，{found.as_of}")
    console.print(
        f"等级 {found.grade_title}（{found.grade}），{found.score / 1000:g} 分" + (f"。{found.floor}，直接判级" if found.floor else "")
    )
    table = Table("加减分", "项目", "文书号", "到哪天", "依据")
    for reason in found.reasons:
        table.add_row(f"{reason.milli_points / 1000:+g}", reason.title, reason.document_number, str(reason.until or ""), reason.reference)
    console.print(table)
    for indicator in found.not_collected:
        console.print(f"  {indicator.title}：本市还没有归集，不加分也不扣分")


@app.command()
def simulate(
    policy: Annotated[
        Path | None, typer.Option("--policy", help="要试的政策文件夹；只写与现行不同的文件。", exists=True, file_okay=False)
    ] = None,
    proposal: Annotated[int | None, typer.Option("--proposal", help="试第几号提请；与 --policy 写一个。")] = None,
    as_of: Day = "",
    model: Model = PUBLIC_MODEL,
    as_json: AsJson = False,
) -> None:
    """试算：现行政策和要试的政策各评一次，谁升谁降，按规模、行业、县市区、年限分列。什么也不改。

    例：chengxin simulate --policy 要试的文件夹
    例：chengxin simulate --proposal 3 --model food_and_drugs
    """
    if (policy is None) == (proposal is None):
        raise Refused("simulation-of-what", "写明试哪一套政策：--policy 文件夹，或者 --proposal 第几号提请。", "两个写一个。")
    at = clock.now()
    order = order_of(model, _day(as_of, at), at)
    changed = simulation.policy_with(policy, order.policy) if policy is not None else simulation.proposed_policy(proposal or 0)
    with _progress() as bar:
        task = bar.add_task("试算", total=None)
        found = simulation.simulate_set(changed, order, lambda words: bar.update(task, description=words))
    because = f"文件夹 {policy.resolve().name}" if policy is not None else f"第 {proposal} 号提请"
    found["report"] = save_simulation(found, because=because, by="命令行", at=at)
    if as_json:
        _say(found)
        return
    console = Console()
    console.print(f"{found['subjects']} 个主体：升 {found['up']}，降 {found['down']}，不变 {found['same']}")
    for name, rows in found["groups"].items():
        table = Table(simulation.GROUP_TITLES[name], "主体", "升", "降", "平均分变化")
        for row in rows:
            table.add_row(str(row["name"]), str(row["subjects"]), str(row["up"]), str(row["down"]), f"{row['mean_change'] / 1000:+.1f}")
        console.print(table)
    console.print(f"报告存在 /evaluation/simulations/{found['report']}", soft_wrap=True)


def _day(text: str, at: int) -> date:
    if not text:
        return date_of(at)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写成 2026-04-01 这样的日期。") from None


def _plain(found: Explained) -> dict[str, Any]:
    reasons = [
        {
            "kind": reason.kind.name.lower(),
            "dimension": reason.dimension,
            "title": reason.title,
            "milli_points": reason.milli_points,
            "record": reason.record_id or None,
            "document_number": reason.document_number,
            "until": str(reason.until) if reason.until else None,
            "reference": reason.reference,
        }
        for reason in found.reasons
    ]
    return {
        "code": found.subject.code,
        "name": found.subject.name,
        "model": found.model.id,
        "as_of": str(found.as_of),
        "grade": found.grade,
        "score_milli_points": found.score,
        "records": found.records,
        "floor": found.floor,
        "dimensions": dict(found.dimensions),
        "reasons": reasons,
        "not_collected": [each.id for each in found.not_collected],
    }


def _progress() -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True), transient=True)


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
