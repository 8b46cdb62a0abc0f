"""``chengxin draw``：the ceremony of a draw, step by step, and its verification from the published files alone."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from chengxin.access.models import Account
from chengxin.during_event.inspection.ceremony import commit_draw, open_number, seal_number
from chengxin.during_event.inspection.drawn_folders import folder_of
from chengxin.during_event.inspection.draws import abort_draw, publish_draw, run_draw
from chengxin.during_event.inspection.on_paper import enter_on_paper
from chengxin.during_event.inspection.party_links import make_code, make_link
from chengxin.during_event.inspection.plans import plan_by_number
from chengxin.during_event.inspection.public_values import enter_public_value
from chengxin.during_event.inspection.types import PartyStep
from chengxin.engine import draw as engine
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="抽取：各方 page、code（两人开专页），或 number、seal → commit → reveal（各方）→ public（两人）→ run → publish；任何人 verify。",
)
Plan = Annotated[str, typer.Argument(help="计划编号")]
Party = Annotated[str, typer.Argument(help="计划里写的那一方")]
By = Annotated[str, typer.Option("--by", help="谁在办（账户名），记入账本。")]
Person = Annotated[str, typer.Option("--by", help="谁在办，账户名；须由两个人各办一次。")]
Paper = Annotated[str, typer.Option("--paper", help="照书面材料录入的，写明出处；由两个账户各录一次。有专页的一方只能这样代录。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]


@app.command()
def number(plan: Plan, party: Party) -> None:
    """在自己的机器上生成随机数和封存值：随机数自己收好，只交封存值。不联网，不读数据库。"""
    nonce = secrets.token_bytes(32)
    typer.echo(f"随机数（保密，开封时才交）：{nonce.hex()}")
    typer.echo(f"封存值（现在就交）：{engine.party_commitment(plan, party, nonce).hex()}")


@app.command()
def page(plan: Plan, party: Party, by: Person) -> None:
    """给一方开专页：链接只显示这一次。再办一次，原来的链接作废。"""
    _account(by)
    token = make_link(plan_by_number(plan), party, by=by, at=clock.now())
    typer.echo(f"专页（交给“{party}”本人）：{settings.CHENGXIN_ORIGIN}/p/{token}")


@app.command()
def code(plan: Plan, party: Party, by: Person) -> None:
    """生成一方专页的开启码，由生成链接以外的另一人办；只显示这一次。"""
    _account(by)
    typer.echo(f"开启码（另行交给“{party}”本人）：{make_code(plan_by_number(plan), party, by=by, at=clock.now())}")


@app.command()
def seal(
    plan: Plan, party: Party, commitment: Annotated[str, typer.Argument(help="封存值，64 位十六进制")], by: By = "命令行", paper: Paper = ""
) -> None:
    """登记一方的封存值；各方都登记了，才能封存名单。"""
    if paper:
        _typed(plan, party, PartyStep.SEAL, commitment, paper, by)
        return
    seal_number(plan_by_number(plan), party, commitment, by=by, at=clock.now())
    typer.echo(f"“{party}”的随机数已封存。")


@app.command()
def commit(plan: Plan, by: By = "命令行", as_json: AsJson = False) -> None:
    """封存名单：对象、权重、不参加的和理由、检查人员、规则写成文件，散列记入账本。"""
    made = commit_draw(plan_by_number(plan), by=by, at=clock.now())
    if as_json:
        _say({"plan": plan, "commitment": made.commitment, "firms": made.firms, "folder": str(folder_of(made))})
        return
    typer.echo(f"名单已封存，{made.firms} 户，封存值 {made.commitment}。文件在 {folder_of(made)}")


@app.command()
def reveal(
    plan: Plan, party: Party, value: Annotated[str, typer.Argument(help="随机数，64 位十六进制")], by: By = "命令行", paper: Paper = ""
) -> None:
    """一方开封：交出随机数，要和封存值对得上，并在开封截止以前。"""
    if paper:
        _typed(plan, party, PartyStep.OPEN, value, paper, by)
        return
    open_number(plan_by_number(plan), party, value, by=by, at=clock.now())
    typer.echo(f"“{party}”已开封。")


@app.command()
def public(
    plan: Plan,
    value: Annotated[str, typer.Argument(help="公开随机数，照来源逐字写")],
    seen_at: Annotated[str, typer.Option("--seen-at", help="在哪里可以查到：网址、期号、轮次。")],
    by: Annotated[str, typer.Option("--by", help="谁在录入；须由两个人各录一次。")],
) -> None:
    """录入公开随机数：两个人各录一次，必须一致；录错的人重录一次。"""
    _account(by)
    enter_public_value(plan_by_number(plan), value, seen_at, by=by, at=clock.now())
    typer.echo("已录入。")


@app.command()
def run(plan: Plan, by: By = "命令行", as_json: AsJson = False) -> None:
    """抽取：由封存的名单、开封的随机数和公开随机数算出，谁来算都一样。"""
    made = run_draw(plan_by_number(plan), by=by, at=clock.now())
    if as_json:
        _say({"plan": plan, "seed": made.seed, "firms": made.firms, "drawn": made.drawn, "folder": str(folder_of(made))})
        return
    typer.echo(f"从 {made.firms} 户抽出 {made.drawn} 户。种子 {made.seed}。文件在 {folder_of(made)}")


@app.command()
def publish(plan: Plan, by: By = "命令行") -> None:
    """公布：所有文件和账本里的证明都可以下载，任何人都能重新算一遍。"""
    made = publish_draw(plan_by_number(plan), by=by, at=clock.now())
    typer.echo(f"已公布：/draws/{made.plan.number}")


@app.command()
def abort(plan: Plan, because: Annotated[str, typer.Option("--because", help="为什么不算数，会公开。")], by: By = "命令行") -> None:
    """中止一次还没有公布的抽取；它和理由一起留在案上。"""
    abort_draw(plan_by_number(plan), because, by=by, at=clock.now())
    typer.echo("已中止。")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="下载的那次抽取的文件夹")], as_json: AsJson = False
) -> None:
    """核验：只凭公布的文件重新算一遍，说明哪里不符。全部相符退出码为 0，否则为 1。"""
    findings = engine.verify(folder)
    if as_json:
        _say({"folder": str(folder), "agrees": not findings, "findings": list(findings)})
    else:
        for each in findings:
            typer.echo(f"✗ {each}")
        if not findings:
            typer.echo("相符：名单、种子、抽中的主体、检查人员和各自的机会，与公布的文件逐字一致。")
    raise typer.Exit(1 if findings else 0)


def _typed(plan: str, party: str, step: PartyStep, value: str, paper: str, by: str) -> None:
    _account(by)
    is_in = enter_on_paper(plan_by_number(plan), party, step, value, paper, by=by, at=clock.now())
    typer.echo(f"“{party}”已{step.label}。" if is_in else "已录入，等另一人照同一份材料录入同样的。")


def _account(by: str) -> None:
    if not Account.objects.filter(username=by, revoked_at=None).exists():
        raise NotFound("account-not-found", f"没有名为 {by[:40]} 的在用账户。", "录入的人用自己的账户名：两个人是两个账户。")


def _say(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
