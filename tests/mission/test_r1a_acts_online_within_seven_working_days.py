"""R1a 双公示、十类行政行为：from a department's file to the portal, the interface and the department's timeliness."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.foundation.collection.models import Submission
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import as_csv, code_of, penalty
from tests.harness.valid_rows import valid_row

pytestmark = pytest.mark.django_db(transaction=True)

#: Decided on Thursday 12 November 2026: the seventh working day after is Monday 23 November.
LAST_DAY = start_of_day(date(2026, 11, 23)) + 86_399


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(LAST_DAY + 7_200))


def test_each_of_the_ten_kinds_of_acts_goes_online(policy_set: PolicySet, client: Client) -> None:
    office = market_regulation()
    kinds = [item for item in policy_set.catalogue.values() if item.group == "acts"]
    assert len(kinds) == 10
    for number, item in enumerate(kinds, start=1):
        row = valid_row(item, policy_set, office.code, number)
        done = hand_in(office, as_csv([row]), item=item.id, file_name="报送.csv")
        assert (item.id, done.accepted, done.rejected, done.quarantined) == (item.id, 1, 0, 0)
        rows = client.get("/api/v1/timeliness", {"department": office.code, "item": item.id}).json()["rows"]
        assert [(each["on_time"], each["late"], each["missing"]) for each in rows] == [(1, 0, 0)]
    sign_checkpoint(LAST_DAY)
    listed = {item.id: client.get(f"/acts/{item.id}").content.decode() for item in kinds}
    public = [item.id for item in kinds if item.level.value == "public" and "今天没有公示的信息" not in listed[item.id]]
    assert {"administrative_licence", "administrative_inspection", "administrative_reward"} <= set(public)
    report = fsck()
    assert report.sound, [comparison for comparison in report.comparisons if not comparison.equal]


def test_on_time_late_missing_and_back_again(policy_set: PolicySet, client: Client) -> None:
    office = market_regulation()

    def counts() -> tuple[int, int, int]:
        (row,) = client.get("/api/v1/timeliness", {"department": office.code}).json()["rows"]
        return row["on_time"], row["late"], row["missing"]

    wrong = penalty(3, office.code, CF_XDR_SHXYM=code_of(3)[:-1] + "?")
    hand_in(office, [penalty(1, office.code, CF_NR_FK="10", CF_NR="罚款100000元"), wrong], at=LAST_DAY, key="一")
    hand_in(office, [penalty(2, office.code)], at=LAST_DAY + 1, key="二")
    assert counts() == (1, 1, 1)
    board = client.get(f"/offices/{office.code}").content.decode()
    assert "outcome=late" in board
    assert "outcome=missing" in board
    hand_in(office, [penalty(3, office.code)], at=LAST_DAY + 3_600, key="三")
    assert counts() == (1, 2, 0)
    record = client.get("/api/v1/records", {"document_number": "泰市监处罚〔2026〕1号"}).json()["records"][0]
    assert record["due_on"] == "2026-11-23"
    assert client.get(record["page"]).status_code == 200
    assert (
        client.get("/api/v1/records", {"document_number": "泰市监处罚〔2026〕2号"}).json()["records"] == []
    )  # minor: recorded, not published


def test_a_correction_replaces_and_the_file_twice_changes_nothing(policy_set: PolicySet, client: Client) -> None:
    office = market_regulation()
    first = penalty(1, office.code, CF_NR_FK="10", CF_NR="罚款100000元")
    hand_in(office, [first], at=HANDED_IN, key="一")
    again = hand_in(office, [first], at=HANDED_IN + 60, key="二")
    assert (again.updated, again.unchanged) == (1, 1)
    hand_in(office, [{**first, "CF_NR_FK": "12", "CF_NR": "罚款120000元"}], at=HANDED_IN + 120, key="三")
    (record,) = client.get("/api/v1/records", {"document_number": first["CF_WSH"]}).json()["records"]
    assert (record["version"], {each["code"]: each["value"] for each in record["fields"]}["CF_NR_FK"]) == (2, "12")
    assert len(client.get(f"/api/v1/records/{record['id']}/versions").json()["versions"]) == 1
    assert Submission.objects.count() == 3
