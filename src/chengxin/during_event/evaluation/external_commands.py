"""``chengxin agency …`` and ``chengxin evaluations …``：who may hand in results, and the results that come from outside."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from chengxin.access.two_people import credit_office_account
from chengxin.during_event.evaluation import agencies, external_intake, national_intake
from chengxin.during_event.evaluation.agencies import Agency, scale_text
from chengxin.during_event.evaluation.models import ExternalFile, RegisteredAgency
from chengxin.during_event.evaluation.types import NATIONAL_AGENCY, EvaluationKind
from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.kernel.refused import Refused

agency_app = typer.Typer(
    add_completion=False,
    name="agency",
    help="评价机构：登记、换钥、停用。登记和换钥由信用办的两个人办：一人提请，另一人核准。",
    no_args_is_help=True,
)
evaluations_app = typer.Typer(
    add_completion=False,
    name="evaluations",
    help="外来的评价结果：登记机构的签名文件，上级下发的全国结果。格式见文档“评价文件的格式”。",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
By = Annotated[str, typer.Option("--by", help="谁在办：信用办的账户名，记入账本。")]
Because = Annotated[str, typer.Option("--because", help="理由，记入账本。")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="评价机构的统一社会信用代码。")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Ed25519 公钥，64 位十六进制。")]
SOME_WENT_BACK = 1


@agency_app.command("propose")
def propose(
    code: Code,
    name: Annotated[str, typer.Option(help="机构名称。")],
    scale: Annotated[str, typer.Option(help="等级，从好到坏：AAA=很好,AA=好,B=一般,C=差。")],
    basis: Annotated[str, typer.Option(help="依据：备案号、协议号。")],
    key: Annotated[str, typer.Option(help="机构的 Ed25519 公钥，64 位十六进制。")],
    by: By,
    kind: Annotated[str, typer.Option(help="market 市场信用评价，industry 行业信用评价。")] = EvaluationKind.MARKET.value,
    as_json: AsJson = False,
) -> None:
    """提请登记一家评价机构，另一人用 register 登记。

    例：chengxin agency propose 91370902MA3C00001X --name 某某信用评价有限公司 --scale A=好,B=差
    --basis 备案〔2026〕1号 --key 64位十六进制 --by zhang
    """
    pairs = [(grade.strip(), words.strip()) for grade, _, words in (each.partition("=") for each in scale.split(","))]
    given = Agency(code.strip().upper(), name.strip(), kind, pairs, basis.strip(), key)
    made = agencies.propose_agency(given, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say(
        {"agency": made.code, "state": "proposed"},
        [f"已提请登记{made.name}。请另一人办理：chengxin agency register {made.code} --by 账户名"],
        as_json,
    )


@agency_app.command("register")
def register(code: Code, by: By, as_json: AsJson = False) -> None:
    """登记另一人提请的机构，它的第一把公钥同时生效。"""
    made = agencies.register_agency(code, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say({"agency": made.code, "state": "registered"}, [f"{made.name}已登记，从现在起接收用登记的公钥签名的文件。"], as_json)


@agency_app.command("end")
def end(code: Code, because: Because, by: By, as_json: AsJson = False) -> None:
    """停用一家机构：不再接收它的文件，已接收的结果显示为已失效。一个人就可以停。"""
    made = agencies.end_agency(code, because=because, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say({"agency": made.code, "state": "ended"}, [f"{made.name}已停用。"], as_json)


@agency_app.command("key")
def propose_key(code: Code, key: Key, by: By, as_json: AsJson = False) -> None:
    """提请换钥：给机构加一把公钥，另一人核准后生效。旧的另用 end-key 停用。"""
    made = agencies.propose_key(code, key, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    lines = [f"已提请。请另一人办理：chengxin agency approve-key {made.public_key} --by 账户名"]
    _say({"key": made.public_key, "state": "proposed"}, lines, as_json)


@agency_app.command("approve-key")
def approve_key(key: Key, by: By, as_json: AsJson = False) -> None:
    """核准另一人提请的公钥。"""
    made = agencies.approve_key(key, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say({"key": made.public_key, "state": "in_force"}, ["公钥已生效。"], as_json)


@agency_app.command("end-key")
def end_key(key: Key, because: Because, by: By, as_json: AsJson = False) -> None:
    """停用一把公钥：用它签名的文件不再接收，不论文件写的是哪一天。一个人就可以停。"""
    made = agencies.end_key(key, because=because, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say({"key": made.public_key, "state": "ended"}, ["公钥已停用。"], as_json)


@agency_app.command("list")
def list_agencies(as_json: AsJson = False) -> None:
    """列出评价机构、等级和公钥。"""
    rows, lines = [], []
    for agency, keys in agencies.agencies():
        state = "ended" if agency.ended_at is not None else "proposed" if agency.registered_at is None else "registered"
        told = [{"key": each.public_key, "from": _moment(each.valid_from), "until": _moment(each.valid_until)} for each in keys]
        rows.append(
            {"code": agency.code, "name": agency.name, "kind": agency.kind, "scale": scale_text(agency.scale), "state": state, "keys": told}
        )
        words = {"ended": "已停用", "proposed": "等待另一人登记", "registered": "已登记"}[state]
        lines.append(f"{agency.code}  {agency.name}  {EvaluationKind(agency.kind).label}  {scale_text(agency.scale)}  {words}")
        lines += [f"    {each['key']}  {each['from'] or '等待核准'}{' 停用于 ' + each['until'] if each['until'] else ''}" for each in told]
    _say({"agencies": rows}, lines or ["还没有登记评价机构。"], as_json)


@evaluations_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="登记机构签名的评价文件。", exists=True, dir_okay=False)],
    by: Annotated[str, typer.Option("--by", help="谁在办，记入账本。")] = "命令行",
    as_json: AsJson = False,
) -> None:
    """接收登记机构签名的评价文件：签名对的当即接收，不合格的行退回并说明。全部接收退出码为 0，有退回的行为 1。"""
    taken = external_intake.take_in(file.read_bytes(), file_name=file.name, by=by, at=clock.now())
    _tell_file(taken, RegisteredAgency.objects.get(pk=taken.agency_id).name, as_json)


@evaluations_app.command("national")
def national(
    file: Annotated[Path, typer.Argument(help="CSV、XLSX、XLS 或 JSON 表格。", exists=True, dir_okay=False)],
    made_on: Annotated[str, typer.Option("--made-on", help="上级下发的日期，如 2026-11-20。")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """报送上级下发的全国公共信用综合评价结果，原样接收；另一人用 release 放行以后才算数。

    表头：统一社会信用代码、主体名称、评价等级、评价日期；可以有：有效期至、撤回。
    """
    account = credit_office_account(by, agencies.WHAT)
    made = national_intake.hand_in_national(file.read_bytes(), file_name=file.name, made_on=_day(made_on), by=account, at=clock.now())
    _tell_file(made, NATIONAL_AGENCY, as_json)


@evaluations_app.command("release")
def release(number: Annotated[int, typer.Argument(help="第几号文件。")], by: By, as_json: AsJson = False) -> None:
    """复核放行另一人报送的全国结果。"""
    _tell_file(
        national_intake.release_national(number, by=credit_office_account(by, agencies.WHAT), at=clock.now()), NATIONAL_AGENCY, as_json
    )


@evaluations_app.command("return")
def return_file(number: Annotated[int, typer.Argument(help="第几号文件。")], because: Because, by: By, as_json: AsJson = False) -> None:
    """退回另一人报送的全国结果，写明理由。"""
    national_intake.return_national(number, because=because, by=credit_office_account(by, agencies.WHAT), at=clock.now())
    _say({"file": number, "state": "returned"}, [f"第 {number} 号文件已退回。"], as_json)


@evaluations_app.command("list")
def list_files(as_json: AsJson = False) -> None:
    """列出接收的评价文件，新的在前。"""
    found = external_intake.external_files(100)
    rows = [_plain(each, agency.name if agency else NATIONAL_AGENCY) for each, agency in found]
    lines = [
        f"第 {each['file']} 号  {each['agency']} {each['made_on']}  接收 {each['accepted']}／{each['rows']}  {each['state']}"
        for each in rows
    ]
    _say({"files": rows}, lines or ["还没有接收过外来的评价。"], as_json)


def _tell_file(file: ExternalFile, agency: str, as_json: bool) -> None:
    told = _plain(file, agency) | {"faults": file.faults}
    done = "等待另一人放行" if told["state"] == "waiting" else "已接收，记入账本"
    lines = [f"第 {file.pk} 号文件：{agency}，{file.rows} 行，能接收 {file.accepted} 行，{done}。"]
    lines += [f"  第 {each['line']} 行 {each['code']}：{each['sentence']}{each['what_to_do']}" for each in file.faults]
    _say(told, lines, as_json)
    if file.accepted < file.rows:
        raise typer.Exit(SOME_WENT_BACK)


def _plain(file: ExternalFile, agency: str) -> dict[str, Any]:
    state = "taken" if file.taken_at is not None else "returned" if file.returned_because else "waiting"
    return {
        **{"file": file.pk, "agency": agency, "sequence": file.sequence, "sha256": file.sha256, "made_on": str(file.made_on)},
        **{"rows": file.rows, "accepted": file.accepted, "state": state},
    }


def _moment(at: int | None) -> str:
    return "" if at is None else utc_text(at)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写成 2026-04-01 这样的日期。") from None


def _say(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    sys.stdout.write((json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines)) + "\n")
