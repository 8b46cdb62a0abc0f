"""R1e 应归集尽归集、应公开尽公开：the catalogue says item by item what is taken in and what is shown; nothing outside it is stored."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.ledger.services import read_contents
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db")


def test_each_item_says_owner_basis_fields_cycle_level_and_term(policy_set: PolicySet, client: Client) -> None:
    assert len(policy_set.catalogue) == 19
    adopt_shipped_set(files=policy_set.files, at=HANDED_IN)
    for item in policy_set.catalogue.values():
        assert item.owner_kinds, item.id
        assert item.basis, item.id
        assert item.fields, item.id
        assert item.cycle, item.id
        assert set(item.terms) == {"public", "shared", "counted", "effective"}, item.id
        assert all(term.reference for term in item.terms.values()), item.id
        assert client.get(f"/policy/{item.id}").status_code == 200, item.id


def test_only_fields_of_the_catalogue_reach_the_ledger(policy_set: PolicySet, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(HANDED_IN + 60))
    office = market_regulation()
    row = penalty(1, office.code, CF_NR_FK="10", CF_NR="罚款100000元", BZ="内部备注")
    hand_in(office, [row])
    record = Record.objects.get()
    known = {field.code for field in policy_set.item("administrative_penalty").fields}
    said = read_contents([record.content_id])[record.content_id]
    assert {key for key in said if not key.startswith("_")} <= known
    shown = {each["code"] for each in client.get(f"/api/v1/records/{record.pk}").json()["fields"]}
    public = {field.code for field in policy_set.item("administrative_penalty").fields if field.public and not field.sealed}
    assert shown <= public
    assert "BZ" not in shown
    assert "内部备注" not in client.get(f"/r/{record.pk}").content.decode()


@pytest.mark.parametrize("label", ["婚姻状况", "宗教信仰", "病史"])
def test_banned_fields_are_refused_by_name(policy_set: PolicySet, label: str) -> None:
    office = market_regulation()
    try:
        submission = hand_in(office, [{**penalty(1, office.code), label: "某"}])
    except Refused as refused:
        sentence = refused.sentence
    else:
        assert submission.state == "refused"
        assert submission.refusal is not None
        sentence = submission.refusal["sentence"]
    assert label in sentence
    assert not Record.objects.exists()
    assert Submission.objects.exclude(state="refused").count() == 0


def test_an_item_that_is_not_in_the_catalogue_is_refused(policy_set: PolicySet) -> None:
    office = market_regulation()
    with pytest.raises(Refused, match="没有目录事项"):
        hand_in(office, [penalty(1, office.code)], item="jaywalking")
