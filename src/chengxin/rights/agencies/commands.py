"""``chengxin service-agency …``：the register of credit service agencies without a browser; two people of the credit office."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import typer

from chengxin.access.agencies import agencies_in_force, agency_by_id
from chengxin.access.agency_people import tie_person, untie_person
from chengxin.access.agency_register import WHAT, Proposed, approve_agency, propose_agency, services_text
from chengxin.access.models import Account, AgencyPerson
from chengxin.access.two_people import credit_office_account
from chengxin.access.types import SERVICE_LABELS, AgencyService
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.agencies.conditions import end_registration

app = typer.Typer(
    add_completion=False,
    name="service-agency",
    help="信用服务机构：登记、人员。登记由信用办的两个人办：一人提请，另一人核准。",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
By = Annotated[str, typer.Option(help="谁在办：信用办的账户名。")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="登记的编号，见 chengxin service-agency list。")]
Because = Annotated[str, typer.Option(help="理由。")]
_WORDS = "，".join(f"{each.value} {label}" for each, label in SERVICE_LABELS.items())


@app.command("list")
def list_agencies(as_json: AsJson = False) -> None:
    """登记有效的机构。"""
    rows = list(agencies_in_force(clock.now()))
    told = [{"number": each.pk, "code": each.code, "name": each.name, "services": each.services.split(",")} for each in rows]
    lines = [f"{each.pk}  {each.code}  {each.name}  {services_text(each)}  至 {date_of(each.valid_until - 1)}" for each in rows]
    _say({"agencies": told}, lines or ["没有登记有效的信用服务机构。"], as_json)


@app.command("propose")
def propose(
    code: Annotated[str, typer.Argument(metavar="CODE", help="统一社会信用代码。")],
    name: Annotated[str, typer.Option(help="机构名称。")],
    services: Annotated[str, typer.Option(help=f"服务，逗号分隔：{_WORDS}。")],
    basis: Annotated[str, typer.Option(help="备案文件的文号。")],
    until_on: Annotated[str, typer.Option("--until", help="登记的最后一日，例如 2028-06-30。")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """提请登记一家机构，另一人用 approve 核准。"""
    words = [each.strip() for each in services.replace("，", ",").split(",") if each.strip()]
    unknown = [each for each in words if each not in set(AgencyService)]
    if unknown:
        raise Refused("agency-services", f"没有“{unknown[0][:20]}”这项服务。", f"从这些里选：{_WORDS}。")
    given = Proposed(code, name, [AgencyService(each) for each in words], basis, end_of_day(_day(until_on)))
    made = propose_agency(given, by=credit_office_account(by, WHAT), at=clock.now())
    line = f"已提请登记{made.name}，第 {made.pk} 号。请另一人办理：chengxin service-agency approve {made.pk} --by 账户名"
    _say({"number": made.pk, "state": "proposed"}, [line], as_json)


@app.command("approve")
def approve(number: Number, by: By, as_json: AsJson = False) -> None:
    """核准另一人提请的登记，即刻生效。"""
    made = approve_agency(number, by=credit_office_account(by, WHAT), at=clock.now())
    _say({"number": made.pk, "state": "approved"}, [f"{made.name}已登记。"], as_json)


@app.command("end")
def end(number: Number, because: Because, by: By, as_json: AsJson = False) -> None:
    """终止登记：机构自己要求退出，或者撤回提请。违背机构意愿的，在页面上立案办理（暂停和移出）。"""
    made = end_registration(number, because=because, by=credit_office_account(by, WHAT), at=clock.now())
    _say({"number": made.pk, "state": "ended"}, [f"{made.name}的登记已终止，它不能再代办。"], as_json)


@app.command("tie")
def tie(
    number: Number,
    user: Annotated[str, typer.Option(help="人员的企业账户。")],
    reference: Annotated[str, typer.Option(help="机构证明其任职的函件编号。")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """登记机构的一名人员。"""
    made = tie_person(agency_by_id(number), _account(user), reference=reference, by=credit_office_account(by, WHAT), at=clock.now())
    _say({"agency": number, "user": user}, [f"{user} 已登记为{made.agency.name}的人员。"], as_json)


@app.command("untie")
def untie(
    number: Number, user: Annotated[str, typer.Option(help="人员的企业账户。")], because: Because, by: By, as_json: AsJson = False
) -> None:
    """解除机构的一名人员，下一次请求起生效。"""
    row = AgencyPerson.objects.filter(agency_id=number, account=_account(user), ended_at=None).first()
    if row is None:
        raise NotFound("no-such-agency-person", f"{user} 不是第 {number} 号机构的人员。", "核对编号和用户名。")
    untie_person(row, because=because, by=credit_office_account(by, WHAT), at=clock.now())
    _say({"agency": number, "user": user, "state": "ended"}, [f"{user} 已不是这家机构的人员。"], as_json)


def _account(name: str) -> Account:
    account = Account.objects.filter(username=name).first()
    if account is None:
        raise NotFound("account-not-found", f"没有用户“{name[:40]}”。", "请核对用户名。")
    return account


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，写成 2028-06-30。") from None


def _say(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
