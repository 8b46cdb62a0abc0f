"""参数与公示期的文件形状。Dated parameters (``values``) and the rule of time of adverse information (``versions``)."""

from __future__ import annotations

import re
from typing import Any

from chengxin.policy.nodes import Node
from chengxin.policy.types import DatedValue, Parameter, PublicationClass, PublicationVersion, Severity

PERIOD = re.compile(r"^P(?:\d+Y)?(?:\d+M)?(?:\d+D)?$")
WHOLE_UNITS = frozenset({"working_day", "calendar_day", "yuan", "byte", "count", "per_mille", "second"})
UNITS = WHOLE_UNITS | {"calendar_period", "text", "table"}
TIGHTER = frozenset({"lower", "higher", "free", "fixed"})


def is_period(value: object) -> bool:
    """Whether ``value`` is a calendar period such as P3M."""
    return isinstance(value, str) and len(value) > 2 and PERIOD.match(value) is not None


def read_parameter(node: Node, parameter_id: str, layer: str) -> Parameter:
    """A dated parameter: title, unit, what a later layer may do, and the values in order."""
    title, unit, tighter = node.text("title"), node.text("unit"), node.text("tighter", "fixed")
    if unit not in UNITS:
        node.fault("unit", f"不认识单位“{unit}”。", f"从这些里选：{'、'.join(sorted(UNITS))}。")
    if tighter not in TIGHTER:
        node.fault("tighter", f"不认识“{tighter}”。", f"从这些里选：{'、'.join(sorted(TIGHTER))}。")
    values = tuple(value for each in node.nodes("values") if (value := _read_value(each, unit)) is not None)
    general = [value.from_on for value in values if not value.applies_to]
    if sorted(set(general)) != general:
        node.fault("values", "取值没有按起始日期从早到晚排，或者同一天有两个。", "按日期排好，同一天只留一个。")
    node.close()
    return Parameter(parameter_id, title, unit, values, layer, node.file, tighter)


def _read_value(node: Node, unit: str) -> DatedValue | None:
    from_on, until_on = node.day("from"), node.day("until", required=False)
    value = node.any("value")
    if not fits(value, unit):
        node.fault("value", f"{value!r} 不是单位 {unit} 的值。", "写整数；日历期间写 P3M、P1Y；按类别不同的写成“类别: 值”。")
    evidence = node.evidence()
    where = node.node("applies_to")
    applies_to = {key: where.text(key) for key in where.keys()} if where else {}  # noqa: SIM118
    if applies_to and "until" in applies_to:
        node.fault("applies_to", "试点的终止日期写在 until 里，不写在 applies_to 里。", "把 until 移到上一级。")
    if applies_to and until_on is None:
        node.fault("applies_to", "试点没有终止日期。", "写上 until: 日期，试点不能没有期限。")
    if until_on is not None and from_on is not None and until_on <= from_on:
        node.fault("until", "终止日期不晚于起始日期。", "until 当日起不再适用，应当晚于 from。")
    node.close()
    if from_on is None:
        return None
    return DatedValue(from_on, value, evidence.reference, evidence.quote, evidence.note, evidence.confidence, until_on, applies_to)


def fits(value: Any, unit: str) -> bool:
    """Whether ``value`` is a value of ``unit``; a mapping gives one value per kind."""
    if unit == "table":
        return isinstance(value, dict) and bool(value)
    if isinstance(value, dict):
        return bool(value) and all(isinstance(key, str) and fits(each, unit) for key, each in value.items())
    if unit in WHOLE_UNITS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return is_period(value) if unit == "calendar_period" else isinstance(value, str) and bool(value)


def read_publication(node: Node) -> tuple[PublicationVersion, ...]:
    """The rule of time of adverse information, one version per order in force."""
    node.text("title")
    versions = [version for each in node.nodes("versions") if (version := _read_version(each)) is not None]
    if [each.from_on for each in versions] != sorted({each.from_on for each in versions}):
        node.fault("versions", "各版没有按起始日期从早到晚排，或者同一天有两版。", "按日期排好。")
    node.close()
    return tuple(versions)


def _read_version(node: Node) -> PublicationVersion | None:
    from_on = node.day("from")
    evidence = node.evidence()
    words = {}
    for key, allowed in _TIME_WORDS.items():
        words[key] = node.text(key)
        if words[key] not in allowed:
            node.fault(key, f"不认识“{words[key]}”。", f"从这些里选：{'、'.join(allowed)}。")
    classes = {}
    listed = node.node("classes")
    for severity in Severity:
        each = listed.node(severity.value) if listed else None
        if each is None:
            node.fault(f"classes.{severity.value}", "三类失信信息都要写明。", "补上 published、minimum、maximum。")
        else:
            classes[severity] = _read_class(each, severity)
    if listed:
        listed.close()
    overrides = tuple(_read_override(each) for each in node.nodes("overrides", required=False))
    moved = node.node("transition")
    transition = {key: moved.text(key) for key in moved.keys()} if moved else {}  # noqa: SIM118
    node.close()
    if from_on is None:
        return None
    return PublicationVersion(
        from_on, evidence.reference, words["clock_start"], words["last_day"], words["roll"], classes, overrides, transition, evidence.note,
        evidence.confidence,
    )  # fmt: skip


_TIME_WORDS = {
    "clock_start": ("document_determined_on", "published_on"),
    "last_day": ("corresponding",),
    "roll": ("none",),
}


def _read_class(node: Node, severity: Severity) -> PublicationClass:
    published = node.truth("published", False)
    periods = {}
    for key in ("minimum", "maximum"):
        periods[key] = node.text(key)
        if not is_period(periods[key]):
            node.fault(key, f"“{periods[key]}”不是期间。", "写成 P3M、P1Y 这样的期间。")
    note = node.text("note", "")
    node.close()
    return PublicationClass(severity, published, periods["minimum"], periods["maximum"], note)


def _read_override(node: Node) -> dict[str, str]:
    found = {"field": node.text("field"), "title": node.text("title"), "minimum": node.text("minimum")}
    if not is_period(found["minimum"]):
        node.fault("minimum", f"“{found['minimum']}”不是期间。", "写成 P3M、P1Y 这样的期间。")
    found["keywords"] = "|".join(node.texts("keywords"))
    evidence = node.evidence()
    node.close()
    return found | {"reference": evidence.reference, "note": evidence.note, "confidence": evidence.confidence.value}
