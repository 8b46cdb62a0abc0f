"""主体页：conclusion first, nothing that is not public today, kept out of indexes while it shows an adverse record."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import date_of, start_of_day
from chengxin.site.subject_page import SHOWN
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")
AT = start_of_day(date(2026, 11, 16)) + 36_000
CODE = "91370902MA3C00001X"


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Anybody, on the day after the hand-ins."""
    monkeypatch.setenv("CHENGXIN_CLOCK", str(AT + 86_400))
    return Client()


def test_an_adverse_record_is_in_the_conclusion_with_its_end(portal: Client) -> None:
    penalty = recording.record(at=AT)
    page = portal.get(f"/s/{CODE}")
    shown = page.content.decode()
    assert page.status_code == 200
    assert "今天有 1 条失信信息在公示" in shown
    assert penalty.document_number in shown
    last_day = date_of(penalty.public_until - 1)
    assert f"最晚 {last_day} 截止" in shown


def test_a_page_with_an_adverse_record_is_not_indexed_and_names_its_end(portal: Client) -> None:
    recording.record(at=AT)
    page = portal.get(f"/s/{CODE}")
    assert page["X-Robots-Tag"].startswith("noindex, noarchive, unavailable_after: ")
    assert '<meta name="robots" content="noindex, noarchive">' in page.content.decode()


def test_a_page_without_an_adverse_record_may_be_indexed(portal: Client) -> None:
    recording.record("administrative_licence", at=AT)
    page = portal.get(f"/s/{CODE}")
    assert "今天没有针对该主体公示的失信信息。" in page.content.decode()
    assert "X-Robots-Tag" not in page


def test_after_its_last_day_the_record_and_the_unregistered_subject_are_gone(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    penalty = recording.record(at=AT)
    assert portal.get(f"/s/{CODE}").status_code == 200
    monkeypatch.setenv("CHENGXIN_CLOCK", str(penalty.public_until))
    assert portal.get(f"/s/{CODE}").status_code == 404


def test_a_row_whose_submission_is_open_is_seen_by_nobody(portal: Client) -> None:
    recording.record(at=AT, closed=False)
    assert portal.get(f"/s/{CODE}").status_code == 404


def test_a_penalty_is_never_pushed_off_the_page_by_permits(portal: Client) -> None:
    penalty = recording.record(at=AT, CF_JDRQ="2026-04-10")
    recording.records("administrative_licence", [{"XK_JDRQ": "2026-11-10", "XK_WSH": f"许〔2026〕{n}号"} for n in range(SHOWN + 15)], at=AT)
    shown = portal.get(f"/s/{CODE}").content.decode()
    assert penalty.document_number in shown
    assert f"查看全部 {SHOWN + 15} 条" in shown
    assert portal.get(f"/s/{CODE}?section=licences").content.decode().count('<li class="record') == SHOWN + 16


def test_a_past_day_shows_what_was_known_then_and_never_what_has_ended(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    penalty = recording.record(at=AT)
    day = date_of(AT)
    before = portal.get(f"/s/{CODE}?as_of={date_of(AT - 86_400)}").content.decode()
    assert "没有失信信息" in before
    assert penalty.document_number not in before
    then = portal.get(f"/s/{CODE}?as_of={day}")
    assert "有 1 条失信信息" in then.content.decode()
    assert penalty.document_number in then.content.decode()
    assert then["X-Robots-Tag"].startswith("noindex")
    recording.record("administrative_licence", at=AT)
    monkeypatch.setenv("CHENGXIN_CLOCK", str(penalty.public_until))
    assert penalty.document_number not in portal.get(f"/s/{CODE}?as_of={day}").content.decode()


@pytest.mark.parametrize("day", ["2026-13-01", "昨天", "0000-00-00"])
def test_a_day_that_is_none_is_refused_in_words(portal: Client, day: str) -> None:
    recording.record(at=AT)
    answer = portal.get(f"/s/{CODE}?as_of={day}")
    assert answer.status_code == 422
    assert "不能作为查询日期" in answer.content.decode()


def test_a_natural_person_has_no_page(portal: Client) -> None:
    recording.record(at=AT)
    Subject.objects.filter(code=CODE).update(kind=5)
    assert portal.get(f"/s/{CODE}").status_code == 404


def test_a_subject_judged_to_be_another_leads_there(portal: Client) -> None:
    recording.record(at=AT)
    canonical = Subject.objects.get(code=CODE)
    other = recording.subject("91370902MA3C00003X", "泰安市云岭食品公司")
    Subject.objects.filter(pk=other.pk).update(canonical_id=canonical.pk)
    answer = portal.get(f"/s/{other.code}")
    assert (answer.status_code, answer["Location"]) == (302, f"/s/{CODE}")
    assert "泰安市云岭食品公司" in portal.get(f"/s/{CODE}").content.decode()


@pytest.mark.parametrize("code", ["91370902MA3C00009X", "%3Cscript%3E", "0", "９１"])
def test_an_unknown_code_is_answered_in_words(portal: Client, code: str) -> None:
    page = portal.get(f"/s/{code}")
    assert page.status_code == 404
    assert "<script>" not in page.content.decode()
