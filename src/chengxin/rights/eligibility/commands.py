"""命令行 ``chengxin eligibility``：may these offices take part in honours?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from chengxin.access.caller import Caller
from chengxin.access.services import department_by_code
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.rights.eligibility.services import Sheet, check_offices, codes_in, day_in
from chengxin.rights.eligibility.showing import plain
from chengxin.rights.eligibility.types import Outcome

app = typer.Typer(add_completion=False)


@app.command()
def eligibility(
    by: Annotated[str, typer.Option(help="查询单位的统一社会信用代码；更正以后通知它。")],
    matter: Annotated[str, typer.Option(help="用于哪项评选：名称和文号；写入查看留痕。")],
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE…", help="被核查单位的统一社会信用代码。")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="文本文件，每行一个代码；可以和参数一起用。")] = None,
    as_of: Annotated[str, typer.Option(help="问哪一天，例如 2026-04-01；不写为今天。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False,
) -> None:
    """参评资格核查：可以、不得，还是需人工核实，及其理由。全部可以参评时退出码是 0，否则是 1。"""
    at = clock.now()
    asked = [*(codes or []), *(codes_in(_text_of(file)) if file is not None else [])]
    caller = Caller(department=department_by_code(by))
    sheet = check_offices(codes=asked, as_of=day_in(as_of, at), matter=matter, caller=caller, at=at)
    typer.echo(json.dumps(plain(sheet), ensure_ascii=False) if as_json else "\n".join(_lines(sheet)))
    raise typer.Exit(0 if len(sheet.of(Outcome.YES)) == len(sheet.answers) else 1)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("codes-unreadable", f"读不出文件 {file.name}。", "核对路径；文件须是 UTF-8 的文本，每行一个代码。") from error


def _lines(sheet: Sheet) -> list[str]:
    lines = [f"{sheet.as_of} 参评资格（{sheet.matter}）：" + "，".join(f"{each.label} {len(sheet.of(each))}" for each in Outcome)]
    for answer in sheet.answers:
        lines.append(f"{answer.code}  {answer.outcome.label}  {answer.name or '（没有登记）'}")
        for reason in answer.reasons:
            about = f"{reason.document_number}，{reason.since} 至 {reason.until or '没有写明'}：" if reason.record else ""
            lines.append(f"    {about}{reason.sentence}")
        lines += [f"    （{note}）" for note in answer.notes]
    return [*lines, sheet.mark.line]
