"""说明的话。A stored remark names its rule; here are the rule's sentence, clause and mend, for pages, the interface and the workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from chengxin.foundation.collection.competence import Competence
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.published_until import PUBLISHED_UNTIL
from chengxin.foundation.collection.reading_rules import READING_RULES
from chengxin.foundation.collection.rules import rows_rules
from chengxin.foundation.collection.standardising import MENDED_CODE
from chengxin.kernel.instants import date_of
from chengxin.kernel.rules import Rule
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet

_NOBODY: Final = Competence(frozenset(), frozenset(), frozenset())
_MENDED: Final = Rule(MENDED_CODE, "代码中的杂质已经去除，只有一种可能的写法。", "", "请核对改正后的代码；不对的，改正后重新报送该行。")


def rule_reader(submission: Submission) -> Callable[[str], Rule]:
    """What a rule id in this submission's remarks means. A rule that policy has since dropped says so instead of failing."""
    policy = active.policy_set()
    rules = _rules(policy, submission.item, date_of(submission.received_at))
    return lambda rule_id: rules.get(rule_id) or Rule(rule_id, f"（规则 {rule_id} 现已不在政策集内）", "", "")


@lru_cache(maxsize=64)
def _rules(policy: PolicySet, item: int, as_of: date) -> Mapping[str, Rule]:
    rules = rows_rules(policy.item(item), policy, as_of, _NOBODY)
    return {**READING_RULES, _MENDED.id: _MENDED, PUBLISHED_UNTIL.id: PUBLISHED_UNTIL, **{rule.id: rule for rule in rules}}
