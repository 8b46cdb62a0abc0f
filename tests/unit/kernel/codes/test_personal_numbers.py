"""Numbers of persons are found however they are written, what is found is masked, and numbers of organisations stand."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.codes import citizen_number
from chengxin.kernel.codes.personal_numbers import holds_personal_number, masked_column, masked_text, personal_spans
from tests.harness.penalties import code_of, person_number

NUMBER = person_number(123, "19850315")
ENDS_IN_X = next(number for number in (person_number(n, "19850315") for n in range(99)) if number.endswith("X"))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"No{NUMBER}",
        f"身份证号ID{NUMBER}。",
        f"_{NUMBER}_",
        f"L{NUMBER}01",
        f"甲\n{NUMBER}\n乙",
        f"案号2026{NUMBER}",
        ENDS_IN_X.lower(),
        f"{ENDS_IN_X[:17]}Ｘ",
        f"{ENDS_IN_X[:17]} x",
        NUMBER.translate(FULL_WIDTH),
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"{ENDS_IN_X[:6]}-{ENDS_IN_X[6:14]}-{ENDS_IN_X[14:]}",
        f"{NUMBER[:9]}\u200b{NUMBER[9:]}",
        " ".join(NUMBER),
        "身份证370902850315001",
        "370902 850315 001",
        f"身份证号码：{NUMBER[:17]}{(int(NUMBER[17]) + 1) % 10}",
        "电话13812345678",
        "138-1234-5678",
    ],
)
def test_a_number_is_found_and_masked(text: str) -> None:
    assert personal_spans(text)
    masked = masked_text(text)
    assert len(masked) == len(text)
    assert not personal_spans(masked)
    assert "19850315" not in masked.replace(" ", "").replace("-", "")
    assert masked_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "113709000043220235",  # an organ's code, digits only
        code_of(7),
        f"由{code_of(7)}移送",
        "案号 2026031381234567890",
        "370902199902302222",  # no such day
        "370902600000001",  # a registration number
        "2026-11-12 10:30:00 3000 元",
        "电话 05381234567",
        "共 13812345678901 元",
        "",
    ],
)
def test_what_only_looks_like_one_stands(text: str) -> None:
    assert personal_spans(text) == ()
    assert masked_text(text) == text


def test_columns_say_what_texts_say() -> None:
    texts = pl.Series(["无", None, f"甲{NUMBER}", "13812345678", f"甲{NUMBER}"])
    assert holds_personal_number(texts).to_list() == [False, False, True, True, True]
    assert holds_personal_number(texts, mobiles=False).to_list() == [False, False, True, False, True]
    assert masked_column(texts).to_list() == [None if text is None else masked_text(text) for text in texts]
    assert masked_column(pl.Series([], dtype=pl.String)).to_list() == []


@given(
    serial=st.integers(0, 999),
    before=st.sampled_from(["", "甲", "No", "x", "2026年", "（"]),
    after=st.sampled_from(["", "。", "号", "a"]),
    gaps=st.lists(st.sampled_from(["", "", "", " ", "-", "·", "\u200b"]), min_size=17, max_size=17),
)
def test_every_way_of_writing_is_found_by_the_column(serial: int, before: str, after: str, gaps: list[str]) -> None:
    number = person_number(serial)
    assert citizen_number.is_valid(number)
    text = before + number[0] + "".join(gap + character for gap, character in zip(gaps, number[1:], strict=True)) + after
    assert holds_personal_number(pl.Series([text]))[0]
    assert "".join(filter(str.isdigit, masked_text(text))).find(number[6:14]) == -1
