"""``chengxin demo`` and ``chengxin tour``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict
from chengxin.ledger.services import sign_checkpoint
from chengxin.policy import active
from chengxin.site import installing
from chengxin.site.demo import building, rights, stories
from chengxin.site.demo.agencies import build_agency
from chengxin.site.demo.stories_evaluation import plant_evaluation
from chengxin.site.tour import TOUR_FILE
from chengxin.site.tour import stories as stories_on_file

app = typer.Typer(add_completion=False, help="演示城市。", no_args_is_help=True)
LOGINS_FILE = "demo-logins.json"


@app.command()
def demo(
    subjects: Annotated[int, typer.Option(help="信用主体的个数。", min=20)] = 3000,
    records: Annotated[int, typer.Option(help="信用记录的条数（约数）。", min=200)] = 30_000,
    seed: Annotated[int, typer.Option(help="种子：同一天、同一种子，造出同一座城市。")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False,
) -> None:
    """建一座演示城市：名称、人员、号码都是虚构的，一律走真实的报送流程。已经建好的不再建，只列出登录名。"""
    home = Path(settings.CHENGXIN_HOME)
    if stories_on_file():
        installing.install(clock.now())  # an older home takes the tables of today; nothing is adopted anew
    else:
        _build(home, subjects, records, seed)
    logins = _logins(home)
    if as_json:
        sys.stdout.write(json.dumps({"home": str(home), "records": Record.objects.count(), "logins": logins}, ensure_ascii=False) + "\n")
        return
    lines = [f"演示城市在 {home}，信用记录 {Record.objects.count():,} 条。每个角色一个登录名："]
    lines += [f"  {each['role']:　<6} {each['username']:<16} {each['password']:<26} {each['office']}" for each in logins]
    lines += ["", "故事见 /tour，或者运行 chengxin tour。"]
    sys.stdout.write("\n".join(lines) + "\n")


@app.command()
def tour(as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False) -> None:
    """演示城市的故事：发生了什么，平台做了什么，到哪里核对。"""
    told = stories_on_file()
    if as_json:
        sys.stdout.write(json.dumps({"stories": told}, ensure_ascii=False) + "\n")
        return
    if not told:
        raise Conflict("no-demo-city", "这里没有演示城市，也就没有故事。", "先运行 chengxin demo。")
    for number, story in enumerate(told, 1):
        checks = "\n".join(f"     {check['label']}  {settings.CHENGXIN_ORIGIN}{check['href']}" for check in story["checks"])
        sys.stdout.write(f"{number:>2}. {story['title']}\n   {story['happened']}\n   {story['did']}\n   核对：\n{checks}\n\n")


def _build(home: Path, subjects: int, records: int, seed: int) -> None:
    now = clock.now()
    installing.install(building.opening_of(now))
    if Record.objects.exists():
        raise Conflict("not-empty", f"{home} 里已有信用记录，演示城市不与真实数据混在一起。", "换一个 CHENGXIN_HOME 再运行。")
    city = building.City(active.policy_set(), now, seed)
    building.build_departments(city)
    _keep(home / LOGINS_FILE, building.build_accounts(city))
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}/{task.total:,.0f} 行"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("建城", total=records)
        building.build_records(
            city, subjects, records, lambda done, planned, what: bar.update(task, completed=done, total=planned, description=what)
        )
    _keep(home / TOUR_FILE, [*stories.plant(city), *plant_evaluation(city)])
    _keep(home / LOGINS_FILE, [*_logins(home), *rights.build_firm_login(city), *build_agency(city)])
    sign_checkpoint(now)


def _logins(home: Path) -> list[dict[str, str]]:
    path = home / LOGINS_FILE
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def _keep(path: Path, document: Any) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
