"""文书号的写法：a document's number is known by its one spelling (``collection.settling.one_spelling``), and is on record in any."""

from __future__ import annotations

from typing import Final

#: Brackets of the year that are seen on record, besides those of the one spelling.
_PAIRS: Final = ("[]", "［］", "()", "（）", "【】")


def spellings_sql(one: str, written: str) -> str:
    """An SQL list of what the SQL expression ``one`` (a number in the one spelling) may be recorded as; ``written``: as this row has it."""
    others = (f"replace(replace({one}, '〔', '{pair[0]}'), '〕', '{pair[1]}')" for pair in _PAIRS)
    return f"({', '.join([written, one, *others])})"
