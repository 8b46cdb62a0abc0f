"""R1d 公共、市场、协会……各方信息：every record says where it comes from; only public and court data count as public credit data."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.foundation.records.models import Record
from chengxin.foundation.records.types import SourceClass
from chengxin.kernel import clock
from chengxin.ledger.services import read_contents
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty


def test_the_source_goes_with_the_record_everywhere(
    db: None, policy_set: PolicySet, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(HANDED_IN + 60))
    office = market_regulation()
    hand_in(office, [penalty(1, office.code, CF_NR_FK="10", CF_NR="罚款100000元")])
    record = Record.objects.get()
    assert record.source_class == SourceClass.PUBLIC
    assert read_contents([record.content_id])[record.content_id]["_source_class"] == "public"
    assert client.get(f"/api/v1/records/{record.pk}").json()["source_class"] == "public"
    assert "公共信用信息" in client.get(f"/r/{record.pk}").content.decode()


def test_every_item_of_the_catalogue_says_its_class(policy_set: PolicySet) -> None:
    classes = {item.id: SourceClass.of(item.source_class) for item in policy_set.catalogue.values()}
    assert classes["judgment_defaulters"] is SourceClass.COURT
    assert {each for each in SourceClass if each.is_public_credit_data} == {SourceClass.PUBLIC, SourceClass.COURT}
    assert all(each.is_public_credit_data for each in classes.values())  # no other data has a lawful item yet
