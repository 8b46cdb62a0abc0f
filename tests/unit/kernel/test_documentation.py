"""The examples in the docstrings of the kernel are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import chengxin.kernel

MODULES = [module.name for module in pkgutil.walk_packages(chengxin.kernel.__path__, "chengxin.kernel.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 10
