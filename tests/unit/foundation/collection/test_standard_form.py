"""Cells come into one written form; what changed more than the writing is told, and nothing is guessed."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.foundation.collection.readers import CellFault
from chengxin.foundation.collection.reading_rules import READING_RULES
from chengxin.foundation.collection.standard_form import standard_form, standardise
from chengxin.policy.policy_set import PolicySet


def one(policy: PolicySet, field: str, value: str | None) -> tuple[str | None, list[str]]:
    """The standard form of one value, and the rules that speak about it."""
    frame = pl.DataFrame({field: [value, None]}, schema={field: pl.String})
    standard, remarks = standardise(frame, policy.item("administrative_penalty"), policy)
    assert standard[field][1] is None
    return standard[field][0], remarks["rule"].to_list()


@pytest.mark.parametrize(
    ("written", "standard", "rules"),
    [
        ("2026-04-01", "2026-04-01", []),
        ("2026/4/1", "2026-04-01", []),
        ("2026.04.01", "2026-04-01", []),
        ("2026年4月1日", "2026-04-01", []),
        ("20260401", "2026-04-01", []),
        ("20260401083000", "2026-04-01", []),
        ("2026-04-01 00:00:00", "2026-04-01", []),
        ("2026-04-01T08:30:00+08:00", "2026-04-01", []),
        ("２０２６／４／１", "2026-04-01", []),
        ("46113", "2026-04-01", ["M02"]),
        ("2099/12/31", "2099-12-31", []),
        ("长期", "2099-12-31", ["M01"]),
        ("无", None, []),
        ("2026-02-30", "2026-02-30", []),
        ("26/4/1", "26/4/1", []),
        ("4/1/2026", "4/1/2026", []),
        ("12345678", "12345678", []),
        ("明年春天", "明年春天", []),
    ],
)
def test_dates(written: str, standard: str | None, rules: list[str], shipped_policy: PolicySet) -> None:
    assert one(shipped_policy, "CF_JDRQ", written) == (standard, rules)


@pytest.mark.parametrize(
    ("written", "standard", "rules"),
    [
        ("0.2", "0.2", []),
        ("0.200000", "0.2", []),
        ("20.", "20", []),
        (".5", "0.5", []),
        ("００１２", "12", []),
        ("1,234,567.80", "1234567.8", []),
        ("+3", "3", []),
        ("-3", "-3", []),
        ("0", "0", []),
        ("0.20万元", "0.2", ["M04"]),
        ("2000元", "2000元", []),
        ("1,23", "1,23", []),
        ("1.2.3", "1.2.3", []),
        ("贰万", "贰万", []),
        ("/", None, []),
    ],
)
def test_amounts(written: str, standard: str | None, rules: list[str], shipped_policy: PolicySet) -> None:
    assert one(shipped_policy, "CF_NR_FK", written) == (standard, rules)


@pytest.mark.parametrize(
    ("written", "standard", "rules"),
    [
        ("罚款", "罚款", []),
        ("警告；罚款", "警告;罚款", []),
        ("警告、罚款", "警告;罚款", []),
        ("警告 , 罚款;罚款", "警告;罚款", []),
        ("罚款；没收非法所得", "罚款;没收违法所得", ["M03"]),
        ("其他—责令改正", "其他-责令改正", []),
        ("其他", "其他", []),
        ("胡说", "胡说", []),
        ("罚款；胡说", "罚款；胡说", []),
    ],
)
def test_kinds_of_penalty(written: str, standard: str, rules: list[str], shipped_policy: PolicySet) -> None:
    assert one(shipped_policy, "CF_CFLB", written) == (standard, rules)


def test_invisible_characters_and_words_for_nothing(shipped_policy: PolicySet) -> None:
    for written in ("\u200b甲公司\u3000", "\ufeff甲\u2060公司", " 甲公司\u00a0\t"):
        assert one(shipped_policy, "CF_XDR_MC", written)[0] == "甲公司"
    for written in ("", "  ", "NULL", "null", "\\N"):
        assert one(shipped_policy, "CF_XDR_MC", written)[0] is None
    assert one(shipped_policy, "BZ", "无")[0] == "无"


def test_broken_text_goes_back(shipped_policy: PolicySet) -> None:
    assert one(shipped_policy, "CF_SY", "违\ufffd事实") == ("违\ufffd事实", ["R07"])
    assert one(shipped_policy, "CF_SY", "锟斤拷") == ("锟斤拷", ["R07"])


def test_numbers_of_registries_lose_only_width_case_and_spaces(shipped_policy: PolicySet) -> None:
    assert one(shipped_policy, "CF_XDR_GSZC", "３７０９００ 200012345")[0] == "370900200012345"
    assert one(shipped_policy, "CF_FR_ZJHM", "37090019900101001x")[0] == "37090019900101001X"
    assert one(shipped_policy, "CF_XDR_SHXYM", " ９１370900MAOABCDE1X ")[0] == "９１370900MAOABCDE1X"


def test_values_of_sealed_fields_never_stand_in_a_remark(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    frame = pl.DataFrame({"CF_FR_ZJHM": ["37090019900101\ufffd01x"], "CF_FR_ZJLX": ["居民身份证"]})
    _, remarks = standardise(frame, item, shipped_policy)
    assert not any("3709" in value for value in remarks["value"])


def test_standard_form_is_its_own_standard_form(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    fields = ["CF_JDRQ", "CF_NR_FK", "CF_CFLB", "CF_XDR_MC", "CF_XDR_GSZC", "CF_XDR_LB"]
    likely = st.text("0123456789-/.年月日,元万其他罚款;； －—+无", max_size=12)

    @settings(max_examples=150, deadline=None)
    @given(st.sampled_from(fields), likely | st.text(st.characters(codec="gb2312"), max_size=12) | st.none())
    def holds(field: str, value: str | None) -> None:
        once = standard_form(pl.DataFrame({field: [value]}, schema={field: pl.String}), item, shipped_policy)
        assert standard_form(once, item, shipped_policy).rows() == once.rows()

    holds()


def test_every_reading_rule_has_a_sentence_and_a_way_out() -> None:
    assert {fault.value for fault in CellFault} <= READING_RULES.keys()
    for rule in READING_RULES.values():
        assert rule.sentence.endswith("。")
        assert rule.mend.endswith("。")
