"""取值的说法。How a policy value reads on a page, in a message, on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from chengxin.policy.types import Confidence, Rank

CONFIDENCE: Final[Mapping[Confidence, str]] = {
    Confidence.FOUND: "有出处",
    Confidence.RECALLED: "凭记忆，未核原文",
    Confidence.TO_CONFIRM: "待业务核定",
    Confidence.ASSUMED: "本平台假定",
}
RANK: Final[Mapping[Rank, str]] = {
    Rank.LAW: "法律",
    Rank.ADMINISTRATIVE_REGULATION: "行政法规",
    Rank.LOCAL_REGULATION: "地方性法规",
    Rank.RULE: "规章、司法解释",
    Rank.NORMATIVE_DOCUMENT: "规范性文件",
    Rank.STANDARD: "标准",
    Rank.MUNICIPAL_PLAN: "市级方案",
    Rank.PROJECT: "本平台的设计选择",
}
_SUFFIX: Final = {"working_day": " 个工作日", "calendar_day": " 日", "second": " 秒", "per_mille": "‰", "count": ""}
_PERIOD: Final = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$")
_BYTES: Final = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


def say(value: Any, unit: str) -> str:
    """The value with its unit, in Chinese.

    >>> say("P1Y", "calendar_period"), say(100000, "yuan"), say(7, "working_day")
    ('1 年', '100,000 元（10 万元）', '7 个工作日')
    """
    if isinstance(value, Mapping):
        return "；".join(f"{key} {say(each, unit)}" for key, each in value.items())
    if unit == "calendar_period":
        return period(str(value))
    if unit == "yuan":
        return f"{value:,} 元" + (f"（{value // 10_000:,} 万元）" if value >= 10_000 and value % 10_000 == 0 else "")
    if unit == "byte":
        size, name = next(((size, name) for size, name in _BYTES if value >= size and value % size == 0), (1, "字节"))
        return f"{value // size:,} {name}"
    return f"{value:,}{_SUFFIX[unit]}" if unit in _SUFFIX else str(value)


def period(text: str) -> str:
    """A calendar period in words.

    >>> period("P0M"), period("P3M"), period("P1Y6M")
    ('无', '3 个月', '1 年 6 个月')
    """
    match = _PERIOD.match(text)
    if match is None:
        raise ValueError(text)
    parts = zip(match.groups(), ("年", "个月", "日"), strict=True)
    return " ".join(f"{number} {name}" for number, name in parts if number and int(number)) or "无"
