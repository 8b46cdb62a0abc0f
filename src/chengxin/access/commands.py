"""``chengxin department …``, ``chengxin keys …``. ``chengxin user`` knows subjects too: ``site/user_commands.py``."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings

from chengxin.access import rotation, services
from chengxin.access.models import Department
from chengxin.kernel import clock
from chengxin.kernel.instants import end_of_day, start_of_day, utc_text
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

department_app = typer.Typer(add_completion=False, name="department", help="部门：增设、令牌、委托。", no_args_is_help=True)
keys_app = typer.Typer(add_completion=False, name="keys", help="密钥：查看、轮换。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="统一社会信用代码。")]


@department_app.command("add")
def add_department(
    code: Code,
    name: Annotated[str, typer.Option(help="部门全称。")],
    short_name: Annotated[str, typer.Option(help="简称。")] = "",
    parent: Annotated[str, typer.Option(help="上级部门的代码。")] = "",
    division: Annotated[str, typer.Option(help="行政区划代码，六位；不写取自部门代码。")] = "",
    kind: Annotated[str, typer.Option(help="职权清单里的部门类别，例如 market_regulator；不写则按名称和代码判断。")] = "",
    as_json: AsJson = False,
) -> None:
    """增设部门。同样的部门再增设一次，什么也不变。"""
    superior = services.department_by_code(parent) if parent else None
    office = services.add_department(
        code=code, name=name, short_name=short_name, parent=superior, division=division, kind=kind, at=clock.now()
    )
    _print({"code": office.code, "name": office.name, "division": office.division}, [f"{office.name}（{office.code}）"], as_json)


@department_app.command("move")
def move_department(
    code: Code,
    because: Annotated[str, typer.Option(help="依据文件的文号。")],
    under: Annotated[str, typer.Option(help="新的上级部门的代码；不写为没有上级。")] = "",
    as_json: AsJson = False,
) -> None:
    """改变部门的隶属。已经立案的不受影响。"""
    superior = services.department_by_code(under) if under else None
    office = services.move_department(department=services.department_by_code(code), parent=superior, because=because, at=clock.now())
    words = f"{office.name} 隶属于 {superior.name}" if superior else f"{office.name} 没有上级部门"
    _print({"code": office.code, "parent": superior.code if superior else ""}, [words], as_json)


@department_app.command("list")
def list_departments(as_json: AsJson = False) -> None:
    """列出全部部门。"""
    rows = list(Department.objects.order_by("code").values("code", "name", "division", "kind"))
    _print({"departments": rows}, [f"{row['code']}  {row['name']}" for row in rows], as_json)


@department_app.command("token")
def issue_token(code: Code, as_json: AsJson = False) -> None:
    """发放部门令牌，只显示这一次。用法：Authorization: Bearer 令牌。"""
    token = services.issue_token(services.department_by_code(code), clock.now())
    _print({"department": code, "token": token}, [token], as_json)
    if not as_json:
        sys.stderr.write("令牌只显示这一次，平台只保存它的摘要。\n")


@department_app.command("revoke-token")
def revoke_token(number: Annotated[str, typer.Argument(help="令牌编号的开头，至少八位；发放时记在账本里。")]) -> None:
    """作废令牌。"""
    services.revoke_token(number, clock.now())
    typer.echo("令牌已作废。")


@department_app.command("delegate")
def delegate_item(
    code: Annotated[str, typer.Argument(metavar="CODE", help="委托部门的代码。")],
    to: Annotated[str, typer.Option(help="受托部门的代码。")],
    item: Annotated[str, typer.Option(help="目录事项，例如 administrative_penalty。")],
    reference: Annotated[str, typer.Option(help="委托书的文号。")],
    from_on: Annotated[str, typer.Option("--from", help="起始日，例如 2026-04-01。")],
    until_on: Annotated[str, typer.Option("--until", help="最后一日。")],
    as_json: AsJson = False,
) -> None:
    """委托另一部门代为报送某一事项。"""
    principal, delegate = services.department_by_code(code), services.department_by_code(to)
    services.delegate_item(
        principal=principal,
        delegate=delegate,
        item=item,
        reference=reference,
        valid_from=start_of_day(_day(from_on)),
        valid_until=end_of_day(_day(until_on)),
        at=clock.now(),
    )
    told = {"principal": principal.code, "delegate": delegate.code, "item": item, "from": from_on, "until": until_on}
    _print(told, [f"{principal.name} 委托 {delegate.name} 报送 {item}，{from_on} 至 {until_on}。"], as_json)


@keys_app.command("show")
def show_keys(as_json: AsJson = False) -> None:
    """列出密钥的编号和生成时间，不显示密钥。"""
    keys = keyfile.in_use()
    rows = {part.value: [{"id": v.id, "made_at": utc_text(v.made_at)} for v in keys.parts[part]] for part in Part}
    lines = [f"{part}  {version['id']}  {version['made_at']}" for part, versions in rows.items() for version in versions]
    _print({"file": str(settings.CHENGXIN_KEYS), "parts": rows}, lines, as_json)


@keys_app.command("rotate")
def rotate_keys(
    part: Annotated[Part, typer.Argument(help="哪一种密钥。")],
    as_json: AsJson = False,
) -> None:
    """轮换：新内容用新密钥，旧密钥留在文件里，用来读旧内容。轮换后请另存一份密钥文件。"""
    done = rotation.rotate_part(Path(settings.CHENGXIN_KEYS), part, clock.now())
    lines = [f"{part.value} 的新密钥编号 {done.key_id}。{done.sentence}", f"请立即另存一份 {settings.CHENGXIN_KEYS}。"]
    _print({"part": part.value, "id": done.key_id, "rewritten": done.rewritten}, lines, as_json)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，写成 2026-04-01。") from None


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
