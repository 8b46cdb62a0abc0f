"""评价的图：ECharts options with direct labels, and the table that stands behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from chengxin.during_event.evaluation.explaining import Explained
from chengxin.during_event.evaluation.showing import points
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel

#: More bars than this are told as one.
MOST_BARS: Final = 14
#: The axis begins at a multiple of so many points, so that small reasons are seen at all.
_STEP: Final = 50
_NAMES: Final = {"width": 128, "overflow": "break", "lineHeight": 14}


def waterfall_chart(found: Explained) -> dict[str, Any]:
    """得分瀑布图：starting points, each kind of reason, the score; the bars add up."""
    sums: dict[str, int] = {}
    for reason in found.reasons:
        sums[reason.title] = sums.get(reason.title, 0) + reason.milli_points
    bars = [(title, milli) for title, milli in sums.items() if milli or title == found.reasons[0].title]
    if len(bars) > MOST_BARS:
        bars = [*bars[: MOST_BARS - 1], (f"其余 {len(bars) - MOST_BARS + 1} 种", sum(milli for _, milli in bars[MOST_BARS - 1 :]))]
    ends = list(accumulate(milli for _, milli in bars))
    begun = min([*ends, found.score]) // 1000 // _STEP * _STEP if ends else 0
    axis = max(0, begun - (_STEP if begun else 0))
    starts = [0, *ends[:-1]]
    named = [*(title for title, _ in bars), "得分"]
    low = [0, *(min(before, after) for before, after in zip(starts[1:], ends[1:], strict=True)), 0]
    sizes = [milli for _, milli in bars]
    series = [
        _bar("", [_number(each) for each in low], itemStyle={"color": "rgba(0,0,0,0)"}, silent=True),
        _bar("加", [None, *(_labelled(each) if each > 0 else None for each in sizes[1:]), None]),
        _bar("减", [None, *(_labelled(each) if each < 0 else None for each in sizes[1:]), None]),
        _bar("起评和得分", [_labelled(sizes[0], False), *[None] * (len(sizes) - 1), _labelled(found.score, False)] if sizes else []),
    ]
    option = {
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": axis, "max": max(found.model.scale, 0), "axisLabel": {"showMaxLabel": True}},
        "yAxis": {"type": "category", "inverse": True, "data": named, "axisLabel": _NAMES},
        "series": series,
    }
    told = f"从起评分 {points(sizes[0])} 分，逐项加减，到 {points(found.score)} 分。" if sizes else ""
    told += f"横轴从 {axis} 分画起。" if axis else ""
    rows = [[title, points(milli, signed=True)] for title, milli in bars] + [["得分", points(found.score)]]
    return _chart("waterfall", "得分怎样来的", told, option, columns=["理由", "分"], rows=rows, height="tall" if len(named) > 6 else "")


def grades_chart(grades: Mapping[str, int], model: EvaluationModel) -> dict[str, Any]:
    """等级分布."""
    names = {each.id: each.title for each in model.grades} | {NOT_ENOUGH: "数据不足"}
    counts = [(title, int(grades.get(grade, 0))) for grade, title in names.items()]
    option = {
        "grid": {"left": 8, "right": 64, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [title for title, _ in counts]},
        "series": [_bar("主体", [count for _, count in counts], label={"show": True, "position": "right"})],
    }
    whole = sum(count for _, count in counts)
    rows = [[title, count, f"{count * 1000 // whole / 10:.1f}%" if whole else "—"] for title, count in counts]
    return _chart("grades", "等级分布", f"共 {whole:,} 个主体。", option, columns=["等级", "主体", "占比"], rows=rows, height="low")


def scores_chart(scores: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    """分数分布 in steps of 50; steps without a subject are shown empty."""
    found = {int(each["from"]): int(each["subjects"]) for each in scores}
    steps = range(min(found), max(found) + _STEP, _STEP) if found else range(0)
    option = {
        "xAxis": {"type": "category", "data": [str(step) for step in steps], "name": "分"},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [_bar("主体", [found.get(step, 0) for step in steps], label={"show": True, "position": "top"}, barMaxWidth=48)],
    }
    rows = [[f"{step}–{step + _STEP - 1}", found.get(step, 0)] for step in steps]
    return _chart("scores", "分数分布", f"每 {_STEP} 分一段；数据不足的不在内。", option, columns=["分数", "主体"], rows=rows, height="low")


def diverging_chart(name: str, title: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """谁升谁降 by group: falls to the left, rises to the right; the numbers stand beside the bars."""
    ups, downs = [row["up"] for row in rows], [row["down"] for row in rows]
    option = {
        "grid": {"left": 8, "right": 16, "top": 28, "bottom": 8, "containLabel": True},
        "legend": {"show": True, "top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12},
        "xAxis": {"type": "value", "min": -_room(downs, ups), "max": _room(ups, downs), "axisLabel": {"show": False}},
        "yAxis": {"type": "category", "inverse": True, "data": [row["title"] for row in rows], "axisLabel": _NAMES},
        "series": [
            _bar("升", [_count(row["up"], row["up"], "right") for row in rows]),
            _bar("降", [_count(-row["down"], row["down"], "left") for row in rows]),
        ],
    }
    table = [[row["title"], row["subjects"], row["up"], row["down"], points(row["mean_change"], signed=True)] for row in rows]
    columns, height = ["组", "主体", "升", "降", "平均分变化"], "tall" if len(rows) > 8 else ""
    return _chart(f"groups-{name}", title, f"升 {sum(ups):,}，降 {sum(downs):,}。", option, columns=columns, rows=table, height=height)


def _room(this: Sequence[int], other: Sequence[int]) -> int:
    """How far the axis goes on one side: its longest bar and room for the number, and never nothing."""
    return max(max(this, default=0) * 5 // 4, max(other, default=0) // 6) + 1


def _bar(name: str, data: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "bar", "stack": "one", "data": list(data), "barMaxWidth": 18} | more


def _labelled(milli: int, signed: bool = True) -> dict[str, Any]:
    return {"value": _number(abs(milli)), "label": {"show": True, "position": "right", "formatter": points(milli, signed)}}


def _count(value: int, shown: int, side: str) -> dict[str, Any]:
    return {"value": value, "label": {"show": bool(shown), "position": side, "formatter": f"{shown:,}"}}


def _number(milli: int) -> int | float:
    """For drawing only: points as the chart's axis counts them."""
    return milli // 1000 if milli % 1000 == 0 else milli / 1000


def _chart(name: str, title: str, sentence: str, option: dict[str, Any], **table: Any) -> dict[str, Any]:
    return {"id": name, "title": title, "sentence": sentence, "option": option, **table}
