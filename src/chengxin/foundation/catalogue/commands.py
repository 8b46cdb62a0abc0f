"""``chengxin policy …``：check, show, adopt, diff. Every command also speaks JSON: one object on stdout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings

from chengxin.foundation.catalogue import ports, queries, reading, services, trials
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound
from chengxin.policy import PolicySet, load_files
from chengxin.policy.differences import differences
from chengxin.policy.errors import PolicyRefused
from chengxin.policy.files import read_files, shipped_folder

app = typer.Typer(add_completion=False, name="policy", help="政策：核对、查看、采纳、比较。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
Folder = Annotated[Path | None, typer.Argument(help="政策文件夹；不写就用随平台发布的，加上 CHENGXIN_HOME/policies。")]


def files_at(folder: Path | None) -> dict[str, str]:
    """The files of ``folder`` as the shipped layer; without it the shipped ones. The city's own folder is always the last layer."""
    return read_files([folder or shipped_folder(), Path(settings.CHENGXIN_HOME) / "policies"])


@app.command()
def check(folder: Folder = None, as_json: AsJson = False) -> None:
    """核对政策文件：列出每一处问题，说明在哪个文件、哪个键、怎么改。没有问题退出码为 0，有则为 1。"""
    try:
        policy = load_files(files_at(folder))
    except PolicyRefused as refused:
        faults = [asdict(fault) for fault in refused.faults]
        _print({"sound": False, "faults": faults}, [f"✗ {fault}" for fault in refused.faults], as_json)
        raise typer.Exit(1) from None
    counts = {"catalogue": len(policy.catalogue), "parameters": len(policy.parameters), "code_tables": len(policy.code_tables)}
    counts |= {"sources": len(policy.sources), "clauses": len(policy.clauses), "calendar_years": len(policy.calendar_years)}
    unsure = {word: number for word, number in reading.confidence_counts(policy).items() if number}
    lines = [f"政策文件没有问题：目录 {counts['catalogue']} 项，参数 {counts['parameters']} 个，条款 {counts['clauses']} 句。"]
    lines += ["取值的核实程度：" + "，".join(f"{word} {number}" for word, number in unsure.items()), f"摘要 {policy.digest}"]
    _print({"sound": True, "digest": policy.digest, "faults": [], "counts": counts, "confidence": unsure}, lines, as_json)


@app.command()
def show(
    policy_id: Annotated[str | None, typer.Argument(metavar="ID", help="参数、目录事项、代码表等的名称；不写就列出全部。")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="某日的取值，例如 2026-04-01；不写就是今天。")] = None,
    as_json: AsJson = False,
) -> None:
    """查看现行政策：每个取值、它的依据、从何时起、核实程度。"""
    policy, day = queries.policy_in_force(), _day(as_of)
    if policy_id is None:
        sets = [asdict(line) for line in queries.policy_sets()]
        themes = reading.policy_index(policy, day)
        lines = [f"现行政策集 {policy.digest}"]
        for theme in themes:
            lines += ["", theme.title, *(f"  {line.id:<42}{line.title}  {line.now}" for line in theme.lines)]
        lines += ["", "历次采纳和提请："] + [_set_line(each) for each in sets]
        _print({"digest": policy.digest, "as_of": str(day), "themes": [asdict(theme) for theme in themes], "sets": sets}, lines, as_json)
        return
    page = reading.policy_page(policy, policy_id, day)
    lines = [f"{page.title}（{page.id}，{page.path}）"]
    for value in page.values:
        mark = "→" if value.in_force else " "
        lines.append(
            f"{mark} 自 {value.from_on} 起：{value.said}　[{value.confidence_word}] {value.reference_title}：{value.quote or value.note}"
        )
    for table in page.tables:
        lines += ["", table.title, "  " + " | ".join(table.columns), *("  " + " | ".join(row) for row in table.rows)]
    _print({"as_of": str(day), **asdict(page)}, lines, as_json)


@app.command()
def adopt(
    folder: Folder = None,
    by: Annotated[str, typer.Option("--by", help="谁在办（账户名）。")] = "",
    because: Annotated[str, typer.Option("--because", help="提请的理由。")] = "",
    proposal: Annotated[int | None, typer.Option("--proposal", help="采纳第几号提请；不写就是提请。")] = None,
    as_json: AsJson = False,
) -> None:
    """采纳政策集，两个人办：一人提请（写理由），另一人用 --proposal 采纳。提请前自动核对、比较、试算。"""
    if not by:
        raise typer.BadParameter("写明谁在办：--by 账户名。")
    at = clock.now()
    if proposal is not None:
        before = queries.policy_in_force()
        policy = services.adopt_policy_set(proposal=proposal, by=by, at=at)
        tried = trials.kept_trial(before.digest, policy.digest) | ports.reports_on_file(before, policy)
        lines = [f"第 {proposal} 号政策集已采纳，即时施行。摘要 {policy.digest}", *(f"  试算 {words}：{n}" for words, n in tried.items())]
        _print({"adopted": policy.digest, "proposal": proposal, "effects": tried}, lines, as_json)
        return
    if not because:
        raise typer.BadParameter("写明提请的理由：--because 理由。")
    files = files_at(folder)
    after, before = load_files(files), queries.policy_in_force()
    changes = [asdict(each) for each in differences(before, after)]
    effects = services.simulate_adoption(before=before, after=after, at=at)
    number = services.propose_policy_set(files=files, by=by, because=because, at=at)
    trials.keep_trial(before.digest, after.digest, effects, at)
    lines = [f"已提请，第 {number} 号。摘要 {after.digest}", f"与现行政策集有 {len(changes)} 处差别。"]
    lines += [f"  {words}：{count}" for words, count in effects.items()]
    lines.append(f"请另一人办理：chengxin policy adopt --proposal {number} --by 账户名")
    _print({"proposal": number, "digest": after.digest, "differences": changes, "effects": effects}, lines, as_json)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="文件夹、shipped（随平台发布的）、current（现行的），或采纳过的摘要的开头。")],
    after: Annotated[str, typer.Argument(help="同上。")],
    as_json: AsJson = False,
) -> None:
    """比较两个政策集：哪一项、从哪天起、从什么变成什么。"""
    changes = differences(_set_named(before), _set_named(after))
    words = {"added": "增加", "removed": "删去", "changed": "改动"}
    lines = [f"{words[each.what]} {each.title}（{each.id}）{each.key}：{each.before or '无'} → {each.after or '无'}" for each in changes]
    _print({"differences": [asdict(each) for each in changes]}, lines or ["没有差别。"], as_json)


def _set_named(name: str) -> PolicySet:
    if name == "shipped":
        return load_files(files_at(None))
    if name == "current":
        return queries.policy_in_force()
    if Path(name).is_dir():
        return load_files(files_at(Path(name)))
    found = queries.policy_set_by_digest(name)
    if found is None:
        raise NotFound(
            "no-such-policy-set", f"没有“{name}”这个文件夹，也没有摘要以它开头的政策集。", "用 chengxin policy show 看历次采纳的摘要。"
        )
    return found


def _day(text: str | None) -> date:
    if text is None:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，写成 2026-04-01。") from None


def _set_line(line: Mapping[str, Any]) -> str:
    state = f"{line['approved_by']} 采纳" if line["adopted_at"] is not None else "等待另一人采纳"
    return f"  第 {line['id']} 号 {line['digest'][:12]} {line['proposed_by']} 提请，{state}。{line['because']}"


def _print(whole: Mapping[str, Any], lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(whole, ensure_ascii=False, default=str) if as_json else "\n".join(lines))


__all__ = ["app", "files_at"]
