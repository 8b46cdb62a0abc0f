"""A page asks the database as often for many rows as for one, and never counts what it does not show."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengxin.foundation.disclosure.services import recount_timeliness
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import start_of_day
from tests.harness import recording
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import code_of, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = start_of_day(date(2026, 11, 17)) + 36_000
SERIOUS = {"CF_NR": "罚款 1200000 元", "CF_NR_FK": "120"}
#: Page → the most queries that it may take, where nothing is remembered from an earlier view.
PAGES = {
    "/search?q=云杉": 3,
    "/search/suggest?q=云杉": 3,
    "/search?q=91370900": 5,
    f"/s/{code_of(0)}": 17,
    "/r/{record}": 20,
    "/acts": 1,
    "/acts/administrative_penalty": 8,
    "/acts/administrative_penalty?department={office}": 9,
    "/acts/administrative_penalty?division=3709": 9,
    "/acts/administrative_penalty?from=2026-01-01&until=2026-12-31": 8,
    "/": 14,
    "/offices": 9,
    "/offices/{office}": 7,
    "/api/v1/subjects/{subject}/records": 12,
    "/api/v1/subjects?q=云杉": 6,
}


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Anybody, on the day after the hand-ins."""
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))
    return Client()


def asked(client: Client, page: str) -> list[str]:
    """The statements that one view of ``page`` sends; nothing is remembered from an earlier one."""
    office, record = market_regulation(), Record.objects.order_by("id").values_list("id", flat=True)[0]
    address = page.format(office=office.code, record=record, subject=code_of(0))
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as sent:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return [query["sql"] for query in sent.captured_queries]


@pytest.mark.parametrize("page", PAGES)
def test_many_rows_take_as_many_queries_as_a_few(portal: Client, page: str) -> None:
    office = market_regulation()
    first = [
        penalty(n, office.code, CF_XDR_SHXYM=code_of(n % 2), CF_XDR_MC=f"泰安云杉{n % 2:05d}商贸有限公司", **SERIOUS) for n in range(6)
    ]
    hand_in(office, first)
    recount_timeliness()
    few = asked(portal, page)
    hand_in(office, [penalty(n, office.code, **SERIOUS) for n in range(10, 40)])
    more = [penalty(n, office.code, CF_XDR_SHXYM=code_of(0), CF_XDR_MC="泰安云杉00000商贸有限公司", **SERIOUS) for n in range(50, 90)]
    hand_in(office, more)
    recount_timeliness()
    many = asked(portal, page)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= PAGES[page], "\n".join(many)


def test_kinds_of_records_of_a_subject_cost_no_query_each(portal: Client) -> None:
    recording.record(at=NOW - 86_400)
    code = recording.subject().code
    one = asked(portal, f"/s/{code}")
    recording.records("administrative_licence", [{"XK_JDRQ": "2026-11-10"}] * 3, at=NOW - 86_400)
    assert len(asked(portal, f"/s/{code}")) == len(one)


def test_a_page_reads_a_merged_subject_by_its_index(portal: Client) -> None:
    """Every subject is somebody's canonical one: only the condition of the index finds the few that were merged."""
    recording.record(at=NOW - 86_400)
    subject = recording.subject()
    other = recording.subject("91370902MA3C00003X", "泰安市云岭食品公司")
    Subject.objects.filter(pk=other.pk).update(canonical_id=subject.pk)
    with CaptureQueriesContext(connection) as sent:
        assert "泰安市云岭食品公司" in portal.get(f"/s/{subject.code}").content.decode()
    merged = [query["sql"] for query in sent.captured_queries if re.search(r'canonical_id" = \d', query["sql"])]
    assert merged
    assert all('NOT ("subjects_subject"."canonical_id" = ' in sql for sql in merged), merged
