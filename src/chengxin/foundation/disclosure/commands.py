"""``chengxin overdue``：what has passed its last day and is not on record, and what will; office by office."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chengxin.access.models import Department
from chengxin.access.queries import subordinates_of
from chengxin.foundation.disclosure.overdue import MissingAct, coming_due, missing_acts
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound
from chengxin.policy import active

app = typer.Typer(add_completion=False)


@app.command()
def overdue(
    department: Annotated[str, typer.Option(help="只看这个部门（统一社会信用代码）及其下属")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """逾期未报的，和快到期的。有逾期时退出码为 1。"""
    at = clock.now()
    scope = _scope(department)
    missing, coming = list(missing_acts(at, authority_ids=scope)), list(coming_due(at, authority_ids=scope))
    if as_json:
        said = {"as_of": date_of(at).isoformat(), "overdue": len(missing), "coming": len(coming)}
        sys.stdout.write(json.dumps({**said, "overdue_acts": _plain(missing), "coming_acts": _plain(coming)}, ensure_ascii=False) + "\n")
    else:
        _print(missing, coming, at)
    raise typer.Exit(1 if missing else 0)


def _scope(code: str) -> set[int] | None:
    if not code:
        return None
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise NotFound("no-such-department", f"没有代码为 {code} 的部门。", "用 chengxin department add 增设，或核对代码。")
    return {found.pk} | subordinates_of(found.pk)


def _plain(acts: Sequence[MissingAct]) -> list[dict[str, Any]]:
    policy = active.policy_set()
    offices = dict(Department.objects.values_list("id", "code"))
    return [
        {
            "department": offices.get(act.authority_id, ""),
            "item": policy.item(act.item).id,
            "document_number": act.document_number,
            "decided_on": act.decided_on.isoformat(),
            "due_on": act.due_on.isoformat(),
            "reason": act.reason,
            "submission": act.submission_id,
            "row": act.row,
        }
        for act in acts
    ]


def _print(missing: Sequence[MissingAct], coming: Sequence[MissingAct], at: Instant) -> None:
    console = Console()
    if not missing and not coming:
        console.print("没有逾期未报的，也没有等着补报的。")
        return
    policy, names = active.policy_set(), dict(Department.objects.values_list("id", "name"))
    today = date_of(at)
    by_office: defaultdict[int, list[MissingAct]] = defaultdict(list)
    for act in (*missing, *coming):
        by_office[act.authority_id].append(act)
    for office, acts in sorted(by_office.items(), key=lambda pair: min(act.due_on for act in pair[1])):
        table = Table(title=f"{names.get(office, office)}：逾期 {sum(act.due_on < today for act in acts)} 件", title_justify="left")
        for column in ("最后一日", "事项", "文书号", "作出日期", "情形", "报送/行"):
            table.add_column(column)
        for act in acts:
            place = f"{act.submission_id}/{act.row}"
            late = "逾期 " if act.due_on < today else ""
            cells = (
                f"{late}{act.due_on}",
                policy.item(act.item).title,
                act.document_number or "未填",
                str(act.decided_on),
                act.reason_label,
            )
            table.add_row(*cells, place)
        console.print(table)
