"""The national result: an ordinary table, taken in as it is after a second person, shown first, never converted."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chengxin.access.models import Account
from chengxin.during_event.evaluation.models import ExternalEvaluation, ExternalFile
from chengxin.during_event.evaluation.national_intake import hand_in_national, release_national, return_national
from chengxin.during_event.evaluation.results import results_of
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.services import fsck
from tests.harness.evaluation_town import AT, STALL, Town
from tests.harness.penalties import code_of

TODAY = date_of(AT)
HEADER = ["统一社会信用代码", "主体名称", "评价等级", "评价日期"]


@pytest.fixture
def offices(town: Town) -> tuple[Account, Account]:
    """Two people of the credit office."""
    return town.person("credit_office"), town.person("credit_office", "credit_office-two")


def line(town: Town, number: int, grade: str = "优", on: str = "2026-10-31") -> list[str]:
    return [code_of(number), town.firm(number).name, grade, on]


def table(*rows: list[str], header: list[str] | None = None) -> bytes:
    return ("\n".join(",".join(row) for row in [header or HEADER, *rows]) + "\n").encode("gb18030")


def hand_in(content: bytes, by: Account, name: str = "全国结果.csv") -> ExternalFile:
    return hand_in_national(content, file_name=name, made_on=TODAY, by=by, at=AT)


def test_it_counts_after_a_second_person_and_stands_first(town: Town, offices: tuple[Account, Account]) -> None:
    first, second = offices
    made = hand_in(table(line(town, 1), line(town, 2, "差级")), first)
    assert (made.rows, made.accepted, made.taken_at) == (2, 2, None)
    assert results_of(town.firm(1), TODAY, AT).national == []
    with pytest.raises(Forbidden):
        release_national(made.pk, by=first, at=AT)
    release_national(made.pk, by=second, at=AT)
    (found,) = results_of(town.firm(1), TODAY, AT).national
    assert (found.agency, found.grade, found.valid_until, found.valid) == ("国家公共信用信息中心", "优", None, True)
    assert [each.grade for each in results_of(town.firm(2), TODAY, AT).national] == ["差"]
    with pytest.raises(Conflict):
        release_national(made.pk, by=second, at=AT)
    page = town.told_why("clerk", code_of(1)).get(f"/s/{code_of(1)}/evaluation").content.decode()
    assert page.index("全国公共信用综合评价") < page.index("本平台，")
    assert fsck().sound


def test_a_workbook_is_read_like_a_text_table(town: Town, offices: tuple[Account, Account]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["全国公共信用综合评价结果"], HEADER, line(town, 1), line(town, 3, "中", "2026/10/31")):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    made = hand_in(content.getvalue(), offices[0], "结果.xlsx")
    release_national(made.pk, by=offices[1], at=AT)
    assert sorted(ExternalEvaluation.objects.values_list("grade", flat=True)) == ["中", "优"]


def test_rows_that_cannot_be_go_back_and_say_why(town: Town, offices: tuple[Account, Account]) -> None:
    rows = [
        line(town, 1),
        [code_of(999), "泰安未知有限公司", "优", "2026-10-31"],
        [STALL, "某小吃店", "优", "2026-10-31"],
        line(town, 2, "甲"),
        line(town, 3, "良", str(TODAY + timedelta(days=1))),
    ]
    made = hand_in(table(*rows), offices[0])
    assert [(each["line"], each["rule"]) for each in made.faults] == [("3", "X03"), ("4", "X04"), ("5", "X06"), ("6", "X08")]
    assert made.accepted == 1


def test_a_later_table_corrects_and_takes_back(town: Town, offices: tuple[Account, Account]) -> None:
    first, second = offices
    release_national(hand_in(table(line(town, 1), line(town, 2)), first).pk, by=second, at=AT)
    later = table([*line(town, 1, "良"), ""], [*line(town, 2, ""), "是"], header=[*HEADER, "撤回"])
    release_national(hand_in(later, first).pk, by=second, at=AT)
    assert [each.grade for each in results_of(town.firm(1), TODAY, AT).national] == ["良"]
    assert results_of(town.firm(2), TODAY, AT).national == []
    assert ExternalEvaluation.objects.count() == 4


def test_whole_files_are_refused_with_the_way_out(town: Town, offices: tuple[Account, Account]) -> None:
    first, second = offices
    refusals = {
        "columns-missing": table(["a", "b", "c"], header=["统一社会信用代码", "主体名称", "备注"]),
        "person": table(["11010519491231002X", "张某", "优", "2026-10-31"], line(town, 1)),
    }
    told = {}
    for name, content in refusals.items():
        with pytest.raises(Refused) as refused:
            hand_in(content, first)
        told[name] = refused.value.slug
        assert refused.value.what_to_do
    assert told == {"columns-missing": "evaluation-columns", "person": "evaluation-of-person"}
    with pytest.raises(Refused):
        hand_in_national(table(line(town, 1)), file_name="x.csv", made_on=TODAY + timedelta(days=1), by=first, at=AT)
    made = hand_in(table(line(town, 1)), first)
    with pytest.raises(Conflict):
        hand_in(table(line(town, 1)), first)
    with pytest.raises(Refused):
        return_national(made.pk, because=" ", by=second, at=AT)
    return_national(made.pk, because="不是正式下发的", by=second, at=AT)
    with pytest.raises(Conflict):
        release_national(made.pk, by=second, at=AT)
    assert hand_in(table(line(town, 1)), first).sequence == made.sequence + 1
    assert fsck().sound


def test_two_people_do_it_on_the_page(town: Town) -> None:
    office, other = town.client("credit_office"), town.client("auditor")
    assert "报送文件" in office.get("/evaluation/external").content.decode()
    assert "报送文件" not in other.get("/evaluation/external").content.decode()
    nothing = office.post("/evaluation/external/hand-in", {"kind": "national", "made_on": str(TODAY)})
    assert nothing.status_code == 422
    file = SimpleUploadedFile("全国.csv", table(line(town, 1), [code_of(999), "无此企业", "优", "2026-10-31"]))
    answer = office.post("/evaluation/external/hand-in", {"kind": "national", "made_on": str(TODAY), "file": file})
    page = office.get(answer["Location"]).content.decode()
    assert "报送的人自己不能放行" in page
    assert "平台的主体库里没有这个代码" in page
    assert office.post(f"{answer['Location']}/settle", {"verdict": "release"}).status_code == 403 or not ExternalEvaluation.objects.exists()
    second = town.client("credit_office")
    second.force_login(town.person("credit_office", "credit_office-two"))
    assert "放行" in second.get(answer["Location"]).content.decode()
    second.post(f"{answer['Location']}/settle", {"verdict": "release"})
    assert "已接收" in second.get("/evaluation/external").content.decode()
    assert ExternalEvaluation.objects.count() == 1
