"""The column form and the single form of standing say the same; and both say what the orders say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.foundation.records.facts import facts_of
from chengxin.foundation.records.standing import Standing, standing_columns, standing_of
from chengxin.foundation.records.standing_columns import STANDING_SCHEMA
from chengxin.foundation.records.types import Because, SeverityCode, Surface
from chengxin.kernel.instants import end_of_day, start_of_day
from chengxin.policy import load
from chengxin.policy.policy_set import PolicySet

POLICY = load([Path(__file__).parents[4] / "policies"])
KINDS = ["警告", "通报批评", "罚款", "没收违法所得", "暂扣许可证", "吊销执照", "责令停产停业", "其他-责令改正", "行政拘留"]
DAYS = st.dates(date(2021, 1, 1), date(2027, 12, 31)) | st.sampled_from([date(2024, 2, 29), date(2026, 3, 31), date(2026, 4, 1)])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A penalty as it stands after standardising."""
    decided_on = draw(DAYS)
    row = {
        "CF_XDR_LB": draw(st.sampled_from(["法人及非法人组织", "个体工商户", "自然人"])),
        "CF_CFLB": ";".join(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))),
        "CF_NR_FK": draw(st.sampled_from(["", "0.2", "0.999999", "1", "9.99", "10", "10.000000", "99.999999", "100", "3000"])),
        "CF_JDRQ": decided_on.isoformat(),
        "CF_YXQ": draw(st.sampled_from(["2099-12-31", (decided_on + timedelta(days=200)).isoformat()])),
        "CF_CFCX": draw(st.sampled_from(["", "", "简易程序", "普通程序"])),
        "_blocked": draw(st.sampled_from(["", "", "", "V11"])),
        "CF_SXYZCD": draw(st.sampled_from(["", "", "", "轻微", "一般", "严重"])),
    }
    return row


def columns_of(standing: Standing) -> dict[str, object]:
    """A standing as the row of columns that :func:`standing_columns` writes."""
    row: dict[str, object] = {}
    for surface in Surface:
        row[f"{surface}_from"], row[f"{surface}_until"] = standing.periods[surface]
    return row | {
        "because": int(standing.because),
        "severity": int(standing.severity),
        "severity_provisional": standing.severity_provisional,
        "due_on": standing.due_on,
        "due_provisional": standing.due_provisional,
        "act_outcome": standing.act_outcome,
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=20), st.integers(0, 400))
def test_a_column_of_penalties_stands_as_its_rows_do(penalties: list[dict[str, str]], lag: int) -> None:
    item = POLICY.item("administrative_penalty")
    received = [start_of_day(date.fromisoformat(row["CF_JDRQ"])) + lag * 86_400 + 36_000 for row in penalties]
    frame = pl.DataFrame(penalties, schema=dict.fromkeys(penalties[0], pl.String)).with_columns(pl.Series("handed_in_at", received))
    columns = standing_columns(frame, item, POLICY, "handed_in_at").select(*STANDING_SCHEMA).to_dicts()
    singly = [columns_of(standing_of(facts_of(row, item, POLICY, at), [], [], POLICY)) for row, at in zip(penalties, received, strict=True)]
    assert columns == singly


@settings(max_examples=40, deadline=None)
@given(DAYS, st.sampled_from(["1", "2"]), st.sampled_from(["自然人", "个体工商户"]), st.integers(0, 3000), st.booleans())
def test_a_permit_stands_alike_in_both_forms(decided_on: date, state: str, kind: str, length: int, forever: bool) -> None:
    item = POLICY.item("administrative_licence")
    row = {
        "XK_XDR_LB": kind,
        "XK_JDRQ": decided_on.isoformat(),
        "XK_YXQZ": (decided_on + timedelta(days=3)).isoformat(),
        "XK_YXQZI": "2099-12-31" if forever else (decided_on + timedelta(days=length)).isoformat(),
        "XK_ZT": state,
    }
    received_at = start_of_day(decided_on) + 5 * 86_400
    columns = standing_columns(pl.DataFrame([row]), item, POLICY, received_at).select(*STANDING_SCHEMA).to_dicts()
    assert columns == [columns_of(standing_of(facts_of(row, item, POLICY, received_at), [], [], POLICY))]


def penalty(policy: PolicySet, received_at: int, **changes: str) -> Standing:
    item = policy.item("administrative_penalty")
    row = {"CF_XDR_LB": "法人及非法人组织", "CF_CFLB": "罚款", "CF_NR_FK": "10", "CF_JDRQ": "2026-04-10", "CF_YXQ": "2099-12-31"} | changes
    return standing_of(facts_of(row, item, policy, received_at), [], [], policy)


def test_three_months_after_10_april_is_10_july_and_not_a_second_longer() -> None:
    standing = penalty(POLICY, start_of_day(date(2026, 4, 13)), CF_SXYZCD="轻微")
    assert standing.periods[Surface.SHARED].until_at == start_of_day(date(2026, 7, 11))
    assert standing.periods[Surface.PUBLIC] == (0, 0)
    assert standing.because is Because.MINOR


def test_an_older_general_penalty_is_shortened_by_the_new_order_but_never_before_its_first_day() -> None:
    old = penalty(POLICY, start_of_day(date(2024, 6, 3)), CF_JDRQ="2024-06-01")
    assert old.periods[Surface.PUBLIC].until_at == start_of_day(date(2026, 4, 1))
    recent = penalty(POLICY, start_of_day(date(2025, 6, 3)), CF_JDRQ="2025-06-01")
    assert recent.periods[Surface.PUBLIC].until_at == end_of_day(date(2026, 6, 1))


def test_a_late_hand_in_never_lengthens() -> None:
    ends = {penalty(POLICY, start_of_day(date(2026, 4, 10)) + days * 86_400).periods[Surface.PUBLIC].until_at for days in range(0, 360, 7)}
    assert ends == {end_of_day(date(2027, 4, 10))}
    over = penalty(POLICY, start_of_day(date(2027, 4, 11)))
    assert over.periods[Surface.PUBLIC] == (0, 0)
    assert over.because is Because.OVER_BEFORE_RECEIPT


@pytest.mark.parametrize(
    ("changes", "severity", "provisional"),
    [
        ({"CF_CFLB": "警告", "CF_NR_FK": ""}, SeverityCode.MINOR, False),
        ({"CF_CFLB": "罚款;吊销执照", "CF_NR_FK": "0.1"}, SeverityCode.SERIOUS, False),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "9.999999"}, SeverityCode.MINOR, True),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "10"}, SeverityCode.GENERAL, True),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "1", "CF_XDR_LB": "个体工商户"}, SeverityCode.GENERAL, True),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "100"}, SeverityCode.SERIOUS, True),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "100", "CF_CFCX": "简易程序"}, SeverityCode.MINOR, False),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "0.1", "CF_SXYZCD": "严重"}, SeverityCode.SERIOUS, False),
    ],
)
def test_kinds_come_first_then_amounts_and_the_authority_has_the_last_word(
    changes: dict[str, str], severity: SeverityCode, provisional: bool
) -> None:
    standing = penalty(POLICY, start_of_day(date(2026, 4, 13)), **changes)
    assert (standing.severity, standing.severity_provisional) == (severity, provisional)
