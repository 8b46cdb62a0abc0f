"""Header labels find their fields, and what is outside the catalogue is named and refused."""

from __future__ import annotations

import pytest

from chengxin.foundation.collection.labels import REMARK_COLUMN, SYSTEM_SHEET, fold, header_finder, map_columns
from chengxin.foundation.collection.readers import NOT_FOR_READING, ROW
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem


@pytest.fixture
def item(shipped_policy: PolicySet) -> CatalogueItem:
    return shipped_policy.item("administrative_penalty")


def titles(item: CatalogueItem) -> list[str]:
    return [field.title for field in item.fields]


def refused(header: list[str], item: CatalogueItem, policy: PolicySet) -> Refused:
    with pytest.raises(Refused) as caught:
        map_columns(header, item, policy)
    return caught.value


def test_every_field_of_every_item_is_found_by_code_title_and_alias(shipped_policy: PolicySet) -> None:
    for item in shipped_policy.catalogue.values():
        expected = tuple(field.code for field in item.fields)
        assert map_columns([field.code.lower() for field in item.fields], item, shipped_policy).codes == expected
        assert map_columns(titles(item), item, shipped_policy).codes == expected
        by_alias = [field.aliases[-1] if field.aliases else field.title for field in item.fields]
        assert map_columns(by_alias, item, shipped_policy).codes == expected


@pytest.mark.parametrize(
    "label",
    [
        "罚款金额（万元）",
        "罚款金额(万元)",
        " *罚款金额（ 万元 ）",
        "罚款金额\n(万元)(必填)",
        "CF_NR_FK",
        "cf_nr_fk",
        "ＣＦ＿ＮＲ＿ＦＫ",
        "罚款金额（万元）CF_NR_FK",
    ],
)
def test_width_spaces_and_marks_do_not_matter(label: str, item: CatalogueItem, shipped_policy: PolicySet) -> None:
    header = [label if code == "CF_NR_FK" else code for code in (field.code for field in item.fields)]
    assert map_columns(header, item, shipped_policy).codes[header.index(label)] == "CF_NR_FK"


def test_old_codes_of_the_standard_before_2018(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    old = {"CF_XDR_ZZJG": "CF_XDR_ZDM", "CF_FR_ZJHM": "CF_FR_SFZH", "CF_NR": "CF_JG", "CF_CFLB": "CF_CFLB1"}
    header = [old.get(field.code, field.code) for field in item.fields] + ["DFBM", "SJC", "序号", REMARK_COLUMN]
    found = map_columns(header, item, shipped_policy)
    assert found.codes == (*(field.code for field in item.fields), None, None, None, None)
    assert found.carried == ("DFBM", "SJC", "序号", REMARK_COLUMN)


def test_unknown_column_is_refused_with_the_nearest_one(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    said = refused([*titles(item), "罚款额（万元）"[:6], "企业口碑"], item, shipped_policy)
    assert said.slug == "columns-unknown"
    assert "企业口碑" in said.sentence
    assert "是不是" in said.sentence


@pytest.mark.parametrize("label", ["婚姻状况", "宗教信仰", "健康状况", "指纹", "血型"])
def test_banned_column_is_refused_by_name_with_the_reason(label: str, item: CatalogueItem, shipped_policy: PolicySet) -> None:
    said = refused([*titles(item), label], item, shipped_policy)
    assert said.slug == "columns-banned"
    assert f"“{label}”不得归集：" in said.sentence


def test_all_faults_of_a_header_are_told_at_once(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    without = [title for title in titles(item) if title not in {"行政相对人名称", "处罚机关"}]
    said = refused([*without, without[0], "企业口碑"], item, shipped_policy)
    for part in ("企业口碑", "只能留一列", "“行政相对人名称”（CF_XDR_MC）", "“处罚机关”（CF_CFJG）"):
        assert part in said.sentence


def test_column_without_a_name_is_no_fault_of_the_header(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    assert map_columns(["", *titles(item)], item, shipped_policy).codes[0] is None


def test_header_is_found_below_titles(item: CatalogueItem) -> None:
    find = header_finder(item)
    assert find([["泰安市行政处罚信息"], ["", "单位：万元"], titles(item), ["甲"] * 5]) == 2
    assert find([["甲", "乙"], ["丙", "丁"]]) is None
    assert find([[SYSTEM_SHEET], titles(item)]) == NOT_FOR_READING


def test_renamed_keeps_only_what_is_stored(item: CatalogueItem, shipped_policy: PolicySet) -> None:
    import polars as pl

    header = ["序号", *titles(item)]
    frame = pl.DataFrame({**{str(n): ["x"] for n in range(len(header))}, ROW: [2]})
    assert map_columns(header, item, shipped_policy).renamed(frame).columns == [*(field.code for field in item.fields), ROW]


def test_folding_is_stable() -> None:
    assert fold(fold("行政相对人代码_1（统一社会信用代码）")) == fold("行政相对人代码1(统一社会信用代码)")
