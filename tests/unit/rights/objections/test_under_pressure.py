"""Objections under pressure: two at once, planted rows, odd characters, an erasure in between, a subject that became one with another."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from chengxin.access.marks import Mark
from chengxin.access.models import Mandate
from chengxin.access.services import issue_token
from chengxin.access.types import MandateKind
from chengxin.casework import notices
from chengxin.casework.deadlines import recompute
from chengxin.casework.models import Case, CaseDeadline, Notice
from chengxin.casework.notices import escalate
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.disclosure.feed import changes_since
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.ledger import services as ledger
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import active
from chengxin.rights.objections.marks import Disputes
from chengxin.rights.remedies.models import RetractionReceipt
from chengxin.site.centre.everything import everything_about
from tests.harness.rights import Town, a_town, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def object_to(town: Town, at: int = NOW, **changes: str) -> Case:
    texts = {"ground": "wrong_content", "facts": "数额写错"} | changes
    return open_case(procedure="objection", about=About("record", str(town.record.pk)), actor=acting(town.owner, at), texts=texts, at=at)


def read_by_a_system(town: Town) -> None:
    token = issue_token(town.credit_office, HANDED_IN)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/records/{town.record.pk}").status_code == 200


def sound(at: int) -> bool:
    sign_checkpoint(at)
    return fsck(at=at).sound


@pytest.mark.django_db(transaction=True)
def test_a_step_and_a_withdrawal_at_the_same_time_do_not_block_each_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step has its case and wants the head of the ledger; the withdrawal has told the recipients and wants the case."""
    read_by_a_system(town)
    case, clerk = object_to(town), acting(town.clerk, NOW)
    half_way, failed, tell = threading.Event(), [], notices.tell

    def slowly(*given: Any) -> None:
        tell(*given)
        half_way.set()
        threading.Event().wait(1.5)

    def verify() -> None:
        try:
            take_step(case_id=case.pk, verb="verify", version=0, actor=clerk, texts={"finding": "wrong", "because": "抄错"}, at=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    with monkeypatch.context() as patched:
        patched.setattr(notices, "tell", slowly)
        thread = threading.Thread(target=verify)
        thread.start()
        half_way.wait(20)
        patched.setattr(notices, "tell", tell)
        withdraw_record(
            record_id=town.record.pk, reason=WithdrawalReason.REVOKED, decided_on=date(2026, 5, 6), because="判决", by="经办", at=NOW
        )
        thread.join()
    assert not failed
    case.refresh_from_db()
    assert case.state == "reversed"
    assert sound(NOW)


def test_a_killed_decision_leaves_nothing_behind(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power fails after the record is stopped and before the entry of the step is written."""
    with monkeypatch.context() as patched:
        patched.setattr(notices, "tell", _die)
        with pytest.raises(MemoryError):
            object_to(town, ground="wrong_subject")
    assert not Case.objects.exists()
    assert not Notice.objects.filter(case__isnull=False).exists()
    assert sound(NOW)


def _die(*_given: Any) -> None:
    raise MemoryError


def test_the_feed_tells_every_mark_however_many_share_an_instant_or_are_not_public(town: Town) -> None:
    common = {"procedure": "objection", "policy": "x", "about_kind": "record", "title": "t", "alone": True, "state": "withdrawn"}
    Case.objects.bulk_create(Case(about_key=str(10_000 + number), opened_at=NOW, closed_at=NOW, **common) for number in range(30))
    case = object_to(town, NOW + 1)
    Case.objects.filter(pk=case.pk).update(about_key=str(town.record.pk))
    start, seen = (NOW - 1, 0), []
    while places := list(Disputes().changed(start, NOW + 5, 3)):
        seen += places
        start = places[-1]
    assert seen == [*((NOW, 10_000 + number) for number in range(30)), (NOW + 1, town.record.pk)]
    page = changes_since("", NOW + 5, limit=3)
    told = list(page.changes)
    while not page.complete:
        page = changes_since(page.next_cursor, NOW + 5, limit=3)
        told += page.changes
    assert (NOW + 1, town.record.pk) in {(each.at, each.record_id) for each in told}
    assert {each.record_id for each in told} == {town.record.pk}, "what is not public is never named"


def test_a_deadline_that_moved_is_told_again(town: Town) -> None:
    object_to(town)
    policy = active.policy_set()
    deadline = CaseDeadline.objects.get()
    late = morning(deadline.due_on) + 3 * 86_400
    assert escalate(policy, late) == 1
    assert escalate(policy, late) == 0
    CaseDeadline.objects.update(due_on=date(2026, 4, 1))  # as another calendar had it
    assert recompute(policy, late) == 1
    assert escalate(policy, late) == 1


def test_erasing_what_it_says_ends_the_objection_and_tells_whoever_had_it(town: Town) -> None:
    read_by_a_system(town)
    case = object_to(town, ground="wrong_subject")
    ledger.erase([town.record.content_id], "（2026）鲁09民终1号", NOW + 60)
    case.refresh_from_db()
    assert case.state == "reversed"
    assert RetractionReceipt.objects.get().retraction.verb == "erased"
    assert sound(NOW + 60)


def test_a_court_that_ends_a_record_stopped_by_an_objection_leaves_a_sound_ledger(town: Town) -> None:
    """The entry of the withdrawal comes last and must say the standing after the hold was ended, not before."""
    case = object_to(town, ground="wrong_subject")
    withdraw_record(
        record_id=town.record.pk, reason=WithdrawalReason.REVOKED, decided_on=date(2026, 5, 6), because="判决", by="经办", at=NOW + 60
    )
    case.refresh_from_db()
    assert case.state == "reversed"
    assert sound(NOW + 60)


def test_another_second_office_in_the_table_is_found(town: Town) -> None:
    object_to(town)
    Case.objects.update(second_office_id=town.office.pk)
    assert not sound(NOW)


@pytest.mark.parametrize("facts", ["空\x00字符", "半个\ud83d字"])
def test_characters_that_cannot_be_kept_are_named(town: Town, facts: str) -> None:
    with pytest.raises(Refused, match="不能保存的字符"):
        object_to(town, facts=facts)
    assert not Case.objects.exists()


def test_odd_requests_get_an_answer_and_not_an_error(town: Town) -> None:
    case, owner = object_to(town), browser_of(town.owner)
    code = Subject.objects.get(pk=town.record.subject_id).code
    huge = "9" * 30
    for path in (
        "/cases?procedure=%00", "/cases?before=²", f"/cases/{huge}", f"/cases/{case.pk}/documents/{huge}", f"/cases/{huge}/reputation",
        "/centre/%00", f"/centre/{huge}", "/cases/open/objection/record/²", "/cases/open/objection/record/%00",
    ):  # fmt: skip
        assert owner.get(path).status_code in {200, 400, 404}, path
    assert owner.post(f"/cases/{case.pk}/withdraw", {"version": "²"}).status_code == 409
    assert owner.post(f"/centre/{code}/agents/{huge}/end", {"because": "x"}).status_code in {404, 422}
    given = {"username": "\x00", "scopes": ["view"], "until_on": "2026-12-31", "reference": "1"}
    assert owner.post(f"/centre/{code}/agents/new", given).status_code in {400, 422}
    given = {"username": town.stranger.username, "scopes": ["view"], "until_on": "2026-12-31", "reference": "一\x00号"}
    assert owner.post(f"/centre/{code}/agents/new", given).status_code in {302, 400, 422}


def test_a_representative_of_a_subject_that_became_one_with_another_authorises_an_agent(town: Town) -> None:
    own = Subject.objects.get(pk=town.record.subject_id)
    head = Subject.objects.get(pk=own.pk)
    head.pk, head.code = own.pk + 1_000, None
    head.canonical_id = head.pk
    head.save(force_insert=True)
    Subject.objects.filter(pk=own.pk).update(canonical_id=head.pk)
    given = {"username": town.stranger.username, "scopes": ["view"], "until_on": "2026-12-31", "reference": "委托书"}
    answer = browser_of(town.owner).post(f"/centre/{own.code}/agents/new", given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert Mandate.objects.filter(account=town.stranger, kind=MandateKind.AGENT).exists()
    assert browser_of(town.stranger).get(f"/centre/{own.code}").status_code == 200


def test_what_is_not_checked_yet_is_not_taken_away_either(town: Town) -> None:
    record = Record.objects.get()
    columns = {field.attname: getattr(record, field.attname) for field in RecordVersion._meta.fields if hasattr(record, field.attname)}
    columns |= {"id": None, "record_id": record.pk, "version": 2, "submission_id": 777, "document_number": "尚未核对的文号"}
    RecordVersion.objects.create(**columns)
    waiting = Submission.objects.get(pk=record.submission_id)
    waiting.pk, waiting.state, waiting.closed_at, waiting.key = 777, SubmissionState.READING, None, "waiting"
    waiting.save(force_insert=True)
    text = "".join(everything_about(Subject.objects.get(pk=record.subject_id), NOW, Mark("账本 c1", "云杉法人", "云杉", NOW, "测试")))
    assert "尚未核对的文号" not in text
