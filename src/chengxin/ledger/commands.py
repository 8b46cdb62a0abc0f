"""``chengxin ledger …``：checkpoint, proof, verify, fsck, erase. Every command also speaks JSON: one object on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.ledger import checkpoints, keys, note, ports, proofs, services
from chengxin.ledger.checking import Report
from chengxin.ledger.logs import LOGS, MAIN, Log, log_named
from chengxin.ledger.verification import ProofWrong

app = typer.Typer(add_completion=False, name="ledger", help="账本：检查点、证明、核验、核对、删除内容。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]


class Which(StrEnum):
    """哪一本日志。"""

    MAIN = "main"
    READS = "reads"


@app.command()
def checkpoint(
    cosign: Annotated[Path | None, typer.Option("--cosign", help="见证人的签名行（文件）；与 --vkey 同用，加到最新的检查点上。")] = None,
    vkey: Annotated[str, typer.Option("--vkey", help="见证人的公钥（C2SP vkey）。")] = "",
    which: Annotated[Which, typer.Option("--log", help="main：账本；reads：查看日志。")] = Which.MAIN,
    as_json: AsJson = False,
) -> None:
    """签署并显示最新的检查点；也可加上见证人的签名。"""
    log = log_named(which.value)
    services.sign_checkpoint(clock.now(), log=log)
    latest = checkpoints.latest_checkpoint(log=log)
    assert latest is not None  # signing always leaves one
    text = latest.note
    if cosign is not None:
        try:
            text = checkpoints.add_signature(latest.size, cosign.read_text(encoding="utf-8"), note.Verifier.parse(vkey), log=log)
        except ProofWrong as wrong:
            _fail(str(wrong), as_json)
    name = checkpoints.log_name(log=log)
    document = {"size": latest.size, "root": bytes(latest.root).hex(), "signed_at": utc_text(latest.signed_at), "note": text}
    document["vkey"] = str(keys.verifiers(name)[-1])
    _print(document, [text.rstrip("\n"), "", f"公钥 {document['vkey']}"], as_json)


@app.command()
def proof(
    reference: Annotated[str, typer.Argument(help="记录编号（数字），或条目编号（c 加数字，见回执）。")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件；不写就显示。")] = None,
) -> None:
    """取存在证明（JSON）；记录公开期间附盐和内容。"""
    text = json.dumps(proofs.prove_publicly(reference, clock.now()).document(), ensure_ascii=False, indent=1)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"证明已写入 {output}。", err=True)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="证明文件（JSON）。")],
    vkey: Annotated[str, typer.Option("--vkey", help="日志的公钥；不写就用本平台密钥文件中的。")] = "",
    as_json: AsJson = False,
) -> None:
    """核验证明文件：签名、路径、内容。成立退出码为 0，不成立为 1。写明 --vkey 时不需要数据库和密钥。"""
    try:
        verifiers = [note.Verifier.parse(vkey)] if vkey else keys.verifiers(checkpoints.log_name())
        document = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise ProofWrong("证明文件应为一个 JSON 对象。")
        found = proofs.check_document(document, verifiers)
    except (ProofWrong, ValueError, OSError) as wrong:
        sentence = str(wrong) if isinstance(wrong, ProofWrong) else f"读不了证明文件：{wrong}"
        _fail(sentence, as_json)
    _print({"holds": True, "found": found}, [*found, "证明成立。"], as_json)


@app.command()
def fsck(
    rebuild: Annotated[bool, typer.Option("--rebuild/--hashes-only", help="是否由账本重建各表并比对。")] = True,
    seen: Annotated[
        Path | None, typer.Option("--checkpoint", exists=True, dir_okay=False, help="另存的检查点（签名短信）；账本必须是它的延续。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核对账本和查看日志：重算每个散列、瓦片、检查点，再由条目重建各表并比对。没有问题退出码为 0，有则为 1，并指出第一处出错的条目。"""
    at, text = clock.now(), seen.read_text(encoding="utf-8", errors="replace") if seen else ""
    about = next((log for log in LOGS if text.split("\n", 1)[0] == checkpoints.log_name(log=log)), MAIN)
    reports: dict[Log, Report] = {}
    for log in LOGS:
        with _bar(f"核对{log.title}") as advance:
            reports[log] = services.fsck(progress=advance, rebuild=rebuild, at=at, seen=text if log is about else "", log=log)
    told = {log.name: _document(report) for log, report in reports.items()}
    others = {name: each for name, each in told.items() if name != MAIN.name}
    sound = all(report.sound for report in reports.values())
    lines = [line for log, report in reports.items() for line in (f"【{log.title}】", *_said(report, log))]
    _print(told[MAIN.name] | {"sound": sound} | others, lines, as_json)
    for log, report in reports.items():
        if not report.sound:
            services.tell_of_fault(log, report, at)
    if not sound:
        raise typer.Exit(1)


def _document(report: Report) -> dict[str, Any]:
    first = report.first_bad
    return asdict(report) | {"sound": report.sound, "first_bad": asdict(first) if first else None}


@app.command()
def erase(
    because: Annotated[str, typer.Option("--because", help="理由和依据，例如裁定或决定的文号。")],
    references: Annotated[list[str] | None, typer.Argument(help="条目编号，c 加数字，可写多个；只删这些条目。")] = None,
    record: Annotated[int, typer.Option("--record", help="记录编号：删除这条记录的所有副本（各版本、待甄别的行、原始文件）。")] = 0,
    row: Annotated[str, typer.Option("--row", help="退回的一行，写成 报送编号:行号：删除它的原始文件、说明和文书号。")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
    as_json: AsJson = False,
) -> None:
    """删除条目的内容和盐，不可恢复；条目的承诺值仍在，所有证明仍有效，账本写明删了什么、为什么。"""
    if [bool(references), bool(record), bool(row)].count(True) != 1:
        raise typer.BadParameter("请写条目编号，或者用 --record 写一条记录的编号，或者用 --row 写退回的一行，三者选一。")
    if row:
        _erase_row(row, because, yes, as_json)
        return
    if record:
        _erase_record(record, because, yes, as_json)
        return
    content_ids = []
    for reference in references or []:
        number = reference.removeprefix("c")
        if not reference.startswith("c") or not (number.isascii() and number.isdigit()):
            raise typer.BadParameter(f"“{reference}”不是条目编号；条目编号以 c 开头，如 c456。")
        content_ids.append(int(number))
    if not yes:
        typer.confirm(f"将永久删除 {len(content_ids)} 个条目的内容，不可恢复。继续吗？", abort=True, err=True)
    erased = services.erase(content_ids, because, clock.now())
    _print({"erased": erased}, [f"已删除 {erased} 个条目的内容，账本已记明理由。所有证明仍有效。"], as_json)


def _erase_record(record_id: int, because: str, yes: bool, as_json: bool) -> None:
    if not yes:
        typer.confirm(f"将永久删除第 {record_id} 号记录的所有版本、副本和原始文件，不可恢复。继续吗？", abort=True, err=True)
    copies = [copy for _, whole in ports.whole_records.items() for copy in whole.erase(record_id, because, clock.now())]
    lines = [_line_of(copy) for copy in copies]
    if not copies:
        lines.append("没有找到还在的副本：此前已经删尽。")
    elif any(copy.kind == "unread" for copy in copies):
        lines.append("标“须人工查看”的文件读不了，请打开看是否也有这一行；有的，按保存期提前销毁。")
    lines += [
        f"请核对第 {copy.submission} 号报送第 {copy.row} 行；是写错文书号的同一件的，"
        f"用 chengxin ledger erase --row {copy.submission}:{copy.row} 删除。"
        for copy in copies
        if copy.kind == "alike"
    ]
    _print({"record": record_id, "copies": [asdict(copy) for copy in copies]}, [*lines, "账本已记明理由。所有证明仍有效。"], as_json)


def _erase_row(place: str, because: str, yes: bool, as_json: bool) -> None:
    submission, _, row = place.partition(":")
    if not (submission.isascii() and submission.isdigit() and row.isascii() and row.isdigit()):
        raise typer.BadParameter(f"“{place}”不是退回的一行；请写成 报送编号:行号，如 12:7。")
    if not yes:
        typer.confirm(f"将永久删除第 {submission} 号报送的原始文件和第 {row} 行的说明，不可恢复。继续吗？", abort=True, err=True)
    found = (whole.erase_row(int(submission), int(row), because, clock.now()) for _, whole in ports.whole_records.items())
    copies = [copy for each in found for copy in each]
    document = {"submission": int(submission), "row": int(row), "copies": [asdict(copy) for copy in copies]}
    _print(document, [*map(_line_of, copies), "账本已记明理由。"], as_json)


def _line_of(copy: ports.ErasedCopy) -> str:
    where = f"（第 {copy.submission} 号报送）" if copy.submission else ""
    which = f" c{copy.content}" if copy.content else f" {copy.file[:12]}" if copy.file else ""
    return f"{'未删除' if copy.kind in {'unread', 'alike'} else '已删除'}：{copy.what}{which}{where}"


def _said(report: Report, log: Log) -> Iterator[str]:
    yield f"条目 {report.entries:,}（其中内容已依法删除 {report.erased:,}），瓦片 {report.tiles:,}，检查点 {report.checkpoints:,}。"
    for comparison in report.comparisons:
        differing = f"缺 {comparison.missing:,}，多 {comparison.extra:,}，不同 {comparison.different:,}"
        mark, name = "✓" if comparison.equal else "✗", f"{comparison.title}（{comparison.table}）"
        yield f"{mark} {name}：应有 {comparison.rows:,} 行，{differing}，已删除 {comparison.erased:,}。"
        yield from (f"    {example}" for example in comparison.examples)
    if report.first_bad is not None:
        yield f"第一处错误：{report.first_bad.sentence}"
    if report.faults:
        yield from (f"✗ {fault.sentence}" for fault in report.faults)
        yield f"共 {report.fault_count:,} 处。"
    yield f"{log.title}没有问题。" if report.sound else f"{log.title}有问题。请停止写入，保留现场，用最近一次核对无误的备份比较。"


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, where somebody is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, every: progress.update(task, completed=done, total=every)


def _fail(sentence: str, as_json: bool) -> Any:
    _print({"holds": False, "sentence": sentence}, [f"不成立：{sentence}"], as_json)
    raise typer.Exit(1)


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
