"""``chengxin``：one name, many commands. A command's module is imported when it is called, so that ``--help`` is quick.

Exit status: 0 done, 1 not everything (the command says what), 2 refused (the sentence says why and what to do), 3 a fault of the program
(``failures``), 130 interrupted.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import json
import os
import sys
from dataclasses import dataclass
from typing import Final

import typer

from chengxin import __version__
from chengxin.kernel.refused import Refused
from chengxin.site import failures, help_screens, usage_errors

REFUSED: Final = 2
#: ``collect --json`` has one shape, whatever stops it and whenever.
_NOTHING_COLLECTED: Final = {"rows": 0, "accepted": 0, "updated": 0, "rejected": 0, "quarantined": 0, "receipt": None}
INTERRUPTED: Final = 130
_MAY_HAVE_WRITTEN: Final = (0, 1)
_WRITING: Final = frozenset({"agency", "evaluate", "collect", "watch", "department", "user", "restore"})
_WRITING_IN_GROUPS: Final = frozenset(
    {("policy", "adopt"), ("keys", "rotate"), ("ledger", "erase"), ("warnings", "run"), ("warnings", "acknowledge"), ("cases", "remind")}
    | {("evaluations", verb) for verb in ("import", "release", "return")}
)


@dataclass(frozen=True)
class Command:
    """命令：the module whose ``app`` has it, what it is for, whether ``app`` is a group of that name."""

    module: str
    words: str
    group: bool = False


COMMANDS: Final[dict[str, Command]] = {
    "init": Command("chengxin.site.commands", "建库、生成密钥、采纳随平台发布的政策集；可以反复运行"),
    "serve": Command("chengxin.site.commands", "启动网站、任务进程和定时进程"),
    "demo": Command("chengxin.site.demo.commands", "建一座演示城市"),
    "tour": Command("chengxin.site.demo.commands", "演示城市的故事"),
    "department": Command("chengxin.access.commands", "部门：增设、令牌、委托", group=True),
    "user": Command("chengxin.site.user_commands", "账户：开户、授权、停用、改密码", group=True),
    "collect": Command("chengxin.foundation.collection.commands", "报送一个文件"),
    "watch": Command("chengxin.foundation.collection.commands", "看守一个文件夹，放进去的文件自动报送"),
    "record": Command("chengxin.foundation.records.commands", "记录：撤回、暂停展示、恢复展示、认定失信程度", group=True),
    "subject": Command("chengxin.foundation.subjects.commands", "查看一个信用主体"),
    "overdue": Command("chengxin.foundation.disclosure.commands", "逾期和将到期的公示"),
    "evaluate": Command("chengxin.during_event.evaluation.commands", "评价全市，结果的根记入账本"),
    "explain": Command("chengxin.during_event.evaluation.commands", "说明一个主体的等级：逐项加减分、依据、何时结束"),
    "simulate": Command("chengxin.during_event.evaluation.commands", "试算：换一套政策，谁升谁降"),
    "agency": Command("chengxin.during_event.evaluation.external_commands", "评价机构：登记、换钥、停用", group=True),
    "evaluations": Command("chengxin.during_event.evaluation.external_commands", "外来的评价：接收签名文件、全国结果", group=True),
    "service-agency": Command("chengxin.rights.agencies.commands", "信用服务机构：登记、人员", group=True),
    "tiers": Command("chengxin.during_event.tiering.commands", "分级分类：各风险类别的主体数和全年预计抽查次数"),
    "inspection": Command("chengxin.during_event.inspection.commands", "随机抽查：检查人员、回避、计划", group=True),
    "draw": Command("chengxin.during_event.inspection.draw_commands", "双随机抽取：封存、开封、抽取、公布、核验", group=True),
    "warnings": Command("chengxin.during_event.warnings.commands", "风险预警：运行、收件箱、签收处理", group=True),
    "cases": Command("chengxin.casework.commands", "案件：在办的、期限怎样算出、催办和通知", group=True),
    "eligibility": Command("chengxin.rights.eligibility.commands", "参评资格核查：机关单位能否参评荣誉"),
    "policy": Command("chengxin.foundation.catalogue.commands", "政策：核对、查看、采纳、比较", group=True),
    "ledger": Command("chengxin.ledger.commands", "账本：检查点、证明、核验、核对、删除内容", group=True),
    "keys": Command("chengxin.access.commands", "密钥：查看、轮换", group=True),
    "backup": Command("chengxin.site.commands", "在线备份"),
    "restore": Command("chengxin.site.commands", "从备份恢复"),
}


def main() -> None:
    """The console script."""
    if sys.argv[1:2] != ["serve"]:
        os.environ.setdefault("CHENGXIN_LOG_LEVEL", "ERROR")  # a person reads stderr
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit status."""
    name = arguments[0] if arguments else "--help"
    if name not in COMMANDS:
        return _without_command(name)
    try:
        return _call(name, arguments[1:])
    except Refused as refused:
        return _tell(refused, name, as_json="--json" in arguments)
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断。\n")
        return INTERRUPTED
    except Exception as error:
        refused_instead = _explained(error)
        if refused_instead is not None:
            return _tell(refused_instead, name, as_json="--json" in arguments)
        if failures.is_debugging():
            raise
        said = failures.tell(error, name)
        if "--json" in arguments:
            sys.stdout.write(json.dumps({"failed": {"sentence": said}}, ensure_ascii=False) + "\n")
        return failures.FAILED


def overview() -> str:
    """What ``chengxin --help`` prints."""
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {command.words}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "用法：chengxin 命令 [参数]",
            "",
            "诚信：公共信用信息平台。数据在 CHENGXIN_HOME（默认 ./var），数据库由 CHENGXIN_DATABASE 指定（默认其中的 SQLite）。",
            "",
            *lines,
            "",
            "每个命令都有 --help。",
            "退出码：0 办成；1 没有全部办成，命令会说哪些；2 办不了，会说为什么、怎么办；3 程序出错，详情写入 CHENGXIN_HOME；130 被中断。",
            "设 CHENGXIN_DEBUG=1 时，程序出错会显示全部经过。",
            "",
        ]
    )


def _without_command(name: str) -> int:
    if name in {"--help", "-h", "help"}:
        sys.stdout.write(overview())
        return 0
    if name == "--version":
        sys.stdout.write(f"chengxin {__version__}\n")
        return 0
    close = difflib.get_close_matches(name, COMMANDS, 1)
    sys.stderr.write(f"没有“{name}”这个命令。{f'是不是 {close[0]}？' if close else ''}\n用 chengxin --help 看全部命令。\n")
    return REFUSED


def _call(name: str, arguments: list[str]) -> int:
    _set_up_django()
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    app: typer.Typer = getattr(module, f"{name}_app", None) or module.app
    is_single = len(app.registered_commands) == 1 and not app.registered_groups
    own_name = [] if command.group or is_single else [name]
    prog_name = "chengxin" if own_name else f"chengxin {name}"
    app.pretty_exceptions_enable = False
    nothing_asked = command.group and not arguments
    screen = help_screens.asked_for(app, [help_screens.HELP] if nothing_asked else [*own_name, *arguments], prog_name)
    if screen is not None:
        (sys.stderr if nothing_asked else sys.stdout).write(screen)
        return REFUSED if nothing_asked else 0
    try:
        ended = app([*own_name, *arguments], prog_name=prog_name, standalone_mode=False)
    except typer.Abort:
        sys.stderr.write("没有确认，什么也没有做。\n")
        return 1
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except usage_errors.UsageError as error:
        raise usage_errors.in_chinese(error, name) from None
    status = ended if isinstance(ended, int) else 0
    if status in _MAY_HAVE_WRITTEN and _writes(name, arguments):
        _sign()
    return status


def _writes(name: str, arguments: list[str]) -> bool:
    return "--help" not in arguments and (name in _WRITING or (name, *arguments[:1]) in _WRITING_IN_GROUPS)


def _sign() -> None:
    """Where no server runs, nobody else signs what the command wrote; beside one it is signed a second earlier."""
    from chengxin.kernel import clock
    from chengxin.ledger.services import sign_checkpoint

    sign_checkpoint(clock.now())


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.site.settings")
    import django

    try:
        django.setup()
    except ValueError as error:  # a database URL that is not understood
        raise Refused("settings", str(error), "请核对环境变量。") from None


def _tell(refused: Refused, command: str, *, as_json: bool) -> int:
    if as_json:
        told = {"slug": refused.slug, "sentence": refused.sentence, "what_to_do": refused.what_to_do, "clause": refused.clause}
        said = {name: value for name, value in (told | {"where": refused.where}).items() if value}
        document = {**_NOTHING_COLLECTED, "refusal": said} if command == "collect" else {"refused": said}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    lines = [f"办不了：{refused.sentence}"]
    lines += [f"位置：{'，'.join(f'{name} {value}' for name, value in refused.where.items())}"] if refused.where else []
    lines += [f"依据：{refused.clause}"] if refused.clause else []
    lines += [f"怎么办：{refused.what_to_do}"] if refused.what_to_do else []
    sys.stderr.write("\n".join(lines) + "\n")
    return REFUSED


def _explained(error: Exception) -> Refused | None:
    """Faults of the surroundings that a person can mend; None for a defect of ours, which keeps its trace."""
    from django.db.utils import OperationalError, ProgrammingError

    from chengxin.ledger.appending import LedgerBroken

    if isinstance(error, LedgerBroken):
        return Refused("ledger-broken", str(error), "请停止写入，保留现场，运行 chengxin ledger fsck 查明。")
    text = str(error)
    if isinstance(error, OperationalError | ProgrammingError) and ("no such table" in text or "does not exist" in text):
        return Refused("not-initialised", "数据库还没有建好。", "请先运行 chengxin init。")
    if isinstance(error, OperationalError) and "unable to open database file" in text:
        return Refused("not-initialised", "还没有数据库文件。", "请先运行 chengxin init，并核对 CHENGXIN_HOME。")
    no_space = "disk is full" in text or "disk I/O" in text or "No space left" in text
    if (isinstance(error, OperationalError) and no_space) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return Refused("disk-full", "磁盘已满，没有写入。已确认的数据不受影响。", "请腾出空间后用同样的命令再办一次。")
    if isinstance(error, OperationalError) and ("connect" in text or "connection" in text):
        return Refused("database-unreachable", "连不上数据库。", "请核对 CHENGXIN_DATABASE，并确认数据库已启动。")
    return None


if __name__ == "__main__":
    main()
