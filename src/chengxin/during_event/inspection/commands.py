"""``chengxin inspection``：年度计划、检查人员、回避、对象库、计划. The ceremony has a command of its own (``draw_commands``)."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml
from rich.console import Console
from rich.table import Table

from chengxin.access.models import Department
from chengxin.during_event.inspection.annual import enter_annual_plan, read_lines
from chengxin.during_event.inspection.inspectors import HEADER, end_conflict, end_inspector, enter_conflict, load_inspectors
from chengxin.during_event.inspection.models import InspectionPlan, Inspector, InspectorConflict
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.during_event.inspection.showing import stages_of
from chengxin.during_event.inspection.targets import enter_targets
from chengxin.during_event.inspection.types import Mode
from chengxin.kernel import clock
from chengxin.kernel.instants import SHANGHAI, Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="随机抽查：年度计划、检查人员、回避、对象库、计划。抽取用 chengxin draw。"
)
By = Annotated[str, typer.Option("--by", help="谁在办（账户名），记入账本。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]
#: Chinese keys of a plan's file → fields of :class:`PlanDraft`.
KEYS: Final[Mapping[str, str]] = {
    "编号": "number", "名称": "title", "事项": "matters", "机关": "offices", "区划": "divisions", "方式": "mode",
    "检查开始": "visits_from", "检查结束": "visits_until", "每次人数": "inspectors_per_visit", "出随机数的各方": "parties",

    "对象库": "targets", "行业": "industries", "计划外理由": "outside_because", "替代": "replaces",
    "公开随机数": "public_source", "开封截止": "reveal_due_at", "公开时间": "public_due_at",
}  # fmt: skip
_NEEDED: Final = ("编号", "名称", "事项", "机关", "检查开始", "检查结束", "出随机数的各方", "公开随机数", "开封截止", "公开时间")
_MODES: Final = {mode.label: mode for mode in Mode}


@app.command()
def inspectors(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=f"CSV（UTF-8），表头：{','.join(HEADER)}。")], by: By = "命令行"
) -> None:
    """载入检查人员库。有一行不对就一行也不载入；再次载入同一张表不会重复。"""
    at = clock.now()
    text = _text(file)
    fresh = load_inspectors(text, policy=active.policy_set(at), by=by, at=at)
    typer.echo(f"新登记或者有变动的 {fresh} 人。")


@app.command()
def conflict(
    licence_number: Annotated[str, typer.Argument(help="检查人员的执法证号")],
    code: Annotated[str, typer.Argument(help="要回避的主体的统一社会信用代码")],
    because: Annotated[str, typer.Option("--because", help="什么关系，如近亲属任职、本人曾任职。")],
    by: By = "命令行",
) -> None:
    """登记回避：这名检查人员不再被抽去检查这一户。"""
    enter_conflict(licence_number, code, because, by=by, at=clock.now())
    typer.echo("已登记。")


@app.command("end-conflict")
def end_conflict_command(
    number: Annotated[int, typer.Argument(help="回避的编号，见 chengxin inspection people。")],
    because: Annotated[str, typer.Option("--because", help="原来的关系怎样没有了。")],
    by: By = "命令行",
) -> None:
    """解除回避。"""
    end_conflict(number, because, by=by, at=clock.now())
    typer.echo("已解除。")


@app.command("end")
def end(licence_number: Annotated[str, typer.Argument(help="检查人员的执法证号")], by: By = "命令行") -> None:
    """停用一名检查人员：以后不再派。"""
    end_inspector(licence_number, by=by, at=clock.now())
    typer.echo("已停用。")


@app.command()
def people(as_json: AsJson = False) -> None:
    """列出在册的检查人员和他们的回避。"""
    conflicts: dict[int, list[dict[str, Any]]] = {}
    for pk, inspector_id, code, because in InspectorConflict.objects.filter(ended_at=None).values_list(
        "id", "inspector_id", "subject_code", "because"
    ):
        conflicts.setdefault(inspector_id, []).append({"number": pk, "code": code, "because": because})
    rows = [
        {
            "name": each.name, "licence_number": each.licence_number, "licences": each.licences, "areas": each.areas,
            "valid_until": str(each.valid_until), "conflicts": conflicts.get(each.pk, []),
        }
        for each in Inspector.objects.filter(ended_at=None).order_by("office_id", "licence_number")
    ]  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps({"inspectors": rows}, ensure_ascii=False) + "\n")
        return
    table = Table("姓名", "执法证号", "执法领域", "区域", "有效期至", "回避")
    for row in rows:
        barred = "；".join(f"{each['number']}：{each['code']}" for each in row["conflicts"])
        table.add_row(row["name"], row["licence_number"], "、".join(row["licences"]), "、".join(row["areas"]), row["valid_until"], barred)
    Console().print(table)


@app.command()
def annual(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV（UTF-8），表头：事项,季度；季度写 1、3 这样的。")],
    office: Annotated[str, typer.Option("--office", help="机关的代码。")],
    year: Annotated[int, typer.Option("--year", help="哪一年。")],
    because: Annotated[str, typer.Option("--because", help="调整的理由；第一版不写。")] = "",
    by: By = "命令行",
) -> None:
    """列入一个机关的年度抽查计划，当即公布。"""
    at = clock.now()
    policy = active.policy_set(at)
    try:
        rows = list(csv.DictReader(io.StringIO(_text(file))))
    except csv.Error:
        raise Refused("annual-plan-faulty", "不是完整的 CSV。", "另存为 UTF-8 的 CSV，表头：事项,季度。") from None
    lines = read_lines(rows, policy)
    made = enter_annual_plan(_office(office), year, lines, because=because, policy=policy, by=by, at=at)
    typer.echo(f"{year} 年计划第 {made.version} 版，{len(made.lines)} 项，已公布：/annual-plans?year={year}")


@app.command()
def targets(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="名单：Excel、CSV 或 JSON，要有名称和代码两列。")],
    name: Annotated[str, typer.Option("--name", help="对象库的名称。")],
    office: Annotated[str, typer.Option("--office", help="机关的代码。")],
    merge_repeated: Annotated[bool, typer.Option("--merge-repeated", help="重复的只留一行。")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="对不上主体库的不列入，逐行留下理由。")] = False,
    by: By = "命令行",
    as_json: AsJson = False,
) -> None:
    """用一份名单建抽查对象库；有重复或者对不上的行，不说怎么办就整份退回。"""
    at = clock.now()
    with file.open("rb") as stream:
        made = enter_targets(
            name, stream, file_name=file.name, office=_office(office), merge_repeated=merge_repeated, leave_out=leave_out,
            policy=active.policy_set(at), by=by, at=at,
        )  # fmt: skip
    if as_json:
        said = {"name": made.name, "rows": made.rows, "members": made.members_count, "left_out": made.left_out}
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return
    typer.echo(f"{made.rows} 行，{made.members_count} 户列入，{len(made.left_out)} 行没有列入。")


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="计划文件（YAML），各项见 chengxin inspection plan --help。")],
    by: By = "命令行",
) -> None:
    """立一份抽查计划。

    文件里写：编号、名称、事项（清单里的 id）、机关（与事项一一对应的部门代码）、检查开始、检查结束（日期）、出随机数的各方、
    公开随机数（取自哪里）、开封截止、公开时间（2026-12-01T12:00）；可写：区划、行业、对象库、方式（现场检查、联合检查、非现场检查）、每次人数、
    计划外理由（年度计划里没有的）、替代（中止的计划的编号）。
    """
    at = clock.now()
    made = draft_plan(draft_of(file.read_text(encoding="utf-8")), policy=active.policy_set(at), by=by, at=at)
    typer.echo(f"已立计划 {made.number}：{made.title}。下一步：各方用 chengxin draw number 生成随机数，交封存值。")


@app.command()
def plans(year: Annotated[int, typer.Option("--year", help="哪一年；不写就是今年。")] = 0, as_json: AsJson = False) -> None:
    """列出一年的抽查计划和进度。"""
    wanted = year or date_of(clock.now()).year
    found = list(InspectionPlan.objects.filter(year=wanted).order_by("id"))
    stages = stages_of(found)
    rows = [
        {"number": each.number, "title": each.title, "stage": stages[each.pk]["stage"], "visits_until": str(each.visits_until)}
        for each in found
    ]
    if as_json:
        sys.stdout.write(json.dumps({"year": wanted, "plans": rows}, ensure_ascii=False) + "\n")
        return
    table = Table("编号", "名称", "进度", "检查到哪天")
    for row in rows:
        table.add_row(row["number"], row["title"], row["stage"], row["visits_until"])
    Console().print(table)


def _office(code: str) -> Department:
    found = Department.objects.filter(code=code.strip(), closed_at=None).first()
    if found is None:
        raise NotFound("department-not-found", f"没有代码为 {code[:18]} 的在用部门。", "用 chengxin department list 查看部门。")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return file.read_text(encoding="gb18030")


def draft_of(text: str) -> PlanDraft:
    """A plan from its file. Refused with every key that is missing, strange or of the wrong form."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused("plan-file", f"计划文件不是完整的 YAML：{str(error)[:200]}", "对照 chengxin inspection plan --help 改正。") from None
    if not isinstance(said, dict):
        raise Refused("plan-file", "计划文件里没有各项内容。", f"写上：{'、'.join(_NEEDED)}。")
    missing, strange = [key for key in _NEEDED if not said.get(key)], [str(key) for key in said if key not in KEYS]
    if missing or strange:
        words = [f"缺少{'、'.join(missing)}"] if missing else []
        words += [f"不认识{'、'.join(strange)}"] if strange else []
        raise Refused("plan-file", f"计划文件{'；'.join(words)}。", f"可以写的是：{'、'.join(KEYS)}。")
    given: dict[str, Any] = {KEYS[key]: value for key, value in said.items()}
    for name in ("matters", "offices", "divisions", "industries", "parties"):
        value = given.get(name, [])
        given[name] = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    for name in ("visits_from", "visits_until"):
        given[name] = _day(given[name])
    for name in ("reveal_due_at", "public_due_at"):
        given[name] = moment_of(given[name])
    if given.setdefault("mode", Mode.ON_SITE.label) not in _MODES:
        raise Refused("plan-file", f"没有“{given['mode']}”这种方式。", f"从这些里选：{'、'.join(_MODES)}。")
    given["mode"] = _MODES[given["mode"]]
    texts = ("number", "title", "public_source", "targets", "outside_because", "replaces")
    return PlanDraft(**{**given, **{name: str(given[name]) for name in texts if name in given}})


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value))
    except ValueError:
        raise Refused("date-unreadable", f"“{str(value)[:30]}”不是日期。", "写成 2026-12-01 这样的日期。") from None


def moment_of(value: Any) -> Instant:
    """``2026-12-01T12:00``, on the clocks of the city, as an instant."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Refused("date-unreadable", f"“{str(value)[:30]}”不是时间。", "写成 2026-12-01T12:00 这样的时间。") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp())
