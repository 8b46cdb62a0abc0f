"""``chengxin tiers``：how many are in which risk class of a group of matters, and how many visits a year follow."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chengxin.during_event.tiering.classes import group_of, runs_for
from chengxin.during_event.tiering.counting import ClassCount, count_classes
from chengxin.during_event.tiering.types import WHAT_A_CLASS_IS
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active

app = typer.Typer(add_completion=False)


@app.command()
def tiers(
    group: Annotated[str, typer.Option("--matter-group", help="抽查事项类别，如 food_matters；或者清单里的一个抽查事项。")],
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的规定，如 2026-11-20；不写就是今天。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """各风险类别的主体数和全年预计抽查次数。例：chengxin tiers --matter-group food_matters"""
    policy, day = active.policy_set(), _day(as_of)
    known, counts = group_of(policy, group), count_classes(group, day, policy)
    runs = runs_for(group, policy)
    if as_json:
        said = {"group": known.id, "as_of": str(day), "life_and_safety": known.life_and_safety, "runs": runs}
        said |= {"classes": [_plain(each) for each in counts], "visits_in_a_year": sum(each.visits for each in counts)}
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return
    console = Console()
    console.print(f"{known.title}，{day}" + ("，涉及生命健康和公共安全：全覆盖" if known.life_and_safety else ""))
    table = Table("风险类别", "主体", "每轮抽取", "每年轮数", "全年预计次数", "同一主体每年至多")
    for each in counts:
        stratum = each.stratum
        most = f"{stratum.most_visits} 次" if stratum.most_visits else "不设上限"
        ratio = f"{stratum.per_mille / 10:g}%"
        table.add_row(f"{stratum.id} {stratum.risk_class.title}", str(each.members), ratio, str(stratum.rounds), str(each.visits), most)
    console.print(table)
    if not runs:
        console.print("还没有评价过，全部在普通类别。先运行 chengxin evaluate。")
    for sentence in WHAT_A_CLASS_IS:
        console.print(sentence, soft_wrap=True)


def _plain(each: ClassCount) -> dict[str, Any]:
    stratum = each.stratum
    return {
        "class": stratum.id,
        "title": stratum.risk_class.title,
        "members": each.members,
        "per_mille": stratum.per_mille,
        "rounds": stratum.rounds,
        "most_visits": stratum.most_visits or None,
        "visits_in_a_year": each.visits,
        "because": {reason.value: n for reason, n in each.by_reason.items()},
    }


def _day(text: str) -> date:
    if not text:
        return date_of(clock.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写成 2026-04-01 这样的日期。") from None
