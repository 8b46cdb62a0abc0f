"""“为什么不是”怎样示人：in sentences for a terminal and a page, as one object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from chengxin.during_event.evaluation.explaining import Reason, is_unknown
from chengxin.during_event.evaluation.showing import points
from chengxin.during_event.evaluation.why_not import WhyNot


def sentences_of(told: WhyNot) -> list[str]:
    """The answer, the hardest obstacle first."""
    found = told.found
    if told.is_reached:
        return [f"已经是{found.grade_title}（{found.grade}），不低于{told.title}。"]
    if is_unknown(found.grade):
        return [f"数据不足：计入评价的记录再有 {told.records_missing} 条才给等级。没有等级不是坏的结果，也不能用承诺换。"]
    said = []
    if told.listings:
        said.append(f"{found.floor}：列入期间不论多少分都判为{found.grade_title}。移出名单以后才按分数判。")
    if told.missing:
        said.append(f"现在 {points(found.score)} 分，{told.title}要 {points(told.line)} 分，差 {points(told.missing)} 分。")
    if told.together:
        names = "；".join(name_of(each) for each in told.together)
        how = "各种组合都试过，少于这些都不够" if told.is_fewest else "这是一种办法，逐条找出来的，不一定最少"
        said.append(f"不计下面 {len(told.together)} 条就是{told.title}：{names}。（{how}。）")
    elif not told.listings:
        said.append(f"一条扣分的记录都不计，也还到不了{told.title}：起评分到满分的部分要靠加分。")
    if told.on is not None:
        how = "" if told.is_earliest else "（只查了其中一些日子，这一天不一定最早。）"
        said.append(f"没有新的记录、方法不变的话，从 {told.on} 起就是{told.title}。{how}")
    said += [f"还可以加分：{each.indicator.title}，现在 {points(each.has)}，至多 {points(each.most)}。" for each in told.gains]
    return said


def name_of(reason: Reason) -> str:
    """A record in words."""
    number = f" {reason.document_number}" if reason.document_number else ""
    return f"{reason.title}{number}" + (f"（{reason.decided_on}）" if reason.decided_on else "")


def tell_why_not(told: WhyNot, as_json: bool) -> None:
    """Print the answer."""
    if as_json:
        sys.stdout.write(json.dumps(plain(told), ensure_ascii=False) + "\n")
        return
    head = f"{told.found.subject.name}　{told.found.model.title}，{told.found.as_of}：为什么不是{told.title}（{told.grade}）"
    lines = [head, *sentences_of(told)]
    if told.without and not told.is_reached:
        lines.append("单独不计其中一条，会是：")
        lines += [f"  {points(each.score)} 分，{each.grade}　{name_of(each.reason)}" for each in told.without]
    sys.stdout.write("\n".join(lines) + "\n")


def plain(told: WhyNot) -> dict[str, Any]:
    """The answer as one object."""
    return {
        "code": told.found.subject.code,
        "model": told.found.model.id,
        "as_of": str(told.found.as_of),
        "grade": told.found.grade,
        "score_milli_points": told.found.score,
        "why_not": told.grade,
        "reached": told.is_reached,
        "missing_milli_points": told.missing,
        "records_missing": told.records_missing,
        "listings": _records(told.listings),
        "without": [{"record": each.reason.record_id, "score_milli_points": each.score, "grade": each.grade} for each in told.without],
        "together": _records(told.together),
        "together_is_fewest": told.is_fewest,
        "reached_on": str(told.on) if told.on else None,
        "reached_on_is_earliest": told.is_earliest,
        "gains": [{"indicator": each.indicator.id, "has": each.has, "most": each.most} for each in told.gains],
        "sentences": sentences_of(told),
    }


def _records(reasons: Sequence[Reason]) -> list[int]:
    return [each.record_id for each in reasons]
