"""A decided restoration tells everybody who had received the record and can be told: each once, where they can confirm it."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.access.caller import Caller
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.casework.models import Notice
from chengxin.foundation.records.types import Surface
from chengxin.foundation.records.uses import Channel, note_bulk_use, note_uses
from chengxin.kernel import clock
from chengxin.rights.remedies.models import RetractionReceipt
from chengxin.rights.remedies.services import earlier_recipients
from chengxin.rights.restoration.conditions import end_everywhere
from tests.harness.rights import Town, a_town, browser_of, morning, restored

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 11))
TOLD = "准予修复"


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def received(town: Town, by: Account | None = None, at: int = NOW - 86_400) -> None:
    caller = Caller(town.credit_office, None, None) if by is None else Caller(by.department, by, Role(by.role))
    assert note_uses(caller, [(town.record.pk, 1)], Channel.ANSWER, at) == 1


def told(town: Town) -> list[tuple[str, str]]:
    about = Notice.objects.filter(href="/office/retractions").order_by("to_kind", "to_key")
    return [(each.to_kind, each.to_key) for each in about]


def test_offices_and_accounts_that_received_the_record_are_told_once(town: Town) -> None:
    received(town)
    received(town)
    received(town, town.clerk)
    received(town, town.stranger)
    note_bulk_use(item=0, surface=Surface.COUNTED, known_at=NOW - 60, recipient="run:7", channel=Channel.RUN, what="评价", at=NOW - 60)
    case = restored(town.record, town.owner, town.clerk, town.reviewer, NOW)
    accounts = sorted(("person", f"account:{each.pk}") for each in (town.clerk, town.stranger))
    people = [("office", str(town.credit_office.pk)), *accounts]
    assert told(town) == people
    for notice in Notice.objects.filter(href="/office/retractions"):
        assert "泰市监修〔2026〕1号" in notice.text
        assert notice.case == case
    owing = set(RetractionReceipt.objects.values_list("recipient", flat=True))
    assert owing == {f"department:{town.credit_office.code}", "run:7", f"account:{town.clerk.pk}", f"account:{town.stranger.pk}"}


def test_where_nobody_received_it_nobody_is_told(town: Town) -> None:
    case = restored(town.record, town.owner, town.clerk, town.reviewer, NOW)
    assert told(town) == []
    assert earlier_recipients(case, NOW) == []
    assert Notice.objects.filter(case=case, text__contains=TOLD).count() == 1, "the applicant"


def test_a_restoration_decided_elsewhere_is_told_by_the_retraction(town: Town) -> None:
    received(town)
    end_everywhere(town.record.pk, "信用中国〔2026〕9号", because="信用中国准予修复", by="upstream", at=NOW)
    assert told(town) == [("office", str(town.credit_office.pk))]
    assert Notice.objects.get(href="/office/retractions").title == "更正告知"


def test_who_received_it_later_is_not_an_earlier_recipient(town: Town) -> None:
    case = restored(town.record, town.owner, town.clerk, town.reviewer, NOW)
    received(town, at=NOW + 60)
    assert earlier_recipients(case, NOW) == []
    assert earlier_recipients(case, NOW + 60) == [("office", str(town.credit_office.pk))]


def test_a_firm_s_account_that_received_it_reads_and_confirms(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    received(town, town.stranger)
    restored(town.record, town.owner, town.clerk, town.reviewer, NOW)
    browser, receipt = browser_of(town.stranger), RetractionReceipt.objects.get()
    page = browser.get("/office/retractions")
    assert page.status_code == 200
    assert f"编号 {town.record.pk}" in page.content.decode()
    assert browser_of(town.owner).post(f"/office/retractions/{receipt.pk}/receipt").status_code == 422
    assert browser.post(f"/office/retractions/{receipt.pk}/receipt").status_code == 302
    receipt.refresh_from_db()
    assert receipt.confirmed_at == NOW
