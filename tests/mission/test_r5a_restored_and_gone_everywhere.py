"""R5a 信用修复：the route with its earliest date; application, evidence, decision by three people; its effect everywhere, the grade too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.during_event.evaluation.explaining import explain
from chengxin.during_event.evaluation.runs import order_of
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.files import read_files
from chengxin.rights.restoration.grades import grade_after
from tests.conftest import PROJECT
from tests.harness.penalties import code_of
from tests.harness.rights import a_town, browser_of, morning, pdf

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
EARLIEST = date(2026, 7, 11)
SAID = {"CF_NR": "罚款60000元，没收违法所得12000元"}
NUMBER = "泰市监处罚〔2026〕1号"


def test_from_the_route_to_the_day_it_is_gone(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(HANDED_IN + 60))
    town = a_town(
        HANDED_IN, decided_on=DECIDED, CF_CFLB="罚款;没收违法所得", CF_NR_FK="6", CF_NR_WFFF="1.2", CF_NR="罚款60000元，没收12000元"
    )
    record, anybody = town.record.pk, Client()

    said = anybody.get(f"/api/v1/records/{record}/route").json()
    assert (said["stage"], said["earliest_on"], said["latest_on"]) == ("waiting", EARLIEST.isoformat(), "2027-04-10")
    subject = Subject.objects.get(code=code_of(1))
    promised = grade_after(subject, [record], EARLIEST, HANDED_IN + 60)
    assert promised is not None
    opening = f"/cases/open/restoration/record/{record}"
    form = {"performed": "罚款已缴清", "promise": "yes"}

    def apply(day: date) -> object:
        monkeypatch.setenv(clock.PINNED_CLOCK, str(morning(day)))
        return browser_of(town.owner).post(
            f"{opening}/new", form | {"file.performance_proof": pdf("收据.pdf"), "file.commitment_letter": pdf("承诺.pdf")}
        )

    early = apply(EARLIEST - timedelta(1))
    assert early.status_code == 422  # type: ignore[attr-defined]
    assert EARLIEST.isoformat() in early.content.decode()  # type: ignore[attr-defined]
    case = apply(EARLIEST)["Location"]  # type: ignore[index]

    clerk, reviewer = browser_of(town.clerk), browser_of(town.reviewer)
    assert "等您办的案件" in clerk.get("/office/").content.decode()
    assert case in clerk.get("/office/").content.decode()
    assert clerk.post(f"{case}/accept", {"version": "0"}).status_code == 302
    assert clerk.post(f"{case}/propose", {"version": "1", "opinion": "approve", "because": "收据已核对"}).status_code == 302
    alone = clerk.post(f"{case}/approve", {"version": "2", "document_number": "泰市监修〔2026〕1号"})
    assert alone.status_code in {403, 422}, "who proposed does not decide"
    assert anybody.get(f"/r/{record}").status_code == 200
    assert reviewer.post(f"{case}/approve", {"version": "2", "document_number": "泰市监修〔2026〕1号"}).status_code == 302

    assert anybody.get(f"/r/{record}").status_code == 404
    assert anybody.get(f"/api/v1/records/{record}").status_code == 404
    assert NUMBER not in anybody.get("/acts/administrative_penalty").content.decode()
    assert NUMBER not in anybody.get(f"/api/v1/subjects/{code_of(1)}/records").content.decode()
    now = explain(subject, order_of("public_comprehensive", EARLIEST, morning(EARLIEST)))
    assert (now.grade, now.score) == (promised.restored.grade, promised.restored.score)
    firm = browser_of(town.owner)
    page = firm.get(case).content.decode()
    assert "准予修复" in page
    assert "准予修复" in firm.get("/cases").content.decode(), "the applicant is told"
    sign_checkpoint(morning(EARLIEST))
    assert not fsck(at=morning(EARLIEST)).fault_count
