"""风险预警的文件形状（``warns_when``）：one file per rule, one version per decision about its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chengxin.policy.nodes import Node
from chengxin.policy.shapes_evaluation import SEVERITIES
from chengxin.policy.types import CatalogueItem
from chengxin.policy.types_evaluation import SupervisionField
from chengxin.policy.types_warnings import DECIDING_OFFICE, WarningKind, WarningRule, WarningVersion

#: The numbers that each kind needs; others are refused, so that nobody believes they count.
NUMBERS: Final[Mapping[WarningKind, tuple[str, ...]]] = {
    WarningKind.NEW_LISTING: ("days", "past_days"),
    WarningKind.PENALTY_BURST: ("days", "least", "past_days", "times_past", "quiet_days"),
    WarningKind.LICENCE_ENDING: ("days",),
    WarningKind.SHARED_PERSON: ("least",),
    WarningKind.FAILED_AGAIN: ("days", "least", "quiet_days"),
}
#: Fewer than two is no burst, no repetition, and nobody shares anything.
LEAST: Final = 2


def read_rule(node: Node, rule_id: str, catalogue: Mapping[str, CatalogueItem], supervision: Mapping[str, SupervisionField]) -> WarningRule:
    """One rule."""
    title, kind, inbox, advice = node.text("title"), node.choice("kind", WarningKind), node.text("inbox"), node.text("advice")
    items, severities = node.texts("items", required=True), node.texts("severities")
    for each in items:
        if each not in catalogue:
            node.fault("items", f"目录里没有“{each}”。", "改正名称；预警只看目录里有的事项。")
    for each in severities:
        if each not in SEVERITIES:
            node.fault("severities", f"不认识“{each}”。", f"从这些里选：{'、'.join(SEVERITIES)}。")
    if inbox != DECIDING_OFFICE and inbox not in supervision:
        node.fault(
            "inbox", f"不知道“{inbox}”是哪个部门。", f"写 {DECIDING_OFFICE}（作出记录的机关）或者一个监管领域：{'、'.join(supervision)}。"
        )
    versions = tuple(found for each in node.nodes("warns_when") if (found := _version(each, kind)) is not None)
    if [each.from_on for each in versions] != sorted({each.from_on for each in versions}):
        node.fault("warns_when", "各版没有按起始日期从早到晚排，或者同一天有两版。", "按日期排好。")
    node.close()
    numbers = tuple(catalogue[each].number for each in items if each in catalogue)
    classes = tuple(SEVERITIES[each] for each in severities if each in SEVERITIES)
    return WarningRule(rule_id, title, kind, numbers, classes, inbox, advice, versions, node.file)


def _version(node: Node, kind: WarningKind) -> WarningVersion | None:
    from_on = node.day("from")
    given = {name: node.number(name) for name in NUMBERS[kind]}
    for name, value in given.items():
        if value == 0:
            node.fault(name, "写的是零，这条规则就不起作用。", "写大于零的整数；不要这条规则的，删去文件。")
    if 0 < given.get("least", LEAST) < LEAST:
        node.fault("least", "至少要两个才算多个、多次。", "写不小于 2 的整数。")
    evidence = node.evidence()
    node.close()
    if from_on is None:
        return None
    return WarningVersion(
        from_on, given.get("days", 0), given.get("least", 0), given.get("past_days", 0), given.get("times_past", 0),
        given.get("quiet_days", 0), evidence.reference, evidence.quote, evidence.note, evidence.confidence.value,
    )  # fmt: skip
