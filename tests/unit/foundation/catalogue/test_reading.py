"""The policy pages' queries: every policy has a page, every value its basis."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.catalogue import reading
from chengxin.kernel.refused import NotFound
from chengxin.policy import PolicySet
from chengxin.policy.differences import differences
from chengxin.policy.loading import load_files
from chengxin.policy.types import Confidence
from chengxin.policy.words import say

AS_OF = date(2026, 5, 1)


def test_every_file_is_listed_once_and_has_a_page(shipped_policy: PolicySet) -> None:
    lines = [line for theme in reading.policy_index(shipped_policy, AS_OF) for line in theme.lines]
    files = {path for path in shipped_policy.files if path.endswith(".yaml") and "/" in path}
    pages = [reading.policy_page(shipped_policy, line.id, AS_OF) for line in lines]
    assert {page.path for page in pages} >= files - {"national/foundation/disclosure/disclosure_deadline.yaml"}
    assert len({line.id for line in lines}) == len(lines)
    assert all(page.values or page.tables for page in pages)
    assert all(page.title != page.id for page in pages)


def test_a_page_says_value_words_source_and_since_when(shipped_policy: PolicySet) -> None:
    page = reading.policy_page(shipped_policy, "disclosure_deadline", AS_OF)
    current = page.values[0]
    assert (current.said, current.in_force, current.from_on) == ("7 个工作日", True, date(2020, 1, 1))
    assert current.quote == "在7个工作日内上网公开"
    assert current.href == "/policy/clauses#credit-regulation-2.1.1"
    assert [value.in_force for value in page.values] == [True, False]


def test_another_day_shows_another_value(shipped_policy: PolicySet) -> None:
    page = reading.policy_page(shipped_policy, "disclosure_deadline", date(2019, 5, 1))
    assert [value.in_force for value in page.values] == [False, True]
    early = reading.policy_page(shipped_policy, "disclosure_deadline", date(2001, 1, 1))
    assert not any(value.in_force for value in early.values)
    theme = next(theme for theme in reading.policy_index(shipped_policy, date(2001, 1, 1)) if theme.id == "disclosure")
    assert {line.now for line in theme.lines} == {"此日尚无取值"}


def test_what_is_uncertain_says_so_where_it_is_shown(shipped_policy: PolicySet) -> None:
    assert reading.policy_page(shipped_policy, "huge_fine", AS_OF).values[0].confidence_word == "本平台假定"
    fields = next(table for table in reading.policy_page(shipped_policy, "administrative_reward", AS_OF).tables if table.title == "字段")
    assert "待业务核定" in {row[fields.columns.index("核实程度")] for row in fields.rows}


def test_the_clauses_page_has_both_plans_with_an_anchor_each(shipped_policy: PolicySet) -> None:
    tables = reading.policy_page(shipped_policy, "clauses", AS_OF).tables
    assert sum(len(table.rows) for table in tables) == len(shipped_policy.clauses)
    assert "credit-regulation-2.1.1" in tables[0].anchors
    assert any("尚未建" in row for row in tables[0].rows)


def test_a_basis_is_ready_for_the_page(shipped_policy: PolicySet) -> None:
    basis = reading.basis_of(shipped_policy, "credit-regulation/2.1.1")
    assert "行政征收" in basis.quote
    noted = reading.basis_of(shipped_policy, "order-36-2025", "三个月", Confidence.TO_CONFIRM)
    assert (noted.quote, noted.note, noted.confidence) == ("", "三个月", "to_confirm")
    assert "第36号" in noted.title


def test_what_is_not_there_is_not_found(shipped_policy: PolicySet) -> None:
    for asked in ("dream", "list:tax_serious"):
        with pytest.raises(NotFound):
            reading.policy_page(shipped_policy, asked, AS_OF)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("P1Y6M", "calendar_period", "1 年 6 个月"),
        (123, "yuan", "123 元"),
        (2 * 1024**3, "byte", "2 GB"),
        (1500, "byte", "1,500 字节"),
        ({"甲": 1, "乙": 2}, "working_day", "甲 1 个工作日；乙 2 个工作日"),
        ("文字", "text", "文字"),
    ],
)
def test_how_a_value_reads(value: object, unit: str, said: str) -> None:
    assert say(value, unit) == said


def test_differences_are_told_in_meaning_not_in_wording(shipped_policy: PolicySet) -> None:
    path = "national/foundation/records/huge_fine.yaml"
    comment = {**shipped_policy.files, path: "# 一句注释\n" + shipped_policy.files[path]}
    assert differences(shipped_policy, load_files(comment)) == ()
    higher = {**shipped_policy.files, path: shipped_policy.files[path].replace("1000000", "2000000")}
    (found,) = differences(shipped_policy, load_files(higher))
    assert (found.id, found.what, found.key) == ("huge_fine", "changed", "自 2023-05-01 起")
    assert "2000000" in found.after
    item = "national/foundation/catalogue/honours.yaml"
    longer = {**shipped_policy.files, item: shipped_policy.files[item].replace("cycle: 授予后逐件报送", "cycle: 每月")}
    assert [(each.id, each.key, each.after) for each in differences(shipped_policy, load_files(longer))] == [("honours", "cycle", "每月")]
    without = {name: text for name, text in shipped_policy.files.items() if not name.endswith("calendar/2007.yaml")}
    assert [(each.id, each.what) for each in differences(shipped_policy, load_files(without))] == [("2007", "removed")]
    assert [(each.id, each.what) for each in differences(load_files(without), shipped_policy)] == [("2007", "added")]
