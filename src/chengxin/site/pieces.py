"""组件的形状。What the templates in ``templates/pieces/`` read, and the geometry of the drawn ones.

Sections before ``site`` cannot import these; they hand a mapping or an object with the same names. The template head comment says
which. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from chengxin.kernel.instants import FOREVER, Instant, date_of

#: 状态 → the word shown. Shape: icons.py, hue: pieces.css; the three never part.
STATUS_WORDS = {
    "recorded": "在册",
    "disputed": "有争议",
    "restored": "已修复",
    "corrected": "已更正",
    "in_force": "今日有效",
    "overdue": "逾期",
    "on_time": "按时",
    "late": "迟报",
    "ended": "已届满",
    "withdrawn": "已撤回",
    "provisional": "暂定",
    "waiting": "待处理",
    "outside_registry": "尚未见于登记信息",
}
#: Words that share the shape of another.
STATUS_SHAPES = {"late": "overdue", "outside_registry": "provisional"}

#: 核实程度 → what the reader is told; a value found in its source needs no word.
CONFIDENCE_WORDS = {"found": "", "recalled": "凭记忆录入，待核原文", "to_confirm": "待业务核定", "assumed": "暂按假定值"}


@dataclass(frozen=True)
class Basis:
    """依据：the clause or document behind a fact. ``quote`` opens in place, ``href`` leads to the policy page."""

    title: str
    quote: str = ""
    note: str = ""
    confidence: str = "found"
    href: str = ""


@dataclass(frozen=True)
class Figure:
    """数字：one number of the strip, with the list behind it. ``kind`` "against" paints it as overdue."""

    number: str | int
    label: str
    href: str = ""
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True)
class FilterField:
    """筛选项：``kind`` is text | select | date | month; ``options`` are (value, label)."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    placeholder: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Proof:
    """存证：``state`` is proven (in a signed checkpoint) | waiting (recorded, next checkpoint within seconds) | erased | failed."""

    state: str
    seq: int | None = None
    verify_href: str = ""
    download_href: str = ""


@dataclass(frozen=True)
class Step:
    """一步：one entry of a timeline."""

    at: Instant
    title: str
    detail: str = ""
    by: str = ""
    href: str = ""
    proof: Proof | None = None


@dataclass(frozen=True)
class Feature:
    """特征：one reason for or against "same"; ``agrees`` is yes (speaks for it) | no (against) | unknown."""

    sentence: str
    detail: str
    agrees: str


@dataclass(frozen=True)
class Reason:
    """得分理由：points that add up to the total; integers, so that they do."""

    label: str
    points: int
    basis: Basis | None = None
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """图与表：an ECharts option and the table behind it. ``sentence`` says in words what the picture shows."""

    id: str
    title: str
    option: dict[str, object]
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    sentence: str = ""
    height: str = ""


@dataclass(frozen=True)
class PeriodBar:
    """期限条的尺寸：positions in thousandths of the bar's width; ``None`` where there is nothing to mark."""

    starts: date
    ends: date | None
    earliest: date | None
    today_at: int | None
    earliest_at: int | None
    gone: int
    sentence: str

    @property
    def anchor(self) -> str:
        """Which end of the label of the earliest restoration lies at its mark, so that it stays inside the bar."""
        place = self.earliest_at or 0
        return "start" if place < 400 else "end" if place > 600 else "middle"


def as_date(value: Instant | date | None) -> date | None:
    """An instant or a date as a date in Asia/Shanghai; None for "never" and for an open end."""
    if value is None or isinstance(value, date):
        return None if value is None or value.year >= 2099 else value
    return None if value in (0, FOREVER) or value >= FOREVER else date_of(value)


def period_bar(starts: date, ends: date | None, earliest: date | None, today: date) -> PeriodBar:
    """Where today and the earliest restoration lie between the first and the last day shown.

    ``ends`` is the last day on which the record is shown; without one the bar has no right end and today marks two thirds.
    """
    if ends is None:
        gone = 0 if today < starts else 667
        return PeriodBar(starts, None, None, gone if today >= starts else None, None, gone, "长期，没有截止日。")
    length = max((ends - starts).days, 1)

    def place(day: date) -> int:
        return min(1000, max(0, round((day - starts).days * 1000 / length)))

    if today < starts:
        return PeriodBar(starts, ends, earliest, None, place(earliest) if earliest else None, 0, f"还有 {(starts - today).days} 天开始。")
    if today > ends:
        return PeriodBar(starts, ends, earliest, None, place(earliest) if earliest else None, 1000, f"{ends.isoformat()} 已届满。")
    left = (ends - today).days
    sentence = "今天是最后一天。" if left == 0 else f"今天 {today.isoformat()}，还有 {left} 天届满。"
    return PeriodBar(starts, ends, earliest, place(today), place(earliest) if earliest else None, place(today), sentence)


@dataclass(frozen=True)
class WaterfallBar:
    """瀑布图的一条，in thousandths of the width."""

    reason: object
    left: int
    width: int
    kind: str
    running: int


@dataclass(frozen=True)
class Waterfall:
    """得分瀑布图：bars that start where the one before ended, and the sum."""

    bars: Sequence[WaterfallBar]
    total: int
    zero: int
    total_left: int
    total_width: int = field(default=0)


def waterfall(points: Sequence[tuple[object, int]]) -> Waterfall:
    """Lay the points out one after the other; the last end is their sum."""
    ends = [0]
    for _, point in points:
        ends.append(ends[-1] + point)
    low, high = min(ends), max(ends)
    span = max(high - low, 1)

    def place(value: int) -> int:
        return round((value - low) * 1000 / span)

    bars = [
        WaterfallBar(
            reason=reason,
            left=place(min(before, before + point)),
            width=max(place(max(before, before + point)) - place(min(before, before + point)), 4),
            kind="minus" if point < 0 else "plus",
            running=before + point,
        )
        for (reason, point), before in zip(points, ends, strict=False)
    ]
    total = ends[-1]
    return Waterfall(bars, total, place(0), place(min(0, total)), max(place(max(0, total)) - place(min(0, total)), 4))
