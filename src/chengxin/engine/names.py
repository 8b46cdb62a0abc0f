"""名称。When two written names are the same name, and how alike two different ones are.

Two forms of a name: its *normal form* (NFKC, without spaces, brackets and other marks, kinds of company written one way) and its
*core*, the normal form without the kind of company at its end. All distances count Chinese characters, never bytes.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA

#: Marks that carry no meaning in a registered name, whatever their width; invisible and control characters with them.
_MARKS: Final = r"[\s\p{Cc}\p{Cf}\p{P}\p{S}]"
#: Kinds of company that are written in several ways → one way.
_ONE_WAY: Final = {"有限责任公司": "有限公司", "股份公司": "股份有限公司", "农民专业合作社": "专业合作社", "省": "", "市": ""}
_KINDS: Final = r"(?:(?:集团)?(?:股份)?有限公司|集团公司|公司|专业合作社|合作社)$"


def normal_form(name: pl.Expr) -> pl.Expr:
    """规范形式：the form in which two spellings of one name are equal. 省 and 市 are left out: offices add and drop them at will."""
    plain = name.str.normalize("NFKC").str.replace_all(_MARKS, "").str.to_uppercase()
    return plain.str.replace_many(list(_ONE_WAY), list(_ONE_WAY.values()))


def core(normal: pl.Expr) -> pl.Expr:
    """字号部分：a normal form without the kind of company at its end; the normal form itself where nothing would be left."""
    short = normal.str.replace(_KINDS, "")
    return pl.when(short.str.len_chars() >= 2).then(short).otherwise(normal)


def core_of(name: str) -> str:
    """The core of one name."""
    return str(pl.select(core(normal_form(pl.lit(name)))).item())


def agree(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """名称一致：whether both spell one name. Null where either is null: an unknown name agrees with nothing, and contradicts nothing."""
    return (left == right) | (core(normal_form(left)) == core(normal_form(right)))


def similarity(left: str, right: str) -> int:
    """相似度 of two cores, 0–1000: 1000 less the share of characters to change (optimal string alignment)."""
    if not left or not right:
        return 0
    return round(1000 * OSA.normalized_similarity(left, right))


def search_key(name: pl.Expr) -> pl.Expr:
    """检索形式：NFKC, no marks, small letters; what name search compares. Nothing else is left out."""
    return name.str.normalize("NFKC").str.replace_all(_MARKS, "").str.to_lowercase()


def bigrams(key: pl.Expr) -> pl.Expr:
    """二字词：every two neighbouring characters of a search key, separated by spaces, in no order that means anything."""
    from_first = key.str.replace_all("(.)(.)", "${1}${2} ")
    from_second = key.str.slice(1).str.replace_all("(.)(.)", "${1}${2} ")
    return from_first + " " + from_second


def search_key_of(name: str) -> str:
    """The search key of one name or search text."""
    return str(pl.select(search_key(pl.lit(name))).item())


def bigrams_of(key: str) -> list[str]:
    """The different bigrams of one search key, in order of appearance."""
    return list(dict.fromkeys(key[place : place + 2] for place in range(len(key) - 1)))
