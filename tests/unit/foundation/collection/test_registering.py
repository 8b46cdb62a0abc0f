"""Registry data join the subjects that departments have opened before."""

from __future__ import annotations

import pytest

from chengxin.foundation.subjects.models import Subject
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty
from tests.harness.valid_rows import valid_row

pytestmark = pytest.mark.usefixtures("db")


def test_a_subject_opened_by_a_penalty_is_joined_when_the_registry_tells_of_it(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    assert not Subject.objects.get(code=code_of(1)).in_registry
    item = policy_set.item("registry_basics")
    rows = [valid_row(item, policy_set, office.code, n) for n in (1, 2)]
    submission = hand_in(office, rows, item=item.id, at=HANDED_IN + 60)
    assert (submission.state, submission.accepted) == ("closed", 2), list(submission.remarks.values("rule", "field", "value"))
    assert set(Subject.objects.filter(in_registry=True).values_list("code", flat=True)) == {code_of(1), code_of(2)}
