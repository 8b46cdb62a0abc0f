"""Every format reads to the text that a clerk sees, with the row numbers of the file."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.foundation.collection.readers import ROW, CellFault, Chunk, Format, Limits, read
from chengxin.foundation.collection.readers.cells import date_text, is_date_format, number_text, unescaped
from chengxin.foundation.collection.readers.delimited import CHUNK, read_delimited
from chengxin.foundation.collection.readers.objects import read_objects
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from tests.harness import spreadsheets as made

Rows = list[tuple[str | int | None, ...]]


@pytest.fixture(scope="module")
def limits(shipped_policy: PolicySet) -> Limits:
    return Limits.of(shipped_policy, date(2026, 11, 20))


def first(_rows: Sequence[Sequence[str]]) -> int:
    return 0


def chunks(content: bytes, name: str, limits: Limits) -> list[Chunk]:
    return list(read([content], file_name=name, limits=limits, find_header=first))


def rows(content: bytes, name: str, limits: Limits) -> Rows:
    """Cells and, last, the row number."""
    return [row for chunk in chunks(content, name, limits) for row in chunk.frame.rows()]


def faults(content: bytes, name: str, limits: Limits) -> list[tuple[int, int, str]]:
    return [row for chunk in chunks(content, name, limits) for row in chunk.faults.rows()]


TABLE = [["名称", "代码"], ["甲（集团）", "1"], ["乙", "2"]]
TEXT = "名称,代码\r\n甲（集团）,1\r\n乙,2\r\n"


@pytest.mark.parametrize(
    ("content", "name", "form"),
    [
        (TEXT.encode(), "a.csv", Format.CSV),
        (TEXT.encode("utf-8-sig"), "a.csv", Format.CSV),
        (TEXT.encode("gb18030"), "a.csv", Format.CSV),
        (TEXT.replace(",", "\t").encode(), "a.txt", Format.CSV),
        (TEXT.replace(",", ";").encode(), "a.csv", Format.CSV),
        (TEXT.replace("\r\n", "\r").encode(), "a.csv", Format.CSV),
        (TEXT.rstrip().encode(), "handed-in", Format.CSV),
        (made.workbook(("一", TABLE)), "a.xlsx", Format.XLSX),
        (made.workbook(("一", TABLE)), "a.xls", Format.XLSX),
        (made.legacy_workbook(TABLE), "a.xls", Format.XLS),
        (made.spreadsheet_2003(TABLE), "a.xlsx", Format.SPREADSHEETML),
        (made.spreadsheet_2003(TABLE, encoding="GB18030"), "a.xls", Format.SPREADSHEETML),
    ],
)
def test_same_table_in_every_format(content: bytes, name: str, form: Format, limits: Limits) -> None:
    (chunk,) = chunks(content, name, limits)
    assert (chunk.form, chunk.columns, chunk.header_row, chunk.first_row) == (form, ("名称", "代码"), 1, 2)
    assert chunk.frame.rows() == [("甲（集团）", "1", 2), ("乙", "2", 3)]
    assert chunk.frame.schema == {"0": pl.String, "1": pl.String, ROW: pl.Int64}
    assert chunk.faults.is_empty()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"名称": "甲", "代码": 1.50}, {"名称": "乙", "新": None, "代码": "2"}]).encode(),
        '{ "rows": [{"名称":"甲","代码":1.5},{"名称":"乙","新":null,"代码":"2"}] }'.encode(),
        '\ufeff{"名称":"甲","代码":1.5}\n\n{"名称":"乙","新":null,"代码":"2"}'.encode(),
    ],
)
def test_objects_in_every_arrangement(content: bytes, limits: Limits) -> None:
    (chunk,) = chunks(content, "a.json", limits)
    assert chunk.columns == ("名称", "代码", "新")
    assert chunk.frame.rows() == [("甲", "1.5", None, 1), ("乙", "2", None, 2)]


def test_numbers_of_objects_are_kept_as_written(limits: Limits) -> None:
    assert rows(b'[{"a": 12345678901234567890, "b": 0.20, "c": 1E3, "d": true}]', "a.json", limits) == [
        ("12345678901234567890", "0.20", "1E3", "TRUE", 1)
    ]


def test_quotes_line_breaks_and_blank_lines_count_as_a_spreadsheet_counts(limits: Limits) -> None:
    content = '名称,代码\n"甲\n乙","1,""2"""\n\n丙,3\n'.encode()
    assert rows(content, "a.csv", limits) == [("甲\n乙", '1,"2"', 2), ("丙", "3", 4)]


def test_uneven_rows(limits: Limits) -> None:
    content = "名称,代码\n甲\n乙,2,,\n丙,3,多\n".encode()
    assert rows(content, "a.csv", limits) == [("甲", None, 2), ("乙", "2", 3), ("丙", "3", 4)]
    assert faults(content, "a.csv", limits) == [(4, 2, CellFault.TOO_MANY_CELLS)]


def test_title_rows_stand_above_the_header(limits: Limits) -> None:
    content = made.workbook(("一", [["泰安市处罚信息表"], [None, "填报日期"], ["名称", "代码"], ["甲", "1"]]))
    found = list(read([content], file_name="a.xlsx", limits=limits, find_header=lambda top: [row[0] for row in top].index("名称")))
    assert [(chunk.header_row, chunk.frame.rows()) for chunk in found] == [(3, [("甲", "1", 4)])]


def test_sheets_without_a_header_are_passed_over(limits: Limits) -> None:
    content = made.workbook(("说明", [["请先阅读"]]), ("一", TABLE), ("二", TABLE))
    found = list(read([content], file_name="a.xlsx", limits=limits, find_header=lambda top: 0 if top[0][0] == "名称" else None))
    assert [chunk.sheet for chunk in found] == ["一", "二"]
    with pytest.raises(Refused) as caught:
        list(read([content], file_name="a.xlsx", limits=limits, find_header=lambda top: None))
    assert caught.value.slug == "file-no-header"


def test_dates_numbers_and_what_cannot_be_trusted_in_a_workbook(limits: Limits) -> None:
    table = [
        ["日期", "金额", "代码", "文字"],
        [date(2026, 4, 1), 0.1 + 0.2, "91370900MA0", "2099/12/31"],
        [datetime(2026, 4, 1, 8, 30), 20000.0, 370900200012345678, "=A1"],
        [None, 1e-7, True, "#REF!"],
    ]
    content = made.workbook(("一", table))
    found = rows(content, "a.xlsx", limits)
    assert found[0] == ("2026-04-01", "0.3", "91370900MA0", "2099/12/31", 2)
    assert found[1][:2] == ("2026-04-01 08:30:00", "20000")
    assert found[2] == (None, "0.0000001", "TRUE", "#REF!", 4)
    assert faults(content, "a.xlsx", limits) == [(3, 2, CellFault.DIGITS_LOST), (3, 3, CellFault.FORMULA), (4, 3, CellFault.ERROR_VALUE)]


def test_legacy_workbook_with_dates_and_an_offset(limits: Limits) -> None:
    content = made.legacy_workbook([["日期", "金额", "代码"], [date(2026, 4, 1), 0.2, 370900200012345678]], at=(2, 1))
    (chunk,) = chunks(content, "a.xls", limits)
    assert chunk.columns == ("", "日期", "金额", "代码")
    assert chunk.frame.rows()[0][1:3] == ("2026-04-01", "0.2")
    assert chunk.header_row == 3
    assert chunk.faults.rows() == [(4, 3, CellFault.DIGITS_LOST)]


def test_package_of_a_strict_or_careless_writer(limits: Limits) -> None:
    """No cell addresses, phonetic guides, rich text, escapes, a namespace with a prefix."""
    ns = made.MAIN
    rich = '<r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r><rPh><t>jia</t></rPh>'
    shared = f'<sst xmlns="{ns}"><si>{rich}</si><si><t>丙_x000D_丁</t></si></sst>'
    sheet = f'<x:worksheet xmlns:x="{ns}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="str"><x:v>名</x:v></x:c></x:row>'
    sheet += '<x:row r="4"><x:c r="B4" t="s"><x:v>1</x:v></x:c><x:c r="A4"><x:v>1E2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    (chunk,) = chunks(made.package(sheet.encode(), shared=shared.encode()), "a.xlsx", limits)
    assert chunk.columns == ("甲 乙", "名")
    assert chunk.frame.rows() == [("100", "丙\r丁", 4)]


def test_text_that_would_run_as_a_formula_is_a_fault_of_its_row(limits: Limits) -> None:
    content = "名称,备注,金额\n甲,=1+1,-5\n乙,@某,+8.5\n丙,-2+3(4),-\n丁,-散装食品,(5)\n".encode()
    assert faults(content, "a.csv", limits) == [(n, 1, CellFault.FORMULA_TEXT) for n in (2, 3, 4)]


def test_control_characters_are_a_fault_of_their_row(limits: Limits) -> None:
    assert faults("名称,代码\n甲\x07,1\n乙,2\n".encode(), "a.csv", limits) == [(2, 0, CellFault.CONTROL_CHARACTER)]


def test_hidden_sheets_are_not_handed_in(limits: Limits) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(made.workbook(("一", TABLE), ("藏", TABLE))))
    book["藏"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [chunk.sheet for chunk in chunks(out.getvalue(), "a.xlsx", limits)] == ["一"]


def test_path_and_stream_are_sources_too(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode())
    for source in (path, io.BytesIO(TEXT.encode())):
        assert sum(chunk.frame.height for chunk in read(source, file_name="a.csv", limits=limits, find_header=first)) == 2


def test_abandoned_reading_ends_the_child(limits: Limits) -> None:
    content = "名称,代码\n".encode() + "甲,1\n".encode() * 2_000_000
    reading: Iterator[Chunk] = iter(read([content], file_name="a.csv", limits=limits, find_header=first))
    assert next(reading).first_row == 2
    reading.close()  # type: ignore[attr-defined]
    children = [Path("/proc/self/task", task.name, "children").read_text() for task in Path("/proc/self/task").iterdir()]
    for child in " ".join(children).split():
        assert "readers.child" not in Path("/proc", child, "cmdline").read_text()


def test_memory_and_row_numbers_over_many_chunks(limits: Limits) -> None:
    line = '"甲\n乙",' + "x" * 90 + "\n"
    content = ("名称,代码\n" + line * 100_000).encode()
    assert len(content) > 2 * CHUNK
    numbers = pl.concat([chunk.frame[ROW] for chunk in chunks(content, "a.csv", limits)])
    assert numbers.equals(pl.Series(ROW, range(2, 100_002), dtype=pl.Int64))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([",", "\t", ";"]))
def test_whatever_is_written_as_csv_reads_back(table: list[list[str]], delimiter: str) -> None:
    import csv

    header = ["列甲", "列乙", "列丙"]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([header, *table])
    limits = _loose()
    found = [row for part in read_delimited(io.BytesIO(out.getvalue().encode()), limits) for row in part.frame.rows()]
    expected = [(*(cell or None for cell in row), number) for number, row in enumerate([header, *table], 1) if any(row)]
    assert found == expected


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_whatever_is_written_as_objects_reads_back(table: list[list[str]]) -> None:
    objects = [dict(zip("abc", row, strict=True)) for row in table]
    found = [row for part in read_objects(io.BytesIO(json.dumps(objects).encode()), _loose()) for row in part.frame.rows()]
    assert found == [(*(cell or None for cell in row), number) for number, row in enumerate(table, 1) if any(row)]


def _loose() -> Limits:
    return Limits(**{**dict.fromkeys(Limits.__dataclass_fields__, 1 << 30), "columns": 1000})


@pytest.mark.parametrize(
    ("raw", "text", "fault"),
    [
        ("5", "5", None),
        ("0.2", "0.2", None),
        ("1.0", "1", None),
        ("1.5E-2", "0.015", None),
        ("-0.30000000000000004", "-0.3", None),
        ("999999999999999", "999999999999999", None),
        ("1000000000000000", "1000000000000000", CellFault.DIGITS_LOST),
        ("9.1370102123456794E+17", "913701021234567940", CellFault.DIGITS_LOST),
        ("1E400", "1E400", CellFault.DIGITS_LOST),
        ("NaN", "NaN", CellFault.ERROR_VALUE),
        ("x", "x", CellFault.ERROR_VALUE),
    ],
)
def test_numbers_are_shown_without_exponent(raw: str, text: str, fault: CellFault | None) -> None:
    assert number_text(raw) == (text, fault)


def test_dates_of_both_calendars() -> None:
    assert date_text("46113", from_1904=False) == ("2026-04-01", None)
    assert date_text("44651", from_1904=True) == ("2026-04-01", None)
    assert date_text("46113.5", from_1904=False) == ("2026-04-01 12:00:00", None)
    assert date_text("12", from_1904=False) == ("12", None)
    assert date_text("x", from_1904=False) == ("x", CellFault.ERROR_VALUE)


def test_number_formats_that_show_dates() -> None:
    assert all(is_date_format(164, code) for code in ("yyyy/m/d", 'yyyy"年"m"月"', "[$-804]yyyy-mm-dd;@", "[h]:mm"))
    assert not any(is_date_format(164, code) for code in ("General", "0.00", '#,##0"元"', "[Red]0", "@", '"日期"@'))
    assert unescaped("甲_x4E59_丙") == "甲乙丙"
