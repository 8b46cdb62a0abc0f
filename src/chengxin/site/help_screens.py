"""命令行的用法说明。What ``--help`` prints, in Chinese: the command-line library's own screens have English labels.

Nothing is written here about any command: its words come from the command itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

HELP: Final = "--help"
_WIDTHS: Final = (60, 110)
_VALUES: Final[Mapping[str, str]] = {
    "str": "文字",
    "int": "整数",
    "int range": "整数",
    "float": "数字",
    "float range": "数字",
    "file": "文件",
    "dir": "文件夹",
    "directory": "文件夹",
    "path": "路径",
}


def asked_for(app: typer.Typer, arguments: Sequence[str], prog_name: str) -> str | None:
    """The screen that ``arguments`` ask for, None where they ask for something to be done."""
    command: Any = typer.main.get_command(app)
    for word in arguments:
        if word in {HELP, "-h"}:
            return text_of(command, prog_name)
        inner = getattr(command, "commands", {}).get(word)
        if inner is None and not word.startswith("-"):
            break
        command, prog_name = (inner, f"{prog_name} {word}") if inner is not None else (command, prog_name)
    return text_of(command, prog_name) if HELP in arguments else None


def text_of(command: Any, prog_name: str, width: int = 0) -> str:
    """The screen of one command or group."""
    context = typer.Context(command, info_name=prog_name)
    shown = [each for each in command.params if not getattr(each, "hidden", False) and HELP not in each.opts]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    options = [each for each in shown if each.param_type_name != "argument"]
    inner = getattr(command, "commands", {})
    usage = [prog_name, "子命令" if inner else "", *(_place(each) for each in arguments), "[选项]"]
    sections = {
        "子命令": [(name, _sentence(each.help)) for name, each in inner.items() if not each.hidden],
        "参数": [(_title(each), _words(each, context)) for each in arguments],
        "选项": [*((_spelt(each, context), _words(each, context)) for each in options), (HELP, "显示这个说明。")],
    }
    lines: list[Any] = [Text(f"用法：{' '.join(filter(None, usage))}"), Text(""), Text((command.help or "").strip())]
    for title, rows in sections.items():
        if rows:
            lines += [Text(""), Text(f"{title}："), Padding(_table(rows), (0, 0, 0, 2))]
    if inner:
        lines += [Text(""), Text(f"每个子命令都有 {HELP}。")]
    return _printed(lines, width)


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True, min_width=max(cell_len(left) for left, _ in rows))
    table.add_column(overflow="fold")
    for left, right in rows:
        table.add_row(Text(left), Text(right))
    return table


def _printed(lines: Sequence[Any], width: int) -> str:
    narrowest, widest = _WIDTHS
    width = width or max(narrowest, min(widest, shutil.get_terminal_size().columns))
    console = Console(width=width, no_color=True, highlight=False, markup=False, force_terminal=False)
    with console.capture() as captured:
        for line in lines:
            console.print(line)
    return "\n".join(line.rstrip() for line in captured.get().split("\n"))


def _title(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _place(argument: Any) -> str:
    title = _title(argument) + ("…" if argument.nargs != 1 else "")
    return title if argument.required else f"[{title}]"


def _spelt(option: Any, context: typer.Context) -> str:
    names = " / ".join([", ".join(sorted(option.opts, key=len)), *option.secondary_opts])
    if option.is_flag or option.count:
        return names
    told = str(option.display_type_rich(ctx=context) or "").removesuffix("...").strip("<>[]")
    return f"{names} {option.metavar or _VALUES.get(told, told)}"


def _words(parameter: Any, context: typer.Context) -> str:
    more = []
    if parameter.required:
        more.append("必填")
    default = parameter.get_default(context)
    if not parameter.required and default not in (None, "", 0, False, [], ()) and not callable(default):
        more.append(f"默认 {_default(parameter, default)}")
    if getattr(parameter, "multiple", False):
        more.append("可写多次")
    lowest, highest = parameter.min, parameter.max
    if lowest is not None or highest is not None:
        bounds = f"{lowest} 至 {highest}" if None not in (lowest, highest) else f"至少 {lowest}" if highest is None else f"至多 {highest}"
        more.append(bounds)
    return (parameter.help or "") + (f"（{'；'.join(more)}）" if more else "")


def _default(parameter: Any, default: Any) -> str:
    if default is True:
        return str(parameter.opts[0])
    return "、".join(map(str, default)) if isinstance(default, list | tuple) else str(getattr(default, "value", default))


def _sentence(words: str | None) -> str:
    """The first sentence of a subcommand: the screen of its own has the rest."""
    return (words or "").strip().split("\n")[0].partition("。")[0].partition("；")[0].partition("：")[0] + "。"
