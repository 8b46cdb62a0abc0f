"""读办案的场景。程序, 经过 (steps by their titles, who, on which day), 则 (what follows): words of the policy files, none of the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chengxin.casework.clocks import clocks_of
from chengxin.casework.types import StepTaken
from chengxin.kernel.instants import start_of_day
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import DocumentKind, Part, Procedure, StepRule
from tests.policy.scenarios import CASEWORK, FOLDER, NO, YES

_KEYS = {"场景", "条款", "程序", "经过", "则"}


@dataclass(frozen=True)
class CaseScenario:
    """一个办案场景。"""

    file: str
    name: str
    clause: str
    procedure: str
    way: Sequence[Mapping[str, Any]]
    then: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}：{self.name}"


def case_scenarios() -> Iterator[CaseScenario]:
    """All of them."""
    for path in sorted(each for each in Path(FOLDER).rglob("*.yaml") if CASEWORK in each.parts):
        for each in yaml.safe_load(path.read_text(encoding="utf-8")):
            if set(each) != _KEYS or not each["经过"] or not each["则"]:
                raise ValueError(f"{path.name}：“{each.get('场景')}”要有 {'、'.join(sorted(_KEYS))}")
            yield CaseScenario(path.name, each["场景"], each["条款"], each["程序"], each["经过"], each["则"])


def what_follows(scenario: CaseScenario, policy: PolicySet) -> dict[str, Any]:
    """What 则 asks for, as it is."""
    rule = next(each for each in policy.procedures.values() if each.title == scenario.procedure)
    steps: list[StepTaken] = []
    state = ""
    for place, said in enumerate(scenario.way):
        step = _step(rule, said["步骤"], state)
        if rule.parts[step.by].title != said["由"]:
            raise ValueError(f"“{step.title}”由{rule.parts[step.by].title}办理，不是{said['由']}")
        steps.append(StepTaken(place, step.verb, state, step.to, step.by, start_of_day(said["于"]) + 9 * 3600))
        state = step.to
    return {question: _answer(question, asked, rule, steps, state, policy) for question, asked in scenario.then.items()}


def _step(rule: Procedure, title: str, state: str) -> StepRule:
    among = rule.steps_from(state) if state else (rule.opening,)
    found = next((each for each in among if each.title == title), None)
    if found is None:
        raise ValueError(f"在“{rule.states[state].title if state else '开始'}”不能“{title}”")
    return found


def _answer(question: str, asked: Any, rule: Procedure, steps: list[StepTaken], state: str, policy: PolicySet) -> Any:
    if question == "状态":
        return rule.states[state].title
    if question == "办结":
        return YES if rule.states[state].closed else NO
    if question == "可以办":
        return [each.title for each in rule.steps_from(state)]
    if question == "不能":
        return [each for each in asked if each not in {step.title for step in rule.steps_from(state)} and _known(rule, each)]
    if question == "由谁办":
        return {title: rule.parts[_known(rule, title).by].title for title in asked}
    if question == "期限":
        return {each.title: each.due_on for each in clocks_of(rule, steps, policy) if each.title in asked}
    if question == "看不到姓名的":
        return [
            part.title for part in rule.parts.values() if all(part.id not in each.shown_to for each in rule.opening.asks if each.shown_to)
        ]
    if question == "可以是谁":
        return {title: [who.label for who in _part(rule, title).who] for title in asked}
    if question == "可以交":
        return {title: [kind.title for kind in rule.kinds_of(_part(rule, title).id)] for title in asked}
    if question == "看不到的材料":
        return {title: [each.title for each in rule.documents.values() if _hidden(each, _part(rule, title))] for title in asked}
    raise ValueError(f"“则”里不认识“{question}”")


def _part(rule: Procedure, title: str) -> Part:
    return next(each for each in rule.parts.values() if each.title == title)


def _hidden(kind: DocumentKind, part: Part) -> bool:
    return bool(kind.shown_to) and part.id not in kind.shown_to


def _known(rule: Procedure, title: str) -> StepRule:
    return next(each for each in rule.steps if each.title == title)
