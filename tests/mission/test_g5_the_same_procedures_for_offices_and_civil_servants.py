"""G5 政务信用目录、异议、修复：an office and a person in office have the procedures of a firm; another authority decides; who was told
is told again; and of a person nothing is public."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.services import issue_token
from chengxin.casework.models import Case
from chengxin.casework.notices import send_waiting
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.rights.officials.models import OfficialRecord
from tests.harness.officials import CANDIDATE, CHEATING, NOW, SERVANT, Bureau, a_bureau, form_of
from tests.harness.rights import a_colleague, acting, an_office_town, browser_of, morning, pdf, restored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
#: Of the general class: published three months at least.
PENALTY = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
#: Half a year after the demerit.
DUE = start_of_day(date(2026, 10, 12)) + 9 * 3600


def set_clock(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(at))


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    set_clock(monkeypatch, NOW)
    return a_bureau()


def put_on_file(bureau: Bureau, whom: tuple[str, str], **changes: str) -> OfficialRecord:
    """Handed in on the page by one, confirmed by another."""
    form: dict[str, Any] = form_of(whom, **changes)
    answer = browser_of(bureau.clerk).post("/office/officials/records", form | {"delivery_proof": pdf("送达回证.pdf")})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    record = OfficialRecord.objects.latest("pk")
    again = {"number": whom[0], "name": whom[1], "document": form["document"]}
    assert browser_of(bureau.clerk).post(f"/office/officials/{record.pk}/confirm", again).status_code == 403
    assert browser_of(bureau.reviewer).post(f"/office/officials/{record.pk}/confirm", again).status_code == 302
    return record


def outcome(system: Client, whom: tuple[str, str], purpose: str, **changes: str) -> str:
    """What the interface answers."""
    body = {"number": whom[0], "name": whom[1], "purpose": purpose, "matter": "泰组〔2026〕1号"} | changes
    answer = system.post("/api/v1/official-checks", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["outcome"])


def test_a_civil_servant_is_restored_and_everybody_who_asked_is_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    system = Client(headers={"Authorization": f"Bearer {issue_token(bureau.human_resources, NOW)}"})
    record = put_on_file(bureau, SERVANT)
    assert outcome(system, SERVANT, "appointment") == "in_force"
    own = browser_of(bureau.servant)
    assert "有 1 条有效的失信记录" in own.get("/account/records").content.decode()

    apply = f"/cases/open/official_restoration/official_record/{record.pk}/new"
    form = {"performed": "处分期间表现良好", "promise": "yes"}
    early = own.post(apply, form | {"file.performance_proof": pdf()})
    assert early.status_code == 422
    assert "最早 2026-10-11" in early.content.decode()
    set_clock(monkeypatch, DUE)
    own = browser_of(bureau.servant)  # the session of three months ago is over
    answer = own.post(apply, form | {"file.performance_proof": pdf()})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    case = str(answer["Location"])
    judge, second = browser_of(bureau.judge), browser_of(bureau.second_judge)
    assert browser_of(bureau.clerk).post(f"{case}/accept", {"version": "0"}).status_code in {403, 422}, "never the author"
    assert judge.post(f"{case}/accept", {"version": "0"}).status_code == 302
    assert judge.post(f"{case}/propose", {"version": "1", "opinion": "approve", "because": "属实"}).status_code == 302
    assert judge.post(f"{case}/approve", {"version": "2", "document_number": "泰人社修〔2026〕1号"}).status_code in {403, 422}
    assert second.post(f"{case}/approve", {"version": "2", "document_number": "泰人社修〔2026〕1号"}).status_code == 302

    assert outcome(system, SERVANT, "appointment") == "no_record_in_force"
    inbox = browser_of(bureau.judge).get("/cases").content.decode()
    assert f"第 {record.pk} 号公务员政务诚信记录已修复，请停止使用此前的答复" in inbox
    assert send_waiting(DUE)
    page = own.get("/account/records").content.decode()
    assert "已修复" in page
    assert page.count("公务员记录核查") >= 2, "who asked, before and after"
    sign_checkpoint(DUE + 1)
    assert fsck(at=DUE + 2).sound


def test_a_candidate_objects_and_the_error_is_revoked(bureau: Bureau) -> None:
    system = Client(headers={"Authorization": f"Bearer {issue_token(bureau.organisation, NOW)}"})
    record = put_on_file(bureau, CANDIDATE, **CHEATING)
    assert outcome(system, CANDIDATE, "hiring") == "in_force"
    form = {"ground": "wrong_content", "facts": "监考记录写的是另一人"}
    case = str(browser_of(bureau.candidate).post(f"/cases/open/official_objection/official_record/{record.pk}/new", form)["Location"])
    assert outcome(system, CANDIDATE, "hiring") == "review"
    assert browser_of(bureau.clerk).post(f"{case}/verify", {"version": "0", "finding": "wrong", "because": "座位号抄错"}).status_code == 302
    revoke = {"version": "1", "document_number": "泰人社裁〔2026〕1号", "because": "不是本人"}
    assert browser_of(bureau.reviewer).post(f"{case}/revoke", revoke).status_code in {403, 422}
    assert browser_of(bureau.judge).post(f"{case}/revoke", revoke).status_code == 302
    assert outcome(system, CANDIDATE, "hiring") == "no_record_in_force"
    assert Client().get(f"/officials/{record.pk}").status_code == 302, "to the log-in, as everything that is not public"
    assert Case.objects.get().state == "revoked"


def test_an_office_has_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As tests/unit/rights/test_offices.py says in depth: the office applies, the office that decided restores."""
    decided = date(2026, 4, 10)
    at = morning(date(2026, 7, 13))
    set_clock(monkeypatch, at)
    town = an_office_town(morning(date(2026, 4, 14)), decided_on=decided, **PENALTY)
    colleague = a_colleague(town.clerk, at, name="另一复核")
    case = restored(town.record, town.owner, town.clerk, colleague, at)
    assert case.state == "approved"
    assert acting(town.owner, at).may_for(town.record.subject_id, "restoration")
    assert Client().get(f"/r/{town.record.pk}").status_code == 404
