"""评价的词。Three kinds of result that are never mixed, and what a run says of itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: The model of the city's own public evaluation.
PUBLIC_MODEL: Final = "public_comprehensive"
#: Whose results the national ones are: no registered agency's, upstream's.
NATIONAL: Final = 0
NATIONAL_AGENCY: Final = "国家公共信用信息中心"
NATIONAL_METHOD: Final = "全国公共信用综合评价，原样接收"


class EvaluationKind(StrEnum):
    """评价的种类。"""

    NATIONAL = "national"
    CITY = "city"
    INDUSTRY = "industry"
    MARKET = "market"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"national": "全国公共信用综合评价", "city": "本市公共信用综合评价", "industry": "行业信用评价", "market": "市场信用评价"}[
            self
        ]
