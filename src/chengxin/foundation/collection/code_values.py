"""代码值。A cell of a coded field → the code table's own value; one value at a time, each different one once."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from chengxin.policy.types import CodeTable

#: What stands between several values in a cell, in the standard form.
SEPARATOR: Final = ";"
_BETWEEN: Final = re.compile(r"[;；]")
_ALSO_BETWEEN: Final = re.compile(r"[;；、,，/|]|\s+")
_DASHES: Final = re.compile(r"^\s*[-－—–:：]\s*")


def code_standard(value: str, table: CodeTable, *, several: bool) -> tuple[str, bool]:
    """The standard form of ``value``, and whether another name was put right. What is not in the table stays as it came.

    Codes, labels and the table's aliases are known; 其他-… keeps its explanation.
    """
    whole = _one(value, table)
    if whole is not None or not several:
        return whole or (value, False)
    found = [_one(part, table) for part in _parts(value, table)]
    if not found or any(each is None for each in found):
        return value, False
    known = [each for each in found if each is not None]
    return SEPARATOR.join(dict.fromkeys(code for code, _ in known)), any(other for _, other in known)


def _parts(value: str, table: CodeTable) -> list[str]:
    """The values in a cell. Other separators than the standard's are tried only where it leaves something unknown."""
    parts: list[str] = []
    for part in filter(None, map(str.strip, _BETWEEN.split(value))):
        parts += [part] if _one(part, table) else filter(None, _ALSO_BETWEEN.split(part))
    return parts


def _one(value: str, table: CodeTable) -> tuple[str, bool] | None:
    if value in table.values:
        return value, False
    codes, aliases = _folded(tuple(table.values.items()), tuple(table.aliases.items()))
    plain = _fold(value)
    if plain in codes:
        return codes[plain], False
    if plain in aliases:
        return aliases[plain], True
    for prefix in table.open_prefix:
        word = prefix.rstrip("-")
        rest = unicodedata.normalize("NFKC", value).strip().removeprefix(word)
        if rest != unicodedata.normalize("NFKC", value).strip():
            explanation = _DASHES.sub("", rest).strip("() ")
            return (prefix + explanation if explanation else word), False
    return None


def _fold(value: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value)).lower()


@lru_cache(maxsize=64)
def _folded(values: tuple[tuple[str, str], ...], aliases: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], dict[str, str]]:
    codes: dict[str, str] = {}
    for code, label in values:
        codes.setdefault(_fold(label), code)
    codes.update({_fold(code): code for code, _ in values})
    return codes, {_fold(alias): code for alias, code in aliases}
