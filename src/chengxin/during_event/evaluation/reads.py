"""谁查看了评价。Results are not public: whoever looks says for what purpose and in which matter, and the row stands before the answer."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from chengxin.access import reads
from chengxin.access.caller import caller_of
from chengxin.access.reads import Reason, Seen
from chengxin.kernel.instants import Instant

KIND: Final = "evaluation"


def matter_of(purpose: str, matter: str) -> Reason:
    """What somebody typed. Refused where a word is missing or too long."""
    return reads.reason_of(purpose, matter, what="评价结果")


def record_look(request: HttpRequest, reason: Reason, what: str, at: Instant, *subject_ids: int, key: str = "") -> None:
    """留痕, committed before anything is shown: no row, no answer. The result itself stands in none of them."""
    reads.record_read(caller_of(request), reason, Seen(KIND, key, subject_ids, what), at)
    reads.mark_settled(request)
