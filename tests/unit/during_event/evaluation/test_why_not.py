"""Why not a better grade: the points that are missing, the records without which it would be one, the day on which it will be one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from chengxin.during_event.evaluation.explaining import explain
from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.why_not import _Asked, _day_of_age, why_not
from chengxin.during_event.evaluation.why_not_showing import plain, sentences_of, tell_why_not
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from tests.harness.evaluation_reference import full_months
from tests.harness.evaluation_town import AT, HEAVY, STALL, Town
from tests.harness.handing_in import hand_in
from tests.harness.penalties import penalty
from tests.journeys.rows import sample_licences

MODEL = "public_comprehensive"
TODAY = date_of(AT)


@pytest.fixture
def burdened(town: Town) -> Subject:
    """A firm with many heavy penalties: its grade is not the best."""
    office = town.office.code
    one = penalty(1, office)
    rows = [penalty(600 + n, office, **HEAVY) | {name: one[name] for name in ("CF_XDR_SHXYM", "CF_XDR_MC")} for n in range(12)]
    assert hand_in(town.office, rows, at=AT - 600, file_name="又十二件.csv").accepted == len(rows)
    return town.firm(1)


def test_what_it_says_is_what_happens(town: Town, burdened: Subject) -> None:
    order = order_of(MODEL, TODAY, AT)
    told = why_not(burdened, order, "a")
    assert not told.is_reached
    assert told.missing == 850_000 - told.found.score > 0
    assert told.together
    before = {each.reason.record_id: (each.score, each.grade) for each in told.without}
    for place, reason in enumerate(told.together):
        withdraw_record(
            record_id=reason.record_id, reason=WithdrawalReason.REVOKED, decided_on=TODAY, because="撤销", by="复核人", at=AT + 60 + place
        )  # fmt: skip
        now = explain(burdened, order_of(MODEL, TODAY, AT + 120 + place))
        if place == 0:
            assert (now.score, now.grade) == before[reason.record_id]
        assert (now.grade == "A") is (place == len(told.together) - 1)


def test_many_records_are_one_way_and_few_are_proven(town: Town, burdened: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    order = order_of(MODEL, TODAY, AT)
    many = why_not(burdened, order, "A")
    assert len(many.without) == 13
    assert not many.is_fewest
    assert any("这是一种办法，逐条找出来的，不一定最少" in each for each in sentences_of(many))
    page = town.told_why("clerk", burdened.code or "").get(f"/s/{burdened.code}/evaluation/why-not?grade=A").content.decode()
    assert "不一定最少" in page
    for number in range(600, 607):
        record = Record.objects.get(document_number=penalty(number, town.office.code)["CF_WSH"])
        withdraw_record(record_id=record.pk, reason=WithdrawalReason.REVOKED, decided_on=TODAY, because="撤销", by="复核人", at=AT + 60)
    few = why_not(burdened, order_of(MODEL, TODAY, AT + 120), "A")
    assert len(few.without) == 6
    assert few.is_fewest
    asked = _Asked(burdened, order_of(MODEL, TODAY, AT + 120))
    ids = [each.reason.record_id for each in few.without]
    for size in range(len(ids) + 1):
        grades = [asked.evaluated([frozenset(gone)])[0][0] for gone in combinations(ids, size)]
        assert ("A" in grades) is (size >= len(few.together)) or size > len(few.together), "each choice asked on its own"
    assert any("各种组合都试过" in each for each in sentences_of(few)) is bool(few.together)


@pytest.mark.parametrize(
    ("begun", "months"), [(date(2024, 1, 31), 1), (date(2024, 2, 29), 12), (date(2025, 8, 31), 6), (date(2025, 3, 15), 36)]
)
def test_the_day_of_an_age_is_the_first_on_which_the_months_are_full(begun: date, months: int) -> None:
    day = _day_of_age(begun, months)
    assert full_months(begun, day) == months
    assert full_months(begun, day - timedelta(days=1)) == months - 1


def test_the_day_is_the_first_on_which_it_is_so(town: Town, burdened: Subject) -> None:
    row = sample_licences(town.office.code)[1] | {"XK_JDRQ": "2026-11-10", "XK_YXQZ": "2026-11-10"}
    assert hand_in(town.office, [row], item="administrative_licence", file_name="许可.csv", at=AT - 300).accepted == 1
    order = order_of(MODEL, TODAY, AT)
    told = why_not(burdened, order, "A")
    assert told.on is not None
    assert told.on > TODAY + timedelta(days=30)
    on = explain(burdened, replace(order, as_of=told.on, moment=end_of_day(told.on)))
    day_before = told.on - timedelta(days=1)
    eve = explain(burdened, replace(order, as_of=day_before, moment=end_of_day(day_before)))
    assert on.grade == "A"
    assert eve.grade != "A"


def test_it_is_said_in_sentences_and_as_an_object(town: Town, burdened: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    told = why_not(burdened, order_of(MODEL, TODAY, AT), "A")
    assert any("差" in each for each in sentences_of(told))
    assert any("还可以加分：诚实守信相关荣誉" in each for each in sentences_of(told))
    tell_why_not(told, as_json=True)
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(plain(told)))
    tell_why_not(told, as_json=False)
    assert "为什么不是优（A）" in capsys.readouterr().out


def test_who_has_the_grade_or_none_at_all_is_told_so(town: Town) -> None:
    reached = why_not(town.firm(3), order_of(MODEL, TODAY, AT), "B")
    assert reached.is_reached
    assert "已经是优" in sentences_of(reached)[0]
    withdraw_record(
        record_id=Record.objects.get(subject_id=town.firm(1).pk).pk, reason=WithdrawalReason.REVOKED, decided_on=TODAY, because="撤销",
        by="复核人", at=AT + 60,
    )  # fmt: skip
    unknown = why_not(town.firm(1), order_of(MODEL, TODAY, AT + 120), "A")
    assert unknown.records_missing == 1
    assert "不是坏的结果" in sentences_of(unknown)[0]


def test_unknown_grades_and_stalls_are_refused(town: Town) -> None:
    with pytest.raises(Refused) as told:
        why_not(town.firm(1), order_of(MODEL, TODAY, AT), "E")
    assert "A（优）" in told.value.what_to_do
    with pytest.raises(NotFound):
        why_not(Subject.objects.get(code=STALL), order_of(MODEL, TODAY, AT), "A")


def test_the_page_asks_why_first(town: Town, burdened: Subject) -> None:
    address = f"/s/{burdened.code}/evaluation/why-not"
    assert town.client("clerk").get(f"{address}?grade=A").status_code == 422
    page = town.told_why("clerk", burdened.code or "").get(f"{address}?grade=A").content.decode()
    assert "差" in page
    assert "单独不计其中一条" in page
