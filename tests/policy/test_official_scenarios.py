"""公务员记录核查的场景：records and questions in the words of the policy, and what is answered on which day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import yaml

from chengxin.kernel.instants import start_of_day
from chengxin.policy.policy_set import PolicySet
from chengxin.rights.officials.rules import Effects, answering, outcome_of
from chengxin.rights.officials.types import Fact
from tests.policy.scenarios import FOLDER, NO, OFFICIALS, YES

FILES = sorted(path for path in FOLDER.rglob("*.yaml") if OFFICIALS in path.relative_to(FOLDER).parts)
ALL = [each for path in FILES for each in yaml.safe_load(path.read_text(encoding="utf-8"))]
_RECORD = {"种类", "决定于", "复核于", "不再有效于", "姓名一致", "有争议"}


def fact_of(number: int, said: Mapping[str, Any], kinds: Mapping[str, str]) -> Fact:
    """A record as a scenario says it."""
    if unknown := set(said) - _RECORD:
        raise ValueError(f"“记录”里不认识 {unknown}")
    instants = {key: start_of_day(said[key]) if key in said else None for key in ("复核于", "不再有效于")}
    return Fact(
        number, kinds[said["种类"]], said["决定于"], instants["复核于"], instants["不再有效于"], said.get("姓名一致", YES) == YES,
        said.get("有争议", NO) == YES,
    )  # fmt: skip


def answer_to(scenario: Mapping[str, Any], question: Mapping[str, Any], policy: PolicySet) -> str:
    """The outcome, in words."""
    kinds = {title: code for code, title in policy.code_table("official_record_kind").values.items()}
    purposes = {title: code for code, title in policy.code_table("official_check_purpose").values.items()}

    def effects_on(day: date) -> Effects:
        found: Effects = policy.value_at("official_record_effects", day).value
        return found

    facts = [fact_of(number, said, kinds) for number, said in enumerate(scenario["记录"], 1)]
    return outcome_of(answering(facts, purposes[question["用途"]], start_of_day(question["于"]), effects_on)).label


@pytest.mark.parametrize("scenario", ALL, ids=[each["场景"] for each in ALL])
def test_scenario(scenario: Mapping[str, Any], shipped_policy: PolicySet) -> None:
    assert set(scenario) == {"场景", "条款", "记录", "问"}
    assert scenario["条款"] in shipped_policy.clauses
    assert {str(each): answer_to(scenario, each, shipped_policy) for each in scenario["问"]} == {
        str(each): each["则"] for each in scenario["问"]
    }


def test_a_word_that_nobody_knows_is_refused(shipped_policy: PolicySet) -> None:
    with pytest.raises(ValueError, match="不认识"):
        answer_to(ALL[0] | {"记录": [ALL[0]["记录"][0] | {"品行": "好"}]}, ALL[0]["问"][0], shipped_policy)
