"""Results from elsewhere end publication the day they arrive and close the open case; what does not fit is worked off by a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.access.models import Department
from chengxin.access.services import add_department
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case
from chengxin.casework.types import About
from chengxin.foundation.collection.closing import release_submission
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import ActVerb, Surface
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from chengxin.rights.restoration.differences import Kind, note_missing, settle_difference
from chengxin.rights.restoration.models import Difference, UpstreamResult
from chengxin.rights.restoration.upstream import Outcome
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, penalty
from tests.harness.rights import Town, a_town, acting, browser_of, morning, pdf, restored

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
DUE = date(2026, 7, 13)
NOW = morning(DUE)


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def result(office: Department, number: str = "泰市监处罚〔2026〕1号", **changes: str) -> dict[str, str]:
    """A result of 信用中国 about the first firm, as the credit office hands it in."""
    return {
        "XF_MC": penalty(1, "")["CF_XDR_MC"], "XF_LB": "法人及非法人组织", "XF_SHXYM": code_of(1), "XF_XXLB": "行政处罚", "XF_WSH": number,
        "XF_RDJG": "泰安市市场监督管理局", "XF_XFWH": "信用中国修〔2026〕88号", "XF_XFRQ": DUE.isoformat(), "XF_XFDW": "信用中国",
        "XF_SJLY": office.name, "XF_SJLYDM": office.code,
    } | changes  # fmt: skip


def arrives(office: Department, *rows: dict[str, str], at: int = NOW, **how: object) -> Submission:
    found = hand_in(office, list(rows), item="restoration_result", at=at, file_name="修复结果.csv", **how)  # type: ignore[arg-type]
    assert found.accepted + found.updated == len(rows), found
    return found


def is_public(at: int = NOW) -> bool:
    return Record.objects.filter(visible(Surface.PUBLIC, at), item=2).exists()


def fsck_is_sound() -> bool:
    sign_checkpoint(NOW)
    return not fsck(at=NOW).fault_count


def test_it_ends_here_the_day_it_arrives_and_closes_the_case(town: Town) -> None:
    case = open_case(
        procedure="restoration", about=About("record", str(town.record.pk)), actor=acting(town.owner, NOW),
        texts={"performed": "已缴清", "promise": "yes"}, files=[("performance_proof", pdf()), ("commitment_letter", pdf())], at=NOW,
    )  # fmt: skip
    arrives(town.credit_office, result(town.credit_office, "泰市监处罚(2026)1号"), at=NOW + 60)
    assert not is_public(NOW + 60)
    for surface in (Surface.SHARED, Surface.COUNTED):
        assert not Record.objects.filter(visible(surface, NOW + 60), pk=town.record.pk).exists()
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("ended_elsewhere", NOW + 60)
    assert case.steps.get(verb="end_elsewhere").person == "platform"
    assert Notice.objects.filter(case=case, to_key=f"account:{town.owner.pk}", text__contains="信用中国修〔2026〕88号").exists()
    (taken,) = UpstreamResult.objects.all()
    assert (taken.outcome, taken.record_id) == (Outcome.ENDED, town.record.pk)
    assert not Difference.objects.exists()
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW + 60), item=18).exists(), "the result itself is shown nowhere"
    assert fsck_is_sound()


def test_a_result_for_no_record_waits_and_is_worked_off_by_the_record_itself(town: Town) -> None:
    arrives(town.credit_office, result(town.credit_office, "泰市监处罚〔2026〕2号", XF_SHXYM=code_of(2), XF_MC=penalty(2, "")["CF_XDR_MC"]))
    (row,) = Difference.objects.all()
    assert (row.kind, row.settled) == (Kind.UNMATCHED, False)
    assert is_public()
    late = penalty(2, town.office.code, CF_JDRQ="2026-07-09", CF_CFLB="没收违法所得", CF_NR_FK="", CF_NR_WFFF="1.2")
    assert hand_in(town.office, [late], at=NOW + 3600, file_name="迟到的.csv").accepted == 1
    record = Record.objects.get(document_number="泰市监处罚〔2026〕2号", item=2)
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW + 3600), pk=record.pk).exists()
    row.refresh_from_db()
    assert row.settled
    assert Difference.objects.get(settled=False).kind == Kind.EARLY, "restored upstream before its shortest period: somebody looks"
    assert fsck_is_sound()


def test_not_everybody_may_say_that_somebody_elses_decision_is_restored(town: Town) -> None:
    other = add_department(code=code_of(9, "11370900MB"), name="泰安市应急管理局", at=HANDED_IN)
    arrives(other, result(other))
    assert is_public()
    assert Difference.objects.get().kind == Kind.NOT_ENTITLED
    arrives(town.office, result(town.office, XF_XFWH="市监修〔2026〕1号"), at=NOW + 60)
    assert not is_public(NOW + 60), "the authority itself may"


def test_by_page_a_second_person_releases_it(town: Town) -> None:
    found = arrives(town.office, result(town.office), channel=Channel.PAGE, actor="经办")
    assert found.state == "awaiting_release"
    assert is_public()
    release_submission(found.pk, by=town.reviewer, at=NOW + 60)
    assert not is_public(NOW + 60)


def test_what_was_restored_here_agrees_and_what_upstream_forgot_is_listed(town: Town, policy_set: PolicySet) -> None:
    restored(town.record, town.owner, town.clerk, town.reviewer, NOW)
    assert note_missing(policy_set, NOW + 86_400) == 0, "three working days to share"
    later = morning(DUE + timedelta(4))
    assert note_missing(policy_set, later) == 1
    assert note_missing(policy_set, later) == 0, "once"
    row = Difference.objects.get()
    assert row.kind == Kind.MISSING_UPSTREAM
    arrives(town.credit_office, result(town.credit_office), at=later + 60)
    row.refresh_from_db()
    assert row.settled
    assert UpstreamResult.objects.get().outcome == Outcome.AGREES
    assert RecordAct.objects.filter(verb=ActVerb.RESTORED).count() == 1
    assert fsck_is_sound()


def test_a_result_that_came_late_is_listed(town: Town) -> None:
    arrives(town.credit_office, result(town.credit_office), at=morning(DUE + timedelta(10)))
    row = Difference.objects.get()
    assert (row.kind, "期限是 2026-07-16" in row.sentence) == (Kind.LATE, True)
    assert not is_public(morning(DUE + timedelta(10)))


def test_the_same_result_twice_changes_nothing(town: Town) -> None:
    arrives(town.credit_office, result(town.credit_office))
    again = hand_in(town.credit_office, [result(town.credit_office)], item="restoration_result", at=NOW + 60, key="again")
    assert again.unchanged == 1
    assert UpstreamResult.objects.count() == 1
    assert Case.objects.count() == 0


def test_differences_are_worked_off_on_their_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    arrives(town.credit_office, result(town.credit_office, "没有这一件〔2026〕1号"))
    row = Difference.objects.get()
    page = "/office/restorations/differences"
    assert Client().get(page).status_code in {302, 403}
    assert browser_of(town.clerk).get(page).status_code == 403
    credit = browser_of(town.credit)
    assert "没有这一件〔2026〕1号" in credit.get(page).content.decode()
    assert credit.post(f"{page}/{row.pk}", {"because": " "}).status_code == 422
    assert credit.post(f"{page}/{row.pk}", {"because": "文书号写错，已请信用中国更正"}).status_code == 302
    assert credit.post(f"{page}/{row.pk}", {"because": "再来一次"}).status_code == 409
    assert "没有待核对的差异" in credit.get(page).content.decode()
    assert "已请信用中国更正" in credit.get(f"{page}?state=all").content.decode()
    with pytest.raises(Conflict):
        settle_difference(row.pk, because="第三次", by="信用办", at=NOW)
    with pytest.raises(Refused):
        settle_difference(row.pk, because="", by="信用办", at=NOW)
