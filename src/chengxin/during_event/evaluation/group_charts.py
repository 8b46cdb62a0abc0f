"""各组对照的图：which grades each group has, and how often the worst one is given without a listing. The tables stand below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chengxin.policy.types_evaluation import EvaluationModel

#: Narrower parts of a bar (per mille of it) have no room for their number; the table has it.
_ROOM_FOR_WORDS: Final = 120
#: So many grades have a colour of their own; the others the same ones, paler.
_COLOURS: Final = 4
_NAMES: Final = {"width": 112, "overflow": "break", "lineHeight": 14}
_TALL: Final = 8


def group_charts(name: str, title: str, rows: Sequence[Mapping[str, Any]], model: EvaluationModel) -> list[dict[str, Any]]:
    """The charts of one table of a run's report; none where nobody of any group has a grade. Where nobody has the worst grade without a
    listing there is nothing to draw of that: the other chart says so."""
    graded = [row for row in rows if row["subjects"] > row["unknown"]]
    if not graded:
        return []
    # reports that were written before grades were counted by group have the other chart only
    charts = [_calibration(name, title, graded, model)] if all("grades" in row for row in graded) else []
    if any(row["worst"] > row["listed"] for row in graded):
        return [*charts, _unlisted(name, title, graded, model)]
    return [chart | {"sentence": f"{chart['sentence']}没有一个主体未列名单而判“{model.grades[-1].title}”。"} for chart in charts]


def _calibration(name: str, title: str, rows: Sequence[Mapping[str, Any]], model: EvaluationModel) -> dict[str, Any]:
    """等级构成 of each group, in per mille of those who have a grade: groups that are alike have bars that are alike."""
    series = [
        {"name": grade.title, "type": "bar", "stack": "one", "barMaxWidth": 18, "data": [_part(row, grade.id) for row in rows]}
        | ({} if place < _COLOURS else {"itemStyle": {"opacity": 0.55}})
        for place, grade in enumerate(model.grades)
    ]
    option = _lying(rows) | {
        "legend": {"show": True, "top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12},
        "grid": {"left": 8, "right": 16, "top": 32, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "series": series,
    }
    best = model.grades[0]
    shares = [(row["grades"].get(best.id, 0), _graded(row), row["title"]) for row in rows]
    told = "占有等级的主体的百分比，数据不足的不在内。" + _compared(f"“{best.title}”", shares)
    return _chart(f"calibration-{name}", f"等级构成：按{title}", told, option, rows)


def _unlisted(name: str, title: str, rows: Sequence[Mapping[str, Any]], model: EvaluationModel) -> dict[str, Any]:
    """未列名单而判最低等的占比: where one group has many more than the others, grades may be wrong there."""
    worst = model.grades[-1].title
    shares = [(row["worst"] - row["listed"], _graded(row), row["title"]) for row in rows]
    most = max(count * 1000 // graded for count, graded, _ in shares)
    bars = [_share(count, graded) for count, graded, _ in shares]
    option = _lying(rows) | {
        "grid": {"left": 8, "right": 112, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": max(most, 1), "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "series": [{"name": "未列名单", "type": "bar", "barMaxWidth": 18, "data": bars}],
    }
    told = f"每千个有等级的主体里，没有列入名单而判“{worst}”的有几个（括号里是个数和底数）。" + _compared("", shares)
    return _chart(f"unlisted-{name}", f"未列名单而判“{worst}”：按{title}", told, option, rows)


def _graded(row: Mapping[str, Any]) -> int:
    return int(row["subjects"]) - int(row["unknown"])


def _part(row: Mapping[str, Any], grade: str) -> dict[str, Any]:
    per_mille = int(row["grades"].get(grade, 0)) * 1000 // _graded(row)
    label = {"show": per_mille >= _ROOM_FOR_WORDS, "position": "inside", "formatter": f"{_percent(per_mille)}%", "color": "#fff"}
    return {"value": per_mille / 10, "label": label | {"textBorderColor": "rgba(0,0,0,.55)", "textBorderWidth": 2}}


def _share(count: int, graded: int) -> dict[str, Any]:
    per_mille = count * 1000 // graded
    return {"value": per_mille, "label": {"show": True, "position": "right", "formatter": f"{per_mille}‰（{count:,}/{graded:,}）"}}


def _compared(what: str, shares: Sequence[tuple[int, int, str]]) -> str:
    """The whole and both ends in a sentence: what an eye sees at once, for those who read."""
    whole = sum(count for count, _, _ in shares) * 1000 // sum(graded for _, graded, _ in shares)
    said = f"合计{what} {whole}‰"
    if len(shares) < 2:
        return said + "。"
    ordered = sorted(shares, key=lambda each: each[0] * 1000 // each[1])
    (low, of_low, lowest), (high, of_high, highest) = ordered[0], ordered[-1]
    return said + f"；最高的是{highest}，{high * 1000 // of_high}‰，最低的是{lowest}，{low * 1000 // of_low}‰。"


def _percent(per_mille: int) -> str:
    return f"{per_mille // 10}" if per_mille % 10 == 0 else f"{per_mille // 10}.{per_mille % 10}"


def _lying(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"yAxis": {"type": "category", "inverse": True, "data": [row["title"] for row in rows], "axisLabel": _NAMES}}


def _chart(name: str, title: str, sentence: str, option: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    height = "tall" if len(rows) > _TALL else "low" if len(rows) <= 4 else ""
    return {"id": name, "title": title, "sentence": sentence, "option": option, "height": height}
