"""评价方法的政策页：everything that one needs to work out a grade by hand, in tables."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from chengxin.foundation.catalogue import tiering_tables
from chengxin.foundation.catalogue.page_tables import LEVELS_OF_SEVERITY, Table, basis_cells
from chengxin.foundation.catalogue.procedure_tables import procedure_tables
from chengxin.policy import PolicySet
from chengxin.policy.types import Outcome
from chengxin.policy.types_evaluation import EvaluationModel, Indicator

OUTCOMES: Final = {
    Outcome.PASSED: "未发现问题",
    Outcome.RECTIFIED: "发现问题，已责令改正",
    Outcome.FAILED: "发现问题",
    Outcome.UNREACHABLE: "无法联系",
    Outcome.FULFILLED: "已履行",
    Outcome.BROKEN: "违约",
    Outcome.PERFORMING: "履行中",
    Outcome.UNDECIDED: "无法判断",
    Outcome.UNCOOPERATIVE: "不配合",
}


def tables_of_method(policy: PolicySet, policy_id: str) -> tuple[Table, ...]:
    """The tables of a policy of this chapter; none if it is another's."""
    if policy_id == "supervision_fields":
        return (supervision_table(policy),)
    if policy_id == "inspection_matters":
        return (matters_table(policy),)
    if policy_id in policy.tiering_groups:
        return tiering_tables.group_tables(policy, policy.tiering_groups[policy_id])
    if policy_id in policy.procedures:
        return procedure_tables(policy, policy.procedures[policy_id])
    if policy_id in policy.warning_rules:
        return tiering_tables.rule_tables(policy, policy.warning_rules[policy_id])
    model = policy.evaluation_models.get(policy_id)
    return model_tables(policy, model) if model else ()


def model_tables(policy: PolicySet, model: EvaluationModel) -> tuple[Table, ...]:
    """维度、指标、等级、直接判级、观察次数的处理。"""
    titles = {each.id: each.title for each in model.dimensions}
    dimensions = [(each.title, str(each.points), str(each.start)) for each in model.dimensions]
    indicators = [
        (
            titles.get(each.dimension, ""),
            each.title,
            _counted(policy, each),
            _points(each),
            _fading(each),
            _limits(policy, each),
            *basis_cells(policy, each.reference, each.quote or each.note, each.confidence),
        )
        for each in model.indicators
    ]
    grades = [(each.id, each.title, f"{each.least} 分以上") for each in model.grades]
    grades.append(("N", "数据不足", f"计入评价的记录少于 {model.insufficient_below} 条"))
    floors = [(each.title, next(g.title for g in model.grades if g.id == each.grade)) for each in model.floors]
    found = [
        Table("维度", ("维度", "分值", "起评分"), tuple(dimensions)),
        Table("指标", ("维度", "指标", "计哪些记录", "分值", "随时间", "上限和折算", "依据", "说明", "核实程度"), tuple(indicators)),
        Table("等级", ("代号", "等级", "条件"), tuple(grades)),
    ]
    if floors:
        found.append(Table("直接判级", ("情形", "等级"), tuple(floors)))
    if model.relief:
        rows = [(str(n), *(str(model.relief[n, k]) if k <= n else "" for k in range(1, 6))) for n in _few(model)]
        found.append(
            Table("观察次数少时返还的分（每扣 1 分返还多少毫分）", ("观察次数", *(f"查出 {k} 次" for k in range(1, 6))), tuple(rows))
        )
    return tuple(found)


def supervision_table(policy: PolicySet) -> Table:
    """监管领域。"""
    rows = tuple((each.title, "、".join(each.names_contain)) for each in policy.supervision_fields)
    return Table("监管领域", ("领域", "机关名称含有"), rows)


def matters_table(policy: PolicySet) -> Table:
    """随机抽查事项。"""
    fields = {each.id: each.title for each in policy.supervision_fields}
    rows = tuple(
        (
            each.title,
            fields.get(each.field, each.field),
            "、".join(each.licences),
            "、".join(each.industries) or "各行业",
            "、".join(line.title for line in each.checks),
            *basis_cells(policy, each.reference, each.note, each.confidence),
        )
        for each in policy.inspection_matters.values()
    )
    return Table("随机抽查事项", ("事项", "监管领域", "检查人员的执法领域", "行业", "检查项", "依据", "说明", "核实程度"), rows)


def indicator_cells(policy: PolicySet, each: Indicator) -> dict[str, str]:
    """What an indicator counts, gives or takes, how it fades, where it ends, in words."""
    return {"counts": _counted(policy, each), "points": _points(each), "fading": _fading(each), "limits": _limits(policy, each)}


def _few(model: EvaluationModel) -> list[int]:
    return [n for n in (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 60) if n <= model.most_observations]


def _counted(policy: PolicySet, each: Indicator) -> str:
    if each.fact:
        return "登记状况"
    if not each.item:
        return "本市还没有归集：不加分也不扣分"
    fields = {field.number: field.title for field in policy.supervision_fields}
    said = policy.item(each.item).title
    said += f"（{'、'.join(fields[number] for number in each.supervision)}）" if each.supervision else ""
    return said + ("，行为有效期内" if each.in_force else "")


def _points(each: Indicator) -> str:
    said = []
    for line in each.points:
        which = LEVELS_OF_SEVERITY.get(line.severity, "") or (OUTCOMES[Outcome(line.outcome)] if line.outcome else "每条")
        said.append(f"{which} {line.points:+d}")
    return "，".join(said)


def _fading(each: Indicator) -> str:
    said = [f"计近 {each.window_months} 个月"] if each.window_months else []
    begun = 0
    for value, run in groupby(each.decay):
        months = len(list(run))
        said.append(f"第 {begun + 1}–{begun + months} 个月按 {value / 10:g}%")
        begun += months
    return "，".join(said) or "计入评价期间"


def _limits(policy: PolicySet, each: Indicator) -> str:
    said = [f"合计至多 {each.cap:+d}"] if each.cap is not None else []
    if each.exposure:
        said.append(f"{policy.item(each.exposure.item).title}超过 {each.exposure.reference} 次的按次数折算")
    if each.few_observations:
        said.append("观察次数少的按可信下限")
    return "；".join(said)
