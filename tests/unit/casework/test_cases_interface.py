"""Cases over the interface: a department's system and a firm's session go through the same doors; each refusal is a problem of RFC 9457."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.access.services import issue_token
from chengxin.casework.models import Case
from chengxin.kernel import clock
from tests.harness.rights import Town, a_town, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = morning(date(2026, 7, 13))


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    handed_in = morning(date(2026, 4, 14))
    return a_town(handed_in, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def application(town: Town, **changes: object) -> dict[str, object]:
    pdf = b"%PDF-1.7\n%%EOF\n"
    return {
        "procedure": "restoration", "about_kind": "record", "about_key": str(town.record.pk),
        "said": json.dumps({"performed": "已缴清", "promise": "yes"}), "kinds": "performance_proof,commitment_letter",
        "files": [SimpleUploadedFile("收据.pdf", pdf), SimpleUploadedFile("承诺.pdf", pdf)],
    } | changes  # fmt: skip


def test_a_firm_applies_and_the_offices_system_accepts(town: Town) -> None:
    opened = browser_of(town.owner).post("/api/v1/cases", application(town))
    assert opened.status_code == 201, opened.content.decode()
    said = opened.json()
    assert (said["state"], [each["verb"] for each in said["next"]]) == ("filed", ["withdraw"])
    token = issue_token(town.office, NOW)
    headers = {"authorization": f"Bearer {token}"}
    listed = Client().get("/api/v1/cases", headers=headers).json()["cases"]
    assert [each["id"] for each in listed] == [said["id"]]
    accepted = Client().post(f"/api/v1/cases/{said['id']}/steps/accept", {"version": said["version"]}, headers=headers)
    assert accepted.status_code == 201, accepted.content.decode()
    assert accepted.json()["state"] == "accepted"
    assert {each["clock"] for each in accepted.json()["clocks"]} == {"acceptance", "decision"}
    again = Client().post(f"/api/v1/cases/{said['id']}/steps/accept", {"version": said["version"]}, headers=headers)
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")


def test_refusals_are_problems_and_lose_nothing(town: Town) -> None:
    client = browser_of(town.owner)
    for changes, status, slug in (
        ({"said": "no json"}, 422, "invalid-fields"),
        ({"said": "[" * 50_000}, 422, "invalid-fields"),
        ({"said": '{"\\ud800": "x"}'}, 422, "invalid-fields"),
        ({"said": json.dumps({"x" * 50_000: "y"})}, 422, "said-unknown"),
        ({"kinds": "performance_proof"}, 422, "document-kind-unknown"),
        ({"about_key": "999999"}, 404, "no-such-record"),
        ({"procedure": "dream"}, 404, "no-such-procedure"),
        ({"files": [SimpleUploadedFile("a.pdf", b"MZ\x90"), SimpleUploadedFile("b.pdf", b"%PDF-1.7")]}, 422, "document-type"),
    ):
        answer = client.post("/api/v1/cases", application(town, **changes))
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, slug), answer.content.decode()
    assert browser_of(town.stranger).post("/api/v1/cases", application(town)).status_code == 403
    assert Client().post("/api/v1/cases", application(town)).status_code in {401, 403}
    assert not Case.objects.exists()


def test_a_session_must_show_that_the_request_is_its_own(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.owner)
    answer = client.post("/api/v1/cases", application(town))
    assert answer.status_code == 403
    assert not Case.objects.exists()


def test_a_case_is_there_for_those_on_it_only(town: Town) -> None:
    opened = browser_of(town.owner).post("/api/v1/cases", application(town))
    assert opened.status_code == 201, opened.content.decode()
    case = opened.json()["id"]
    assert browser_of(town.stranger).get(f"/api/v1/cases/{case}").status_code == 404
    assert browser_of(town.owner).get(f"/api/v1/cases/{case}").json()["steps"][0]["verb"] == "open"
    assert browser_of(town.stranger).get("/api/v1/cases").json() == {"cases": []}


@pytest.mark.parametrize("zeros", ["0", "000"])
def test_zeros_before_a_number_make_no_second_thing_of_it(town: Town, zeros: str) -> None:
    said = json.dumps({"ground": "other", "facts": "没有这回事", "interest": "本企业"})
    asked = {"procedure": "objection", "about_kind": "record", "said": said, "about_key": f"{zeros}{town.record.pk}"}
    opened = browser_of(town.owner).post("/api/v1/cases", asked)
    assert opened.status_code == 201, opened.content.decode()
    assert opened.json()["about"] == f"record:{town.record.pk}"
    assert "有争议" in Client().get(f"/r/{town.record.pk}").content.decode()
    for key in (str(town.record.pk), f"{zeros}0{town.record.pk}"):
        again = browser_of(town.stranger).post("/api/v1/cases", asked | {"about_key": key})
        assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "case-open-already"), key
    page = browser_of(town.stranger).get(f"/cases/open/objection/record/{zeros}{town.record.pk}").content.decode()
    assert "正在办理" in page
