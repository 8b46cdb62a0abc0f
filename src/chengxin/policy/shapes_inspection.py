"""随机抽查事项的文件形状。``inspection_matters``: the list of what may be inspected at random."""

from __future__ import annotations

from collections.abc import Collection

from chengxin.policy.nodes import Node
from chengxin.policy.types_inspection import CheckItem, InspectionMatter


def read_matters(node: Node, fields: Collection[str]) -> tuple[InspectionMatter, ...]:
    """The matters of one file; ``fields`` are the fields of supervision that exist."""
    node.text("title")
    evidence = node.evidence()
    found = []
    for each in node.nodes("inspection_matters"):
        field = each.text("field")
        if field not in fields:
            each.fault("field", f"没有监管领域“{field}”。", f"从这些里选：{'、'.join(sorted(fields))}。")
        checks = tuple(_check_item(line) for line in each.nodes("checks"))
        if len({line.id for line in checks}) != len(checks) or not checks:
            each.fault("checks", "没有检查项，或者检查项的名称重复。", "至少写一项，每项一个名称。")
        found.append(
            InspectionMatter(
                each.text("id"),
                each.text("title"),
                field,
                each.texts("licences", required=True),
                each.texts("industries"),
                checks,
                evidence.reference,
                evidence.quote or evidence.note,
                evidence.confidence.value,
            )
        )
        each.close()
    node.close()
    return tuple(found)


def _check_item(node: Node) -> CheckItem:
    found = CheckItem(node.text("id"), node.text("title"))
    node.close()
    return found
