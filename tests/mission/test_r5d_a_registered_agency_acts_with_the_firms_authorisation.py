"""R5d 第三方信用服务机构协助修复：two people register an agency, the firm authorises it, it applies in its own name until it is gone from
the portal; the firm sees all of it and could have stopped it at any moment."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.roles import Role
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.files import read_files
from tests.conftest import PROJECT
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, a_colleague, a_town, browser_of, morning, pdf
from tests.harness.service_agencies import CODE, NAME

HANDED_IN = morning(date(2026, 4, 14))
TODAY = morning(date(2026, 7, 13))
FINE = {"CF_CFLB": "罚款;没收违法所得", "CF_NR_FK": "6", "CF_NR_WFFF": "1.2", "CF_NR": "罚款60000元，没收12000元"}


def test_from_the_register_to_the_restored_record(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(TODAY))
    town = a_town(HANDED_IN, decided_on=date(2026, 4, 10), **FINE)
    second = a_colleague(town.credit, TODAY, Role.CREDIT_OFFICE, "信用办二")
    person = open_enterprise_account(username="云台代办", password=PASSWORD, at=TODAY)
    one, other, firm, agency, anybody = *(browser_of(each) for each in (town.credit, second, town.owner, person)), Client()
    file, record = f"/centre/{code_of(1)}", town.record.pk

    # the register: one proposes, another approves, the agency's letter names its person
    form = {"code": CODE, "name": NAME, "services": ["acting", "report"], "basis": "泰信备〔2026〕3号", "until_on": "2028-06-30"}
    place = one.post("/office/agencies/propose", form)["Location"]
    assert one.post(f"{place}/approve").status_code == 422, "who proposes does not approve"
    assert other.post(f"{place}/approve").status_code == 302
    assert one.post(f"{place}/tie", {"username": "云台代办", "reference": "任职证明1号"}).status_code == 302
    page = anybody.get("/agencies").content.decode()
    assert NAME in page
    assert "从不要求使用服务机构" in page

    # without the firm's word it may nothing
    apply = f"/cases/open/restoration/record/{record}/new"
    said = {"performed": "罚款已缴清", "promise": "yes", "report_by": CODE}

    def papers() -> dict[str, object]:
        return {"file.performance_proof": pdf("收据.pdf"), "file.commitment_letter": pdf("承诺.pdf"), "file.credit_report": pdf("报告.pdf")}

    assert agency.get(file).status_code == 403
    assert agency.post(apply, said | papers()).status_code in {403, 422}
    number = place.rpartition("/")[2]
    assert "云台代办" in firm.get(f"{file}/agencies?agency={number}").content.decode()
    given = {"agency": number, "people": [person.pk], "scopes": ["view", "restoration"], "until_on": "2027-06-30", "reference": "委托书1号"}
    assert firm.post(f"{file}/agencies/new", given).status_code == 302

    # it applies in its own name, the office decides as always
    assert agency.get("/centre")["Location"] == "/centre/agency"
    assert agency.get(file).status_code == 200
    case = agency.post(apply, said | papers())["Location"]
    clerk, reviewer = browser_of(town.clerk), browser_of(town.reviewer)
    seen = clerk.get(case).content.decode()
    assert f"由{NAME}代办" in seen
    assert f"{NAME}出具，交来当日登记有效" in seen
    assert clerk.post(f"{case}/accept", {"version": "0"}).status_code == 302
    assert clerk.post(f"{case}/propose", {"version": "1", "opinion": "approve", "because": "收据已核对"}).status_code == 302
    assert reviewer.post(f"{case}/approve", {"version": "2", "document_number": "泰市监修〔2026〕1号"}).status_code == 302
    assert anybody.get(f"/r/{record}").status_code == 404

    # the firm sees what was done and looked at, and withdraws in one step
    done = firm.get(f"{file}/agencies").content.decode()
    assert "申请信用修复" in done
    assert case in done
    assert NAME in firm.get(f"{file}/reads").content.decode()
    assert "服务机构代办：申请信用修复" in firm.get(file).content.decode()
    assert firm.post(f"{file}/agencies/{number}/end").status_code == 302
    assert agency.get(file).status_code == 403
    assert agency.get(case).status_code == 404
    sign_checkpoint(TODAY)
    assert fsck(at=TODAY).sound
