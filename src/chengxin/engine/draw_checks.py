"""抽取材料的检查. What is refused before anything is sealed: afterwards a draw cannot fail, whatever the seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chengxin.engine.draw_types import LARGEST_WEIGHT, PER_MILLE, Firm, Inputs, Inspector, OfficeTask, Pool, Rule
from chengxin.kernel.refused import Refused


def check_inputs(inputs: Inputs) -> None:
    """Refused where a draw from these inputs would not be valid, or could fail once the seed is known.

    Whoever is drawn can be visited: if that were only seen after the draw, a firm with too few inspectors without conflict would be a
    draw that has to be aborted and made again, and a way to choose.
    """
    _check_rule(inputs.rule)
    _check_pool(inputs.pool, {stratum.name for stratum in inputs.rule.strata})
    twice = _twice(inspector.id for inspector in inputs.inspectors)
    if twice:
        raise Refused("draw-inspector-twice", f"检查人员名单里 {twice} 出现不止一次。", "每人只留一行，改正后重新封存。")
    _check_visits(inputs)


def _check_rule(rule: Rule) -> None:
    for stratum in rule.strata:
        if not 1 <= stratum.per_mille <= PER_MILLE:
            raise Refused(
                "draw-ratio",
                f"“{stratum.name}”层的抽查比例是千分之 {stratum.per_mille}，应在千分之 1 到千分之 1000 之间。",
                "每一层都要有可能被抽到；改正该层的抽查比例后重新封存。",
            )
    for what, names in (
        ("层", [stratum.name for stratum in rule.strata]),
        ("机关", [task.office for task in rule.offices]),
        ("出随机数的一方", [party.name for party in rule.parties]),
    ):
        if not names:
            raise Refused("draw-rule", f"抽取规则里没有{what}。", "补齐抽取规则后重新封存。")
        if twice := _twice(names):
            raise Refused("draw-rule", f"抽取规则里{what}“{twice}”出现不止一次。", "只留一个，改正后重新封存。")
    if any(task.inspectors < 1 for task in rule.offices):
        raise Refused("draw-rule", "抽取规则里有机关不派检查人员。", "每个机关至少派一人，改正后重新封存。")
    if rule.public_due_at <= rule.reveal_due_at:
        raise Refused(
            "draw-public-too-early",
            "公开随机数在各方开封截止以前就能知道，最后开封的一方可以挑选结果。",
            "改用开封截止以后才产生的公开随机数。",
        )


def _check_pool(pool: Pool, strata: set[str]) -> None:
    if not pool.firms:
        raise Refused("draw-pool-empty", "抽查对象名单是空的。", "检查计划的事项、区域和行业范围。")
    if len({firm.code for firm in pool.firms}) != len(pool.firms):
        twice = _twice(firm.code for firm in pool.firms)
        raise Refused("draw-firm-twice", f"抽查对象名单里 {twice} 出现不止一次，它被抽中的机会会变大。", "每户只留一行，改正后重新封存。")
    for firm in pool.firms:
        if not 1 <= firm.weight <= LARGEST_WEIGHT:
            raise Refused(
                "draw-weight",
                f"{firm.code} 的权重不是 1 到 {LARGEST_WEIGHT} 的整数。",
                "权重为零就永远抽不到；在政策里补上权重后重新封存。",
            )
        if firm.stratum not in strata:
            raise Refused(
                "draw-stratum-unknown", f"{firm.code} 属于“{firm.stratum}”层，规则里没有这一层的抽查比例。", "在规则里补上该层的比例。"
            )
    if twice := _twice(row.code for row in pool.excluded):
        raise Refused("draw-excluded-twice", f"排除名单里 {twice} 出现不止一次。", "每户只留一行，改正后重新封存。")
    codes = {firm.code for firm in pool.firms}
    for row in pool.excluded:
        if row.code in codes:
            raise Refused("draw-excluded-in-pool", f"{row.code} 既在抽查对象名单里，又在排除名单里。", "只留在其中一份里，改正后重新封存。")


def _twice(names: Iterable[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")


def meets(inspector: Inspector, task: OfficeTask, area: str) -> bool:
    """Whether the inspector is of the office, licensed, of the field and responsible for the area. Conflicts are not looked at."""
    return (
        inspector.office == task.office
        and set(task.licences) <= set(inspector.licences)
        and set(task.fields) <= set(inspector.fields)
        and (not inspector.areas or not area or area.startswith(inspector.areas))
    )


class Eligible(NamedTuple):
    """可派的检查人员 of an office for a firm. ``barred``: the set that must not come again as a whole, empty where there is none."""

    ids: tuple[str, ...]
    barred: frozenset[str]


def qualified_inspectors(inputs: Inputs) -> dict[tuple[str, str], list[Inspector]]:
    """具备资格的检查人员 by office and area, conflicts not looked at."""
    areas = {firm.area for firm in inputs.pool.firms}
    return {
        (task.office, area): [inspector for inspector in inputs.inspectors if meets(inspector, task, area)]
        for task in inputs.rule.offices
        for area in areas
    }


def eligible_inspectors(firm: Firm, task: OfficeTask, qualified: Sequence[Inspector], rotation: bool) -> Eligible:
    """Who of the ``qualified`` may visit the firm. Refused where fewer are left than must come."""
    ids = tuple(inspector.id for inspector in qualified if firm.code not in inspector.conflicts)
    last = frozenset(firm.last) & {inspector.id for inspector in qualified} if rotation else frozenset()
    barred = last if len(last) == task.inspectors and last <= set(ids) else frozenset()
    if len(ids) < task.inspectors + bool(barred):
        raise _too_few(firm, task, len(qualified), len(ids), bool(barred))
    return Eligible(ids, barred)


def _check_visits(inputs: Inputs) -> None:
    qualified = qualified_inspectors(inputs)
    in_conflict = {code for inspector in inputs.inspectors for code in inspector.conflicts}
    for task in inputs.rule.offices:
        for firm in inputs.pool.firms:
            candidates = qualified[task.office, firm.area]
            if len(candidates) <= task.inspectors or firm.code in in_conflict:  # with one more and no conflict there are always enough
                eligible_inspectors(firm, task, candidates, inputs.rule.rotation)


def _too_few(firm: Firm, task: OfficeTask, qualified: int, eligible: int, is_set_barred: bool) -> Refused:
    said = f"{firm.code} 的检查：“{task.office}”具备资格的检查人员 {qualified} 人"
    if is_set_barred:
        return Refused(
            "draw-too-few-inspectors",
            f"{said}，正是上次检查该户的人，轮换以后不够 {task.inspectors} 人。",
            "增加检查人员，或者在规则里不要求轮换，然后重新封存。",
        )
    if qualified >= task.inspectors:
        mend = "补充没有回避关系的检查人员，或者改由其他机关检查该户，然后重新封存。"
        return Refused("draw-inspector-in-conflict", f"{said}，其中 {qualified - eligible} 人应当回避，不够 {task.inspectors} 人。", mend)
    return Refused(
        "draw-too-few-inspectors", f"{said}，不够 {task.inspectors} 人。", "补充有相应执法证、领域和区域的检查人员，然后重新封存。"
    )


def check_no_conflict(firm: str, inspectors: Sequence[Inspector]) -> None:
    """Refused if one of them must not visit the firm: for replacements after the draw, which no lot decides."""
    for inspector in inspectors:
        if firm in inspector.conflicts:
            raise Refused(
                "draw-inspector-in-conflict",
                f"检查人员 {inspector.id} 与 {firm} 有回避关系，不能检查该户。",
                "换一名没有回避关系的检查人员。",
            )
