"""A small model that uses every kind of indicator, and snapshots for it: by hand, by chance, as files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.engine.columns import RECORDS, SUBJECTS
from chengxin.policy.types_evaluation import Dimension, EvaluationModel, Exposure, Floor, Grade, Indicator, Points

AS_OF = date(2026, 11, 22)
FOREVER = 253_402_271_999
PENALTY, INSPECTION, COURT_LIST, SERIOUS_LIST, LICENCE, HONOUR, COMMITMENT = 2, 10, 11, 13, 1, 16, 17
YEARS = tuple([1000] * 12 + [700] * 12 + [400] * 12)
#: Two thirds of a point come back after one observation, ever less after more.
RELIEF = {(n, k): max(0, 700 - 60 * n - 20 * k) for n in range(1, 13) for k in range(1, n + 1)}

INDICATORS = (
    Indicator("registry", "没有登记信息", "basics", 0, "", (Points(-20),), "x", fact="not_in_registry"),
    Indicator("court", "失信被执行人", "basics", COURT_LIST, "court_list", (Points(-200),), "x", cap=-300, listing=True),
    Indicator(
        "penalties", "行政处罚", "conduct", PENALTY, "penalty", (Points(-20, severity=2), Points(-60, severity=3)), "x",
        window_months=36, decay=YEARS, cap=-300, supervision=(1, 2), exposure=Exposure(INSPECTION, 3), few_observations=True,
    ),
    Indicator(
        "labour_penalties", "劳动用工处罚", "conduct", PENALTY, "penalty", (Points(-45, severity=2), Points(-90, severity=3)), "x",
        window_months=36, decay=YEARS, supervision=(3,),
    ),
    Indicator(
        "inspections", "检查发现问题", "conduct", INSPECTION, "inspection", (Points(-30, outcome=3), Points(-5, outcome=2)), "x",
        window_months=24, exposure=Exposure(INSPECTION, 3), few_observations=True,
    ),
    Indicator("licences", "许可有效", "growth", LICENCE, "licence", (Points(20),), "x", cap=30, in_force=True),
    Indicator("kept", "履行承诺", "growth", COMMITMENT, "commitment", (Points(5, outcome=5),), "x", window_months=1),
    Indicator("broken", "违背承诺", "growth", COMMITMENT, "commitment", (Points(-40, outcome=6),), "x", cap=-100),
    Indicator("honours", "荣誉", "growth", HONOUR, "honour", (Points(60),), "x"),
    Indicator("arrears", "欠缴税款", "growth", 0, "tax_arrears", (Points(-40),), "x"),
)  # fmt: skip
MODEL = EvaluationModel(
    "cases", "用例", 1000,
    (Dimension("basics", "基本情况", 200, 200), Dimension("conduct", "守法", 600, 600), Dimension("growth", "表现", 200, 100)),
    INDICATORS, (Grade("A", "优", 850), Grade("B", "良", 700), Grade("C", "中", 600), Grade("D", "差", 0)),
    (Floor(SERIOUS_LIST, "serious_list", "D", "严重失信名单", "x"),), 2, RELIEF, "table.csv", "digest",
)  # fmt: skip
FOOD = EvaluationModel(
    "food", "食品用例", 1000, MODEL.dimensions, MODEL.indicators[1:6], MODEL.grades, (), 1, RELIEF, "table.csv", "digest", ("C13", "F5"),
)  # fmt: skip

Rows = list[dict[str, Any]]


def subject(number: int, **given: Any) -> dict[str, Any]:
    """A subject that is registered and trades in food, unless told otherwise."""
    return {
        "subject_id": number, "code": f"CODE{number:014d}", "kind": 1, "division": "370902", "industry": "C13", "state": "1",
        "established_on": date(2015, 3, 1), "in_registry": True,
    } | given  # fmt: skip


def record(number: int, owner: int, item: int, **given: Any) -> dict[str, Any]:
    """A record of half a year ago that does not end."""
    return {
        "record_id": number, "subject_id": owner, "item": item, "severity": 0, "outcome": 0, "supervision": 1,
        "decided_on": date(2026, 5, 20), "effective_until": FOREVER, "counted_until": FOREVER,
    } | given  # fmt: skip


def ten_subjects() -> tuple[Rows, Rows]:
    """One subject a thing that can happen, by hand."""
    firms = [subject(n) for n in range(1, 10)] + [subject(10, in_registry=False)]
    rows = [
        (1, INSPECTION, {"outcome": 1}, 4),  # four inspections, nothing found
        (2, INSPECTION, {"outcome": 3}, 1),  # looked at once, failed
        (2, INSPECTION, {"outcome": 1}, 1),
        (3, INSPECTION, {"outcome": 3}, 20),  # looked at forty times, failed half of them: the same rate, better known
        (3, INSPECTION, {"outcome": 1}, 20),
        (4, PENALTY, {"severity": 3, "supervision": 3}, 5),  # points of the worst grade, which nothing proves
        (5, PENALTY, {"severity": 3, "supervision": 3}, 5),  # the same, and a court list
        (5, COURT_LIST, {}, 2),
        (6, SERIOUS_LIST, {}, 1),  # listed
        (7, LICENCE, {"effective_until": 4_000_000_000}, 3),  # a cap
        (7, HONOUR, {}, 2),  # and the end of a dimension
        (8, PENALTY, {"severity": 1}, 2),  # minor: nothing
        (9, PENALTY, {"severity": 2, "decided_on": date(2024, 3, 31)}, 2),  # faded
    ]
    flat = [(owner, item, given) for owner, item, given, times in rows for _ in range(times)]
    return firms, [record(number, owner, item, **given) for number, (owner, item, given) in enumerate(flat, 1)]


def by_chance(seed: int, subjects: int, records: int) -> tuple[Rows, Rows]:
    """A snapshot drawn from a seed; days lie thick around the ends of months and of windows, sizes are uneven."""
    draw = Random(seed)
    firms = [
        subject(
            number * 3,
            industry=draw.choice(["C13", "F51", "E47", ""]),
            in_registry=draw.random() < 0.8,
            division=draw.choice(["370902", ""]),
        )
        for number in range(1, subjects + 1)
    ]
    owners = [each["subject_id"] for each in firms] + [firms[0]["subject_id"]] * (subjects // 2) + [1]  # 1: not in the snapshot's subjects
    days = [AS_OF - timedelta(days=n) for n in (0, 1, 28, 29, 30, 31, 32, 364, 365, 366, 730, 731, 1094, 1095, 1096)]
    days += [date(2025, 8, 31), date(2024, 2, 29), date(2026, 10, 22), date(2026, 10, 31), AS_OF + timedelta(days=3)]
    midnight = 1_795_363_200  # after AS_OF, in Asia/Shanghai
    ends = [FOREVER, midnight, midnight + 1, midnight - 1, midnight + 40_000_000, 4_000_000_000]
    found = []
    for number in range(1, records + 1):
        item = draw.choice([PENALTY, PENALTY, INSPECTION, INSPECTION, INSPECTION, COURT_LIST, LICENCE, HONOUR, COMMITMENT, 4])
        item = SERIOUS_LIST if draw.random() < 0.01 else item
        found.append(
            record(
                number,
                draw.choice(owners),
                item,
                severity=draw.randrange(4),
                outcome=draw.randrange(9),
                supervision=draw.randrange(4),
                decided_on=draw.choice(days),
                effective_until=draw.choice(ends),
                counted_until=draw.choice([FOREVER, *ends]),
            )
        )
    return firms, sorted(found, key=lambda each: (each["subject_id"], each["record_id"]))


def write(folder: Path, subjects: Rows, records: Rows) -> tuple[Path, Path]:
    """The two files of a snapshot."""
    paths = folder / "subjects.parquet", folder / "records.parquet"
    pq.write_table(pa.Table.from_pylist(subjects, schema=SUBJECTS), paths[0])
    pq.write_table(pa.Table.from_pylist(records, schema=RECORDS), paths[1])
    return paths
