"""归集的门。"在行政许可、行政处罚等信息集中归集和公示的基础上……自作出行政决定之日起上网公开"（credit-regulation/2.1.1）。

A department's file → checked, matched, recorded, visible when its submission closes. Stable; every verb is resumable or one transaction.
"""

from __future__ import annotations

from chengxin.foundation.collection.closing import (
    counts_of,
    finish_submission,
    receipt_of,
    refuse_submission,
    release_submission,
    return_submission,
)
from chengxin.foundation.collection.processing import process_submission
from chengxin.foundation.collection.quarantine import decide_quarantined
from chengxin.foundation.collection.receiving import receive_submission

__all__ = [
    "counts_of",
    "decide_quarantined",
    "finish_submission",
    "process_submission",
    "receipt_of",
    "receive_submission",
    "refuse_submission",
    "release_submission",
    "return_submission",
]
