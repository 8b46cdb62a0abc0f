"""评价的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port

#: (number of the subject, model, instant) → what is disputed about this result, in words; "": nothing is. It stands wherever the result
#: is shown, from the moment it is true.
Dispute = Callable[[int, str, Instant], str]

disputes: Final[Port[Dispute]] = Port("evaluation.disputes")


def dispute_of(subject_id: int, model: str, at: Instant) -> str:
    """有争议的标记 of one result; "" without one."""
    return "；".join(words for _, found in disputes.items() if (words := found(subject_id, model, at)))
