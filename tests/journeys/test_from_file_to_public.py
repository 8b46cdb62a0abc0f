"""The main job: a clerk's file with ten planted faults comes back annotated, is corrected, handed in again, released by a second
person, found by a member of the public, and proved in the reader's own browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from chengxin.kernel.clock import today
from tests.harness.penalties import code_of, person_number
from tests.journeys.conftest import City, Visit
from tests.journeys.rows import days_ago, serious_penalty

pytestmark = pytest.mark.browser
FIRST = 300
GOOD = 4

TITLES = {
    "CF_WSH": "行政处罚决定书文号",
    "CF_XDR_SHXYM": "行政相对人代码_1(统一社会信用代码)",
    "CF_NR_FK": "罚款金额（万元）",
    "CF_JDRQ": "处罚决定日期",
    "CF_XDR_ZJLX": "自然人证件类型",
    "CF_XDR_ZJHM": "自然人证件号码",
    "CF_CFLB": "处罚类别",
    "CF_FRDB": "法定代表人",
    "CF_CFJGDM": "处罚机关统一社会信用代码",
    "CF_XDR_LB": "行政相对人类别",
}


def another_check_character(code: str) -> str:
    """The code with its last character wrong."""
    return code[:-1] + ("2" if code[-1] == "1" else "1")


def planted(office: str) -> list[dict[str, str]]:
    """Ten faults, one in each row; what is changed is also what must be put right."""
    tomorrow = (today() + timedelta(days=1)).isoformat()
    return [
        {"CF_WSH": ""},
        {"CF_XDR_SHXYM": another_check_character(code_of(FIRST + 1))},
        {"CF_NR_FK": ""},
        {"CF_JDRQ": tomorrow},
        {"CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": person_number(7)},
        {"CF_CFLB": "其他"},
        {"CF_FRDB": ""},
        {"CF_JDRQ": "去年冬天"},
        {"CF_NR_FK": "一百二十"},
        {"CF_CFJGDM": code_of(99, "11370900MB")},
    ]


def right_row(number: int, office: str) -> dict[str, str]:
    """What the row should have said."""
    return {"CF_XDR_ZJLX": "", "CF_XDR_ZJHM": "", **serious_penalty(FIRST + number, office)}


def write_workbook(path: Path, rows: list[dict[str, str]]) -> None:
    """A clerk's spreadsheet, field codes for a header."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    columns = list(rows[0])
    sheet.append(columns)
    for row in rows:
        sheet.append([row[column] for column in columns])
    book.save(path)


def correct(path: Path, office: str) -> int:
    """Put right what was planted, in the annotated workbook as it came; how many rows it held."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    corrected = 0
    for row in range(2, sheet.max_row + 1):
        name = str(sheet.cell(row, places["行政相对人名称"]).value)
        number = int(re.sub(r"\D", "", name)) - FIRST
        for field in planted(office)[number]:
            sheet.cell(row, places[TITLES[field]]).value = right_row(number, office)[field] or None
        corrected += 1
    book.save(path)
    return corrected


def hand_in(page: Page, file: Path) -> None:
    """Hand a file in by the form."""
    page.goto("/office/submissions/new")
    page.get_by_label("事项").select_option(label="行政处罚")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/office/submissions/\d+"))
    expect(page.locator("#submission-progress")).not_to_contain_text("正在核对", timeout=30_000)


def count(page: Page, label: str) -> int:
    """One of the live counts."""
    cell = page.locator("#submission-progress dl > div", has=page.get_by_text(label, exact=True)).locator("dd")
    return int(re.sub(r"\D", "", cell.inner_text()))


def test_from_a_file_with_ten_faults_to_a_proof(visit: Visit, city: City, tmp_path: Path) -> None:
    rows = [{**right_row(number, city.office), **fault} for number, fault in enumerate(planted(city.office))]
    rows += [right_row(len(rows) + number, city.office) for number in range(GOOD)]
    write_workbook(tmp_path / "十处错误.xlsx", rows)

    clerk = visit(role="clerk")
    hand_in(clerk, tmp_path / "十处错误.xlsx")
    assert (count(clerk, "共"), count(clerk, "接收"), count(clerk, "退回")) == (14, GOOD, 10)
    expect(clerk.get_by_text("等待本部门另一位同事复核")).to_be_visible()
    shown = clerk.locator(".row-error")
    assert shown.count() >= 10
    for number in range(10):
        expect(shown.filter(has_text=f"第 {number + 2} 行 ·").first).to_contain_text("改法：")
    assert person_number(7) not in clerk.content()

    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="下载批注工作簿").click()
    annotated = tmp_path / "批注.xlsx"
    download.value.save_as(annotated)
    assert correct(annotated, city.office) == 10

    hand_in(clerk, annotated)
    assert (count(clerk, "共"), count(clerk, "接收"), count(clerk, "退回")) == (10, 10, 0)
    expect(clerk.get_by_role("button", name="放行，予以公示")).to_have_count(0)
    waiting = clerk.url

    public = visit(width=390)
    public.goto(f"/s/{code_of(FIRST + 1)}")
    expect(public.get_by_role("heading", level=1)).to_have_text("没有这一页")

    reviewer = visit(role="reviewer")
    reviewer.get_by_role("link", name="批注.xlsx").first.click()  # what waits stands first
    reviewer.wait_for_url(waiting)
    reviewer.get_by_role("button", name="放行，予以公示").click()
    expect(reviewer.locator("#submission-progress")).to_contain_text("已办结")

    found_by_anyone(public)


def found_by_anyone(page: Page) -> None:
    """A member of the public, on a phone: search, the subject, the record, its proof."""
    page.goto("/")
    page.get_by_role("combobox").fill(f"云杉{FIRST + 1:05d}")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=f"泰安云杉{FIRST + 1:05d}商贸有限公司").click()
    expect(page.get_by_text("今天有 1 条失信信息在公示")).to_be_visible()
    page.get_by_role("link", name="未按规定公示年度报告").click()
    page.wait_for_url(re.compile(r"/r/\d+$"))
    expect(page.get_by_role("definition").filter(has_text=days_ago(3)).first).to_be_visible()
    verify = page.get_by_label("本页说明").get_by_role("link", name="核验")
    if not verify.count():  # the checkpoint comes within two seconds
        page.wait_for_timeout(2_500)
        page.reload()
    verify.click()
    page.wait_for_selector("#verdict:not([hidden])")
    expect(page.locator("#verdict")).to_contain_text("证明成立")
    expect(page.locator("#verdict")).to_contain_text(f"{FIRST + 1}号")
