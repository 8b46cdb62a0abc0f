"""R5c 异议投诉、错误认定的纠正：never decided by the author alone; with deadlines; the correction reaches everyone who was told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.casework.models import CaseDeadline, Notice
from chengxin.casework.notices import escalate
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import active
from tests.harness.handing_in import hand_in
from tests.harness.penalties import penalty
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
PENALTY = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}


@pytest.fixture
def town(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=DECIDED, **PENALTY)


def object_to(town: Town) -> str:
    """The firm objects on the page; the address of its case."""
    form = {"ground": "wrong_content", "facts": "没收的数额写错，应为一万元"}
    answer = browser_of(town.owner).post(f"/cases/open/objection/record/{town.record.pk}/new", form)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return str(answer["Location"])


def test_from_the_objection_to_the_receipts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    anybody, record = Client(), town.record.pk
    system = Client(headers={"Authorization": f"Bearer {issue_token(town.credit_office, HANDED_IN)}"})
    assert system.get(f"/api/v1/records/{record}").json()["disputed"] == ""
    case = object_to(town)
    assert "正在办理" in anybody.get(f"/r/{record}").content.decode(), "marked at once"

    clerk, reviewer = browser_of(town.clerk), browser_of(town.reviewer)
    judge = browser_of(add_account(username="裁决", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN))
    assert clerk.post(f"{case}/verify", {"version": "0", "finding": "wrong", "because": "抄错"}).status_code == 302
    order = {"version": "1", "document_number": "泰发改异〔2026〕1号", "because": "抄错", "correct_content": "一万元",
             "disputed": "没收违法所得、没收非法财物的金额（万元）"}  # fmt: skip
    for author in (clerk, reviewer):
        assert author.post(f"{case}/order_correction", order).status_code in {403, 422}, "never by the author"
    assert judge.post(f"{case}/order_correction", order).status_code == 302
    assert anybody.get(f"/r/{record}").status_code == 404, "not shown while it is wrong"

    row = penalty(1, town.office.code, CF_JDRQ=DECIDED.isoformat(), **(PENALTY | {"CF_NR_WFFF": "1.0"}))
    assert hand_in(town.office, [row], key="corrected", at=NOW + 60).updated == 1
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 61))
    page = anybody.get(f"/r/{record}")
    assert page.status_code == 200
    assert "正在办理" not in page.content.decode()
    (told,) = system.get("/api/v1/retractions").json()["retractions"]
    assert (told["record"], told["verb"]) == (record, "corrected")
    notice = browser_of(town.owner).get(f"{case}/reputation").content.decode()
    assert "其中 0 方已经回执" in notice
    assert system.post(f"/api/v1/retractions/{told['id']}/receipt").status_code == 200
    assert "其中 1 方已经回执" in browser_of(town.owner).get(f"{case}/reputation").content.decode()
    assert f"{case}/reputation" in browser_of(town.owner).get(case).content.decode()
    sign_checkpoint(NOW + 62)
    assert fsck(at=NOW + 62).sound


def test_the_deadline_runs_is_shown_and_told_and_decides_nothing(town: Town) -> None:
    case = object_to(town)
    (deadline,) = CaseDeadline.objects.all()
    assert deadline.due_on.isoformat() in browser_of(town.owner).get(case).content.decode()
    late = morning(deadline.due_on + timedelta(days=1))
    assert escalate(active.policy_set(), late) == 1
    told = set(Notice.objects.filter(title__contains="逾期").values_list("to_kind", flat=True))
    assert {"office", "credit_office"} <= told
    assert "待来源单位核实" in browser_of(town.owner).get(case).content.decode()
