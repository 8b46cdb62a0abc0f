"""文字里的个人信息。Numbers of persons and marks of secrecy that stand in free text, where no field seals them."""

from __future__ import annotations

from typing import Final

import polars as pl

_CARD: Final = r"[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]"
_MOBILE: Final = r"1[3-9]\d{9}"
#: A citizen number or a mobile number that is not part of a longer run of digits.
PERSONAL_TEXT: Final = rf"(?:^|[^0-9A-Za-z])(?:{_CARD}|{_MOBILE})(?:$|[^0-9A-Za-z])"
#: A mark, not the mere word: 侵犯商业秘密 is an offence, （商业秘密） is a mark.
CONFIDENTIAL_MARK: Final = (
    r"[（(【\[〔](?:涉密|商密|国家秘密|商业秘密|工作秘密|绝密|机密|秘密|内部|不宜公开|不予公开)[）)】\]〕]|(?:绝密|机密|秘密)★"
)


def masked_text(column: pl.Expr) -> pl.Expr:
    """The text with the middle of every personal number replaced, for wherever it has to be kept or shown."""
    return column.str.replace_all(r"(?-u:\b)([1-8]\d{5})\d{8}(\d{3}[0-9Xx])(?-u:\b)", "${1}********${2}").str.replace_all(
        r"(?-u:\b)(1[3-9]\d)\d{4}(\d{4})(?-u:\b)", "${1}****${2}"
    )


def masked_number(column: pl.Expr) -> pl.Expr:
    """A sealed value as it may stand in a remark: its last two characters."""
    return pl.when(column.is_null()).then(None).otherwise(pl.lit("****") + column.str.slice(-2))
