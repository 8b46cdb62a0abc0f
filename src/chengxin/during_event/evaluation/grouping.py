"""报告的分组怎样称呼、怎样排列：sizes and ages from small to large, counties and sectors by their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chengxin.during_event.evaluation.reports import AGES, SIZES
from chengxin.policy.policy_set import PolicySet

TITLES: Final = {"county": "县市区", "size": "规模（记录条数）", "sector": "行业门类", "age": "成立年限"}
_STEPS: Final = {"size": SIZES, "age": AGES}
_TABLES: Final = {"county": "division", "sector": "industry"}


def titled_groups(groups: Mapping[str, Sequence[Mapping[str, Any]]], policy: PolicySet) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(name, title, rows with their ``title``) of every grouping of a report, the known ones first."""
    names = [*(name for name in TITLES if name in groups), *(name for name in groups if name not in TITLES)]
    return [(name, TITLES.get(name, name), _titled(name, groups[name], policy)) for name in names]


def group_title(by: str, name: str, policy: PolicySet) -> str:
    """One group in words: a county or sector by its name, the rest as the report calls it."""
    table = _TABLES.get(by)
    return policy.code_table(table).values.get(name, name) if table else name


def _titled(by: str, rows: Sequence[Mapping[str, Any]], policy: PolicySet) -> list[dict[str, Any]]:
    order = {words: place for place, (_, words) in enumerate(_STEPS.get(by, ()))}
    named = [{**row, "title": group_title(by, str(row["name"]), policy)} for row in rows]
    return sorted(named, key=lambda row: (order.get(str(row["name"]), len(order)), str(row["name"])))
