"""The template and the annotated workbook: other programs open them, nothing in them runs, and ours reads them again."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import polars as pl
import pytest

from chengxin.foundation.collection.labels import header_finder, map_columns
from chengxin.foundation.collection.neutral import neutral_column, neutral_text
from chengxin.foundation.collection.readers import Chunk, Limits, read
from chengxin.foundation.collection.sheets import Cell, Sheet, column_letters, workbook_bytes, xml_text
from chengxin.foundation.collection.templates_workbook import template_workbook
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.foundation.collection.workbook import Remark, annotated_workbook
from chengxin.kernel.refused import Refused
from chengxin.kernel.rules import Rule
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

NASTY = ["=1+1", "@甲", "+cmd", "-2", "\tx", "甲\x07乙", "_x0041_", "<&>\"'", " 留白 ", "甲\n乙", "𠮷"]


@pytest.fixture(scope="module")
def limits(shipped_policy: PolicySet) -> Limits:
    return Limits.of(shipped_policy, date(2026, 11, 20))


@pytest.fixture
def item(shipped_policy: PolicySet) -> CatalogueItem:
    return shipped_policy.item("administrative_penalty")


def read_again(content: bytes, item: CatalogueItem, limits: Limits) -> list[Chunk]:
    return list(read([content], file_name="a.xlsx", limits=limits, find_header=header_finder(item)))


def rule_of(rule_id: str) -> Rule:
    return Rule(rule_id, f"规则{rule_id}的句子。", "credit-regulation/2.1.1", "这样改。")


def handed_in(item: CatalogueItem, limits: Limits, rows: int) -> list[Chunk]:
    lines = [",".join(field.title for field in item.fields)]
    lines += [",".join(f"第{n}行" for _ in item.fields) for n in range(2, rows + 2)]
    return list(read(["\n".join(lines).encode()], file_name="a.csv", limits=limits, find_header=header_finder(item)))


def test_every_text_survives_and_none_is_a_formula() -> None:
    content = workbook_bytes([Sheet("一", [NASTY, [Cell(text, comment="说") for text in NASTY]])])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    for row in sheet.iter_rows():
        assert [cell.data_type for cell in row] == ["s"] * len(NASTY)
        assert [cell.number_format for cell in row] == ["@"] * len(NASTY)
    assert [cell.value for cell in sheet[1]][-3:] == NASTY[-3:]
    assert [cell.quotePrefix for cell in sheet[1]][:5] == [True] * 5
    assert sheet["A2"].comment.text == "说"


def test_own_reader_reads_back_what_was_written(limits: Limits) -> None:
    safe = [text for text in NASTY if not text.startswith(("=", "@", "+c"))]
    content = workbook_bytes([Sheet("一", [["列"] * len(safe), safe])])
    (chunk,) = read([content], file_name="a.xlsx", limits=limits, find_header=lambda rows: 0)
    assert list(chunk.frame.rows()[0][:-1]) == safe


def test_equal_rows_give_equal_bytes(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    assert template_workbook(item, shipped_policy) == template_workbook(item, shipped_policy)


def test_template_of_every_item_is_read_as_its_own_header(shipped_policy: PolicySet, limits: Limits) -> None:
    for item in shipped_policy.catalogue.values():
        content = template_workbook(item, shipped_policy)
        book = openpyxl.load_workbook(io.BytesIO(content))
        header = [cell.value for cell in book.worksheets[0][1]]
        assert map_columns(header, item, shipped_policy).codes == tuple(field.code for field in item.fields)
        assert book.worksheets[0].max_row == 1, "a sample row would be handed in"
        assert book.worksheets[1].max_row == len(item.fields) + 2
        with pytest.raises(Refused) as caught:
            read_again(content, item, limits)
        assert caught.value.slug == "file-no-rows"


def test_template_has_drop_downs_for_code_tables(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(item, shipped_policy)))
    lists = [each for each in book.worksheets[0].data_validations.dataValidation if each.type == "list"]
    kinds = next(each for each in lists if "类别" in (each.promptTitle or ""))
    column = kinds.formula1.split("$")[1]
    offered = [cell.value for cell in book["代码表"][column] if cell.value][1:]
    assert "自然人" in offered
    assert book["代码表"].sheet_state == "hidden"


def test_annotated_workbook_holds_the_rows_that_came_back(item: CatalogueItem, shipped_policy: PolicySet, limits: Limits) -> None:
    chunks = handed_in(item, limits, 5)
    remarks = [
        Remark("", 3, "CF_JDRQ", "第3行", RemarkLevel.ERROR, "V06.decided_on"),
        Remark("", 3, "CF_NR", "第3行", RemarkLevel.WARNING, "V13", "差 2 元。"),
        Remark("", 4, "CF_XDR_MC", "第4行", RemarkLevel.MENDED, "M05"),
    ]
    content = annotated_workbook(chunks, remarks, item=item, policy=shipped_policy, rule_of=rule_of)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, listed = book.worksheets
    assert sheet.max_row == 2
    row = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["行政相对人名称"].value == "第3行"
    assert "规则V06.decided_on的句子。这样改。" in row["处罚决定日期"].comment.text
    assert row["处罚决定日期"].fill.fgColor.rgb != row["处罚内容"].fill.fgColor.rgb
    assert [cell.value for cell in sheet[2]][-1] == "3"
    assert "“处罚内容”：规则V13的句子。差 2 元。这样改。" in [cell.value for cell in sheet[2]][-2]
    assert [cell.value for cell in listed[3]][1:4] == ["3", "处罚决定日期", "第3行"]
    assert listed.max_row == 5


def test_annotated_workbook_can_be_handed_in_as_it_is(item: CatalogueItem, shipped_policy: PolicySet, limits: Limits) -> None:
    remarks = [Remark("", row, "CF_NR", "x", RemarkLevel.ERROR, "R04") for row in (2, 6)]
    content = annotated_workbook(handed_in(item, limits, 5), remarks, item=item, policy=shipped_policy, rule_of=rule_of)
    (chunk,) = read_again(content, item, limits)
    columns = map_columns(chunk.columns, item, shipped_policy)
    assert [code for code in columns.codes if code] == [field.code for field in item.fields]
    assert columns.renamed(chunk.frame)["CF_XDR_MC"].to_list() == ["第2行", "第6行"]
    assert chunk.faults.is_empty()


def test_annotated_workbook_may_hold_every_row(item: CatalogueItem, shipped_policy: PolicySet, limits: Limits) -> None:
    content = annotated_workbook(handed_in(item, limits, 5), [], item=item, policy=shipped_policy, rule_of=rule_of, every_row=True)
    assert sum(chunk.frame.height for chunk in read_again(content, item, limits)) == 5


def test_nothing_touches_the_disk_in_clear(item: CatalogueItem, shipped_policy: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    with zipfile.ZipFile(io.BytesIO(template_workbook(item, shipped_policy))) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("text", "neutral"),
    [
        ("=1", "'=1"),
        ("@x", "'@x"),
        ("+甲", "'+甲"),
        ("-甲", "'-甲"),
        ("\t1", "'\t1"),
        ("-5", "-5"),
        ("+5.2", "+5.2"),
        ("-5+cmd|x", "'-5+cmd|x"),
        ("甲=1", "甲=1"),
        ("", ""),
    ],
)
def test_what_leaves_in_a_csv_is_neutral(text: str, neutral: str) -> None:
    assert neutral_text(text) == neutral
    assert pl.select(neutral_column(pl.lit(None, pl.String))).item() is None


def test_small_pieces() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert xml_text("a<\x07_x0041_") == "a&lt;_x0007__x005F_x0041_"
