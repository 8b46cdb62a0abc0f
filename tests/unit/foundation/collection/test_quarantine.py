"""Every rule holds, but a person must say whose row it is: nothing is linked by a name, nothing is shown meanwhile."""

from __future__ import annotations

import pytest

from chengxin.access.models import SealedIndex
from chengxin.foundation.collection.models import QuarantinedRow, RowRemark
from chengxin.foundation.collection.services import decide_quarantined
from chengxin.foundation.collection.types import QuarantineDecision
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import CandidatePair, Subject
from chengxin.kernel.codes.credit_code import PLACEHOLDER
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.models import Content
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")

LATER = HANDED_IN + 3600


def waiting_row(reason: str) -> QuarantinedRow:
    row = QuarantinedRow.objects.get(decided_at=None)
    assert row.reason == reason
    return row


def test_a_known_code_under_quite_another_name_waits_with_its_bearer_as_candidate() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    submission = hand_in(office, [penalty(2, office.code, CF_XDR_SHXYM=code_of(1), CF_XDR_MC="泰安白石矿业有限公司")])
    assert (submission.quarantined, submission.accepted, submission.state) == (1, 0, "closed")
    row = waiting_row("name_disagrees")
    assert Record.objects.count() == 1
    bearer = Subject.objects.get(code=code_of(1))
    assert CandidatePair.objects.filter(quarantined_row_id=row.pk, right_id=bearer.pk).exists()


def test_a_mended_code_opens_its_subject_and_the_row_says_so_but_somebody_elses_code_waits() -> None:
    office = market_regulation()
    looks_alike, doubled = code_of(5).replace("0", "O", 1), code_of(6)[:9] + code_of(6)[8:]
    hand_in(office, [penalty(1, office.code)])
    submission = hand_in(
        office,
        [
            penalty(5, office.code, CF_XDR_SHXYM=looks_alike),
            penalty(6, office.code, CF_XDR_SHXYM=doubled),
            penalty(8, office.code, CF_XDR_SHXYM=f"{code_of(8)[:5]}\u200b{code_of(8)[5:]}"),
            penalty(9, office.code, CF_XDR_SHXYM=f"\u00a0{code_of(9)}\u00a0"),
            penalty(7, office.code, CF_XDR_SHXYM=code_of(1).replace("0", "O", 1), CF_XDR_MC="泰安白石矿业有限公司"),
        ],
    )
    assert (submission.accepted, submission.quarantined, submission.mended) == (4, 1, 5)
    assert Subject.objects.filter(code__in=[code_of(5), code_of(6)]).count() == 2
    told = RowRemark.objects.filter(submission=submission, rule="M05").order_by("row")
    assert [remark.value for remark in told][:2] == [looks_alike, doubled]
    assert all(remark.detail for remark in told)
    waiting_row("name_disagrees")


def test_a_decision_makes_the_row_a_record_that_counts_as_handed_in_when_it_was() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    hand_in(office, [penalty(2, office.code, CF_XDR_SHXYM=code_of(1), CF_XDR_MC="泰安白石矿业有限公司")])
    row = waiting_row("name_disagrees")
    bearer = Subject.objects.get(code=code_of(1))
    with pytest.raises(Refused, match="理由"):
        decide_quarantined(row_id=row.pk, decision=QuarantineDecision.LINKED, because=" ", by="甲", at=LATER, subject_id=bearer.pk)
    decided = decide_quarantined(
        row_id=row.pk, decision=QuarantineDecision.LINKED, because="登记档案载明更名", by="甲", at=LATER, subject_id=bearer.pk
    )
    record = Record.objects.get(pk=decided.record_id)
    assert (record.subject_id, record.received_at, record.submission_id) == (bearer.pk, HANDED_IN, row.submission_id)
    assert Record.objects.filter(visible(Surface.SHARED, LATER), pk=record.pk).exists()
    with pytest.raises(Conflict):
        decide_quarantined(row_id=row.pk, decision=QuarantineDecision.RETURNED, because="再来", by="乙", at=LATER)


def test_the_same_row_again_waits_once_and_follows_the_decision_afterwards() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    rows = [penalty(2, office.code, CF_XDR_SHXYM=code_of(1), CF_XDR_MC="泰安白石矿业有限公司")]
    hand_in(office, rows)
    assert hand_in(office, rows, key="again").quarantined == 1
    assert QuarantinedRow.objects.count() == 1
    bearer = Subject.objects.get(code=code_of(1))
    row = waiting_row("name_disagrees")
    decide_quarantined(row_id=row.pk, decision=QuarantineDecision.LINKED, because="已核对", by="甲", at=LATER, subject_id=bearer.pk)
    third = hand_in(office, rows, key="third", at=LATER)
    assert (third.quarantined, third.updated, third.unchanged) == (0, 1, 1)


def test_a_business_without_a_code_opens_a_subject_only_by_a_persons_decision() -> None:
    office = market_regulation()
    about = {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER, "CF_XDR_MC": "泰山区春山小吃店"}
    submission = hand_in(office, [penalty(1, office.code, **about)])
    assert submission.quarantined == 1
    assert Subject.objects.count() == 0
    row = waiting_row("whose")
    decided = decide_quarantined(row_id=row.pk, decision=QuarantineDecision.OPENED, because="无既有主体", by="甲", at=LATER)
    subject = Subject.objects.get()
    assert (subject.code, subject.name) == (None, "泰山区春山小吃店")
    assert Record.objects.get(pk=decided.record_id).subject_id == subject.pk


def test_a_returned_row_leaves_no_record_but_its_trace() -> None:
    office = market_regulation()
    about = {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER, "CF_XDR_MC": "泰山区春山小吃店"}
    hand_in(office, [penalty(1, office.code, **about)])
    row = waiting_row("whose")
    decide_quarantined(row_id=row.pk, decision=QuarantineDecision.RETURNED, because="说不清是谁", by="甲", at=LATER)
    assert not Record.objects.exists()
    assert Content.objects.filter(event="collection:row:decided").count() == 1


def test_the_same_document_from_another_office_waits_as_a_possible_duplicate() -> None:
    office = market_regulation()
    below = market_regulation(2, parent=office)
    hand_in(office, [penalty(1, office.code)])
    submission = hand_in(below, [penalty(1, below.code)])
    assert submission.quarantined == 1
    waiting_row("duplicate")


def test_sealed_values_of_a_quarantined_row_are_found_under_its_record_too() -> None:
    office = market_regulation()
    number = {"CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": "11010519491231002X"}
    about = {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER, "CF_XDR_MC": "泰山区春山小吃店"}
    hand_in(office, [penalty(1, office.code, **about, **number)])
    row = waiting_row("whose")
    decided = decide_quarantined(row_id=row.pk, decision=QuarantineDecision.OPENED, because="无既有主体", by="甲", at=LATER)
    record = Record.objects.get(pk=decided.record_id)
    assert set(SealedIndex.objects.values_list("content_id", flat=True)) == {row.content_id, record.content_id}
