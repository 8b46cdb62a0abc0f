"""``chengxin warnings run|list|acknowledge``：hold the rules against the records, see the inbox, answer one."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from chengxin.access.models import Account
from chengxin.access.services import department_by_code
from chengxin.during_event.warnings import queries
from chengxin.during_event.warnings.services import acknowledge, run_warnings
from chengxin.during_event.warnings.showing import plain
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

app = typer.Typer(add_completion=False, no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]


@app.command()
def run(by: Annotated[str, typer.Option("--by", help="谁在办（账户名），记入账本。")] = "命令行", as_json: AsJson = False) -> None:
    """按全部规则看一遍现在的记录，新的放进收件箱；同一事由只预警一次，可以反复运行。"""
    done = run_warnings(clock.now(), by=by)
    if as_json:
        _say({"run": done.pk, "found": done.found, "raised": done.raised, "by_rule": done.by_rule, "root": done.root})
        return
    console, rules = Console(), active.policy_set().warning_rules
    console.print(f"第 {done.pk} 次预警：规则指向 {done.found} 处，其中新的 {done.raised} 条。")
    for rule, count in done.by_rule.items():
        console.print(f"  {rules[rule].title}  {count}")
    console.print(f"新预警的根 {done.root}，已记入账本。", soft_wrap=True)


@app.command(name="list")
def list_command(
    office: Annotated[str, typer.Option("--office", help="收件部门的统一社会信用代码；不写就是全部。")] = "",
    state: Annotated[str, typer.Option("--state", help="open 待处理、settled 已处理、every 全部")] = queries.OPEN,
    rule: Annotated[str, typer.Option("--rule", help="只看一条规则，如 penalty_burst")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """收件箱，新的在前。"""
    if state not in queries.STATES:
        raise Refused("choice-unknown", f"没有“{state[:20]}”这个状态。", f"从这些里选：{'、'.join(queries.STATES)}。")
    scope = queries.scope_of(department_by_code(office)) if office else None
    found = queries.inbox(scope, state=state, rule=rule, limit=limit)
    lines = plain(found.warnings, clock.now())
    if as_json:
        _say({"total": found.total, "warnings": lines})
        return
    console = Console(highlight=False)
    console.print(f"{queries.STATES[state]} {found.total} 条" + (f"，列出最新 {len(lines)} 条" if len(lines) < found.total else ""))
    for each in lines:
        console.print(f"[b]{each['id']}[/b]  {each['title']}  {each['name']} {each['code']}", soft_wrap=True)
        console.print(f"    {each['because']}{'' if each['still_counts'] else '依据的记录已不再计入。'}", soft_wrap=True)
        console.print(f"    {each['raised_on']} → {each['office']}  {each['outcome_label']}", soft_wrap=True)


@app.command(name="acknowledge")
def acknowledge_command(
    warning_id: Annotated[int, typer.Argument(help="预警的编号")],
    outcome: Annotated[str, typer.Option("--outcome", help="confirmed 已核实属实、handled 已处置、unfounded 不属实、transferred 转办")],
    because: Annotated[str, typer.Option("--because", help="理由，记入账本")],
    by: Annotated[str, typer.Option("--by", help="处理人的账户名")],
    to_office: Annotated[str, typer.Option("--to", help="转办给哪个部门，统一社会信用代码")] = "",
) -> None:
    """签收处理一条预警。例：chengxin warnings acknowledge 12 --outcome handled --because 已约谈，三日内整改 --by wangli"""
    account = Account.objects.filter(username=by).first()
    if account is None:
        raise NotFound("account-not-found", f"没有账户“{by[:40]}”。", "核对账户名。")
    at = clock.now()
    done = acknowledge(warning_id=warning_id, outcome=outcome, because=because, by=account, at=at, to_office=to_office)
    Console().print(f"第 {warning_id} 号预警：{done.because}（{date_of(at)}，{by}），已记入账本。")


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
