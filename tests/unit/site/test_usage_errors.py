"""Whatever is wrong with a call, the sentence about it is Chinese: every number of every command is given a word instead."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from chengxin.site.command_line import COMMANDS, REFUSED, run

WORD = "不是数"


def wrong_calls() -> Iterator[list[str]]:
    for name, command in COMMANDS.items():
        module = importlib.import_module(command.module)
        app = getattr(module, f"{name}_app", None) or module.app
        whole: Any = typer.main.get_command(app)
        inner: Any = getattr(whole, "commands", {name: whole})
        chosen = inner.items() if command.group else [(name, inner.get(name, whole))]
        for word, each in chosen:
            path = [name, word] if command.group and hasattr(whole, "commands") else [name]
            yield from calls_of(path, each)


def calls_of(path: list[str], command: Any) -> Iterator[list[str]]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    for place, each in enumerate(arguments):
        if is_number(each):
            yield [*path, *["1"] * place, WORD, *["1"] * (len(arguments) - place - 1)]
    for each in command.params:
        if each.param_type_name == "option" and is_number(each):
            yield [*path, *["1"] * len(arguments), each.opts[0], WORD]


def is_number(parameter: Any) -> bool:
    return any(kind in str(parameter.type_descriptor.annotation) for kind in ("int", "float"))


CALLS = list(wrong_calls())


def test_there_are_such_calls() -> None:
    assert len(CALLS) >= 10


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_word_for_a_number(call: list[str], capsys: pytest.CaptureFixture[str], policy_set: object, db: None) -> None:
    assert run(call) == REFUSED
    said = capsys.readouterr().err
    assert "办不了" in said
    assert "怎么办" in said
    sentence = said.splitlines()[0]
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", sentence), sentence
