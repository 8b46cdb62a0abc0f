"""Two lists as a registry really published them read to exactly the rows they hold.

They carry no licence and stay outside the project. Where the folder is not beside the checkout, the test says so and reads a
look-alike: the same format, the same header, the same brackets and numbers of old and new kind, invented companies.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from chengxin.during_event.inspection.models import TargetMember
from chengxin.during_event.inspection.targets import enter_targets
from chengxin.foundation.collection.readers import ROW, Format, Limits, read
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier
from chengxin.kernel.codes import credit_code
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from tests.harness import inspections as city
from tests.harness import spreadsheets as made

FOLDER: Final = Path(__file__).parents[5] / "shared/data/inspection-lists"
HEADER: Final = ("企业名称", "注册号/统一社会信用代码", "RegOrgName", "管辖单位")
COLUMNS: Final = ("name", "code", "reg_org", "admin_unit")


@pytest.fixture(scope="module")
def limits(shipped_policy: PolicySet) -> Limits:
    return Limits.of(shipped_policy, date(2026, 11, 20))


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    return next((place for place, row in enumerate(rows) if "企业名称" in row), None)


def rows_of(content: bytes, name: str, limits: Limits) -> pl.DataFrame:
    """The list as the platform reads it: number in the list and the four columns."""
    parts = []
    for chunk in read([content], file_name=name, limits=limits, find_header=find_header):
        assert chunk.form is Format.SPREADSHEETML
        assert chunk.columns == HEADER
        assert chunk.faults.is_empty()
        parts.append(chunk.frame.select(row=pl.col(ROW) - chunk.header_row, **{name: pl.col(str(n)) for n, name in enumerate(COLUMNS)}))
    return pl.concat(parts)


def look_alike() -> tuple[dict[str, bytes], pl.DataFrame]:
    """Two generated lists and their rows: full- and half-width brackets, old 13- and 15-digit numbers, entities, blank cells."""
    names = ["泰安云舟虚构商贸有限公司", "岱下（虚构）药业有限公司", "徂徕(虚构)文化传播有限公司", "汶水虚构“甲&乙”工作室"]
    codes = ["91370900MA3CFL0T7A", "370900200012345", "3709002000123", "91370902MA3D1B2C3X"]
    lists = {
        f"raw_check{n:02}.xlsx": [[names[k % 4] + str(k), codes[k % 4], "泰安市某局", f"{k % 7}所"] for k in range(size)]
        for n, size in ((1, 478), (4, 5))
    }
    rows = [(name[4:11], str(place), *row) for name, found in lists.items() for place, row in enumerate(found, 1)]
    expected = pl.DataFrame(rows, schema=["list", "row", *COLUMNS], orient="row")
    return {name: made.spreadsheet_2003([HEADER, *found]) for name, found in lists.items()}, expected


def source() -> tuple[str, dict[str, bytes], pl.DataFrame]:
    if FOLDER.is_dir():
        lists = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("raw_check*.xlsx"))}
        expected = pl.read_csv(FOLDER / "inspection_lists.csv", infer_schema=False)
        return "the two real lists", lists, expected.select("list", "row", *COLUMNS)
    return (f"no folder {FOLDER}: a generated look-alike stands in for the real lists", *look_alike())


def test_two_published_lists_read_to_exactly_their_rows(limits: Limits, record_property: pytest.RecordProperty) -> None:
    said, lists, expected = source()
    record_property("source", said)
    print(said)
    found = pl.concat(
        [
            rows_of(content, name, limits).select(pl.lit(name[4:11]).alias("list"), pl.col("row").cast(pl.String), *COLUMNS)
            for name, content in lists.items()
        ]
    )
    assert found.height == 483
    assert found.rows() == expected.rows()


def refusal_of(name: str, content: bytes, given: dict[str, Any]) -> str:
    """The slug under which a list is refused; "" if it is taken."""
    try:
        enter_targets(name, io.BytesIO(content), **given)
    except Refused as refused:
        return refused.slug
    return ""


@pytest.mark.django_db
def test_a_published_list_becomes_a_list_of_targets_or_is_refused_row_by_row(policy_set: PolicySet) -> None:
    """A register that knows some firms by their code and some by their old number: every row of the list is accounted for."""
    _said, lists, expected = source()
    numbers = expected.select("name", number=pl.col("code").str.strip_chars().str.to_uppercase()).unique("number", maintain_order=True)
    with_codes = [(n, name, code) for n, (name, code) in enumerate(numbers.rows(), 1) if credit_code.is_valid(code)]
    with_numbers = [
        (n, name, number) for n, (name, number) in enumerate(numbers.rows(), 1) if len(number) < 16 and number.isdecimal() and n % 2
    ]
    Subject.objects.bulk_create(
        [
            Subject(id=n, code=code, kind=2, name=name, opened_at=1, canonical_id=n, in_registry=True, content_id=0)
            for n, name, code in [*with_codes, *((n, name, city.invented_code(n, "91")) for n, name, _ in with_numbers)]
        ]
    )
    SubjectIdentifier.objects.bulk_create(
        [SubjectIdentifier(subject_id=n, kind="registration_number", value=number, content_id=0) for n, _, number in with_numbers]
    )
    office = city.office().department
    for name, content in lists.items():
        given = {"file_name": name, "office": office, "policy": policy_set, "by": "测试", "at": city.NOW}
        rows = expected.filter(pl.col("list") == name[4:11]).height
        refused = refusal_of(name, content, given)
        made = enter_targets(f"{name} 2", io.BytesIO(content), **given, merge_repeated=True, leave_out=True)
        assert bool(made.left_out) == (refused == "targets-faulty"), "whole lists are taken at once, others only when told how"
        assert made.rows == rows == made.members_count + len(made.left_out)
        assert TargetMember.objects.filter(list=made).count() == made.members_count > 0
        print(name, rows, made.members_count, len(made.left_out))


def test_look_alike_reads_too(limits: Limits) -> None:
    lists, expected = look_alike()
    found = pl.concat([rows_of(content, name, limits) for name, content in lists.items()])
    assert found.select(COLUMNS).rows() == expected.select(COLUMNS).rows()
