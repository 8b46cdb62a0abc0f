"""翻页。"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.access.paging import LARGEST_PAGE, Page, decode_cursor, encode_cursor, page_of
from chengxin.kernel.refused import Refused


@given(st.integers(0, 2**62), st.text(max_size=20))
def test_a_cursor_comes_back(number: int, text: str) -> None:
    assert decode_cursor(encode_cursor(number, text), int, str) == (number, text)


def test_the_empty_cursor_is_the_first_page() -> None:
    assert decode_cursor("", int) == ()


@given(st.text(min_size=1, max_size=30).filter(lambda text: not text.isascii()))
def test_anything_else_is_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match="翻页"):
        decode_cursor(text, int)


@pytest.mark.parametrize("cursor", [encode_cursor("7"), encode_cursor(1, 2), encode_cursor(), "e30", "!!"])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="翻页"):
        decode_cursor(cursor or "W10", int)


@given(rows=st.integers(0, 40), limit=st.integers(-3, 15))
def test_pages_together_are_the_list(rows: int, limit: int) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        after = decode_cursor(cursor, int)
        start = after[0] + 1 if after else 0
        page: Page[int] = page_of(lambda n, start=start: list(range(start, rows))[:n], limit, lambda row: (row,))
        seen += page.rows
        assert len(page.rows) <= max(1, min(limit, LARGEST_PAGE))
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert seen == list(range(rows))
