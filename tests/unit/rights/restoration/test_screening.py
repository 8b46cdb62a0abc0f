"""Reorganisation: screened by a court's order and ended by itself; false material: barred for as long as the policy says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.instants import end_of_day
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.rights.restoration.false_material import barred_until
from chengxin.rights.restoration.routes import Stage, route_of
from chengxin.rights.restoration.screening import close_expired
from tests.harness.handing_in import hand_in
from tests.harness.penalties import penalty
from tests.harness.rights import Town, a_town, acting, browser_of, morning, pdf, restored

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
LAST = date(2026, 9, 30)
ORDER = {"order_number": "（2026）鲁09破3号", "court": "泰安市中级人民法院", "ordered_on": "2026-04-30", "performs_until": LAST.isoformat()}


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def shown(town: Town, at: int) -> list[bool]:
    return [Record.objects.filter(visible(surface, at), pk=town.record.pk).exists() for surface in Surface]


def ask(town: Town, at: int = NOW, **changes: str) -> Case:
    return open_case(
        procedure="reorganisation", about=About("record", str(town.record.pk)), actor=acting(town.owner, at), texts=ORDER | changes,
        files=[("court_order", pdf("裁定.pdf"))], at=at,
    )  # fmt: skip


def take(case: Case, verb: str, account: Any, at: int, files: Any = (), **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, files=files, at=at)


def screened(town: Town) -> Case:
    case = ask(town)
    take(case, "propose", town.clerk, NOW, opinion="approve", because="裁定书已核对")
    take(case, "approve", town.reviewer, NOW)
    return case


def test_screened_until_the_last_day_and_then_by_itself(town: Town) -> None:
    case = screened(town)
    assert shown(town, NOW) == [False, False, False, True], "the act itself goes on to hold"
    route = route_of(Record.objects.get(pk=town.record.pk), NOW)
    assert route is not None
    assert (route.stage, "（2026）鲁09破3号" in route.sentence, LAST.isoformat() in route.sentence) == (Stage.SCREENED, True, True)
    end = end_of_day(LAST)
    assert shown(town, end - 1)[0] is False
    assert shown(town, end)[0] is True, "nobody had to do anything"
    assert close_expired(end - 1) == 0
    assert close_expired(end) == 1
    assert close_expired(end) == 0
    case.refresh_from_db()
    assert case.state == "expired"
    assert Notice.objects.filter(case=case, to_key=f"account:{town.owner.pk}", text__contains="自动结束").exists()
    sign_checkpoint(end)
    assert not fsck(at=end).fault_count


@pytest.mark.parametrize(("verb", "state"), [("fail", "failed"), ("complete", "completed")])
def test_failed_or_performed_it_ends_at_once(town: Town, verb: str, state: str) -> None:
    case, later = screened(town), morning(date(2026, 6, 1))
    files = [("performance_proof", pdf())] if verb == "complete" else []
    texts = {"document_number": "（2026）鲁09破3号之二"} if verb == "fail" else {}
    take(case, verb, town.reviewer, later, files=files, **texts)
    case.refresh_from_db()
    assert (case.state, shown(town, later)[0]) == (state, True)


def test_performed_and_due_it_may_be_restored_at_once(town: Town) -> None:
    case, early, due = screened(town), morning(date(2026, 7, 10)), morning(date(2026, 7, 11))
    proof = [("performance_proof", pdf())]
    with pytest.raises(Refused, match="最早 2026-07-11"):
        take(case, "restore", town.reviewer, early, files=proof, document_number="泰市监修〔2026〕5号")
    take(case, "restore", town.reviewer, due, files=proof, document_number="泰市监修〔2026〕5号")
    assert shown(town, end_of_day(LAST) + 1)[:3] == [False, False, False], "restored stays restored after the term"


def test_the_form_is_offered_and_says_what_stands_against_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    page = browser_of(town.owner).get(f"/cases/open/reorganisation/record/{town.record.pk}")
    assert page.status_code == 200
    assert "法院的裁定书" in page.content.decode()
    too_early = browser_of(town.owner).get(f"/cases/open/restoration/record/{town.record.pk}")
    assert "最早 2026-07-11" in too_early.content.decode()


def test_what_is_refused(town: Town) -> None:
    with pytest.raises(Refused, match="还缺材料：法院的裁定书"):
        open_case(
            procedure="reorganisation", about=About("record", str(town.record.pk)), actor=acting(town.owner, NOW), texts=ORDER, at=NOW
        )
    with pytest.raises(Refused, match="不是日期"):
        ask(town, performs_until="明年年底")
    with pytest.raises(Refused, match="已经过去"):
        ask(town, performs_until="2026-05-05")
    with pytest.raises(Refused, match="还没有到"):
        ask(town, ordered_on="2026-05-07")
    with pytest.raises(Forbidden):
        open_case(
            procedure="reorganisation", about=About("record", str(town.record.pk)), actor=acting(town.stranger, NOW), texts=ORDER,
            files=[("court_order", pdf())], at=NOW,
        )  # fmt: skip
    assert not Case.objects.exists()


class TestFalseMaterial:
    def found(self, town: Town, case: Case, at: int) -> Case:
        bad = open_case(
            procedure="false_material", about=About("restoration_case", str(case.pk)), actor=acting(town.clerk, at),
            texts={"facts_raised": "罚款收据系伪造"}, files=[("evidence", pdf("证据.pdf"))], at=at,
        )  # fmt: skip
        full = {
            "facts": "收据编号不存在", "document_number": "泰市监认〔2026〕1号", "clause": "信用修复管理办法", "hearing": "已听取陈述",
            "remedy": "三年后可以再申请", "reconsideration_authority": "泰安市人民政府", "suit_court": "泰山区人民法院",
            "delivered_on": "2026-07-20", "delivery_method": "直接送达",
        }  # fmt: skip
        take(bad, "find", town.reviewer, at, files=[("delivery_proof", pdf("送达.pdf"))], **full)
        return bad

    def test_bars_the_next_application_for_three_years(self, town: Town) -> None:
        case = restored(town.record, town.owner, town.clerk, town.reviewer, morning(date(2026, 7, 13)))
        at = morning(date(2026, 7, 20))
        bad = self.found(town, case, at)
        assert Notice.objects.filter(case=bad, to_kind="subject", text__contains="申请复议").exists()
        assert barred_until(town.record.subject_id, at) == date(2029, 7, 20)
        again = penalty(1, town.office.code, CF_WSH="泰市监处罚〔2027〕9号", CF_JDRQ="2027-01-11", CF_CFLB="没收违法所得", CF_NR_FK="")
        assert hand_in(town.office, [again | {"CF_NR_WFFF": "1"}], at=morning(date(2027, 1, 12)), file_name="又.csv").accepted == 1
        record = Record.objects.get(document_number="泰市监处罚〔2027〕9号")
        with pytest.raises(Refused, match="2029-07-20 以前不适用"):
            restored(record, town.owner, town.clerk, town.reviewer, morning(date(2027, 6, 1)))

    def test_only_the_office_that_decided_may_raise_it(self, town: Town) -> None:
        case = restored(town.record, town.owner, town.clerk, town.reviewer, morning(date(2026, 7, 13)))
        with pytest.raises(NotFound):
            open_case(
                procedure="false_material", about=About("restoration_case", str(case.pk)), actor=acting(town.stranger, NOW),
                texts={"facts_raised": "不实"}, files=[("evidence", pdf())], at=morning(date(2026, 7, 14)),
            )  # fmt: skip
