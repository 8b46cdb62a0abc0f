"""Our canonical bytes are those of an independent RFC 8785 library, whatever the text."""

from __future__ import annotations

import polars as pl
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from chengxin.kernel.canonical import canonical_bytes, canonical_column

KEYS = st.text(st.characters(max_codepoint=127), min_size=1, max_size=6)
TEXTS = st.text(st.sampled_from([*map(chr, range(0x30)), *'"\\/甲乙\u007f\u0080\u2028\u2029\ufeff😀é']), max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=6
)


@given(st.dictionaries(KEYS, TEXTS, max_size=6))
@example({"b": '\u0000\b\t\n\u000b\f\r\u001f"\\/', "a": "\u2028😀", "_x": "", "A": "z"})
def test_one_object_and_a_column_of_one(content: dict[str, str]) -> None:
    expected = rfc8785.dumps({key: value for key, value in content.items() if value})
    assert canonical_bytes(content) == expected
    frame = pl.DataFrame({key: [value] for key, value in content.items()}) if content else pl.DataFrame({"other": [1]})
    assert canonical_column(frame, list(content)).to_list() == [expected]


@given(st.lists(st.fixed_dictionaries({"CF_WSH": st.none() | TEXTS, "_item": TEXTS, "CF_NR": TEXTS}), max_size=6))
def test_columns_are_as_single_objects(rows: list[dict[str, str]]) -> None:
    frame = pl.DataFrame(rows, schema={"CF_WSH": pl.String, "_item": pl.String, "CF_NR": pl.String})
    column = canonical_column(frame, frame.columns)
    assert column.dtype == pl.Binary
    assert column.to_list() == [canonical_bytes({key: value or "" for key, value in row.items()}) for row in rows]


def test_a_column_without_values_is_absent() -> None:
    assert canonical_column(pl.DataFrame({"a": [None, None], "b": ["1", ""]}), ["a", "b"]).to_list() == [b'{"b":"1"}', b"{}"]


def test_what_has_no_canonical_form_here() -> None:
    with pytest.raises(ValueError, match="not ASCII"):
        canonical_bytes({"文书号": "1"})
    with pytest.raises(ValueError, match="not int"):
        canonical_bytes({"amount": 1})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="not Int64"):
        canonical_column(pl.DataFrame({"amount": [1]}), ["amount"])
    with pytest.raises(ValueError, match="twice"):
        canonical_column(pl.DataFrame({"a": ["1"]}), ["a", "a"])
    with pytest.raises(UnicodeEncodeError):
        canonical_bytes({"a": "\ud800"})
