"""分级分类的文件形状（``risk_classes``）：one file per group of inspection matters, one version per decision about its ratios.

Refused: a ratio of zero (nobody is spared altogether), a class of higher risk that is drawn less, less than everyone where life and
safety are at stake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from chengxin.policy.nodes import Node, Reading
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel, SupervisionField
from chengxin.policy.types_tiering import PER_MILLE, RISK_CLASSES, PoolScope, RiskClass, TieringGroup, TieringVersion


def read_group(
    node: Node,
    group_id: str,
    models: Mapping[str, EvaluationModel],
    supervision: Mapping[str, SupervisionField],
    before: TieringGroup | None = None,
) -> TieringGroup:
    """One group of matters; ``before``: what an earlier layer says of it, full coverage stays full."""
    title, scope = node.text("title"), node.choice("scope", PoolScope)
    industries, fields, named = node.texts("industries"), node.texts("supervision", required=True), node.texts("models", required=True)
    matters, whole = node.texts("matters"), node.truth("life_and_safety", False)
    if before is not None and before.life_and_safety and not whole:
        node.fault(
            "life_and_safety", f"前一层（{before.path}）规定全覆盖，这里不再全覆盖。", "保留 life_and_safety: true；后一层只能收紧。"
        )
    if (scope is PoolScope.INDUSTRIES) != bool(industries):
        node.fault("industries", "对象范围和行业对不上。", "scope: industries 的写明 industries，其他的不写。")
    for each in fields:
        if each not in supervision:
            node.fault("supervision", f"没有监管领域“{each}”。", f"从这些里选：{'、'.join(supervision)}。")
    for each in named:
        if each not in models:
            node.fault("models", f"没有评价模型“{each}”。", f"从这些里选：{'、'.join(models)}。")
    grades = {grade.id for each in named if each in models for grade in models[each].grades}
    versions = tuple(found for each in node.nodes("risk_classes") if (found := _version(each, grades, whole)) is not None)
    if [each.from_on for each in versions] != sorted({each.from_on for each in versions}):
        node.fault("risk_classes", "各版没有按起始日期从早到晚排，或者同一天有两版。", "按日期排好。")
    node.close()
    return TieringGroup(group_id, title, scope, industries, matters, fields, named, whole, versions, node.file)


def check_matters(groups: Mapping[str, TieringGroup], matters: Collection[str], reading: Reading) -> None:
    """Every matter on the list belongs to exactly one group: else nobody could say how often it is drawn."""
    owners = [(matter, group) for group in groups.values() for matter in group.matters]
    for matter, group in owners:
        if matter not in matters:
            reading.add(group.path, "matters", f"随机抽查事项清单里没有“{matter}”。", "改正名称，或先列入清单。")
        elif sum(each == matter for each, _ in owners) > 1:
            reading.add(group.path, "matters", f"“{matter}”写在不止一个类别里。", "每个事项只归一个类别。")
    for matter in sorted(set(matters) - {each for each, _ in owners}):
        reading.add("during_event/tiering", "matters", f"随机抽查事项“{matter}”没有归入任何类别。", "在一个类别的 matters 里写上它。")


def _version(node: Node, grades: set[str], whole: bool) -> TieringVersion | None:
    from_on, without = node.day("from"), node.text("without_grade")
    classes = {each.id: each for each in _classes(node, whole)}
    if without not in classes:
        node.fault("without_grade", f"没有风险类别“{without}”。", "写 classes 里的一类：没有等级的按它抽取。")
    by_grade = _by_grade(node, grades, set(classes))
    evidence = node.evidence()
    node.close()
    if from_on is None:
        return None
    return TieringVersion(from_on, by_grade, without, classes, evidence.reference, evidence.quote, evidence.note, evidence.confidence.value)


def _by_grade(node: Node, grades: set[str], classes: set[str]) -> dict[str, str]:
    given = node.node("by_grade")
    if given is None:
        node.fault("by_grade", "没有写明等级怎样对应风险类别。", "写成 by_grade: {A: A, B: B}，每个等级一项。")
        return {}
    found = {}
    for grade in given.keys():  # noqa: SIM118
        found[grade] = given.text(grade)
        if grade == NOT_ENOUGH:
            given.fault(grade, "“数据不足”不能对应另外的类别。", "删去这一项：数据不足的一律按 without_grade 的普通类别抽取。")
        if found[grade] not in classes:
            given.fault(grade, f"没有风险类别“{found[grade]}”。", "写 classes 里的一类。")
    for grade in sorted(grades - set(found)):
        given.fault(grade, f"等级 {grade} 没有对应的风险类别。", "评价模型里的每个等级都要写。")
    return found


def _classes(node: Node, whole: bool) -> list[RiskClass]:
    found = [_class(each, whole) for each in node.nodes("classes")]
    if [each.id for each in found] != list(RISK_CLASSES):
        node.fault("classes", "风险类别应当恰好是 A、B、C、D 四类，从低到高排。", "补齐四类并排好。")
    for lower, higher in pairwise(found):
        if higher.per_mille * higher.rounds < lower.per_mille * lower.rounds:
            node.fault(
                "classes", f"风险较高的 {higher.id} 类全年抽得比 {lower.id} 类少。", "风险高的不少于风险低的：调整 per_mille 或 rounds。"
            )
    return found


def _class(node: Node, whole: bool) -> RiskClass:
    found = RiskClass(node.text("id"), node.text("title"), node.number("per_mille"), node.number("rounds"), node.number("most_visits", 0))
    if found.per_mille == 0:
        node.fault("per_mille", f"{found.id} 类的抽查比例是零，等于免查。", "人人都可能被抽到：写 1 到 1000 的千分数，最低写 1。")
    if found.per_mille > PER_MILLE:
        node.fault("per_mille", f"{found.id} 类的抽查比例超过全部。", "写不超过 1000 的千分数；要多查的，增加每年的轮数（rounds）。")
    if whole and found.per_mille != PER_MILLE:
        node.fault("per_mille", f"涉及生命健康和公共安全的，{found.id} 类也要全覆盖。", "写 1000；确不涉及的，去掉 life_and_safety。")
    if found.rounds == 0:
        node.fault("rounds", f"{found.id} 类一年抽取零轮，等于免查。", "写每年抽取几轮，至少 1。")
    if found.most_visits and found.most_visits < found.rounds and found.per_mille == PER_MILLE:
        node.fault("most_visits", f"{found.id} 类每轮都查，次数上限却少于轮数。", "提高 most_visits，或者减少 rounds。")
    node.close()
    return found
