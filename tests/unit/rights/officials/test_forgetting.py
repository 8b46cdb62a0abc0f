"""到期删除：what answers no more is kept for a while and then erased by the ledger's own road; proofs stay valid."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.access.models import SealedIndex, VaultFile
from chengxin.casework.models import Case, CaseStep, Notice
from chengxin.kernel import clock
from chengxin.kernel.instants import end_of_day, start_of_day
from chengxin.ledger.services import erase, fsck, read_contents, sign_checkpoint
from chengxin.rights.officials.forgetting import forget_expired
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.services import decline_record
from chengxin.rights.officials.types import Outcome
from tests.harness.officials import NOW, Bureau, a_bureau, asked, calling, handed_in, on_file
from tests.harness.rights import browser_of
from tests.unit.rights.officials.test_rights_of_the_person import going, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
#: A demerit of 10 April 2026 answers to 10 April 2027 and is kept two years more.
ENDS = end_of_day(date(2029, 4, 10))


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 60))
    return a_bureau()


def test_it_is_erased_on_its_day_and_not_before(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    record = on_file(bureau)
    asked(bureau.judge)
    case = going(opened("official_objection", record, bureau.servant, facts="时间写错"), bureau.clerk, "verify")
    going(case, bureau.judge, "dismiss")
    assert forget_expired(ENDS - 1) == 0
    assert forget_expired(ENDS) == 1
    assert forget_expired(ENDS + 1) == 0
    record.refresh_from_db()
    assert (record.organ, record.clause, record.forgotten_at) == ("", "", ENDS)
    assert read_contents([record.content_id]) == {}
    assert not SealedIndex.objects.filter(content_id=record.content_id).exclude(box=None).exists()
    assert VaultFile.objects.get(pk=record.delivery_proof).wrapped_key is None
    assert {each.said == {} for each in CaseStep.objects.filter(case=case)} == {True}
    assert Case.objects.get(pk=case.pk).title == "（内容已依法删除的记录）"
    assert not Notice.objects.filter(case=case, text__contains="事实").exists()
    monkeypatch.setenv(clock.PINNED_CLOCK, str(ENDS + 60))
    assert asked(bureau.clerk, at=ENDS + 60).outcome is Outcome.NONE
    assert "没有关于您的记录" in browser_of(bureau.servant).get("/account/records").content.decode()
    assert browser_of(bureau.clerk).get("/office/officials").status_code == 200
    sign_checkpoint(ENDS + 2)
    report = fsck(at=ENDS + 3)
    assert report.sound, report


def test_an_open_case_is_waited_for(bureau: Bureau) -> None:
    record = on_file(bureau)
    case = opened("official_objection", record, bureau.servant)
    assert forget_expired(ENDS) == 0
    going(case, bureau.servant, "withdraw")
    assert forget_expired(ENDS) == 1


def test_what_has_no_end_is_not_erased_until_it_ends(bureau: Bureau) -> None:
    record = on_file(bureau, kind="exam_substitution", organ="泰安市人力资源和社会保障局")
    assert forget_expired(start_of_day(date(2090, 1, 1))) == 0
    case = going(opened("official_objection", record, bureau.servant), bureau.clerk, "verify")
    going(case, bureau.judge, "revoke")
    assert forget_expired(start_of_day(date(2028, 7, 6))) == 0
    assert forget_expired(start_of_day(date(2028, 7, 7))) == 1


def test_what_was_sent_back_goes_too_and_what_waits_stays(bureau: Bureau) -> None:
    sent_back, waiting = handed_in(bureau), handed_in(bureau, document="泰云处〔2026〕8号")
    decline_record(sent_back.pk, "录错", caller=calling(bureau.reviewer), at=NOW)
    assert forget_expired(start_of_day(date(2028, 7, 7))) == 1
    assert OfficialRecord.objects.get(pk=waiting.pk).forgotten_at is None


def test_a_file_that_another_record_needs_stays(bureau: Bureau) -> None:
    first, second = on_file(bureau), on_file(bureau, document="泰云处〔2026〕8号", decided_on="2026-05-10", delivered_on="2026-05-10")
    assert first.delivery_proof == second.delivery_proof
    assert forget_expired(ENDS) == 1
    assert VaultFile.objects.get(pk=first.delivery_proof).wrapped_key is not None


def test_an_erasure_by_another_road_is_followed(bureau: Bureau) -> None:
    record = on_file(bureau)
    erase([record.content_id], "法院裁定", NOW + 60)
    record.refresh_from_db()
    assert (record.organ, record.forgotten_at) == ("", NOW + 60)
    assert asked(bureau.clerk, at=NOW + 61).outcome is Outcome.NONE
    sign_checkpoint(NOW + 62)
    assert fsck(at=NOW + 63).sound
