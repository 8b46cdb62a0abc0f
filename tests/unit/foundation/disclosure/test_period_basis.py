"""On a record's page the basis of its period is the order that sets it (36, or before it 58), beside the basis of collecting it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.foundation.records.publication_period import governing_order
from chengxin.foundation.records.types import SeverityCode
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.policy.policy_set import PolicySet
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")
ORDER_58, ORDER_36 = "order-58-2023", "order-36-2025"


def shown(monkeypatch: pytest.MonkeyPatch, **changes: str) -> tuple[dict[str, Any], str]:
    record = recording.record(at=start_of_day(date.fromisoformat(changes["CF_JDRQ"])) + 86_400, **changes)
    monkeypatch.setattr(clock, "now", lambda: record.received_at + 86_400)
    client = Client()
    told = client.get(f"/api/v1/records/{record.pk}").json()
    return told.get("record", told), client.get(f"/r/{record.pk}").content.decode()


def test_under_the_new_order(monkeypatch: pytest.MonkeyPatch, policy_set: PolicySet) -> None:
    told, page = shown(monkeypatch, CF_JDRQ="2026-04-10")
    assert policy_set.sources[ORDER_36].title in told["period_basis"]["title"]
    assert told["basis"]["title"] != told["period_basis"]["title"]
    begins = page.index("公示期限依据")  # the routes above it name the order too
    assert begins < page.index(policy_set.sources[ORDER_36].title, begins) < page.index("归集依据", begins)


def test_under_the_old_order_where_the_new_one_does_not_shorten(monkeypatch: pytest.MonkeyPatch, policy_set: PolicySet) -> None:
    serious = {"CF_CFLB": "责令停产停业", "CF_NR": "责令停产停业", "CF_NR_FK": ""}
    told, _ = shown(monkeypatch, CF_JDRQ="2026-03-02", **serious)
    assert policy_set.sources[ORDER_58].title in told["period_basis"]["title"]
    general, _ = shown(monkeypatch, CF_JDRQ="2026-03-03")
    assert policy_set.sources[ORDER_36].title in general["period_basis"]["title"]


def test_no_order_no_basis(policy_set: PolicySet) -> None:
    day = date(2026, 4, 10)
    assert governing_order(policy_set, day, day, SeverityCode.NONE) is None


def test_a_term_that_the_document_states_has_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    record = recording.record("administrative_licence", at=start_of_day(date(2026, 4, 13)))
    monkeypatch.setattr(clock, "now", lambda: record.received_at + 86_400)
    told = Client().get(f"/api/v1/records/{record.pk}").json()
    assert told.get("record", told)["period_basis"] is None
    assert "公示期限依据" not in Client().get(f"/r/{record.pk}").content.decode()
