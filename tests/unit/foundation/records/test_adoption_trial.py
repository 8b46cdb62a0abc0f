"""What a proposed set would do to what the portal shows, counted before; and that the adoption then does exactly that."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.records.adoption_trial import AGAIN, AT_ONCE, CHANGED, EARLIER, LATER
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.publicity import StandingEffect
from chengxin.kernel.instants import start_of_day
from chengxin.ledger.models import Content
from chengxin.policy import active, load_files
from chengxin.policy.policy_set import PolicySet
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db")
PERIODS = "national/foundation/records/publication_period.yaml"
GENERAL = "general: {published: true, minimum: P3M, maximum: P1Y}"
HANDED_IN = start_of_day(date(2026, 11, 3))
DECIDED = ("2026-04-10", "2026-10-20", "2026-10-21")


@pytest.fixture
def records(policy_set: PolicySet) -> list[Record]:
    """Three penalties on the portal, decided in April and in October."""
    return list(recording.records("administrative_penalty", [{"CF_JDRQ": day} for day in DECIDED], at=HANDED_IN))


def with_maximum(policy: PolicySet, period: str) -> PolicySet:
    """The set with another longest publication of general records."""
    text = policy.files[PERIODS]
    assert GENERAL in text
    return load_files({**policy.files, PERIODS: text.replace(GENERAL, GENERAL.replace("P1Y", period))})


def ends() -> dict[int, int]:
    return dict(Record.objects.values_list("id", "public_until"))


def adopt(before: PolicySet, after: PolicySet, at: int) -> None:
    with active.use(after):
        StandingEffect().apply(before, after, at)


def test_shorter_periods_end_some_at_once_and_others_earlier(policy_set: PolicySet, records: list[Record]) -> None:
    after, at, before = with_maximum(policy_set, "P6M"), HANDED_IN + 86_400, ends()
    entries = Content.objects.count()
    said = StandingEffect().simulate(policy_set, after, at)
    assert said == {CHANGED: 3, AT_ONCE: 1, EARLIER: 2}
    assert (ends(), Content.objects.count()) == (before, entries), "nothing was written"
    adopt(policy_set, after, at)
    now = ends()
    assert sum(now[each] <= at < before[each] for each in now) == 1
    assert sum(at < now[each] < before[each] for each in now) == 2


def test_longer_periods_end_later_or_show_again(policy_set: PolicySet, records: list[Record]) -> None:
    shorter, at = with_maximum(policy_set, "P6M"), HANDED_IN + 86_400
    adopt(policy_set, shorter, at)
    assert StandingEffect().simulate(shorter, policy_set, at + 60) == {CHANGED: 3, LATER: 2, AGAIN: 1}


def test_what_nobody_sees_yet_only_changes(policy_set: PolicySet, records: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [{"id": records[0].submission_id}]
    monkeypatch.setattr("chengxin.foundation.records.ports.open_submissions", lambda: waiting)
    said = StandingEffect().simulate(policy_set, with_maximum(policy_set, "P6M"), HANDED_IN + 86_400)
    assert said == {CHANGED: 3}


def test_another_calendar_changes_no_publication(policy_set: PolicySet, records: list[Record]) -> None:
    same = load_files({**policy_set.files, PERIODS: policy_set.files[PERIODS] + "\n# 只改了注释\n"})
    assert set(StandingEffect().simulate(policy_set, same, HANDED_IN + 86_400).values()) == {0}
