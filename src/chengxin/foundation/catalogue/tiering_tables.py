"""分级分类和风险预警的政策页：every ratio, every window, with its basis, in tables."""

from __future__ import annotations

from typing import Final

from chengxin.foundation.catalogue.page_tables import LEVELS_OF_SEVERITY, Table, basis_cells
from chengxin.policy import PolicySet
from chengxin.policy.types_tiering import PoolScope, TieringGroup
from chengxin.policy.types_warnings import DECIDING_OFFICE, WarningKind, WarningRule, WarningVersion

SCOPES: Final = {
    PoolScope.EVERYONE: "全部法人、非法人组织和个体工商户",
    PoolScope.INDUSTRIES: "下列行业：",
    PoolScope.MATTER: "由抽查对象库确定：持有许可、使用设备的",
}


def group_tables(policy: PolicySet, group: TieringGroup) -> tuple[Table, ...]:
    """对象、各版的比例和频次。"""
    fields = {field.id: field.title for field in policy.supervision_fields}
    industries = policy.code_tables["industry"].values if "industry" in policy.code_tables else {}
    facts = [
        ("对象", SCOPES[group.scope] + "、".join(f"{industries.get(code, '')}（{code}）" for code in group.industries)),
        ("监管领域", "、".join(fields[each] for each in group.supervision)),
        ("清单里的事项", "、".join(policy.inspection_matters[each].title for each in group.matters) or "还没有"),
        ("看哪些评价", "、".join(policy.evaluation_models[each].title for each in group.models) + "；取风险较高的"),
        ("全覆盖", "涉及生命健康和公共安全，每一类都全部覆盖" if group.life_and_safety else "不适用"),
        ("风险类别是什么", "只用来安排多久抽到一次：不公开，不是处罚，不是免查的理由"),
    ]
    rows = []
    for version in reversed(group.versions):
        basis = basis_cells(policy, version.reference, version.quote or version.note, version.confidence)
        for each in version.classes.values():
            grades = [grade for grade, letter in version.by_grade.items() if letter == each.id]
            grades += ["没有等级、数据不足、个体工商户"] if each.id == version.without_grade else []
            often = (f"{each.per_mille / 10:g}%", f"{each.rounds} 轮", f"{each.most_visits} 次" if each.most_visits else "不设上限")
            rows.append((f"自 {version.from_on} 起", f"{each.id} {each.title}", "、".join(grades), *often, *basis))
    columns = ("版本", "风险类别", "评价等级", "每轮抽取", "每年", "同一主体每年至多", "依据", "说明", "核实程度")
    return Table("对象", ("项目", "内容"), tuple(facts)), Table("比例和频次：每类向上取整，没有一类是零", columns, tuple(rows))


def rule_tables(policy: PolicySet, rule: WarningRule) -> tuple[Table, ...]:
    """看什么、给谁、各版的数。"""
    fields = {field.id: field.title for field in policy.supervision_fields}
    inbox = "作出最近一条记录的机关" if rule.inbox == DECIDING_OFFICE else f"主体所在地的“{fields[rule.inbox]}”部门"
    severities = "、".join(LEVELS_OF_SEVERITY[each] for each in rule.severities)
    facts = [
        ("看哪些记录", "、".join(policy.item(each).title for each in rule.items) + (f"（{severities}）" if severities else "")),
        ("给谁", inbox),
        ("请收件部门", rule.advice),
        ("预警是什么", "提醒人去核对：不公开，不扣分，不是处罚，不得直接作为处理依据"),
    ]
    rows = []
    for version in reversed(rule.versions):
        basis = basis_cells(policy, version.reference, version.quote or version.note, version.confidence)
        rows.append((f"自 {version.from_on} 起", _said(rule.kind, version), *basis))
    return Table("规则", ("项目", "内容"), tuple(facts)), Table("什么时候预警", ("版本", "情形", "依据", "说明", "核实程度"), tuple(rows))


def _said(kind: WarningKind, version: WarningVersion) -> str:
    days, least, past = version.days, version.least, version.past_days
    quiet = f"；预警后 {version.quiet_days} 日内不再重复" if version.quiet_days else ""
    return {
        WarningKind.NEW_LISTING: f"列入不超过 {days} 日；或者最近 {days} 日才报来、列入不超过 {past} 日",
        WarningKind.PENALTY_BURST: f"{days} 日内不少于 {least} 件，而且不少于自己此前 {past} 日平均的 {version.times_past} 倍",
        WarningKind.LICENCE_ENDING: f"{days} 日内到期，而且没有查到换发的",
        WarningKind.SHARED_PERSON: f"登记在案的同一名在任责任人名下不少于 {least} 家同时在列",
        WarningKind.FAILED_AGAIN: f"{days} 日内不少于 {least} 次（按天计）检查发现问题",
    }[kind] + quiet
