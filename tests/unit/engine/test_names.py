"""When two written names are one name."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.engine import names

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)


def agree(left: str | None, right: str | None) -> bool | None:
    return (
        pl.DataFrame({"l": [left], "r": [right]}, schema={"l": pl.String, "r": pl.String})
        .select(names.agree(pl.col("l"), pl.col("r")))
        .item()
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("泰安市岭上云商贸有限公司", "泰安岭上云商贸有限责任公司"),
        ("岭上云（泰安）有限公司", "岭上云(泰安)有限公司"),
        ("岭上云 商贸有限公司", "岭上云\u3000商贸有限公司\u200b"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("岭上云股份有限公司", "岭上云股份公司"),
        ("听泉果蔬农民专业合作社", "听泉果蔬专业合作社"),
    ],
)
def test_spellings_of_one_name(left: str, right: str) -> None:
    assert agree(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("泰安市岭上云商贸有限公司", "泰安市岭下云商贸有限公司"),
        ("岭上云有限公司", "岭上云有限公司泰安分公司"),
        ("泰山区圆月小吃店", "岱岳区圆月小吃店"),
        ("岭上云商贸有限公司", "岭上云商行"),
        ("公司", "有限公司岭上"),
        ("岭上云", ""),
    ],
)
def test_different_names(left: str, right: str) -> None:
    assert not agree(left, right)


def test_an_unknown_name_neither_agrees_nor_contradicts() -> None:
    assert agree("岭上云", None) is None


@given(CHINESE)
def test_every_name_agrees_with_itself(name: str) -> None:
    assert agree(name, name)


@given(CHINESE)
def test_the_bigrams_of_a_key_are_those_of_its_column_form(key: str) -> None:
    words = pl.select(names.bigrams(pl.lit(key))).item().split()
    assert {word for word in words if len(word) == 2} == set(names.bigrams_of(key))


@given(CHINESE, CHINESE)
def test_similarity_is_of_characters(left: str, right: str) -> None:
    alike = names.similarity(left, right)
    assert 0 <= alike <= 1000
    assert alike == names.similarity(right, left)
    assert (alike == 1000) == (left == right != "")


def test_one_character_of_five_is_a_fifth() -> None:
    assert names.similarity("岭上云商贸", "岭下云商贸") == 800
    assert names.search_key_of("（泰安）ＡＢＣ-1 厂") == "泰安abc1厂"
    assert names.core_of("公司") == "公司"
