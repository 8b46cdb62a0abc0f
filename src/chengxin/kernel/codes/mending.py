"""号码修补。Puts right what was dirtied in a unified social credit code, where one mend is certain, and says what it did.

Two kinds of dirt are told apart:

* *form* — invisible characters, full width, small letters, separators. Taking them away changes no character of the code.
* *content* — a letter that no code contains (O for 0 …), text after a complete code, one character written twice. One kind at a
  time is mended, and only when of everything that could have been meant exactly one passes both check characters.

A single wrong character among valid ones is never repaired: every place has a character that fits, so none is certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from chengxin.kernel.codes import credit_code


@dataclass(frozen=True)
class Mend:
    """修补：its id, and the sentence for the clerk."""

    id: str
    sentence: str


MENDS: Final[Mapping[str, Mend]] = {
    mend.id: mend
    for mend in (
        Mend("full-width", "代码中的全角字符已改为半角。"),
        Mend("invisible-characters", "代码中的空格、零宽字符等不可见字符已去除。"),
        Mend("lower-case", "代码中的小写字母已改为大写。"),
        Mend("separators", "代码中的连字符、撇号等分隔符号已去除。"),
        Mend("look-alike-letters", "代码中不应出现的字母已按形近数字更正（O→0、I或l→1、Z→2、S→5），更正后两位校验码均相符。"),
        Mend("suffix", "代码之后附加的文字（如分厂、序号）已去除，前18位代码校验相符。"),
        Mend("doubled-character", "代码中重复录入的一位字符已去除，去除后两位校验码均相符，且没有其他可能。"),
    )
}

#: How far a column is looked at to see whether its codes repeat, and from how many different ones on they do not.
_LOOKED_AT: Final = 500
_FEW: Final = 40
_INVISIBLE: Final = r"[\s\p{Cf}\p{Zs}\x00-\x1f\x7f\u115f\u1160\u3164]"
_SEPARATORS: Final = r"""[\-‐‑‒–—―−_'’‘`´"“”·•.,，、:：]"""
_LOOK_ALIKE: Final = {"O": "0", "I": "1", "Z": "2", "S": "5"}
#: What may follow a complete code: nothing that could be more of the code or another number.
_AFTER_CODE: Final = rf"^[0-9A-Z]{{{credit_code.LENGTH}}}[^0-9A-Z].{{0,30}}$"
_ANOTHER_NUMBER: Final = r"^.{18}.*[0-9A-Z]{6}"


def explain(mend: str) -> str:
    """What was mended, in Chinese; ``mend`` as :func:`mend_column` gives it. "" for ""."""
    return "".join(MENDS[part].sentence for part in mend.split("+") if part)


def mend_column(codes: pl.Series) -> pl.DataFrame:
    """Columns ``code`` and ``mend`` (ids joined by ``+``, "" where nothing was done).

    A code that is valid, empty, null, or has no certain mend stands as it came.
    """
    told_apart = codes.alias("code").fill_null("").to_frame()
    different = told_apart.unique() if codes.head(_LOOKED_AT).n_unique() <= _FEW else told_apart  # offices are few, firms are many
    wrong = different.filter(~credit_code.valid_column(different["code"]) & (pl.col("code") != "")).unique()
    mended = _mend_wrong(wrong).filter(pl.col("mend") != "") if wrong.height else wrong
    if not mended.height:
        return pl.DataFrame({"code": codes, "mend": pl.repeat("", codes.len(), eager=True)})
    joined = told_apart.join(mended, on="code", how="left", maintain_order="left")
    return joined.select(pl.coalesce("mended", "code").alias("code"), pl.col("mend").fill_null("")).with_columns(
        pl.when(codes.is_not_null()).then(pl.col("code")).alias("code")
    )


def plain_column(codes: pl.Series) -> pl.Series:
    """Only the form of other numbers: half width, capital letters, nothing invisible. No separator is taken away."""
    return codes.str.normalize("NFKC").str.replace_all(_INVISIBLE, "").str.to_uppercase()


def _mend_wrong(wrong: pl.DataFrame) -> pl.DataFrame:
    """Columns ``code``, ``mended``, ``mend`` of different texts that are not valid codes."""
    code, narrow, visible, upper, plain = (pl.col(name) for name in ("code", "narrow", "visible", "upper", "plain"))
    forms = wrong.with_columns(code.str.normalize("NFKC").alias("narrow"))
    forms = forms.with_columns(narrow.str.replace_all(_INVISIBLE, "").alias("visible"))
    forms = forms.with_columns(visible.str.to_uppercase().alias("upper"))
    forms = forms.with_columns(upper.str.replace_all(_SEPARATORS, "").alias("plain"))
    small_l = visible.str.replace_all("l", "1", literal=True).str.to_uppercase().str.replace_all(_SEPARATORS, "")
    # What follows a separator is a suffix, not part of a code with one character too many.
    unbroken = forms.select(pl.when(plain == upper).then(plain).otherwise(pl.lit(""))).to_series()
    candidates = forms.with_columns(
        _valid(forms, plain).alias("as_form"),
        _valid(forms, _look_alike(plain)).alias("as_capital"),
        _valid(forms, _look_alike(small_l)).alias("as_look_alike"),
        _before_suffix(forms).alias("as_suffix"),
        _doubled(unbroken).alias("as_doubled"),
    )
    choices = ["as_form", "as_capital", "as_look_alike", "as_suffix", "as_doubled"]
    # Exactly one: ways that lead to the same code count once, ways that lead to different codes leave it unmended.
    only = pl.coalesce(choices)
    certain = only.is_not_null() & pl.all_horizontal((pl.col(choice) == only).fill_null(True) for choice in choices)
    return candidates.select(
        "code", pl.when(certain).then(only).alias("mended"), pl.when(certain).then(_what_was_done()).otherwise(pl.lit("")).alias("mend")
    )


def _valid(frame: pl.DataFrame, candidate: pl.Expr) -> pl.Series:
    """The candidate where it is a valid code, null elsewhere."""
    texts = frame.select(candidate.alias("candidate")).to_series()
    return texts.to_frame().select(pl.when(credit_code.valid_column(texts)).then(pl.col("candidate"))).to_series()


def _look_alike(text: pl.Expr) -> pl.Expr:
    """The letters that stand for digits replaced. A typist has one such habit or two; a text with more of them is not a code."""
    habits = pl.sum_horizontal(text.str.contains(letter, literal=True).cast(pl.Int8) for letter in _LOOK_ALIKE)
    return pl.when(habits <= 2).then(text.str.replace_many(list(_LOOK_ALIKE), list(_LOOK_ALIKE.values()))).otherwise(pl.lit(""))


def _before_suffix(forms: pl.DataFrame) -> pl.Series:
    """The complete code in front of other text, unless that text may hold another number."""
    upper = pl.col("upper")
    tail_is_text = upper.str.contains(_AFTER_CODE) & ~upper.str.contains(_ANOTHER_NUMBER)
    return _valid(forms, pl.when(tail_is_text).then(upper.str.slice(0, credit_code.LENGTH)).otherwise(pl.lit("")))


def _doubled(plain: pl.Series) -> pl.Series:
    """The code without its doubled character.

    Of all nineteen ways to leave one character out, only one result may be valid, and it must leave out one of a pair: so a
    character that was slipped in beside a natural pair is never taken for the pair.
    """
    length = credit_code.LENGTH + 1
    too_long = pl.DataFrame({"plain": plain}).with_row_index("row").filter(pl.col("plain").str.contains(rf"^[0-9A-Z]{{{length}}}$"))
    shorter = pl.concat(
        [
            too_long.select(
                "row",
                (pl.col("plain").str.slice(0, place) + pl.col("plain").str.slice(place + 1)).alias("shorter"),
                (pl.col("plain").str.slice(place, 1) == pl.col("plain").str.slice(place + 1, 1)).alias("is_pair"),
            )
            for place in range(length)
        ]
    )
    valid = shorter.filter(credit_code.valid_column(shorter["shorter"]))
    sole = (
        valid.group_by("row")
        .agg(pl.col("shorter").first(), pl.col("shorter").n_unique().alias("ways"), pl.col("is_pair").any())
        .filter((pl.col("ways") == 1) & pl.col("is_pair"))
    )
    rows = pl.DataFrame({"row": pl.int_range(len(plain), eager=True, dtype=pl.UInt32)})
    return rows.join(sole, on="row", how="left", maintain_order="left")["shorter"]


def _what_was_done() -> pl.Expr:
    """Ids of the form mends that took part, then of the content mend, joined by ``+``."""
    code, narrow, visible, upper, plain = (pl.col(name) for name in ("code", "narrow", "visible", "upper", "plain"))
    by_form, by_suffix, by_doubled = (pl.col(name).is_not_null() for name in ("as_form", "as_suffix", "as_doubled"))
    by_letters = ~by_form & ~by_suffix & ~by_doubled
    steps = (
        ("full-width", code.str.slice(0, credit_code.LENGTH).str.contains(r"[\uff01-\uff5e]")),
        ("invisible-characters", code.str.contains(_INVISIBLE) | (visible != narrow)),
        ("lower-case", upper.str.slice(0, credit_code.LENGTH) != visible.str.slice(0, credit_code.LENGTH)),
        ("separators", (plain != upper) & ~by_suffix),
        ("look-alike-letters", by_letters),
        ("suffix", by_suffix & ~by_form),
        ("doubled-character", by_doubled),
    )
    return pl.concat_str((pl.when(done).then(pl.lit(step)) for step, done in steps), separator="+", ignore_nulls=True)
