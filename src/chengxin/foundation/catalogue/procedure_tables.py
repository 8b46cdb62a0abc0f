"""程序的政策页：states, steps, people, clocks and documents of a procedure, so that one can see what comes next and who decides."""

from __future__ import annotations

from chengxin.foundation.catalogue.page_tables import Table, basis_cells
from chengxin.policy import PolicySet
from chengxin.policy.types_procedures import ClockRule, Procedure, StepRule


def procedure_tables(policy: PolicySet, procedure: Procedure) -> tuple[Table, ...]:
    """各方、步骤、期限、材料。"""
    basis = basis_cells(policy, procedure.reference, procedure.quote or procedure.note, procedure.confidence.value)
    facts = [
        ("依据", basis[0]),
        ("说明", basis[1]),
        ("核实程度", basis[2]),
        ("回避", "同一个人在一个案件里只能是一方，由数据库的约束保证"),
        ("逾期", "期限届满只提醒，不自动作出任何决定"),
    ]
    parts = [(each.title, "、".join(who.label for who in each.who)) for each in procedure.parts.values()]
    steps = [_step(procedure, each) for each in (procedure.opening, *procedure.steps)]
    found = [Table("程序", ("项目", "内容"), tuple(facts)), Table("各方", ("一方", "由谁担任"), tuple(parts))]
    found.append(Table("步骤", ("步骤", "从", "到", "由谁", "要写明的", "要有的材料"), tuple(steps)))
    if procedure.clocks:
        clocks = [_clock(policy, procedure, each) for each in procedure.clocks]
        found.append(Table("期限", ("期限", "起算", "截止", "天数", "暂停"), tuple(clocks)))
    if procedure.documents:
        found.append(
            Table(
                "材料",
                ("材料", "由谁提交", "说明"),
                tuple(
                    (each.title + _only(procedure, each.shown_to), _by(procedure, each.by), each.hint)
                    for each in procedure.documents.values()
                ),
            )
        )
    return tuple(found)


def _only(procedure: Procedure, parts: tuple[str, ...]) -> str:
    return f"（只给{'、'.join(procedure.parts[each].title for each in parts)}看）" if parts else ""


def _by(procedure: Procedure, parts: tuple[str, ...]) -> str:
    return "、".join(procedure.parts[each].title for each in parts) or "各方"


def _step(procedure: Procedure, step: StepRule) -> tuple[str, ...]:
    asks = "、".join(each.title + _only(procedure, each.shown_to) for each in step.asks) + (
        "；不利决定须写明的全部内容，附送达证明" if step.adverse else ""
    )
    before = "、".join(procedure.states[each].title for each in step.from_states) or "（开始）"
    documents = "、".join(procedure.documents[each].title for each in step.documents)
    return (step.title, before, procedure.states[step.to].title, procedure.parts[step.by].title, asks, documents)


def _clock(policy: PolicySet, procedure: Procedure, clock: ClockRule) -> tuple[str, ...]:
    def states(ids: tuple[str, ...]) -> str:
        return "、".join(procedure.states[each].title for each in ids)

    return (clock.title, states(clock.starts), states(clock.stops), policy.parameters[clock.days].title, states(clock.pauses) or "不暂停")
