"""The only place besides ``site`` and the command line that reads the clock.

Everything else is handed ``at`` (an :data:`~chengxin.kernel.instants.Instant`) or ``as_of`` (a date).
"""

from __future__ import annotations

import os
import time
from datetime import date

from chengxin.kernel.instants import Instant, date_of

#: Set in the environment to pin the clock of a whole process (demonstrations, tests): seconds since 1970 UTC.
PINNED_CLOCK = "CHENGXIN_CLOCK"


def now() -> Instant:
    """The present instant in whole seconds."""
    pinned = os.environ.get(PINNED_CLOCK)
    return int(pinned) if pinned else int(time.time())


def today() -> date:
    """The present date in Asia/Shanghai."""
    return date_of(now())
