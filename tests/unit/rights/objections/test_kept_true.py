"""What the ledger keeps true about cases: an erasure reaches them, and what somebody changes behind the ledger is found."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from typer.testing import CliRunner

from chengxin.access.caller import Caller
from chengxin.access.roles import Role
from chengxin.access.services import issue_token
from chengxin.casework.checking import wrong_deadlines
from chengxin.casework.commands import app
from chengxin.casework.models import Case, CaseDeadline, CaseDocument, Notice
from chengxin.casework.notices import send_waiting
from chengxin.casework.services import open_case
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.ledger import services as ledger
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.policy_set import PolicySet
from chengxin.rights.remedies.models import Retraction, RetractionReceipt
from chengxin.rights.remedies.services import confirm
from tests.harness.rights import Town, a_town, acting, browser_of, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def object_to(town: Town, **changes: str) -> Case:
    texts = {"ground": "wrong_content", "facts": "数额写错"} | changes
    return open_case(procedure="objection", about=About("record", str(town.record.pk)), actor=acting(town.owner, NOW), texts=texts, at=NOW)


def read_by_a_system(town: Town) -> None:
    token = issue_token(town.credit_office, HANDED_IN)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/records/{town.record.pk}").status_code == 200


def sound(at: int) -> bool:
    sign_checkpoint(at)
    return fsck(at=at).sound


@pytest.mark.django_db(transaction=True)
def test_after_an_erasure_neither_title_nor_notices_nor_outbox_repeat_what_was_erased(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "CHENGXIN_HOME", tmp_path)
    record = Record.objects.get(pk=town.record.pk)
    name, number = Subject.objects.get(pk=record.subject_id).name, record.document_number
    case = object_to(town, facts=f"{name}没有收到{number}")
    assert number in case.title
    send_waiting(NOW)
    written = sorted((tmp_path / "outbox").iterdir())
    assert any(number in each.read_text(encoding="utf-8") for each in written)
    picked_up = written.pop()
    picked_up.unlink()
    ledger.erase([town.record.content_id], "（2026）鲁09民终1号", NOW + 60)
    send_waiting(NOW + 61)
    case.refresh_from_db()
    texts = [case.title, *Notice.objects.filter(case=case).values_list("text", flat=True)]
    texts += [each.read_text(encoding="utf-8") for each in (tmp_path / "outbox").iterdir()]
    assert len(texts) > 4
    for text in texts:
        assert name not in text, text
        assert number not in text, text
    assert not picked_up.exists(), "what was handed to the sender is not sent twice"
    assert set(written) <= set((tmp_path / "outbox").iterdir())
    page = browser_of(town.owner).get("/cases?state=all").content.decode()
    assert "内容已依法删除" in page
    assert number not in page.partition("<main")[2]
    assert sound(NOW + 61)


def test_what_an_erased_step_said_is_gone_from_the_table_too(town: Town) -> None:
    case = object_to(town, facts="只有本案才知道的话")
    step = case.steps.get()
    ledger.erase([step.content_id], "（2026）鲁09民终2号", NOW + 60)
    step.refresh_from_db()
    assert not step.said
    assert sound(NOW + 60)


@pytest.mark.parametrize("change", ["said", "added", "retraction", "recipient", "forged", "unsaid"])
def test_fsck_finds_what_somebody_changed_behind_it(town: Town, change: str) -> None:
    """What a step said, a retraction's text, who was told, and who is said to have confirmed."""
    read_by_a_system(town)
    case = object_to(town)
    withdraw_record(
        record_id=town.record.pk, reason=WithdrawalReason.REVOKED, decided_on=date(2026, 5, 6), because="判决", by="经办", at=NOW + 60
    )
    receipt = RetractionReceipt.objects.get()
    if change == "unsaid":
        confirm(receipt_id=receipt.pk, caller=Caller(town.credit_office, town.credit, Role.CREDIT_OFFICE), at=NOW + 90)
    assert sound(NOW + 90)
    opening = case.steps.get(place=0)
    match change:
        case "said":
            opening.said = {**opening.said, "facts": "数额没有写错"}
            opening.save()
        case "added":
            opening.said = {**opening.said, "interest": "后来加的"}
            opening.save()
        case "retraction":
            Retraction.objects.update(text="没有这回事")
        case "recipient":
            RetractionReceipt.objects.update(recipient="department:别人")
        case "forged":
            RetractionReceipt.objects.update(confirmed_at=NOW + 70, confirmed_by="别人")
        case "unsaid":
            RetractionReceipt.objects.update(confirmed_at=None, confirmed_by="")
    assert not sound(NOW + 90)


@pytest.mark.parametrize("change", ["gone", "swapped", "added", "moved"])
def test_fsck_finds_a_document_that_somebody_changed_behind_it(town: Town, change: str) -> None:
    texts = {"ground": "wrong_content", "facts": "数额写错"}
    files = [("evidence", pdf("判决.pdf")), ("evidence", pdf("又一份.pdf", b"%PDF-1.7\n2\n%%EOF\n"))]
    about = About("record", str(town.record.pk))
    case = open_case(procedure="objection", about=about, actor=acting(town.owner, NOW), texts=texts, files=files, at=NOW)
    assert sound(NOW)
    first = CaseDocument.objects.filter(case=case).order_by("pk")[0]
    match change:
        case "gone":
            first.delete()
        case "swapped":
            CaseDocument.objects.filter(pk=first.pk).update(sha256="0" * 64)
        case "added":
            first.pk, first.sha256 = None, "1" * 64
            first.save()
        case "moved":
            CaseDocument.objects.filter(pk=first.pk).update(kind="delivery_proof")
    assert not sound(NOW + 1)


def test_documents_of_an_erased_step_are_no_fault(town: Town) -> None:
    texts = {"ground": "wrong_content", "facts": "数额写错"}
    about = About("record", str(town.record.pk))
    case = open_case(
        procedure="objection", about=about, actor=acting(town.owner, NOW), texts=texts, files=[("evidence", pdf())], at=NOW
    )  # fmt: skip
    ledger.erase([case.steps.get().content_id], "（2026）鲁09民终3号", NOW + 60)
    assert sound(NOW + 60)


@pytest.mark.parametrize(
    "change", [{"due_on": date(2027, 1, 1)}, {"ended_on": date(2026, 5, 6)}, {"paused": True}, {"start_on": date(2026, 5, 1)}, None]
)
def test_a_deadline_that_somebody_changed_is_found_by_working_it_out_again(
    town: Town, change: dict[str, object] | None, policy_set: PolicySet
) -> None:
    case = object_to(town)
    assert not list(wrong_deadlines(policy_set))
    assert CliRunner().invoke(app, ["check"]).exit_code == 0
    deadline = CaseDeadline.objects.get(case=case)
    if change is None:
        deadline.delete()
    else:
        CaseDeadline.objects.filter(pk=deadline.pk).update(**change)
    (found,) = wrong_deadlines(policy_set)
    assert (found.case_id, "verification" in found.clock) == (case.pk, True)
    said = CliRunner().invoke(app, ["check"])
    assert (said.exit_code, f"案件 {case.pk} 的期限 verification" in said.output) == (1, True)
    assert json.loads(CliRunner().invoke(app, ["check", "--json"]).stdout)["wrong"][0]["case"] == case.pk
