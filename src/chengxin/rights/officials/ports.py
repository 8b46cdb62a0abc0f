"""公务员记录的端口, filled in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port
from chengxin.rights.officials.types import Ending

#: What follows when a record ends, in its transaction: (record, how, why, when).
Follow = Callable[[int, Ending, str, Instant], None]
endings: Final[Port[Follow]] = Port("officials.endings")
