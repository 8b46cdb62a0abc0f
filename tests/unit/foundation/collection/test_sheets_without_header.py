"""No row is lost in silence: data without a header are refused with the file, notes beside the data may stay."""

from __future__ import annotations

import pytest

from chengxin.access.models import Department
from chengxin.foundation.collection.models import RowRemark
from chengxin.foundation.collection.templates_workbook import template_workbook
from chengxin.foundation.records.models import Record
from chengxin.policy.policy_set import PolicySet
from tests.harness import spreadsheets as made
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import as_csv, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.fixture
def office() -> Department:
    return market_regulation()


def sheets(office: Department) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """A header, two rows under it, three rows more."""
    rows = [penalty(n, office.code) for n in range(5)]
    cells = [list(row.values()) for row in rows]
    return list(rows[0]), cells[:2], cells[2:]


@pytest.mark.parametrize("header", [[], ["CF_WSH", "甲", "乙", "丙"]])
@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_of_data_without_a_header_refuses_the_file(office: Department, header: list[str], first: bool) -> None:
    known, good, lost = sheets(office)
    parts = [("一", [known, *good]), ("续表", [*([header] if header else []), *lost])]
    submission = hand_in(office, made.workbook(*(parts if first else reversed(parts))), file_name="处罚.xlsx")
    assert submission.refusal is not None
    assert (submission.state, submission.refusal["slug"]) == ("refused", "file-sheet-without-header")
    assert "续表" in submission.refusal["sentence"]
    assert not Record.objects.exists()


def test_notes_and_the_platforms_own_sheets_stay_beside_the_data(office: Department, policy_set: PolicySet) -> None:
    known, good, _ = sheets(office)
    notes = [["填表说明"], ["一、金额以万元计", "二、日期写全"], ["联系人", "甲某某", "科长"]]
    submission = hand_in(office, made.workbook(("一", [known, *good]), ("备注", notes)), file_name="处罚.xlsx")
    assert (submission.state, submission.accepted) == ("closed", 2), submission.refusal
    template = template_workbook(policy_set.item("administrative_penalty"), policy_set)
    empty = hand_in(office, template, file_name="模板.xlsx")
    assert empty.refusal is not None
    assert empty.refusal["slug"] == "file-no-rows"


def test_a_value_in_a_column_without_a_name_sends_its_row_back(office: Department) -> None:
    lines = as_csv(penalty(n, office.code, CF_SY="无") for n in range(2)).decode().splitlines()  # no cell holds a comma
    place = lines[0].split(",").index("CF_WFXW")
    spoilt = []
    for line, extra in zip(lines, ["", "迷路的值", ""], strict=True):
        cells = line.split(",")
        spoilt.append(",".join([*cells[:place], extra, *cells[place:]]))
    submission = hand_in(office, "\n".join(spoilt).encode())
    assert (submission.accepted, submission.rejected) == (1, 1), submission.refusal
    assert RowRemark.objects.filter(submission=submission, level="error").values_list("rule", flat=True).get().startswith("R")
