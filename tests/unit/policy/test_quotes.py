"""The two plans, sentence by sentence: nothing left out, nothing twice, nothing in our words."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from chengxin.policy import PolicySet
from chengxin.policy.checks import squeeze

PLANS = ("credit-regulation", "government-integrity")
MISSION_ROW = re.compile(r"[RG]\d+[a-e]?")


@pytest.mark.parametrize("plan", PLANS)
def test_the_quotes_in_order_are_the_whole_text(shipped_policy: PolicySet, plan: str) -> None:
    quotes = [squeeze(clause.quote) for clause in shipped_policy.clauses.values() if clause.source == plan]
    text = squeeze(shipped_policy.files[shipped_policy.sources[plan].text or ""])
    assert "".join(quotes) == text


@pytest.mark.parametrize("plan", PLANS)
def test_one_entry_is_one_sentence(shipped_policy: PolicySet, plan: str) -> None:
    for clause in shipped_policy.clauses.values():
        if clause.source == plan and not clause.quote.startswith("（"):
            assert clause.quote.count("。") <= 1, clause.id


def test_sentences_of_an_item_are_numbered_from_its_heading(shipped_policy: PolicySet) -> None:
    numbers = [tuple(int(part) for part in each.id.partition("/")[2].split(".")) for each in shipped_policy.clauses.values()]
    for (_part, item), found in groupby(numbers, key=lambda number: number[:2]):
        sentences = [number[2] for number in found]
        if item:
            assert sentences == list(range(len(sentences)))


def test_every_clause_says_who_does_it(shipped_policy: PolicySet) -> None:
    for clause in shipped_policy.clauses.values():
        software = not clause.owner.startswith("not_software")
        assert clause.owner == "planned" or "." in clause.owner or clause.owner in {"access", "ledger"} or not software, clause.id
        assert all(MISSION_ROW.fullmatch(row) for row in clause.mission), clause.id
        assert clause.mission or not software, clause.id


def test_the_clause_that_the_seven_days_rest_on(shipped_policy: PolicySet) -> None:
    assert "在7个工作日内上网公开" in shipped_policy.clauses["credit-regulation/2.1.1"].quote
