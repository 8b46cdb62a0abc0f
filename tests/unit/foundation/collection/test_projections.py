"""Submissions and quarantined rows follow from the ledger: fsck rebuilds them, and sees what was changed behind its back."""

from __future__ import annotations

import pytest

from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.services import decide_quarantined, return_submission
from chengxin.foundation.collection.types import Channel, QuarantineDecision
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import CandidatePair
from chengxin.kernel.codes.credit_code import PLACEHOLDER
from chengxin.ledger.models import Entry
from chengxin.ledger.services import fsck
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.intake_check import intake_faults
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")

WITHOUT_CODE = {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER, "CF_XDR_MC": "泰山区春山小吃店"}


def wrong_tables() -> set[str]:
    return {found.table for found in fsck().comparisons if found.missing or found.extra or found.different}


def test_every_way_a_submission_may_go_follows_from_the_ledger() -> None:
    office = market_regulation()
    reviewer = add_account(username="复核乙", department=office, role=Role.REVIEWER, password="松树-石桥-七孔-渡船-1987", at=HANDED_IN)
    hand_in(office, [penalty(1, office.code), penalty(2, office.code, CF_NR_FK=""), penalty(3, office.code, **WITHOUT_CODE)])
    waiting = hand_in(office, [penalty(4, office.code), penalty(5, office.code, **WITHOUT_CODE)], channel=Channel.PAGE)
    returned = hand_in(office, [penalty(6, office.code), penalty(7, office.code, **WITHOUT_CODE)], channel=Channel.PAGE)
    return_submission(returned.pk, by=reviewer, because="文书有误", at=HANDED_IN + 60)
    refused = hand_in(office, "姓名,宗教信仰\n甲,无\n".encode())
    row = QuarantinedRow.objects.filter(decided_at=None).order_by("id").first()
    assert row is not None
    decide_quarantined(row_id=row.pk, decision=QuarantineDecision.OPENED, because="无既有主体", by="甲", at=HANDED_IN + 120)
    assert (waiting.state, refused.state) == ("awaiting_release", "refused")
    assert intake_faults(HANDED_IN + 180) == []


def test_a_count_or_a_decision_changed_behind_the_ledger_is_seen() -> None:
    office = market_regulation()
    submission = hand_in(office, [penalty(1, office.code), penalty(3, office.code, **WITHOUT_CODE)])
    assert wrong_tables() == set()
    Submission.objects.filter(pk=submission.pk).update(late=1)
    assert wrong_tables() == {"collection_submission"}
    Submission.objects.filter(pk=submission.pk).update(late=submission.late)
    QuarantinedRow.objects.update(decision="linked")
    assert wrong_tables() == {"collection_quarantinedrow"}


def test_a_falsified_fingerprint_is_seen_and_traced_to_its_entry() -> None:
    """With it a correction would pass as unchanged, or an equal row as an update."""
    office = market_regulation()
    hand_in(office, [penalty(1, office.code), penalty(3, office.code, **WITHOUT_CODE)])
    record = Record.objects.get()
    Record.objects.update(fingerprint=b"x" * 16)
    first = fsck().first_bad
    assert first is not None
    assert f"内容 c{record.content_id}，文书号 {record.document_number}" in first.sentence
    assert first.seq == Entry.objects.get(content_id=record.content_id).seq
    Record.objects.update(fingerprint=record.fingerprint)
    QuarantinedRow.objects.update(fingerprint=b"x" * 16)
    assert wrong_tables() == {"collection_quarantinedrow"}


def test_a_quarantined_row_made_to_vanish_is_seen() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code), penalty(3, office.code, **WITHOUT_CODE)])
    content_id = QuarantinedRow.objects.get().content_id
    CandidatePair.objects.all().delete()
    QuarantinedRow.objects.all().delete()
    first = fsck().first_bad
    assert first is not None
    assert f"表中缺少（第 {first.seq} 条，内容 c{content_id}）" in first.sentence
