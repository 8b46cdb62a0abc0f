"""报送的状态：five, and one table.

::

    reading ──finish──> closed
       │ └────hold────> awaiting_release ──release──> closed
       └──refuse──> refused            └──return───> returned
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SubmissionState(StrEnum):
    """报送状态。"""

    READING = "reading"  # 正在核对
    AWAITING_RELEASE = "awaiting_release"  # 待复核
    CLOSED = "closed"  # 已办结
    RETURNED = "returned"  # 已退回
    REFUSED = "refused"  # 不予接收


STATE_TITLES: Mapping[SubmissionState, str] = {
    SubmissionState.READING: "正在核对",
    SubmissionState.AWAITING_RELEASE: "待复核",
    SubmissionState.CLOSED: "已办结",
    SubmissionState.RETURNED: "已退回",
    SubmissionState.REFUSED: "不予接收",
}

VERB_TITLES: Mapping[str, str] = {"finish": "办结", "hold": "送复核", "refuse": "不予接收", "release": "复核放行", "return": "退回"}

TRANSITIONS: Mapping[tuple[SubmissionState, str], SubmissionState] = {
    (SubmissionState.READING, "finish"): SubmissionState.CLOSED,
    (SubmissionState.READING, "hold"): SubmissionState.AWAITING_RELEASE,
    (SubmissionState.READING, "refuse"): SubmissionState.REFUSED,
    (SubmissionState.AWAITING_RELEASE, "release"): SubmissionState.CLOSED,
    (SubmissionState.AWAITING_RELEASE, "return"): SubmissionState.RETURNED,
}
