"""信用修复的端口, filled by later chapters in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port

#: 解除惩戒措施 that rest on a record alone, in the transaction of the decision: (record, document, instant) → how many were lifted.
#: Measures come with a later chapter; until then nobody fills it, and nothing can have been imposed.
LiftMeasures = Callable[[int, str, Instant], int]

lift_measures: Final[Port[LiftMeasures]] = Port("restoration.lift_measures")
