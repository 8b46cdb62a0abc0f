"""采纳的影响 on timeliness: another deadline or calendar counts acts anew.

Registered after the records' own effect, which moves the days.
"""

from __future__ import annotations

from collections.abc import Mapping

from chengxin.foundation.disclosure.outstanding import renew_deadlines
from chengxin.foundation.disclosure.services import recount_timeliness
from chengxin.foundation.records.publicity import concerns_standing
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.transactions import in_turn, writing


class TimelinessEffect:
    """及时率随政策重算。"""

    def simulate(self, before: PolicySet, after: PolicySet, at: Instant) -> Mapping[str, int]:
        """Nothing of its own to say: the records say which deadlines move."""
        return {}

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Count anew, from the deadlines that now stand in the records."""
        if concerns_standing(before, after):
            with writing():
                in_turn()
                recount_timeliness()
                renew_deadlines()
