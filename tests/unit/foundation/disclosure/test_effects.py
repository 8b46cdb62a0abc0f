"""When the calendar of the next year comes, provisional deadlines become firm by an entry, and nobody was late by a guess before."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.disclosure.effects import TimelinessEffect
from chengxin.foundation.disclosure.models import TimelinessCount
from chengxin.foundation.disclosure.services import count_closed_submission
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.publicity import StandingEffect, concerns_standing
from chengxin.kernel.instants import start_of_day
from chengxin.ledger.models import Content
from chengxin.policy import active, load_files
from chengxin.policy.policy_set import PolicySet
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db")

CALENDAR = """title: 二〇二七年放假安排
year: 2027
days_off: [2027-01-01..2027-01-03]
working_days: []
reference: platform-design
note: 测试用
confidence: assumed
"""


def with_calendar(policy: PolicySet) -> PolicySet:
    return load_files({**policy.files, "national/kernel/calendar/2027.yaml": CALENDAR})


def test_the_calendar_of_the_next_year_makes_deadlines_firm(policy_set: PolicySet) -> None:
    after = with_calendar(policy_set)
    assert concerns_standing(policy_set, after)
    handed_in = start_of_day(date(2027, 1, 11))
    records = recording.records("administrative_penalty", [{"CF_JDRQ": "2026-12-29"}, {"CF_JDRQ": "2026-11-02"}], at=handed_in)
    count_closed_submission(records[0].submission_id, handed_in)
    assert (records[0].due_on, records[0].due_provisional) == (date(2027, 1, 7), True)
    assert list(TimelinessCount.objects.values_list("month", "on_time", "late")) == [("2026-11", 0, 1)]
    effects = StandingEffect(), TimelinessEffect()
    assert effects[0].simulate(policy_set, after, handed_in) == {"展示期间改变的记录": 1}
    with active.use(after):
        for effect in effects:
            effect.apply(policy_set, after, handed_in + 60)
    first = Record.objects.get(pk=records[0].pk)
    assert (first.due_on, first.due_provisional) == (date(2027, 1, 8), False)  # New Year's Day is off
    assert sorted(TimelinessCount.objects.values_list("month", "on_time", "late")) == [("2026-11", 0, 1), ("2026-12", 0, 1)]
    assert Content.objects.filter(event="records:standing:recomputed").count() == 1


def test_a_set_that_changes_no_period_touches_nothing(policy_set: PolicySet) -> None:
    recording.record(at=start_of_day(date(2026, 4, 14)))
    same = load_files(policy_set.files)
    assert not concerns_standing(policy_set, same)
    assert StandingEffect().simulate(policy_set, same, 1) == {"展示期间改变的记录": 0}
    StandingEffect().apply(policy_set, same, 1)
    TimelinessEffect().apply(policy_set, same, 1)
    assert not Content.objects.filter(event="records:standing:recomputed").exists()
