"""G4 政务失信惩戒：explained in writing, put right by a date, or found a breach: on file, told upwards, out of honours; and back again."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.casework.models import Notice
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, sign_checkpoint
from tests.harness.breaches import FINDING, ORDER, Above, a_breach_town
from tests.harness.rights import PASSWORD, Town, browser_of, morning, pdf

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
MATTER = {"matter": "2026年度文明单位评选"}


@pytest.fixture
def world(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Above]:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_breach_town(HANDED_IN, decided_on=date(2026, 4, 10))


def post(client: Client, address: str, **form: object) -> str:
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return str(answer["Location"])


def a_breach(town: Town, above: Above) -> tuple[str, str]:
    """On the pages, from the order to the breach; the addresses of the case and of the record."""
    case = post(browser_of(town.credit), f"/cases/open/rectification/office/{town.office.code}/new", **ORDER)
    post(browser_of(town.clerk), f"{case}/explain", version="0", reasons="财力不足", plan="六月底前兑现", responsible="分管负责人")
    assert "起算（当日不计）" in browser_of(town.clerk).get(case).content.decode(), "the deadline, and how it was computed"
    checker, finder = browser_of(above.checker), browser_of(above.finder)
    post(checker, f"{case}/note_default", version="1", how="refused", because="书面答复不办")
    form = {**FINDING, "delivered_on": "2026-05-06", "version": "2", "file.delivery_proof": pdf("送达.pdf")}
    assert checker.post(f"{case}/find_breach", form).status_code in {403, 422}, "who found it wanting does not find the breach"
    form["file.delivery_proof"] = pdf("送达.pdf")
    post(finder, f"{case}/find_breach", **form)
    found = re.search(r'href="(/r/\d+)"', finder.get(case).content.decode())
    assert found is not None
    return case, found[1]


def answer_for(town: Town, client: Client) -> dict[str, object]:
    """What the system of an office that awards an honour is told."""
    (answer,) = client.get(f"/api/v1/eligibility/{town.office.code}", MATTER).json()["answers"]
    return dict(answer)


def test_on_file_barred_objected_to_and_eligible_again(world: tuple[Town, Above], monkeypatch: pytest.MonkeyPatch) -> None:
    town, above = world
    organiser = Client(headers={"Authorization": f"Bearer {issue_token(above.government, HANDED_IN)}"})
    assert answer_for(town, organiser)["outcome"] == "yes"
    _, record = a_breach(town, above)

    told = {(each.to_kind, each.to_key): each.text for each in Notice.objects.filter(title__contains="认定失信")}
    assert f"记录：{record}" in told["office", str(town.credit_office.pk)], "told to the authority above, with the record"
    anybody = Client()
    assert anybody.get(record).status_code == 200
    assert f'href="{record}"' in anybody.get(f"/offices/{town.office.code}").content.decode()
    assert f'href="{record}"' in anybody.get("/lists/government_breaches").content.decode()
    assert f'href="{record}"' in anybody.get(f"/s/{town.office.code}").content.decode()

    barred = answer_for(town, organiser)
    assert barred["outcome"] == "no"
    sheet = browser_of(above.judge).post("/office/eligibility/check", {"codes": town.office.code, "as_of": "2027-05-06", **MATTER})
    assert "不得参评 1 个" in sheet.content.decode()

    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 60))
    case = post(
        browser_of(town.clerk), f"/cases/open/objection{record.replace('/r/', '/record/')}/new", ground="wrong_content", facts="已兑现"
    )
    assert "正在办理" in anybody.get(record).content.decode()
    post(browser_of(above.checker), f"{case}/verify", version="0", finding="wrong", because="凭证属实")
    assert browser_of(above.finder).post(
        f"{case}/revoke", {"version": "1", "document_number": "x", "because": "y"}
    ).status_code in {403, 422}, "never by the author"  # fmt: skip
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 120))
    post(browser_of(above.judge), f"{case}/revoke", version="1", document_number="泰政异〔2026〕1号", because="认定以前已兑现")

    assert answer_for(town, organiser)["outcome"] == "yes"
    assert anybody.get(record).status_code == 404
    (retraction,) = organiser.get("/api/v1/retractions").json()["retractions"]
    assert (f"/r/{retraction['record']}", retraction["verb"]) == (record, "withdrawn"), "who asked is told that it was wrong"
    assert town.office.name in browser_of(town.clerk).get(f"{case}/reputation").content.decode()
    sign_checkpoint(NOW + 121)
    found = fsck(at=NOW + 121)
    assert found.sound, [each for each in found.comparisons if each.missing or each.extra or each.different]


def test_put_right_and_restored(world: tuple[Town, Above], monkeypatch: pytest.MonkeyPatch) -> None:
    town, above = world
    organiser = Client(headers={"Authorization": f"Bearer {issue_token(above.government, HANDED_IN)}"})
    _, record = a_breach(town, above)
    assert answer_for(town, organiser)["outcome"] == "no"
    deciding = [
        browser_of(add_account(username=name, department=town.credit_office, role=role, password=PASSWORD, at=HANDED_IN))
        for name, role in (("修复经办", Role.CLERK), ("修复复核", Role.REVIEWER))
    ]
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 60))
    office = browser_of(town.clerk)
    assert "申请修复" in office.get(record).content.decode()
    assert "修复以后的等级" not in Client().get(record).content.decode(), "organs are not graded"
    form = {"performed": "奖补已全部兑现", "promise": "yes", "file.performance_proof": pdf(), "file.commitment_letter": pdf("承诺.pdf")}
    case = post(office, f"/cases/open/restoration{record.replace('/r/', '/record/')}/new", **form)
    post(deciding[0], f"{case}/accept", version="0")
    post(deciding[0], f"{case}/propose", version="1", opinion="approve", because="核实已兑现")
    post(deciding[1], f"{case}/approve", version="2", document_number="泰信修〔2026〕1号")
    assert answer_for(town, organiser)["outcome"] == "yes"
    page = Client().get(f"/offices/{town.office.code}").content.decode()
    assert "已经整改并准予修复" in page
    assert record not in page
    sign_checkpoint(NOW + 61)
    assert fsck(at=NOW + 61).sound
