"""Events have grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.events import EventTag

WORD = st.from_regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", fullmatch=True)


@given(WORD, WORD, WORD)
def test_what_is_written_is_read(section: str, subject: str, action: str) -> None:
    tag = EventTag(section, subject, action)
    assert EventTag.parse(str(tag)) == tag


@pytest.mark.parametrize(
    "text", ["", "a", "a:b", "a:b:c:d", "a::c", ":b:c", "A:b:c", "a:b:c ", "a:b:c\n", "a:b:_c", "a:b:c_", "a:b:c__d", "a:1b:c", "记录:b:c"]
)
def test_what_is_no_event(text: str) -> None:
    with pytest.raises(ValueError, match="is not an event"):
        EventTag.parse(text)
