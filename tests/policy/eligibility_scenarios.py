"""读参评资格的场景。经过 (what was done on which day, by its people), 则 (asked on which day about which day, and the answer).

Everything is done through the services, by people with accounts, as on the pages; the words are those of the scenario only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from chengxin.access.caller import Caller
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case
from chengxin.casework.services import open_case
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant, date_of
from chengxin.rights.eligibility.services import check_offices
from chengxin.rights.eligibility.types import Answer
from tests.harness.breaches import FINDING, Above, a_breach_town, find, order, record_in, step
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, acting, morning, restored
from tests.policy.scenarios import ELIGIBILITY, FOLDER, NO, YES

_KEYS: Final = {"场景", "条款", "经过", "则"}


@dataclass(frozen=True)
class EligibilityScenario:
    """一个参评资格的场景。"""

    file: str
    name: str
    clause: str
    way: Sequence[Mapping[str, Any]]
    then: Sequence[Mapping[str, Any]]

    def __str__(self) -> str:
        return f"{self.file}：{self.name}"


def eligibility_scenarios() -> Iterator[EligibilityScenario]:
    """All of them."""
    for path in sorted(each for each in FOLDER.rglob("*.yaml") if ELIGIBILITY in each.relative_to(FOLDER).parts):
        for each in yaml.safe_load(path.read_text(encoding="utf-8")):
            if set(each) != _KEYS or not each["经过"] or not each["则"]:
                raise ValueError(f"{path.name}：“{each.get('场景')}”要有 {'、'.join(sorted(_KEYS))}")
            yield EligibilityScenario(path.name, each["场景"], each["条款"], each["经过"], each["则"])


@dataclass
class World:
    """The office, those above it, and what came of it so far."""

    town: Town
    above: Above
    deciding: tuple[Account, Account]
    breaches: list[Case] = field(default_factory=list)
    objection: Case | None = None

    @property
    def record(self) -> Record:
        """The first breach, which objections and restorations are about."""
        return record_in(self.breaches[0])


def a_world(at: Instant) -> World:
    """A market regulator, the credit office above it with two people who decide, and the government above that."""
    town, above = a_breach_town(at, decided_on=date_of(at))
    deciding = (
        add_account(username="修复经办", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=at),
        add_account(username="修复复核", department=town.credit_office, role=Role.REVIEWER, password=PASSWORD, at=at),
    )
    return World(town, above, deciding)


def walk(scenario: EligibilityScenario) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Everything that happens and is asked, in the order of the days; (question, what was answered to it)."""
    first = morning(min(each["于"] for each in scenario.way)) - 20 * 86_400
    world = a_world(first)
    happens = [(each["于"], 0, place, each) for place, each in enumerate(scenario.way)]
    happens += [(each["于"], 1, place, each) for place, each in enumerate(scenario.then)]
    for day, asks, _, said in sorted(happens, key=lambda each: each[:3]):
        at = morning(day) + (3600 if asks else 0)
        if asks:
            yield said, _answered(world, said, at)
        else:
            _DONE[said["办理"]](world, at, said)


def _answered(world: World, said: Mapping[str, Any], at: Instant) -> dict[str, Any]:
    code = code_of(77, "11370900MB") if said.get("单位") == "没有登记的" else world.town.office.code
    caller = Caller(world.above.government)
    (answer,) = check_offices(codes=[code], as_of=said["问"], matter="年度表彰", caller=caller, at=at).answers
    return {key: _said(answer, key) for key in said if key not in {"问", "于", "单位"}}


def _said(answer: Answer, key: str) -> Any:
    first = answer.reasons[0] if answer.reasons else None
    known: Mapping[str, Any] = {
        "答": answer.outcome.label,
        "供参考": len(answer.notes),
        "起": first.since if first else None,
        "止": first.until if first else None,
        "文书号": first.document_number if first else None,
        "有争议": YES if first and first.disputed else NO,
    }
    return known[key]


def _order(world: World, at: Instant, said: Mapping[str, Any]) -> None:
    order(world.town, at)


def _breach(world: World, at: Instant, said: Mapping[str, Any]) -> None:
    number = said.get("文书号", FINDING["document_number"])
    world.breaches.append(find(world.town, world.above, at, document_number=number))


def _object(ground: str) -> Callable[[World, Instant, Mapping[str, Any]], None]:
    def done(world: World, at: Instant, said: Mapping[str, Any]) -> None:
        about, texts = About("record", str(world.record.pk)), {"ground": ground, "facts": "已经兑现，有凭证"}
        world.objection = open_case(procedure="objection", about=about, actor=acting(world.town.clerk, at), texts=texts, at=at)

    return done


def _verify(world: World, at: Instant, said: Mapping[str, Any]) -> None:
    assert world.objection is not None
    step(world.objection, "verify", world.deciding[0], at, finding="wrong", because="核对凭证")


def _revoke(world: World, at: Instant, said: Mapping[str, Any]) -> None:
    assert world.objection is not None
    step(world.objection, "revoke", world.above.judge, at, document_number="泰政异〔2026〕1号", because="认定以前已经兑现")


def _restore(world: World, at: Instant, said: Mapping[str, Any]) -> None:
    restored(world.record, world.town.clerk, *world.deciding, at)


_DONE: Final[Mapping[str, Callable[[World, Instant, Mapping[str, Any]], None]]] = {
    "责令整改": _order,
    "认定失信": _breach,
    "提出异议": _object("wrong_content"),
    "异议说不是自己的": _object("wrong_subject"),
    "核实异议": _verify,
    "异议成立，撤销": _revoke,
    "准予修复": _restore,
}
