"""政策文件的读法。YAML without double keys, and a reader that knows where it stands and refuses what nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

import yaml

from chengxin.policy.errors import PolicyFault
from chengxin.policy.types import Confidence

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True)
class Citation:
    """一处引用：where a file leans on a source, and with which words."""

    file: str
    key: str
    reference: str
    quote: str


@dataclass(frozen=True)
class Evidence:
    """依据：what a value rests on."""

    reference: str
    quote: str
    note: str
    confidence: Confidence


class Reading:
    """一次读入：its faults, collected so that one check shows all, and the citations to hold against the sources afterwards."""

    def __init__(self) -> None:
        self.found: list[PolicyFault] = []
        self.citations: list[Citation] = []

    def add(self, file: str, key: str, sentence: str, what_to_do: str) -> None:
        """Note one fault."""
        self.found.append(PolicyFault(file, key, sentence, what_to_do))


class _StrictLoader(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice."""


def _mapping_without_double_keys(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = loader.construct_pairs(node, deep=True)
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"键“{key}”写了两次", node.start_mark)
        found[key] = value
    return found


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_double_keys)


def read_yaml(file: str, text: str, reading: Reading) -> dict[str, Any] | None:
    """The mapping in ``text``; None, and a fault, if it is not one."""
    try:
        value = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  (a subclass of the safe loader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark is not None else ""
        reading.add(file, line, f"不是合格的 YAML：{getattr(error, 'problem', None) or error}。", "按 YAML 语法改正，每个键只写一次。")
        return None
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        reading.add(file, "", "文件应当是“键: 值”的结构，键都是文字。", "参照同类文件的写法。")
        return None
    return value


class Node:
    """A mapping in a policy file. Each getter takes its key off; :meth:`close` refuses what is left."""

    def __init__(self, value: Mapping[str, Any], file: str, place: str, reading: Reading) -> None:
        self._left = dict(value)
        self.file = file
        self.place = place
        self.reading = reading

    def where(self, key: str) -> str:
        """The path of ``key`` inside the file."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def fault(self, key: str, sentence: str, what_to_do: str) -> None:
        """Note a fault at ``key``."""
        self.reading.add(self.file, self.where(key), sentence, what_to_do)

    def put_back(self, key: str, value: object) -> None:
        """Lay a value back, to be taken again."""
        self._left[key] = value

    def has(self, key: str) -> bool:
        """Whether ``key`` is given and not yet taken."""
        return key in self._left

    def any(self, key: str, default: Any = None) -> Any:
        """The value at ``key`` as it stands."""
        return self._left.pop(key, default)

    def text(self, key: str, default: str | None = None) -> str:
        """A piece of text; a fault if it is missing and no default is given."""
        if key not in self._left:
            if default is None:
                self.fault(key, "缺少这一项。", f"补上“{key}”。")
            return default or ""
        value = self._left.pop(key)
        if isinstance(value, bool | date | list | dict) or value is None or not str(value).strip():
            self.fault(key, f"应当是文字，写的是 {value!r}。", "改成文字；像日期、是否的词要加引号。")
            return default or ""
        return str(value)

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number, zero or more."""
        if key not in self._left and default is not None:
            return default
        value = self._left.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.fault(key, f"应当是不小于零的整数，写的是 {value!r}。", "改成整数。")
            return 0
        return value

    def signed(self, key: str) -> int:
        """A whole number, below zero too."""
        value = self._left.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, f"应当是整数，写的是 {value!r}。", "改成整数；扣分写负数。")
            return 0
        return value

    def truth(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            self.fault(key, f"应当是 true 或 false，写的是 {value!r}。", "改成 true 或 false。")
            return default
        return value

    def day(self, key: str, required: bool = True) -> date | None:
        """A date YYYY-MM-DD."""
        if key not in self._left:
            if required:
                self.fault(key, "缺少日期。", "写上起始日期，例如 2026-04-01。")
            return None
        value = self._left.pop(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            self.fault(key, f"应当是日期，写的是 {value!r}。", "写成 2026-04-01 这样的日期，不加引号。")
            return None
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        value = self._left.pop(key, None)
        if value is None:
            if required:
                self.fault(key, "缺少这一项。", f"补上“{key}”。")
            return ()
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(each, str | int) and not isinstance(each, bool) for each in listed):
            self.fault(key, "应当是一列文字，至少一个。", "写成 [甲, 乙]。")
            return ()
        return tuple(str(each) for each in listed)

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """One of the values of an enumeration."""
        members: list[Choice] = list(kind)
        if key not in self._left and default is not None:
            return default
        value = self._left.pop(key, None)
        for member in members:
            if member.value == value:
                return member
        self.fault(key, f"{value!r} 不是可用的值。", f"从这些里选：{'、'.join(str(each.value) for each in members)}。")
        return members[0] if default is None else default

    def node(self, key: str) -> Node | None:
        """A mapping inside this one."""
        if key not in self._left:
            return None
        value = self._left.pop(key)
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value):
            self.fault(key, "应当是“键: 值”的结构。", "参照同类文件的写法。")
            return None
        return Node(value, self.file, self.where(key), self.reading)

    def nodes(self, key: str, required: bool = True) -> Iterator[Node]:
        """A list of mappings."""
        value = self._left.pop(key, None)
        if value is None and not required:
            return
        if not isinstance(value, list) or not value:
            self.fault(key, "应当是一列条目，至少一条。", "每条以“- ”开头。")
            return
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                self.fault(f"{key}[{index}]", "应当是“键: 值”的结构。", "参照同类文件的写法。")
                continue
            yield Node(each, self.file, self.where(f"{key}[{index}]"), self.reading)

    def keys(self) -> list[str]:
        """The keys not yet taken."""
        return list(self._left)

    def evidence(self, quote_needed: bool = False) -> Evidence:
        """依据：reference, words and confidence. A quote is letter for letter and needs no confidence; a note needs one."""
        reference = self.text("reference")
        quote, note = self.text("quote", ""), self.text("note", "")
        if not quote and (quote_needed or not note):
            self.fault(
                "note", "没有原文（quote），也没有说明（note）。", "原文在 sources/ 里的写 quote，否则用自己的话写 note，并写 confidence。"
            )
        if reference:
            self.reading.citations.append(Citation(self.file, self.where("reference"), reference, quote))
        confidence = self.choice("confidence", Confidence, Confidence.FOUND if quote else None)
        return Evidence(reference, quote, note, confidence)

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self._left:
            self.fault(key, "这个键没有人认识，写了也不起作用。", "删去它，或改成认识的键；检查是否写错。")
