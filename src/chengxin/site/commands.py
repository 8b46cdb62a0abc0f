"""``chengxin init``, ``serve``, ``backup`` and ``restore``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings

from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text

app = typer.Typer(add_completion=False, help="平台的安装和运行。", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")]


@app.command()
def init(as_json: AsJson = False) -> None:
    """建库、生成密钥、采纳随平台发布的政策集、签第一个检查点。不提问；反复运行不改变已有的数据。"""
    from chengxin.site import installing

    done = installing.install(clock.now())
    told = {"home": str(settings.CHENGXIN_HOME), "keys": str(settings.CHENGXIN_KEYS), "done": done}
    lines = [*done, f"数据目录 {settings.CHENGXIN_HOME}", f"密钥文件 {settings.CHENGXIN_KEYS}（不在数据目录里，请另行备份）"]
    _print(told, lines, as_json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听的端口。", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="网站进程数，每个一个线程。", min=1)] = 2,
    part: Annotated[str, typer.Option(help="只启动其中一部分：web、worker 或 scheduler；不写就一起启动。")] = "",
) -> None:
    """启动网站、任务进程和定时进程，按 Ctrl-C 或收到 SIGTERM 后一起结束。"""
    from chengxin.site import serve as serving

    raise typer.Exit(serving.serve(host=host, port=port, workers=workers, only=part))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="备份写到这个目录；目录须不存在或为空。")],
    as_json: AsJson = False,
) -> None:
    """在线备份数据库、原始文件和政策集，不停服务。密钥文件不在其中，须另行保存。"""
    from chengxin.site import backup as backing_up

    made = backing_up.back_up(target, clock.now())
    told = {
        "target": str(target),
        "ledger_size": made.ledger_size,
        "files": made.files,
        "bytes": made.bytes,
        "taken_at": utc_text(made.taken_at),
        "missing": made.missing,
    }
    lines = [
        f"备份在 {target}：账本 {made.ledger_size:,} 条，原始文件 {made.files:,} 份，共 {made.bytes:,} 字节。",
        f"密钥文件 {settings.CHENGXIN_KEYS} 不在备份里。没有它，备份里的封存字段和原始文件打不开：请另存一份，与备份分开放。",
        *(f"缺原始文件 vault/{place}：登记在册，数据目录里没有。请从更早的备份中找回。" for place in made.missing),
    ]
    _print(told, lines, as_json)
    if made.missing:
        raise typer.Exit(1)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="备份目录。", exists=True, file_okay=False)],
    checkpoint: Annotated[Path | None, typer.Option(help="手中最近的检查点（文件），恢复的账本不得比它旧。")] = None,
    erasures: Annotated[Path | None, typer.Option(help="备份之后的删除登记（CHENGXIN_HOME/erasures.jsonl）。")] = None,
    as_json: AsJson = False,
) -> None:
    """从备份恢复到空的 CHENGXIN_HOME 和空的数据库；重新执行备份之后的删除。"""
    from chengxin.site import backup as backing_up

    done = backing_up.restore(source, checkpoint=checkpoint, erasures=erasures, at=clock.now())
    counts = {"ledger_size": done.ledger_size, "files": done.files, "erased_again": done.erased, "destroyed_again": done.destroyed}
    told: dict[str, Any] = counts | {"wrong_files": done.wrong, "erasures_shown": erasures is not None, "taken_at": utc_text(done.taken_at)}
    lines = [
        f"已恢复：账本 {done.ledger_size:,} 条，原始文件 {done.files:,} 份。",
        f"重新删除内容 {done.erased:,} 条，重新销毁原始文件 {done.destroyed:,} 份。",
        *(f"原始文件 vault/{place} 缺失或已损坏。请从另一份备份中找回，放到数据目录的同一位置。" for place in done.wrong),
        "请运行 chengxin ledger fsck 核对。",
    ]
    if erasures is None:
        sys.stderr.write(
            f"注意：没有出示备份之后的删除登记（--erasures）。{utc_text(done.taken_at)} 做备份以后删除过什么，这里无从知道，"
            "依法删除的内容可能又回来了。请找到原数据目录的 erasures.jsonl，另换空目录重新恢复。\n"
        )
    _print(told, lines, as_json)
    if done.wrong:
        raise typer.Exit(1)


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    sys.stdout.write((json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines)) + "\n")
