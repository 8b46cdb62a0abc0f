"""命令行 ``chengxin cases``：what is open, how a deadline was computed, and the notices that wait."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from chengxin.casework.checking import wrong_deadlines
from chengxin.casework.deadlines import readings
from chengxin.casework.models import Case
from chengxin.casework.notices import escalate, number_of, send_waiting
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, utc_text
from chengxin.kernel.refused import NotFound
from chengxin.policy import active

app = typer.Typer(add_completion=False, no_args_is_help=True)
JsonFlag = Annotated[bool, typer.Option("--json", help="在标准输出写一个 JSON 对象。")]


@app.command("list")
def list_cases(
    procedure: Annotated[str, typer.Option(help="只看一种程序，例如 restoration。")] = "",
    everything: Annotated[bool, typer.Option("--all", help="办结的也列出。")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多列多少件。")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """列出案件，新的在前。"""
    found = Case.objects.order_by("-pk")
    found = found if everything else found.filter(closed_at=None)
    found = found.filter(procedure=procedure) if procedure else found
    policy = active.policy_set()
    rows = [
        {
            "case": case.pk,
            "number": number_of(case),
            "procedure": case.procedure,
            "about": f"{case.about_kind}:{case.about_key}",
            "state": case.state,
            "state_title": policy.procedure(case.procedure).states[case.state].title,
            "opened_at": utc_text(case.opened_at),
        }
        for case in found[:limit]
    ]
    if as_json:
        sys.stdout.write(json.dumps({"cases": rows}, ensure_ascii=False) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row['case']:>6}  {row['procedure']}{row['number']}  {row['state_title']}  {row['about']}\n")
    if not rows:
        sys.stdout.write("没有案件。\n")


@app.command()
def show(case_id: Annotated[int, typer.Argument(help="案件的编号。")], as_json: JsonFlag = False) -> None:
    """一个案件：走过的步骤，期限怎样算出。"""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound("no-such-case", f"没有编号为 {case_id} 的案件。", "用 chengxin cases list 查编号。")
    policy = active.policy_set()
    rule, today = policy.procedure(case.procedure), date_of(clock.now())
    found = readings(case, rule, policy)
    clocks = [
        {
            "clock": each.clock,
            "due_on": each.due_on.isoformat(),
            "provisional": each.provisional,
            "level": each.level(today, policy.calendar).value,
            "how": list(each.how),
        }
        for each in found
    ]
    steps = [
        {"place": each.place, "verb": each.verb, "to": each.to_state, "part": each.part, "at": utc_text(each.at)}
        for each in case.steps.order_by("place")
    ]
    if as_json:
        said = {
            "case": case.pk,
            "procedure": case.procedure,
            "state": case.state,
            "version": case.version,
            "steps": steps,
            "clocks": clocks,
        }
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(f"{rule.title}{number_of(case)}  {case.title}  {rule.states[case.state].title}\n")
    for step in steps:
        sys.stdout.write(f"  {step['at']}  {step['verb']} → {step['to']}（{step['part']}）\n")
    for each in found:
        sys.stdout.write(f"  期限 {each.due_on}  {'；'.join(each.how)}\n")


@app.command()
def check(as_json: JsonFlag = False) -> None:
    """核对期限：按每一步和今天的政策、日历重新推算，与表里的比较。有不符的，列出来，退出码为 1。

    政策或者日历刚改过的，采纳时已经一并推移；这里查的是有没有人绕过案件改了期限。"""
    found = list(wrong_deadlines(active.policy_set()))
    if as_json:
        rows = [{"case": each.case_id, "clock": each.clock, "kept": each.kept, "due": each.due} for each in found]
        sys.stdout.write(json.dumps({"wrong": rows}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{each.sentence}\n" for each in found) or f"{Case.objects.count()} 件案件的期限都与步骤相符。\n")
    if found:
        raise typer.Exit(1)


@app.command()
def remind(as_json: JsonFlag = False) -> None:
    """催办：明天到期和已经逾期的，各告知一次；再把等待的通知写进发件箱（CHENGXIN_HOME/outbox）。"""
    at = clock.now()
    said = {"reminded": escalate(active.policy_set(), at), "sent": send_waiting(at)}
    sys.stdout.write(json.dumps(said) + "\n" if as_json else f"催办 {said['reminded']} 件，发出通知 {said['sent']} 份。\n")
