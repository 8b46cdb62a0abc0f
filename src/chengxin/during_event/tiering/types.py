"""分级分类的词。Why somebody is in the class it is in, and the three sentences that stand wherever a class is seen."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: Shown wherever a person sees a class or the numbers of a class.
WHAT_A_CLASS_IS: Final = (
    "风险类别只用来安排多久抽到一次，不对外公开。",
    "它不是处罚，不是对信用的评价，也不得作为限制许可、采购、融资的依据。",
    "没有一类可以免查：每一类的比例都大于零；投诉举报、转办交办和数据监测引起的检查不受此限。",
)


class Because(StrEnum):
    """为什么是这一类。"""

    CITY_GRADE = "city_grade"
    INDUSTRY_GRADE = "industry_grade"
    NOT_ENOUGH = "not_enough"
    NOT_GRADED = "not_graded"
    INDIVIDUAL_BUSINESS = "individual_business"

    @property
    def label(self) -> str:
        """The words on a page."""
        return _LABELS[self]


_LABELS: Final = {
    Because.CITY_GRADE: "按本市公共信用综合评价的等级",
    Because.INDUSTRY_GRADE: "按行业信用评价的等级（风险比综合评价高）",
    Because.NOT_ENOUGH: "数据不足，按普通类别",
    Because.NOT_GRADED: "还没有评价，按普通类别",
    Because.INDIVIDUAL_BUSINESS: "个体工商户不评等级，按普通类别",
}
