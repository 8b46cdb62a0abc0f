"""及时率的图：ECharts options with direct labels, and the table that stands behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chengxin.foundation.disclosure.timeliness import Timeliness

_COLUMNS = ("按时", "迟报", "未报")
MOST_BARS = 20


def months_chart(months: Sequence[tuple[str, Timeliness]]) -> dict[str, Any]:
    """Acts by month of decision, stacked: on time, late, missing."""
    shown = list(months)[-24:]
    rows = [[month, line.on_time, line.late, line.missing] for month, line in shown]
    series = [
        {"name": name, "type": "bar", "stack": "acts", "data": [row[place] for row in rows], "barMaxWidth": 28}
        for place, name in enumerate(_COLUMNS, start=1)
    ]
    late = sum(line.late + line.missing for _, line in shown)
    option = {
        "legend": {"show": True, "top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12},
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [month for month, _ in shown]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
    }
    sentence = f"最近 {len(shown)} 个月共 {sum(line.total for _, line in shown):,} 件，其中迟报和未报 {late:,} 件。"
    return {
        "id": "months",
        "title": "按作出决定的月份",
        "sentence": sentence,
        "option": option,
        "columns": ["月份", *_COLUMNS],
        "rows": rows,
    }


def offices_chart(offices: Sequence[tuple[str, Timeliness]]) -> dict[str, Any]:
    """Share on time by office, the lowest on top; with the number beside each bar."""
    known = [(name, line) for name, line in offices if line.per_mille is not None][:MOST_BARS]
    values = [(line.per_mille or 0) / 10 for _, line in known]
    option = {
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {"type": "category", "inverse": True, "data": [name for name, _ in known]},
        "series": [
            {"type": "bar", "data": values, "barMaxWidth": 18, "label": {"show": True, "position": "right", "formatter": "{c}%"}},
        ],
    }
    rows = [[name, line.on_time, line.late, line.missing] for name, line in known]
    sentence = f"按时率最低的 {len(known)} 个部门，由低到高。" if len(offices) > MOST_BARS else "各部门按时率，由低到高。"
    columns = ["部门", *_COLUMNS]
    height = "tall" if len(known) > 8 else ""
    return {
        "id": "offices",
        "title": "各部门按时率",
        "sentence": sentence,
        "option": option,
        "columns": columns,
        "rows": rows,
        "height": height,
    }
