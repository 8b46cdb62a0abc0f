"""Withdrawn later than the policy's working days: listed per department with the days, and counted on the department's page."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.foundation.disclosure.late_withdrawals import count_by_office, late_withdrawals
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.kernel import clock
from chengxin.kernel.instants import end_of_day, start_of_day
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")
RECEIVED = start_of_day(date(2026, 4, 14)) + 36_000
REVOKED = date(2026, 4, 30)  # a Thursday; 1–5 May are holidays
DUE = date(2026, 5, 8)  # Saturday 9 May is worked


def other() -> Department:
    return recording.department("泰安市民政局", "11370900004341056J")


def withdrawn(at: int, office: Department | None = None, decided_on: date = REVOKED) -> Record:
    record = recording.record(at=RECEIVED, office=office)
    withdraw_record(record_id=record.pk, reason=WithdrawalReason.REVOKED, decided_on=decided_on, because="复议", by="甲", at=at)
    return record


def test_the_last_second_of_the_last_day_is_in_time() -> None:
    withdrawn(end_of_day(DUE) - 1)
    assert late_withdrawals() == []
    late = withdrawn(end_of_day(DUE))
    (found,) = late_withdrawals()
    assert (found.record_id, found.due_on, found.done_on) == (late.pk, DUE, date(2026, 5, 9))
    calendar_says = found.days
    withdrawn(start_of_day(date(2026, 5, 12)), other())
    days = {each.authority_id: each.days for each in late_withdrawals()}
    assert days[other().pk] > calendar_says
    assert count_by_office(late_withdrawals())[-1][1] == 1
    assert [each.record_id for each in late_withdrawals(authority_ids=[recording.department().pk])] == [late.pk]


def test_a_provisional_deadline_makes_nobody_late() -> None:
    withdrawn(start_of_day(date(2027, 1, 29)), decided_on=date(2026, 12, 31))
    assert late_withdrawals() == []


def test_the_board_and_the_page_of_the_department(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(start_of_day(date(2026, 6, 1))))
    mine = withdrawn(start_of_day(date(2026, 5, 12)))
    theirs = withdrawn(start_of_day(date(2026, 5, 13)), other())
    assert Client().get("/office/withdrawals").status_code == 302

    def board(role: str) -> str:
        visitor = Client()
        visitor.force_login(Account.objects.create(username=role, role=role, department=recording.department()))
        return visitor.get("/office/withdrawals").content.decode()

    own, every = board("clerk"), board("credit_office")
    assert mine.document_number in own
    assert theirs.document_number not in own
    assert mine.document_number in every
    assert theirs.document_number in every
    for words in ("3 个工作日", "4 个工作日", "2026-05-08", "原行政行为被撤销", "泰安市民政局"):
        assert words in every, words
    page = Client().get(f"/offices/{other().code}").content.decode()
    assert "<dt>逾期撤回</dt><dd>1</dd>" in page
