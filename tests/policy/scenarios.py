"""读场景。Scenarios that an official can write: 给定 (what was handed in), 当 (one thing that happens), 则 (what must follow).

YAML may name catalogue items and fields by their Chinese titles, the verbs of the policy, and the answers below; nothing inside the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from chengxin.foundation.records.facts import Facts, facts_of
from chengxin.foundation.records.publication_period import earliest_restoration
from chengxin.foundation.records.standing import Act, HoldSpan, Period, Standing, standing_of
from chengxin.foundation.records.terms import day_published
from chengxin.foundation.records.types import ActVerb, SeverityCode, Surface
from chengxin.kernel.instants import FOREVER, SHANGHAI, Instant, date_of, start_of_day
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem
from chengxin.rights.restoration.rules import Beside, Penalised, Way, market_regulation_route, way_of

FOLDER = Path(__file__).parent
#: Folders of scenarios about procedures, which ``case_scenarios`` reads.
CASEWORK = "casework"
#: Folder of scenarios of answers about persons in office: ``test_official_scenarios``.
OFFICIALS = "officials"
#: Folders of scenarios that ``eligibility_scenarios`` walks.
ELIGIBILITY = "eligibility"
SURFACES = {"公示": Surface.PUBLIC, "共享": Surface.SHARED, "计入评价": Surface.COUNTED, "行为有效": Surface.EFFECTIVE}
_WAYS = {Way.APPLICATION: "在这里申请", Way.REMOVAL: "消除情形后申请移出", Way.COURT: "由法院办理", Way.NONE: "没有规定"}
YES, NO, NEVER, OPEN = "是", "否", "从不", "长期"
#: What a row needs besides what the scenario says; a scenario may say otherwise.
USUAL = {"行政相对人类别": "法人及非法人组织", "处罚有效期": "2099-12-31", "有效期自": "", "当前状态": "1"}


@dataclass(frozen=True)
class Scenario:
    """一个场景。"""

    file: str
    name: str
    clause: str
    given: Mapping[str, Any]
    when: Mapping[str, Any]
    then: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}：{self.name}"


@dataclass(frozen=True)
class World:
    """What a scenario comes to: the facts, the standing after what happened, and the moment at which one looks."""

    policy: PolicySet
    facts: Facts
    standing: Standing
    at: Instant
    words: str
    row: Mapping[str, str]


def scenarios() -> Iterator[Scenario]:
    """All scenarios of all files."""
    elsewhere = {CASEWORK, OFFICIALS, ELIGIBILITY}
    for path in sorted(each for each in FOLDER.rglob("*.yaml") if not elsewhere & set(each.relative_to(FOLDER).parts)):
        for each in yaml.safe_load(path.read_text(encoding="utf-8")):
            unknown = set(each) - {"场景", "条款", "给定", "当", "则"}
            if unknown or not each.get("则") or not each.get("条款"):
                raise ValueError(f"{path.name}：“{each.get('场景')}”要有 场景、条款、给定、当、则；不认识 {unknown}")
            yield Scenario(str(path.relative_to(FOLDER)), each["场景"], each["条款"], each["给定"], each.get("当") or {}, each["则"])


def world_of(scenario: Scenario, policy: PolicySet) -> World:
    """Work the scenario out."""
    item = next(item for item in policy.catalogue.values() if item.title == scenario.given["事项"])
    row = _row(item, scenario.given["字段"])
    facts = facts_of(row, item, policy, _instant(scenario.given["报送"]))
    acts, holds = _happened(scenario.when)
    at = _instant(scenario.when.get("到", scenario.given["报送"]))
    return World(policy, facts, standing_of(facts, acts, holds, policy), at, row.get(item.roles.get("title", ""), ""), row)


def answer(world: World, question: str) -> str:
    """What is so, in the words that a 则 line uses."""
    if question in _ANSWERS:
        return _ANSWERS[question](world)
    surface, _, _rest = question.partition("截止")
    if surface in SURFACES and question == f"{surface}截止":
        return _last_day(world.standing.periods[SURFACES[surface]])
    if question in SURFACES:
        return YES if world.standing.periods[SURFACES[question]].holds(world.at) else NO
    raise ValueError(f"“则”里不认识“{question}”，可以写：{'、'.join([*SURFACES, *(f'{name}截止' for name in SURFACES), *_ANSWERS])}")


def _row(item: CatalogueItem, said: Mapping[str, Any]) -> dict[str, str]:
    titles = {field.title: field.code for field in item.fields}
    unknown = set(said) - set(titles)
    if unknown:
        raise ValueError(f"“{item.title}”没有字段 {unknown}")
    usual = {titles[title]: value for title, value in USUAL.items() if title in titles}
    return usual | {titles[title]: str(value) for title, value in said.items() if value is not None}


def _happened(when: Mapping[str, Any]) -> tuple[list[Act], list[HoldSpan]]:
    """One step: 到 (only time passes), or 撤回, 修复, 认定, 暂停 at a moment."""
    steps = set(when) - {"到"}
    if not steps:
        return [], []
    (verb,) = steps
    said = when[verb]
    at = _instant(said["于"])
    if verb == "撤回":
        return [Act(ActVerb.WITHDRAWN, at, at)], []
    if verb == "修复":
        return [Act(ActVerb.RESTORED, at, at)], []
    if verb == "认定":
        return [Act(ActVerb.SEVERITY_STATED, at, at, SeverityCode.stated(said["程度"]))], []
    if verb == "暂停":
        until = _instant(said["至"]) if "至" in said else FOREVER
        return [], [HoldSpan(frozenset(SURFACES[name] for name in said["停止"]), at, until)]
    raise ValueError(f"“当”里不认识“{verb}”")


def _instant(said: date | datetime | str) -> Instant:
    """A day means its office hours (ten o'clock); a moment is taken as it stands, in Asia/Shanghai."""
    if isinstance(said, str):
        said = datetime.fromisoformat(said)
    if isinstance(said, datetime):
        return int(said.replace(tzinfo=said.tzinfo or SHANGHAI).timestamp())
    return start_of_day(said) + 36_000


def _last_day(period: Period) -> str:
    if not period.until_at:
        return NEVER
    return OPEN if period.until_at >= FOREVER else date_of(period.until_at - 1).isoformat()


def _on_time(world: World) -> str:
    if world.facts.due_on is None:
        return "不计"
    if date_of(world.facts.received_at) <= world.facts.due_on:
        return YES
    return "不计" if world.facts.due_provisional else NO


def _earliest(world: World) -> str:
    found = earliest_restoration(
        world.policy,
        world.facts.decided_on,
        day_published(world.facts),
        world.standing.severity,
        words=world.words,
        as_of=date_of(world.at),
    )
    return found.on.isoformat() if found else NEVER


def _market(world: World) -> Beside | None:
    roles, row = world.facts.item.roles, world.row
    authority, code, kinds = (row.get(roles.get(role, ""), "") for role in ("authority_name", "authority_code", "penalty_kinds"))
    kind = world.policy.department_kind(authority, code)
    return market_regulation_route(Penalised(kind, day_published(world.facts), kinds, world.words, world.standing.severity), world.policy)


def _market_day(world: World, which: str) -> str:
    found = _market(world)
    return NEVER if found is None or getattr(found, which) is None else getattr(found, which).isoformat()


_ANSWERS: Mapping[str, Callable[[World], str]] = {
    "失信程度": lambda world: world.standing.severity.label or "不分",
    "暂定": lambda world: YES if world.standing.severity_provisional else NO,
    "缘由": lambda world: world.standing.because.label,
    "报送期限": lambda world: world.facts.due_on.isoformat() if world.facts.due_on else "不计",
    "期限暂定": lambda world: YES if world.facts.due_provisional else NO,
    "按时": _on_time,
    "最早可修复": _earliest,
    "修复途径": lambda world: _WAYS[way_of(world.facts.item, world.policy, date_of(world.at))[0]],
    "市监最早": lambda world: _market_day(world, "earliest_on"),
    "市监最晚": lambda world: _market_day(world, "latest_on"),
}
