"""Objections: marked at once everywhere, decided by a second office, corrections reach everybody who had been told."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.disclosure.feed import changes_since
from chengxin.foundation.records.models import Record, RecordUse
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import Surface, WithdrawalReason
from chengxin.foundation.records.uses import Channel, note_bulk_use, recipients_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.keys import verifiers
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.rights.remedies.models import Retraction, RetractionReceipt
from tests.harness.handing_in import hand_in
from tests.harness.penalties import penalty
from tests.harness.rights import PASSWORD, Town, a_town, acting, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
CORRECTION = {
    "document_number": "泰发改异〔2026〕3号", "because": "数额抄错", "correct_content": "一万元",
    "disputed": "没收违法所得、没收非法财物的金额（万元）",
}  # fmt: skip
SAID = {"ground": "wrong_content", "facts": "罚款数额写错，应为一万二千元"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


@pytest.fixture
def judge(town: Town) -> Any:
    """A clerk of the credit office's department, which had no hand in the penalty."""
    return add_account(username="裁决", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)


def object_to(town: Town, at: int = NOW, **changes: str) -> Case:
    return open_case(
        procedure="objection", about=About("record", str(town.record.pk)), actor=acting(town.owner, at), texts=SAID | changes, at=at
    )


def take(case: Case, verb: str, account: Any, at: int = NOW, files: Any = (), **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, files=files, at=at)


def is_on(surface: Surface, at: int = NOW) -> bool:
    return Record.objects.filter(visible(surface, at)).exists()


def test_the_mark_is_everywhere_at_once_and_goes_with_the_decision(town: Town, judge: Any) -> None:
    client, record = Client(), town.record
    before = changes_since("", NOW).next_cursor
    case = object_to(town)
    pages = (f"/r/{record.pk}", "/s/" + client.get(f"/api/v1/records/{record.pk}").json()["subject_code"], "/acts/administrative_penalty")
    for page in pages:
        assert "异议" in client.get(page).content.decode(), page
    assert client.get(f"/api/v1/records/{record.pk}").json()["disputed"] == f"异议〔2026〕{case.pk}号正在办理"
    told = [change for change in changes_since(before, NOW + 300).changes if change.record_id == record.pk]
    assert told
    assert told[-1].record is not None
    assert told[-1].record.disputed
    assert is_on(Surface.PUBLIC), "wrong content is marked, not stopped"
    take(case, "withdraw", town.owner, NOW + 60)
    assert client.get(f"/api/v1/records/{record.pk}").json()["disputed"] == ""


def test_never_decided_by_the_author(town: Town, judge: Any) -> None:
    case = object_to(town)
    with pytest.raises(Conflict, match="待来源单位核实"):
        take(case, "revoke", judge, document_number="1", because="错")
    take(case, "verify", town.clerk, finding="wrong", because="数额抄错")
    for author in (town.clerk, town.reviewer):
        with pytest.raises(Forbidden, match="裁决机关"):
            take(case, "revoke", author, document_number="1", because="错")
    take(case, "revoke", judge, document_number="泰发改异〔2026〕1号", because="数额抄错，原决定书不存在")
    assert not is_on(Surface.PUBLIC)
    case.refresh_from_db()
    assert case.state == "revoked"
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound


def test_an_objection_that_it_is_somebody_else_stops_it_until_decided(town: Town, judge: Any) -> None:
    case = object_to(town, ground="wrong_subject")
    assert not any(is_on(surface) for surface in (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED))
    take(case, "verify", town.clerk, finding="right", because="登记信息一致")
    dismissal = {
        "facts": "登记信息一致", "document_number": "泰发改异〔2026〕2号", "clause": "方案二（五）", "hearing": "听取了意见",
        "remedy": "可以申请修复", "reconsideration_authority": "泰安市人民政府", "suit_court": "泰山区人民法院",
        "delivered_on": "2026-05-06", "delivery_method": "直接送达",
    }  # fmt: skip
    take(case, "dismiss", judge, NOW + 60, files=[("delivery_proof", pdf())], **dismissal)
    assert is_on(Surface.PUBLIC, NOW + 60)


def test_what_was_wrong_is_hidden_until_it_is_corrected_and_everybody_is_told(town: Town, judge: Any) -> None:
    token = issue_token(town.credit_office, HANDED_IN)
    Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/records/{town.record.pk}")
    case = object_to(town)
    take(case, "verify", town.clerk, finding="wrong", because="数额抄错")
    take(case, "order_correction", judge, **CORRECTION)
    assert not is_on(Surface.PUBLIC)
    row = penalty(1, town.office.code, CF_JDRQ=DECIDED.isoformat(), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.0")
    later = NOW + 3_600
    assert hand_in(town.office, [row], key="corrected", at=later).updated == 1
    case.refresh_from_db()
    assert case.state == "corrected"
    assert is_on(Surface.PUBLIC, later)
    receipt = RetractionReceipt.objects.get()
    assert (receipt.recipient, receipt.retraction.verb) == (f"department:{town.credit_office.code}", "corrected")
    sign_checkpoint(later)
    assert fsck(at=later).sound


def test_a_court_reversal_ends_the_case_by_itself(town: Town) -> None:
    case = object_to(town)
    withdraw_record(
        record_id=town.record.pk,
        reason=WithdrawalReason.REVOKED,
        decided_on=date(2026, 5, 6),
        because="（2026）鲁09行终1号",
        by="经办",
        at=NOW,
    )
    case.refresh_from_db()
    assert case.state == "reversed"
    with pytest.raises(Conflict, match="已经“撤回”"):
        object_to(town)


def test_without_a_second_office_nothing_is_left_to_the_author(town: Town) -> None:
    town.credit.revoked_at = HANDED_IN
    town.credit.save()
    with pytest.raises(Refused, match="没有可以裁决的第二个机关"):
        object_to(town)


def test_whoever_received_it_is_told_by_a_signed_text_and_owes_a_receipt(town: Town) -> None:
    record = town.record
    system = Client(headers={"Authorization": f"Bearer {issue_token(town.credit_office, HANDED_IN)}"})
    assert system.get(f"/api/v1/records/{record.pk}").status_code == 200
    Client().get(f"/api/v1/records/{record.pk}")  # nobody known
    note_bulk_use(item=0, surface=Surface.COUNTED, known_at=NOW - 60, recipient="run:7", channel=Channel.RUN, what="public", at=NOW - 60)
    note_bulk_use(item=0, surface=Surface.COUNTED, known_at=HANDED_IN - 60, recipient="run:6", channel=Channel.RUN, what="早", at=NOW - 60)
    withdraw_record(
        record_id=record.pk, reason=WithdrawalReason.UNLAWFUL, decided_on=date(2026, 5, 6), because="确认违法", by="经办", at=NOW
    )
    retraction = Retraction.objects.get()
    assert {each.recipient for each in retraction.receipts.all()} == {f"department:{town.credit_office.code}", "run:7"}
    name, encoded = retraction.signature.removeprefix("— ").split(" ")
    (key,) = verifiers(name)
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(key.public).verify(base64.b64decode(encoded)[4:], (retraction.text + "\n").encode())
    assert json.loads(retraction.text)["_verb"] == "withdrawn"
    assert Notice.objects.filter(to_kind="office", to_key=str(town.credit_office.pk), title="更正告知").count() == 1
    (owed,) = system.get("/api/v1/retractions").json()["retractions"]
    assert owed["record"] == record.pk
    assert system.post(f"/api/v1/retractions/{owed['id']}/receipt").status_code == 200
    assert system.post(f"/api/v1/retractions/{owed['id']}/receipt").status_code == 409
    stranger = Client(headers={"Authorization": f"Bearer {issue_token(town.office, HANDED_IN)}"})
    assert stranger.post(f"/api/v1/retractions/{owed['id']}/receipt").status_code == 404


def test_ten_thousand_uses_of_one_wrong_record_are_all_found(town: Town) -> None:
    """Planted: 10,000 recipients, each twice; found and told in seconds."""
    record = town.record
    planted = [f"account:{number}" for number in range(10_000)]
    RecordUse.objects.bulk_create(
        RecordUse(record_id=record.pk, version=1, recipient=each, channel="answer", at=HANDED_IN + turn)
        for each in planted
        for turn in (1, 2)
    )
    RecordUse.objects.bulk_create(
        RecordUse(record_id=record.pk + 1, version=1, recipient=f"other:{number}", channel="answer", at=1) for number in range(100)
    )
    begun = time.perf_counter()
    withdraw_record(record_id=record.pk, reason=WithdrawalReason.VOID, decided_on=date(2026, 5, 6), because="无效", by="经办", at=NOW)
    took = time.perf_counter() - begun
    assert {each.recipient for each in recipients_of([record.pk])[record.pk]} == set(planted)
    assert RetractionReceipt.objects.count() == 10_000
    assert took < 60, f"{took:.1f} s"


def test_an_office_above_decides_where_there_is_one(town: Town) -> None:
    above = Department.objects.create(code="11370900004333333X", name="泰安市人民政府", opened_at=1)
    Department.objects.filter(pk=town.office.pk).update(parent=above)
    assert object_to(town).second_office_id == above.pk
