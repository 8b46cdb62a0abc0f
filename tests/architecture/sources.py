"""The project's own sources, as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "chengxin"


@cache
def python_files(folder: Path = PACKAGE) -> tuple[Path, ...]:
    """Every module under ``folder`` except migrations."""
    return tuple(sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """A path as the tests write it: from the package, or from the project."""
    return str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else PROJECT))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """(dotted name, call) of every call in a module."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def texts(path: Path) -> Iterator[str]:
    """Every string in a module, f-strings by their fixed parts."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def f_strings(path: Path) -> Iterator[str]:
    """Every f-string in a module, as it is written."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.JoinedStr):
            yield ast.unparse(node)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that belongs to the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    return tuple(PROJECT / name.decode() for name in listed.split(b"\0") if name and (PROJECT / name.decode()).is_file())
