"""快照的列。What an evaluation may see, and nothing else: no names of persons, no texts, no natural persons, no individual businesses.

``SUBJECTS`` has one row a subject, sorted by ``subject_id``; ``RECORDS`` one row a record that is counted on the day, sorted by
``subject_id, record_id``. Instants are seconds since 1970 UTC; codes are those of ``records.types`` and of the policy set.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]

#: Raised when a column changes its meaning: results of another version are not compared.
SCHEMA_VERSION: Final = 1

SUBJECTS: Final = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("code", pa.string()),
        ("kind", pa.int16()),  # subjects.types.SubjectKind
        ("division", pa.string()),
        ("industry", pa.string()),
        ("state", pa.string()),
        ("established_on", pa.date32()),
        ("in_registry", pa.bool_()),
    ]
)
RECORDS: Final = pa.schema(
    [
        ("record_id", pa.int64()),
        ("subject_id", pa.int64()),
        ("item", pa.int16()),  # CatalogueItem.number
        ("severity", pa.int16()),  # records.types.SeverityCode
        ("outcome", pa.int16()),  # records.types.OutcomeCode
        ("supervision", pa.int16()),  # policy: field of supervision of the authority, 0 none
        ("decided_on", pa.date32()),
        ("effective_until", pa.int64()),
        ("counted_until", pa.int64()),
    ]
)
RESULTS: Final = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("code", pa.string()),
        ("grade", pa.string()),
        ("score", pa.int32()),  # milli-points
        ("records", pa.int32()),  # how many records were counted
        ("floor", pa.string()),  # the item of the listing that sets the grade, "" none
        ("spared", pa.bool_()),  # points of the worst grade, which is not given: neither a listing nor a credible bound bears it
    ]
)
CONTRIBUTIONS: Final = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("part", pa.int16()),  # place of the indicator in the model; -1 the starting points, 1000 + n the limit of dimension n
        ("kind", pa.int8()),  # Kind
        ("record_id", pa.int64()),  # 0: not about one record
        ("milli_points", pa.int64()),
        ("until", pa.int64()),  # when it ends by itself; 0: it does not
    ]
)
#: The parts that are no indicators: what every subject starts with, and the ends of dimension n.
START_PART: Final = -1
LIMIT_PART: Final = 1000
#: As the file has it: after ``part`` stands the name of what it is about, an indicator, ``start`` or ``limit:<dimension>``.
CONTRIBUTION_FILE: Final = pa.schema(
    [*list(CONTRIBUTIONS)[:2], ("indicator", pa.dictionary(pa.int32(), pa.string())), *list(CONTRIBUTIONS)[2:]]
)
#: The order of rows, of both files: every row has a place of its own.
RESULT_ORDER: Final = ("subject_id",)
CONTRIBUTION_ORDER: Final = ("subject_id", "part", "kind", "record_id")


class Kind(IntEnum):
    """一行加减分的种类。"""

    # Starting points are one row a subject; the model says how they divide into dimensions.
    START = 0  # 起评分
    RECORD = 1  # 一条记录
    FACT = 2  # 登记状况等，不对应某一条记录
    FEW_OBSERVATIONS = 3  # 观察次数少，按可信下限计
    CAP = 4  # 指标封顶
    LIMIT = 5  # 维度封顶、保底

    @property
    def label(self) -> str:
        """The Chinese label."""
        return ("起评分", "记录", "登记状况", "观察次数少", "指标封顶", "维度上下限")[self]
