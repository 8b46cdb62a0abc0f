"""用法错误的中文。What the command-line library says of a wrong call, as a refusal in Chinese: what is wrong, and where to read on.

The library's sentences are recognised by their form; one that is not known yet is shown as it is, after the Chinese heading.
"""

from __future__ import annotations

import re
from typing import Any, Final

import typer

from chengxin.kernel.refused import Refused

#: What the library raises for a call that it cannot carry out; ``typer`` itself gives it no public name.
UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]
_KINDS: Final = {"file": "文件", "dir": "文件夹", "directory": "文件夹", "path": "路径"}
_SENTENCES: Final = (
    (r"(file|dir|directory|path) (.+) does not exist\.?", "{0} {1} 不存在"),
    (r"(file|dir|directory|path) (.+) is a file\.?", "{1} 是文件，这里要文件夹"),
    (r"(file|dir|directory|path) (.+) is a directory\.?", "{1} 是文件夹，这里要文件"),
    (r"(file|dir|directory|path) (.+) is not readable\.?", "{0} {1} 没有读的权限"),
    (r"(file|dir|directory|path) (.+) is not writable\.?", "{0} {1} 没有写的权限"),
    (r"(?:Value )?(.+) is not one of (.+?)\.?", "{0} 不在可用的值之中：{1}"),
    (r"(?:Value )?(.+) is not a valid (int|integer|float|number)\.?(?: range)?", "{0} 不是数字"),
    (r"Input should be a valid integer.*", "要写整数"),
    (r"Input should be a valid number.*", "要写数字"),
    (r"Input should be (greater|less) than(?: or equal to)? (.+)", "超出了允许的范围（界限是 {1}）"),
    (r"Input should be a valid (?:date|datetime).*", "要写成 2026-04-01 这样的日期"),
    (r"Input should be .+", "写法不对"),
    (r"(?:Value )?(.+) is not a valid \w+\.?", "{0} 的写法不对"),
    (r"(.+) is not in the range (.+?)\.?", "{0} 不在范围 {1} 之内"),
    (r"No such option:? ['‘]?(.+?)['’]?\.?(?: Did you mean .*)?", "没有 {0} 这个选项"),
    (r"No such command ['‘](.+?)['’]\.?(?: Did you mean (.+)\?)?", "没有“{0}”这个子命令"),
    (r"Missing command\.?", "没有写子命令"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多出了 {0}，不知道是什么；含空格的值要加引号"),
    (r"Option (.+) requires an argument\.?", "选项 {0} 后面要有值"),
    (r"Option (.+) requires (\d+) arguments\.?", "选项 {0} 后面要有 {1} 个值"),
    (r"Option (.+) does not take a value\.?", "选项 {0} 后面不能有值"),
    (r"Argument (.+) takes (\d+) values\.?", "参数 {0} 要有 {1} 个值"),
)


def in_chinese(error: Exception, command: str) -> Refused:
    """用法错误：the refusal that says in Chinese what ``error`` says; ``command`` is what was called (``collect``)."""
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context is not None else f"chengxin {command}"
    parameter: Any = getattr(error, "param", None)
    hint = _hint(error, parameter)
    if type(error).__name__ == "MissingParameter":
        kind = "参数" if getattr(parameter, "param_type_name", "") == "argument" else "选项"
        sentence = f"缺少{kind}{hint}"
    else:
        said = _translated(str(getattr(error, "message", error)))
        sentence = f"{hint.strip()}：{said}" if hint else said
    possible = getattr(error, "possibilities", None)
    if possible:
        sentence += f"；是不是 {'、'.join(sorted(possible))}？"
    return Refused("usage", f"{sentence.rstrip('。')}。", f"用 {path} --help 看用法。")


def _hint(error: Exception, parameter: Any) -> str:
    hint: Any = getattr(error, "param_hint", None)
    if hint is None and parameter is not None:
        names = [each for each in getattr(parameter, "opts", []) if each.startswith("--")]
        hint = names or [str(getattr(parameter, "metavar", None) or parameter.name).upper()]
    if not hint:
        return ""
    return " " + "/".join([hint] if isinstance(hint, str) else hint)


def _translated(message: str) -> str:
    for form, chinese in _SENTENCES:
        found = re.fullmatch(form, message, re.DOTALL | re.IGNORECASE)
        if found:
            return chinese.format(*(_KINDS.get(part.lower(), part.strip("'")) for part in found.groups(default="")))
    return message
