"""风险预警的词。"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: Shown wherever a person sees a warning.
WHAT_A_WARNING_IS: Final = "预警只是提醒人去核对，不对外公开，不扣分，不是处罚，也不得直接作为处理依据。"


class WarningOutcome(StrEnum):
    """处理结果。``OPEN`` is nobody's answer."""

    OPEN = ""
    CONFIRMED = "confirmed"
    HANDLED = "handled"
    UNFOUNDED = "unfounded"
    TRANSFERRED = "transferred"

    @property
    def label(self) -> str:
        """The words on a page."""
        return {
            "": "待处理", "confirmed": "已核实属实", "handled": "已处置", "unfounded": "不属实", "transferred": "转办",
        }[self.value]  # fmt: skip

    @property
    def closes(self) -> bool:
        """Whether nothing is left to do; what is passed on waits in another inbox."""
        return self not in (WarningOutcome.OPEN, WarningOutcome.TRANSFERRED)


#: What a person may answer, in the order of the form.
ANSWERS: Final = (WarningOutcome.CONFIRMED, WarningOutcome.HANDLED, WarningOutcome.UNFOUNDED, WarningOutcome.TRANSFERRED)
