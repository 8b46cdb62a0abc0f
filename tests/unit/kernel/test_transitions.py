"""States and verbs: what is not in the table is refused, with what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from chengxin.kernel.refused import Conflict
from chengxin.kernel.transitions import advance, allowed_verbs, reachable_states


class Objection(StrEnum):
    FILED = "filed"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    FORGOTTEN = "forgotten"


TABLE: Mapping[tuple[Objection, str], Objection] = {
    (Objection.FILED, "accept"): Objection.UNDER_REVIEW,
    (Objection.UNDER_REVIEW, "uphold"): Objection.UPHELD,
    (Objection.UNDER_REVIEW, "dismiss"): Objection.DISMISSED,
    (Objection.UNDER_REVIEW, "return"): Objection.FILED,
}
WORDS = {
    "filed": "已提交",
    "under_review": "核查中",
    "upheld": "异议成立",
    "accept": "受理",
    "dismiss": "驳回",
    "uphold": "支持",
    "return": "退回",
}


def test_the_table_says_what_follows() -> None:
    assert advance(TABLE, Objection.FILED, "accept") is Objection.UNDER_REVIEW


def test_what_is_not_allowed_is_refused_with_what_is() -> None:
    with pytest.raises(Conflict) as refused:
        advance(TABLE, Objection.FILED, "dismiss", WORDS)
    assert str(refused.value) == "当前状态是“已提交”，不能“驳回”。（现在可以：受理。）"
    assert refused.value.where == {"state": "filed", "verb": "dismiss"}


def test_a_closed_state_says_that_it_is_closed() -> None:
    with pytest.raises(Conflict, match="已经办结"):
        advance(TABLE, Objection.UPHELD, "dismiss")
    assert allowed_verbs(TABLE, Objection.UPHELD) == ()
    assert allowed_verbs(TABLE, Objection.UNDER_REVIEW) == ("uphold", "dismiss", "return")


def test_a_state_that_no_way_leads_to_is_seen() -> None:
    assert set(Objection) - reachable_states(TABLE, Objection.FILED) == {Objection.FORGOTTEN}
