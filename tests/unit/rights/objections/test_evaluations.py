"""An objection to a result: decided by another office, put right by computing again, told to whoever looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.foundation.catalogue import services
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet, active
from chengxin.policy.files import read_files
from chengxin.rights.objections.evaluations import key_of
from tests.conftest import PROJECT
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, a_town, above_the_credit_office, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

#: Published long enough.
SERIOUS = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
MODEL = "public_comprehensive"
SAID = {"ground": "counted", "line": "泰市监罚", "facts": "这条处罚不是我方的"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    services.adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), **SERIOUS)


@pytest.fixture
def judge(town: Town) -> Account:
    """Somebody of the office above the credit office."""
    above = above_the_credit_office(town, HANDED_IN)
    return add_account(username="裁决", department=above, role=Role.REVIEWER, password=PASSWORD, at=HANDED_IN)


def about(town: Town) -> About:
    return About("evaluation", key_of(town.record.subject_id, MODEL))


def object_to(town: Town, by: Account | None = None, at: int = NOW) -> Case:
    return open_case(procedure="evaluation_objection", about=about(town), actor=acting(by or town.owner, at), texts=SAID, at=at)


def take(case: Case, verb: str, account: Account, at: int = NOW, **texts: str) -> Case:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, at=at)
    case.refresh_from_db()
    return case


def withdrawn(town: Town) -> None:
    """The record that went in wrongly is withdrawn."""
    of_the_day = {"reason": WithdrawalReason.REVOKED, "decided_on": date(2026, 5, 6), "because": "不是该企业的", "by": "经办"}
    withdraw_record(record_id=town.record.pk, at=NOW + 60, **of_the_day)


def upheld(town: Town, judge: Account) -> Case:
    case = object_to(town)
    take(case, "verify", town.credit, finding="wrong", because="主体归错")
    return take(case, "order_correction", judge, document_number="泰政办异〔2026〕1号", because="归错", correct_content="撤回这条记录")


def test_the_whole_way(town: Town, judge: Account) -> None:
    case = upheld(town, judge)
    with pytest.raises(Refused, match="完全一样"):
        take(case, "report", town.credit, because="已改正")
    withdraw_record(
        record_id=town.record.pk,
        reason=WithdrawalReason.REVOKED,
        decided_on=date(2026, 5, 6),
        because="不是该企业的",
        by="经办",
        at=NOW + 60,
    )
    take(case, "report", town.credit, at=NOW + 120, because="记录已撤回")
    case = take(case, "confirm", judge, at=NOW + 180, because="核对无误")
    assert (case.state, case.closed_at) == ("corrected", NOW + 180)
    results = [each.said["result"] for each in case.steps.order_by("place")]
    assert results[0] != results[-1], "the way of the case shows what the result was and is"
    assert not EvaluationRun.objects.exists(), "nobody needs a run of the whole city for this"
    sign_checkpoint(NOW + 240)
    checked = fsck(at=NOW + 240)
    assert checked.sound, [each for each in checked.comparisons if each.missing or each.extra or each.different]


def test_whoever_looked_at_the_result_is_told(town: Town, judge: Account) -> None:
    token = issue_token(department=town.office, at=HANDED_IN)
    code = code_of(1)
    address = f"/api/v1/subjects/{code}/evaluation?matter=泰市监〔2026〕7号"
    answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["disputed"] == ""
    case = upheld(town, judge)
    assert case.closed_at is None
    answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["disputed"] == f"评价异议〔2026〕{case.pk}号正在办理"
    withdraw_record(
        record_id=town.record.pk,
        reason=WithdrawalReason.REVOKED,
        decided_on=date(2026, 5, 6),
        because="不是该企业的",
        by="经办",
        at=NOW + 60,
    )
    take(case, "report", town.credit, at=NOW + 120, because="记录已撤回")
    take(case, "confirm", judge, at=NOW + 180, because="核对无误")
    told = Notice.objects.filter(case=case, to_kind="office", to_key=str(town.office.pk), text__contains="停止使用此前的结果")
    assert told.exists()
    assert Client().get(address, headers={"Authorization": f"Bearer {token}"}).json()["disputed"] == ""


def test_the_firm_sees_the_mark_on_its_own_page_and_objects_once(town: Town, judge: Account) -> None:
    page = f"/centre/{code_of(1)}/evaluation"
    before = browser_of(town.owner).get(page).content.decode()
    assert f"/cases/open/evaluation_objection/evaluation/{about(town).key}" in before
    case = object_to(town)
    after = browser_of(town.owner).get(page).content.decode()
    assert f"评价异议〔2026〕{case.pk}号正在办理" in after
    assert "/cases/open/evaluation_objection/" not in after
    with pytest.raises(Conflict, match="正在办理"):
        object_to(town)


def test_a_stranger_learns_nothing_not_even_that_there_is_a_result(town: Town, judge: Account) -> None:
    with pytest.raises(NotFound):
        object_to(town, town.stranger)
    for account in (town.stranger, town.clerk, town.credit):
        assert browser_of(account).get(f"/cases/open/evaluation_objection/evaluation/{about(town).key}").status_code == 404
    case = object_to(town)
    assert browser_of(town.stranger).get(f"/cases/{case.pk}").status_code == 404


@pytest.mark.parametrize(
    "key", ["", "1", "x.public_comprehensive", "1.nothing", "999999.public_comprehensive", "1.", "1" * 30 + ".public_comprehensive"]
)
def test_what_is_no_result_is_not_found(town: Town, judge: Account, key: str) -> None:
    with pytest.raises(Refused):
        open_case(procedure="evaluation_objection", about=About("evaluation", key), actor=acting(town.owner, NOW), texts=SAID, at=NOW)
    assert not Case.objects.exists()


def test_who_evaluates_does_not_adjudicate(town: Town, judge: Account) -> None:
    case = object_to(town)
    take(case, "verify", town.credit, finding="right", because="已核对")
    for account in (town.credit, town.clerk, town.owner):
        with pytest.raises(Forbidden):
            take(case, "order_correction", account, document_number="1", because="1", correct_content="1")


def test_without_an_office_above_it_is_refused_in_words(town: Town) -> None:
    with pytest.raises(Refused, match="没有可以裁决的第二个机关"):
        object_to(town)


def test_the_office_sees_the_mark_too(town: Town, judge: Account) -> None:
    case: Any = object_to(town)
    browser = browser_of(town.clerk)
    browser.post(f"/s/{code_of(1)}/evaluation", {"purpose": "行政许可审查", "matter": "泰市监〔2026〕7号"})
    page = browser.get(f"/s/{code_of(1)}/evaluation").content.decode()
    assert f"评价异议〔2026〕{case.pk}号正在办理" in page


def test_an_objection_to_a_record_marks_the_reason_that_leans_on_it(town: Town, judge: Account) -> None:
    token, code = issue_token(department=town.office, at=HANDED_IN), code_of(1)
    said = {"ground": "wrong_content", "facts": "数额写错"}
    about_record = About("record", str(town.record.pk))
    case = open_case(procedure="objection", about=about_record, actor=acting(town.owner, NOW), texts=said, at=NOW)
    mark = f"异议〔2026〕{case.pk}号正在办理"
    answer = Client().get(f"/api/v1/subjects/{code}/evaluation?matter=1号", headers={"Authorization": f"Bearer {token}"}).json()
    assert {each["disputed"] for each in answer["reasons"] if each["record"] == town.record.pk} == {mark}
    assert {each["disputed"] for each in answer["reasons"] if each["record"] != town.record.pk} == {""}
    assert answer["disputed"] == "", "the result itself is not disputed"
    assert "有争议" in browser_of(town.owner).get(f"/centre/{code}/evaluation").content.decode()
    browser = browser_of(town.clerk)
    browser.post(f"/s/{code}/evaluation", {"purpose": "行政许可审查", "matter": "泰市监〔2026〕7号"})
    assert "有争议" in browser.get(f"/s/{code}/evaluation").content.decode()
    assert "有争议" in browser.get(f"/office/records/{town.record.pk}").content.decode()
    assert "有争议" in browser.get(f"/office/fields/{town.record.pk}").content.decode()


def test_a_case_goes_on_when_its_model_is_withdrawn(town: Town, judge: Account, policy_set: PolicySet) -> None:
    case = object_to(town)
    without = {key: model for key, model in policy_set.evaluation_models.items() if key != MODEL}
    with active.use(replace(policy_set, evaluation_models=without)):
        take(case, "verify", town.credit, finding="wrong", because="方法已停用")
        take(case, "order_correction", judge, document_number="泰政办异〔2026〕1号", because="归错", correct_content="不再使用这个结果")
        take(case, "report", town.credit, because="方法已停用，结果不再作出")
        case = take(case, "confirm", judge, because="属实")
        assert browser_of(town.owner).get(f"/cases/{case.pk}").status_code == 200
        with pytest.raises(NotFound):
            object_to(town)
    assert case.state == "corrected"
    assert "现在没有结果" in case.steps.order_by("-place")[0].said["result"]
    assert "分" in case.steps.order_by("place")[0].said["result"]


def test_a_case_goes_on_when_its_subject_is_judged_to_be_nobody_who_is_graded(town: Town, judge: Account) -> None:
    case = upheld(town, judge)
    Subject.objects.filter(pk=town.record.subject_id).update(kind=SubjectKind.NATURAL_PERSON)
    take(case, "report", town.credit, because="登记更正，不再评价")
    assert take(case, "confirm", judge, because="属实").state == "corrected"
