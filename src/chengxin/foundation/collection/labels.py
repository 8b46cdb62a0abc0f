"""列名对目录。Header cells → field codes of one catalogue item; nothing outside the catalogue is taken in.

A column may be called by its code (CF_WSH, any case, old codes too), its Chinese name, or a known alias; width of brackets, spaces,
line breaks and marks such as * or （必填） do not matter.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

from chengxin.foundation.collection.readers import NOT_FOR_READING, ROW, HeaderFinder
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

#: The columns that the annotated workbook adds for people; handed in again, they are passed over.
REMARK_COLUMN: Final = "说明（系统生成，报送时自动忽略）"
SOURCE_ROW_COLUMN: Final = "原行号（系统生成，报送时自动忽略）"
#: Sheets of the platform's own workbooks; a sheet whose first cell begins with one of these is passed over.
SYSTEM_SHEET: Final = "问题清单（系统生成）"
TEMPLATE_SHEET: Final = "填报说明（系统生成）"
MARK_SHEET: Final = "下载登记（系统生成）"
#: Columns of the layout and of the standard before 2018 that say nothing of their own: they may be there and are not stored.
CARRIED: Final = (
    *("序号", "行号", "编号", REMARK_COLUMN, SOURCE_ROW_COLUMN),
    *("DFBM", "地方编码", "SJC", "SJCZT", "数据更新时间戳", "数据更新时间", "更新时间"),
    *("CF_CFMC", "处罚名称", "案件名称", "CF_CFLB2", "处罚类别2", "CF_ZT", "XK_XMMC", "项目名称", "XK_SPLB2"),
)
_DROPPED: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff_\-*＊:·.,/、\"'()\[\]{}【】〔〕「」<>《》]+")
_HINT: Final = re.compile(r"\((?:必填|选填|必填项|选填项|非必填|格式|示例|例如|如|注)[^)]*\)")
#: Below this likeness a suggestion would mislead.
_LIKENESS: Final = 0.55
#: Faults of a header that are told one by one.
_TOLD: Final = 8


@dataclass(frozen=True)
class ColumnMap:
    """列与字段的对应。``codes[i]`` is the field of column i; None: the column is carried along and not stored."""

    labels: tuple[str, ...]
    codes: tuple[str | None, ...]

    def label_of(self, position: int) -> str:
        """What column ``position`` is called in the file."""
        return self.labels[position] if position < len(self.labels) else f"第 {position + 1} 列"

    @property
    def carried(self) -> tuple[str, ...]:
        """Labels of the columns that are passed over."""
        return tuple(label for label, code in zip(self.labels, self.codes, strict=True) if code is None and label.strip())

    def renamed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A chunk's frame with field codes for column names, in the order of the file; :data:`ROW` stays."""
        stored = [pl.col(str(position)).alias(code) for position, code in enumerate(self.codes) if code]
        return frame.select([*stored, pl.col(ROW)])


def map_columns(header: Sequence[str], item: CatalogueItem, policy: PolicySet) -> ColumnMap:
    """对应列名。The field of every column.

    Refused (``columns-…``), all faults at once: a banned label, an unknown one, one that means several fields, the same field
    twice, a required field without a column.
    """
    index = _index(item)
    codes: list[str | None] = []
    faults = _Faults()
    for position, label in enumerate(header, 1):
        found = _fields(label, index)
        if len(found) > 1:
            faults.add(
                "columns-ambiguous", label, f"第 {position} 列“{_shown(label)}”可能是{_titles(found, item)}，请写字段代码或目录里的全名"
            )
        elif not found and fold(label) and not _is_carried(label):
            faults.add(*_unknown(position, label, index, item, policy))
        code = next(iter(found), None) if len(found) == 1 else None
        if code and code in codes:
            earlier = codes.index(code)
            faults.add("columns-repeated", label, f"第 {earlier + 1} 列和第 {position} 列都是“{item.field(code).title}”，只能留一列")
        codes.append(code)
    missing = [field for field in item.fields if field.required and field.code not in codes]
    if missing:
        names = "、".join(f"“{field.title}”（{field.code}）" for field in missing)
        faults.add("columns-missing", "", f"缺少必填的列：{names}")
    if faults.sentences:
        raise faults.refused(item)
    return ColumnMap(tuple(header), tuple(codes))


def header_finder(item: CatalogueItem) -> HeaderFinder:
    """找表头。The row with most known labels, if it has two at least; titles may stand above it. Own sheets are passed over."""
    index = _index(item)

    def find(rows: Sequence[Sequence[str]]) -> int | None:
        if rows and rows[0] and rows[0][0].startswith((SYSTEM_SHEET, TEMPLATE_SHEET, MARK_SHEET)):
            return NOT_FOR_READING
        scores = [sum(bool(_fields(cell, index)) for cell in row if cell.strip()) for row in rows]
        best = max(scores, default=0)
        enough = min(2, len(item.fields))
        return scores.index(best) if best >= enough else None

    return find


def fold(label: str) -> str:
    """A label without what does not matter: width, case, spaces, marks, brackets, hints.

    >>> fold(" *罚款金额（万元）\\n（必填）") == fold("罚款金额(万元)")
    True
    """
    plain = unicodedata.normalize("NFKC", label).strip().lower()
    return _DROPPED.sub("", _HINT.sub("", plain))


class _Faults:
    """Faults of a header, gathered so that all are told at once."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.slugs: list[str] = []
        self.labels: list[str] = []

    def add(self, slug: str, label: str, sentence: str) -> None:
        self.slugs.append(slug)
        self.sentences.append(sentence)
        if label:
            self.labels.append(_shown(label))

    def _told(self) -> list[str]:
        """As many as one reads, those that stop the file for good first; how many more there are."""
        first = sorted(range(len(self.slugs)), key=lambda n: (self.slugs[n] != "columns-banned", n))[:_TOLD]
        more = len(self.sentences) - len(first)
        return [*(self.sentences[n] for n in first), *([f"还有 {more} 处同类问题"] if more else [])]

    def refused(self, item: CatalogueItem) -> Refused:
        order = ("columns-banned", "columns-unknown", "columns-ambiguous", "columns-repeated", "columns-missing")
        return Refused(
            slug=min(self.slugs, key=order.index),
            sentence="；".join(self._told()) + "。",
            what_to_do=f"请按“{item.title}”的报送模板改好表头后整份重新报送；目录以外的列请删去。",
            clause=item.basis[0]["reference"] if item.basis else "",
            where={"columns": "、".join(self.labels[:_TOLD])} if self.labels else {},
        )


def _unknown(
    position: int, label: str, index: Mapping[str, frozenset[str]], item: CatalogueItem, policy: PolicySet
) -> tuple[str, str, str]:
    reason = policy.banned_field(unicodedata.normalize("NFKC", label))
    if reason is not None:
        return "columns-banned", label, f"第 {position} 列“{_shown(label)}”不得归集：{reason.rstrip('。')}"
    near = difflib.get_close_matches(fold(label), index, 1, _LIKENESS)
    hint = f"，是不是{_titles(index[near[0]], item)}？" if near else ""
    return "columns-unknown", label, f"第 {position} 列“{_shown(label)}”不在本事项的目录内，目录以外的信息不予归集{hint}"


def _fields(label: str, index: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return index.get(fold(label), frozenset())


def _is_carried(label: str) -> bool:
    return fold(label) in _CARRIED


def _titles(codes: frozenset[str], item: CatalogueItem) -> str:
    return "或".join(f"“{item.field(code).title}”（{code}）" for code in sorted(codes))


def _shown(label: str) -> str:
    text = " ".join(label.split())
    return text if len(text) <= 40 else text[:40] + "…"


def _index(item: CatalogueItem) -> Mapping[str, frozenset[str]]:
    return _index_of(tuple((field.code, field.title, field.aliases) for field in item.fields))


@lru_cache(maxsize=64)
def _index_of(fields: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Mapping[str, frozenset[str]]:
    """Folded label → field codes. A code or a name outranks an alias; two fields with one alias make it ambiguous."""
    proper: dict[str, set[str]] = {}
    other: dict[str, set[str]] = {}
    for code, title, aliases in fields:
        for label in (code, title, code + title, title + code):
            proper.setdefault(fold(label), set()).add(code)
        for label in aliases:
            other.setdefault(fold(label), set()).add(code)
    return {label: frozenset(proper.get(label, other.get(label, set()))) for label in {**other, **proper}}


_CARRIED: Final = frozenset(fold(label) for label in CARRIED)
