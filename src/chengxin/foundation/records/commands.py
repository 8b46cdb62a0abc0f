"""``chengxin record withdraw|hold|release|severity``：what the authority that decided may do about its record."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from chengxin.access.services import department_by_code
from chengxin.foundation.records.acting import AskedVerb, Done, asked_of, do, own_record
from chengxin.foundation.records.types import Surface, WithdrawalReason
from chengxin.kernel import clock

record_app = typer.Typer(add_completion=False, name="record", help="记录：撤回、暂停展示、恢复展示、认定失信程度。", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="RECORD", help="记录编号，即记录页地址 /r/ 后面的数字。", min=1)]
Because = Annotated[str, typer.Option(help="理由：事由和依据的文书，写入账本。")]
By = Annotated[str, typer.Option(help="办理机关的统一社会信用代码：作出决定的机关，或其上级。")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]
_SHOWN = "、".join(f"{each.value}（{each.label}）" for each in WithdrawalReason)


@record_app.command()
def withdraw(
    record: Number,
    because: Because,
    by: By,
    reason: Annotated[str, typer.Option(help=f"撤回事由：{_SHOWN}。")],
    decided_on: Annotated[str, typer.Option(help="变更、撤销等决定作出的日期，例如 2026-04-01；撤回的期限从这一天起算。")],
    as_json: AsJson = False,
) -> None:
    """撤回：原决定被变更、撤销，或者被确认违法、无效。即刻从全部展示面撤下，不可恢复。"""
    _do(record, by, as_json, verb=AskedVerb.WITHDRAW, because=because, reason=reason, decided_on=decided_on)


@record_app.command()
def hold(
    record: Number,
    because: Because,
    by: By,
    surface: Annotated[list[Surface], typer.Option(help="停止哪些展示面，可以写几次；不写则公示、共享、计入评价都停。")] = [  # noqa: B006
        Surface.PUBLIC,
        Surface.SHARED,
        Surface.COUNTED,
    ],
    until: Annotated[str, typer.Option(help="最后一日；不写则到恢复为止。")] = "",
    clause: Annotated[str, typer.Option(help="依据的条款。")] = "",
    as_json: AsJson = False,
) -> None:
    """暂停展示：异议核查等期间，从所写的展示面撤下。"""
    _do(record, by, as_json, verb=AskedVerb.HOLD, because=because, surfaces=",".join(surface), until_on=until, clause=clause)


@record_app.command()
def release(
    record: Number,
    because: Because,
    by: By,
    number: Annotated[int, typer.Option("--hold", help="暂停的编号；暂停时给出。", min=1)],
    as_json: AsJson = False,
) -> None:
    """恢复展示：提前结束一项暂停。"""
    _do(record, by, as_json, verb=AskedVerb.RELEASE, because=because, hold=str(number))


@record_app.command()
def severity(
    record: Number,
    because: Because,
    by: By,
    stated: Annotated[str, typer.Option("--class", help="失信程度：轻微、一般、严重。")],
    as_json: AsJson = False,
) -> None:
    """认定失信程度：由作出决定的机关写明，不再是暂定。"""
    _do(record, by, as_json, verb=AskedVerb.SEVERITY, because=because, severity=stated)


def _do(record_id: int, by: str, as_json: bool, **texts: str) -> None:
    office = department_by_code(by)
    done = do(own_record(record_id, office), asked_of(texts), office=office, by=f"cli:{office.code}", at=clock.now())
    typer.echo(json.dumps(answer_of(done), ensure_ascii=False) if as_json else sentence_of(done))


def answer_of(done: Done) -> dict[str, object]:
    """The result as the command and the interface say it."""
    return {
        "record": done.record,
        "verb": done.verb.value,
        "content_id": done.content_id,
        "hold": done.hold or None,
        "due_on": done.due_on.isoformat() if done.due_on else None,
        "late": done.late,
    }


def sentence_of(done: Done) -> str:
    """The same in one Chinese sentence."""
    clock_told = f"撤回的期限是 {done.due_on}，{'已经超过' if done.late else '按期'}。" if done.due_on else ""
    number = f"暂停编号 {done.hold}。" if done.hold and done.verb is AskedVerb.HOLD else ""
    return f"记录 {done.record} 已{done.verb.label}，账本条目 c{done.content_id}。{number}{clock_told}"
