"""查询码：random enough, read however it was copied, and nothing else is taken for one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rights.complaints.codes import CHARACTERS, digest_of, new_code, read_code, read_number

CODES = st.builds(new_code)


def test_a_code_has_more_than_a_hundred_bits_in_groups() -> None:
    drawn = {new_code() for _ in range(2_000)}
    assert len(drawn) == 2_000
    used = set("".join(drawn)) - {"-"}
    assert CHARACTERS * math.log2(len(used)) >= 100
    assert not used & set("ILOU")
    assert {tuple(map(len, each.split("-"))) for each in drawn} == {(5, 5, 5, 5, 5)}


@given(code=CODES, data=st.data())
def test_however_it_was_copied_it_is_the_same_code(code: str, data: st.DataObject) -> None:
    between = data.draw(st.lists(st.sampled_from(["", " ", "-", "－", "　", "–", "\t"]), min_size=29, max_size=29))
    looks_like = str.maketrans("01", data.draw(st.sampled_from(["OI", "ol", "0l", "o1"])))
    copied = "".join(sign + gap for sign, gap in zip(code.translate(looks_like), between, strict=True))
    copied = data.draw(st.sampled_from([copied, copied.lower(), f"  {copied}\n"]))
    wide = data.draw(st.booleans())
    copied = copied.translate({each: each + 0xFEE0 for each in range(0x30, 0x7B)}) if wide else copied
    assert read_code(copied) == code.replace("-", "")
    assert digest_of(copied) == digest_of(code)


@given(code=CODES, data=st.data())
def test_one_other_character_is_another_code(code: str, data: st.DataObject) -> None:
    plain = read_code(code)
    place = data.draw(st.integers(0, CHARACTERS - 1))
    other = data.draw(st.sampled_from([each for each in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if each != plain[place]]))
    assert digest_of(plain[:place] + other + plain[place + 1 :]) != digest_of(code)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_is_none(text: str) -> None:
    assert len(read_code(text)) in {0, CHARACTERS}
    year, number = read_number(text)
    assert year >= 0
    assert number >= 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("投诉〔2026〕12号", (2026, 12)),
        ("〔2026〕12号", (2026, 12)),
        ("投诉[2026]12", (2026, 12)),
        (" 12 ", (0, 12)),
        ("１２", (0, 12)),
        ("第12号", (0, 12)),
        ("2026-12", (2026, 12)),
        ("12345", (0, 12345)),
        ("投诉20261号", (0, 20261)),
        ("投诉〔2026〕12345号", (2026, 12345)),
        ("2026年第12号", (2026, 12)),
        ("", (0, 0)),
        ("十二", (0, 0)),
        ("1" * 40, (0, 0)),
        ("12; DROP", (0, 0)),
        ("②", (0, 2)),
    ],
)
def test_the_number_is_read_as_people_write_it(text: str, read: tuple[int, int]) -> None:
    assert read_number(text) == read
