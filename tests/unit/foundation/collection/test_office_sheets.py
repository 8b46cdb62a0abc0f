"""Sheets as offices keep them: titles above, totals and signatures below, stray cells beside, years of two digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from chengxin.foundation.collection.labels import map_columns
from chengxin.foundation.collection.models import RejectedRow, RowRemark
from chengxin.foundation.records.models import Record
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import as_csv, penalty
from tests.harness.spreadsheets import workbook

pytestmark = pytest.mark.usefixtures("db", "policy_set")


def sheet(rows: Sequence[Mapping[str, str]], *, above: Sequence[Sequence[str]] = (), below: Sequence[Sequence[object]] = ()) -> bytes:
    header = list(rows[0])
    return workbook(("处罚", [*above, header, *([row[code] for code in header] for row in rows), *below]))


def test_titles_above_and_totals_below_are_no_rows_and_say_so_once() -> None:
    office = market_regulation()
    above = [["泰安市行政处罚信息报送表"], ["填报单位：某局", "", "填报日期：2026-11-16"]]
    empty = [""] * 9
    below = [["合计", *empty, 0.6], ["合计 2 条"], ["填报人：甲某", "", "审核人：乙某"], ["备注：以上均已送达"]]
    told = hand_in(office, sheet([penalty(1, office.code), penalty(2, office.code)], above=above, below=below), file_name="处罚.xlsx")
    assert (told.rows, told.accepted, told.rejected) == (6, 2, 4)
    faults = RowRemark.objects.filter(submission=told, level="error").order_by("row")
    assert [(fault.row, fault.field, fault.rule, fault.value) for fault in faults] == [
        (6, "", "R08", "合计"),
        (7, "", "R08", "合计 2 条"),
        (8, "", "R08", "填报人：甲某"),
        (9, "", "R08", "备注：以上均已送达"),
    ]


def test_a_row_that_only_begins_like_a_total_is_judged_as_a_row() -> None:
    office = market_regulation()
    row = penalty(1, office.code, CF_XDR_MC="合计", CF_WFXW="")
    told = hand_in(office, [row])
    assert (told.accepted, told.rejected) == (0, 1)
    assert RowRemark.objects.filter(submission=told, level="error").exclude(rule="R08").exists()
    assert not RowRemark.objects.filter(submission=told, rule="R08").exists()


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_blank_cells_beside_the_table_do_not_matter(blank: str) -> None:
    office = market_regulation()
    row = penalty(1, office.code)
    beside = workbook(("处罚", [list(row), [*row.values(), "", "", blank]]))
    assert hand_in(office, beside, file_name="处罚.xlsx").accepted == 1
    text = as_csv([penalty(2, office.code)]).decode().splitlines()
    assert hand_in(office, f"{text[0]}\n{text[1]},,{blank}\n".encode()).accepted == 1


@pytest.mark.parametrize("written", ["26-11-12", "0026-11-12", "0001-01-01", "1899-12-31", "2026-02-30", "9999-99-99"])
def test_a_year_of_two_digits_or_of_antiquity_is_no_date(written: str) -> None:
    office = market_regulation()
    told = hand_in(office, [penalty(1, office.code, CF_JDRQ=written)])
    assert (told.accepted, told.rejected) == (0, 1)
    assert RowRemark.objects.filter(submission=told, rule="catalogue.date.CF_JDRQ", value=written).exists()
    assert RejectedRow.objects.get().decided_on is None
    assert not Record.objects.exists()


def test_four_hundred_strange_columns_are_told_in_one_breath(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    header = [*(field.code for field in item.fields), *(f"说明{n}" for n in range(400)), "婚姻状况"]
    with pytest.raises(Refused) as caught:
        map_columns(header, item, shipped_policy)
    assert caught.value.slug == "columns-banned"
    assert caught.value.sentence.startswith(f"第 {len(header)} 列“婚姻状况”不得归集")
    assert caught.value.sentence.endswith("还有 393 处同类问题。")
    assert len(caught.value.sentence) < 600
