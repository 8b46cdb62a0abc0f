"""参评资格的规则, pure: what is known of an office → what follows; the bounds of the period, what is never a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.instants import FOREVER, end_of_day, start_of_day
from chengxin.rights.eligibility.rules import answer_of, moment_of
from chengxin.rights.eligibility.types import Answer, Breach, OfficeFacts, OpenRectification, Outcome, Period, ReasonKind

TODAY = date(2026, 7, 1)
AT = start_of_day(TODAY) + 36_000
DECIDED = date(2026, 5, 6)
LAST = date(2027, 5, 6)
BREACH = Breach(
    7, 1, "泰信认〔2026〕1号", "方案二（二）4", "泰安市发展和改革委员会", DECIDED, Period(start_of_day(DECIDED), end_of_day(LAST)),
    Period(start_of_day(DECIDED) + 36_000, end_of_day(date(2029, 5, 6))), restoration="改正以后可以申请修复",
)  # fmt: skip
OFFICE = OfficeFacts("11370900MB0000001", "泰安市云杉管理局", breaches=(BREACH,))


def asked(facts: OfficeFacts, day: date = TODAY) -> Answer:
    return answer_of(facts, day, AT)


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (DECIDED - timedelta(1), Outcome.YES),
        (DECIDED, Outcome.NO),
        (TODAY, Outcome.NO),
        (LAST, Outcome.NO),
        (LAST + timedelta(1), Outcome.YES),
    ],
)
def test_it_bars_from_the_day_of_the_decision_to_the_last_day(day: date, outcome: Outcome) -> None:
    assert asked(OFFICE, day).outcome is outcome


def test_the_reason_says_which_record_by_which_clause_since_when_until_when_and_what_can_be_done() -> None:
    (reason,) = asked(OFFICE).reasons
    assert (reason.record, reason.document_number, reason.clause, reason.authority) == (
        7,
        "泰信认〔2026〕1号",
        "方案二（二）4",
        BREACH.authority,
    )
    assert (reason.since, reason.until, reason.disputed) == (DECIDED, LAST, "")
    assert [each.href for each in reason.todo] == ["/cases/open/objection/record/7", "/cases/open/restoration/record/7"]


def test_disputed_it_still_bars_and_says_so() -> None:
    (reason,) = asked(replace(OFFICE, breaches=(replace(BREACH, disputed="异议〔2026〕9号正在办理"),))).reasons
    assert reason.kind is ReasonKind.BREACH
    assert "授予以前请再查一次" in reason.sentence
    assert "/cases/open/objection" not in {each.href for each in reason.todo}


@pytest.mark.parametrize("held", ["异议办理期间停止公示和使用", ""])
def test_what_may_not_be_used_for_now_is_neither_yes_nor_no(held: str) -> None:
    answer = asked(replace(OFFICE, breaches=(replace(BREACH, held=held, shared=Period(0, 0)),)))
    assert (answer.outcome, answer.reasons[0].kind) == (Outcome.REVIEW, ReasonKind.HELD)


def test_what_is_over_is_used_for_no_day_at_all() -> None:
    over = replace(OFFICE, breaches=(replace(BREACH, shared=Period(start_of_day(DECIDED), AT)),))
    assert [asked(over, day).outcome for day in (DECIDED, TODAY, LAST)] == [Outcome.YES] * 3
    assert not asked(over).notes


def test_what_is_not_known_is_never_a_yes() -> None:
    unknown, closed = OfficeFacts("11370900MB0000001"), OfficeFacts("11370900MB0000001", "原云杉局", closed_on=date(2025, 1, 1))
    unrecorded = OfficeFacts("11370900MB0000001", "云杉局", not_on_file=("限期整改〔2025〕3号",))
    for facts, kind in (
        (unknown, ReasonKind.OFFICE_UNKNOWN), (closed, ReasonKind.OFFICE_CLOSED), (unrecorded, ReasonKind.NOT_ON_FILE),
    ):  # fmt: skip
        assert (asked(facts).outcome, [each.kind for each in asked(facts).reasons]) == (Outcome.REVIEW, [kind])
    assert asked(replace(unknown, breaches=(BREACH,))).outcome is Outcome.NO, "a breach under a code that is no office bars all the same"


def test_an_open_rectification_is_told_and_bars_nobody() -> None:
    answer = asked(OfficeFacts("x", "云杉局", open=(OpenRectification("限期整改〔2026〕4号", "整改中", date(2026, 7, 30)),)))
    assert answer.outcome is Outcome.YES
    assert answer.notes == ("限期整改〔2026〕4号：整改中，期限 2026-07-30。尚未认定，不影响参评，仅供参考。",)


def test_a_period_without_end_is_said_to_have_none() -> None:
    (reason,) = asked(replace(OFFICE, breaches=(replace(BREACH, barring=Period(0, FOREVER)),))).reasons
    assert reason.until is None


@given(st.lists(st.booleans(), max_size=4), st.booleans(), st.booleans())
def test_one_that_bars_is_enough_and_only_nothing_is_a_yes(bars: list[bool], known: bool, closed: bool) -> None:
    breaches = tuple(BREACH if each else replace(BREACH, barring=Period(0, 1)) for each in bars)
    facts = OfficeFacts("x", "云杉局" if known else "", date(2025, 1, 1) if closed else None, breaches=breaches)
    expected = Outcome.NO if any(bars) else Outcome.REVIEW if not known or closed else Outcome.YES
    assert asked(facts).outcome is expected


def test_today_is_now_and_another_day_is_its_end() -> None:
    assert (moment_of(TODAY, AT), moment_of(DECIDED, AT)) == (AT, end_of_day(DECIDED) - 1)
