"""Rules over columns: one bit each; unknown is broken."""

from __future__ import annotations

import polars as pl
import pytest

from chengxin.kernel.rules import FactRule, Level, RowRule, Violation, codes_of, mask_column, mask_of


def rule(id_: str, broken: pl.Expr, level: Level = Level.ERROR) -> RowRule:
    return RowRule(id=id_, sentence="应当填写。", clause="", mend="请填写。", fields=("a",), broken=broken, level=level)


EMPTY = rule("empty", pl.col("a") == "")
LONG = rule("long", pl.col("a").str.len_chars() > 2, Level.WARNING)
ALWAYS = rule("always", pl.lit(True))


def test_each_broken_rule_is_one_bit() -> None:
    frame = pl.DataFrame({"a": ["", "甲乙丙", "甲"]})
    mask = mask_column(frame, [EMPTY, LONG])
    assert mask.dtype == pl.UInt64
    assert mask.to_list() == [1, 2, 0]
    assert [codes_of(bits, [EMPTY, LONG]) for bits in mask] == [(EMPTY,), (LONG,), ()]
    assert [bool(bits & mask_of([EMPTY, LONG], Level.ERROR)) for bits in mask] == [True, False, False]
    assert mask_of([EMPTY, LONG], Level.WARNING) == 2


def test_a_rule_without_an_answer_is_broken() -> None:
    assert mask_column(pl.DataFrame({"a": [None]}, schema={"a": pl.String}), [EMPTY, LONG]).to_list() == [3]


def test_all_63_rules_fit_and_no_more() -> None:
    rules = [rule(f"r{n}", pl.col("a") == str(n)) for n in range(63)]
    assert mask_column(pl.DataFrame({"a": ["62", "0", ""]}), rules).to_list() == [1 << 62, 1, 0]
    assert codes_of(1 << 62, rules)[0].id == "r62"
    with pytest.raises(ValueError, match="64 rules"):
        mask_column(pl.DataFrame({"a": [""]}), [*rules, ALWAYS])


def test_no_rows_no_rules_and_rules_about_nothing() -> None:
    frame = pl.DataFrame({"a": ["x", "y"]})
    assert mask_column(frame, []).to_list() == [0, 0]
    assert mask_column(frame, [ALWAYS]).to_list() == [1, 1]
    assert mask_column(frame.clear(), [ALWAYS]).to_list() == []
    assert mask_column(frame.clear(), [EMPTY]).to_list() == []


def test_mistakes_of_the_rulebook() -> None:
    with pytest.raises(ValueError, match="comes twice"):
        mask_column(pl.DataFrame({"a": [""]}), [EMPTY, EMPTY])
    with pytest.raises(ValueError, match="more bits"):
        codes_of(4, [EMPTY, LONG])


def test_rules_about_facts() -> None:
    positive: FactRule[int] = FactRule(id="positive", sentence="应当大于零。", clause="", mend="请核对。", holds=lambda n: n > 0)
    assert positive.violations(1) == ()
    assert positive.violations(0, field="CF_NR_FK") == (Violation(positive, {"field": "CF_NR_FK"}),)
