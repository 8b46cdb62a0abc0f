"""``chengxin collect`` and ``chengxin watch``. Progress on stderr, the answer on stdout; ``--json`` prints one object."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from chengxin.access.services import department_by_code
from chengxin.foundation.collection import folder
from chengxin.foundation.collection.annotating import annotated_file
from chengxin.foundation.collection.answers import answer_of, fault_sentence, sentence_of
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.queries import remarks_page
from chengxin.foundation.collection.services import process_submission, receive_submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import Channel, Counts, RemarkLevel
from chengxin.kernel import clock

app = typer.Typer(add_completion=False, help="归集：报送一个文件，或者看守一个文件夹。", no_args_is_help=True)

ALL_ACCEPTED: Final = 0
SOME_NOT: Final = 1
FILE_REFUSED: Final = 2
#: The rest is in the annotated workbook, on the page and in the interface.
MOST_FAULTS_TOLD: Final = 50


@app.command()
def collect(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="报送的文件：CSV、XLSX、XLS、XML 2003 或 JSON。")
    ],
    item: Annotated[str, typer.Option(help="目录事项，例如 administrative_penalty。")],
    department: Annotated[str, typer.Option(help="报送部门的统一社会信用代码。")],
    key: Annotated[str, typer.Option(help="幂等键；不写则同一事项的同一文件只算一次。")] = "",
    workbook: Annotated[Path | None, typer.Option(dir_okay=False, help="有退回的行时，把批注工作簿写到这里。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False,
) -> None:
    """报送一个文件。全部接收退出码为 0，有行未接收为 1，整份不予接收为 2。中断后用同样的命令接着办。"""
    office = department_by_code(department)
    at = clock.now()
    with file.open("rb") as stream:
        submission = receive_submission(
            department=office,
            item=item,
            stream=stream,
            file_name=file.name,
            channel=Channel.CLI,
            key=key,
            actor=f"cli:{office.code}",
            at=at,
        )
    repeated = not submission.is_new and submission.state != SubmissionState.READING
    submission = _processed(submission)
    faults = remarks_page(submission, level=RemarkLevel.ERROR, limit=MOST_FAULTS_TOLD).rows
    if as_json:
        told = {**answer_of(submission), "repeated": repeated, "faults": [asdict(fault) for fault in faults]}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(
            ("此前报送过同一份，这是当时的结果；要按现在的情形重新核对，加 --key 另起一次。" if repeated else "") + sentence_of(submission)
        )
        for fault in faults:
            typer.echo(f"  {fault_sentence(fault)}")
    if workbook is not None and submission.rejected:
        with annotated_file(submission, clock.now()) as content:
            workbook.write_bytes(content.read())
    raise typer.Exit(exit_code(submission))


@app.command()
def watch(
    directory: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="文件夹/部门代码/事项/文件。")],
    once: Annotated[bool, typer.Option("--once", help="办完眼下的文件就结束。")] = False,
) -> None:
    """看守文件夹：放进“部门代码/事项”的文件自动报送，结果写在旁边，办完移入 done。正在写的文件不读。"""
    folder.watch(directory, once=once, tell=lambda sentence: typer.echo(sentence, err=True))


def exit_code(submission: Submission) -> int:
    """0: every row was taken; 1: some were not; 2: the whole file was refused."""
    if submission.state in {SubmissionState.REFUSED, SubmissionState.RETURNED}:
        return FILE_REFUSED
    return ALL_ACCEPTED if submission.accepted + submission.updated == submission.rows else SOME_NOT


def _processed(submission: Submission) -> Submission:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} 行，{task.fields[rate]:,.0f} 行/秒"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("核对", total=1.0, rows=submission.rows, rate=0.0)

        def tell(counts: Counts, read: float) -> None:
            done = bar.tasks[0]
            rows = done.fields["rows"] + counts.rows
            bar.update(task, completed=read, rows=rows, rate=(rows - submission.rows) / max(done.elapsed or 0.0, 0.1))

        return process_submission(submission.pk, progress=tell)
