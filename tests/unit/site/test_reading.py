"""查看先留痕：an answer leaves only after its rows are committed; whoever looks beyond their own work says why first."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

from chengxin.access.models import Account, Alarm, Department, Read
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record
from chengxin.site import reading
from chengxin.site.reading_matrix import READING
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty
from tests.harness.second_factor import shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
NOW = HANDED_IN + 3600
BACKEND = "chengxin.site.signing_in.SlowingBackend"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))


@pytest.fixture
def office() -> Department:
    return market_regulation(1)


@pytest.fixture
def sent(office: Department) -> Submission:
    return hand_in(office, [penalty(1, office.code), penalty(3, office.code, CF_JDRQ="2026-02-31")])


def signed_in(role: Role, department: Department, name: str = "") -> Client:
    account = add_account(username=name or f"{role}-one", department=department, role=role, password="quiet-harbour-41", at=1)
    client = Client(raise_request_exception=False)
    return shown(client, account)


def rows() -> list[tuple[str, str, str, str]]:
    return list(Read.objects.order_by("pk").values_list("kind", "key", "purpose", "matter"))


def test_one_s_own_work_is_logged_without_asking(office: Department, sent: Submission) -> None:
    page = signed_in(Role.CLERK, office).get(f"/office/submissions/{sent.pk}")
    assert page.status_code == 200
    assert rows() == [("submission", str(sent.pk), "办理报送", "")]
    row = Read.objects.get()
    assert (row.at, row.role, row.department) == (NOW, "clerk", office)


def test_a_record_is_logged_with_its_subject(office: Department, sent: Submission) -> None:
    record = Record.objects.get()
    client = signed_in(Role.CLERK, office)
    assert client.get(f"/office/records/{record.pk}").status_code == 200
    assert client.get("/office/records", {"q": record.document_number}).status_code == 200
    assert client.get("/office/records").status_code == 200  # nothing found, nothing shown
    assert list(Read.objects.values_list("kind", "key", "subject_id")) == [("record", str(record.pk), record.subject_id)] * 2


@pytest.mark.parametrize("path", ["/office/", "/office/submissions", "/office/submissions/{0}", "/office/records/{1}"])
def test_what_cannot_be_logged_does_not_happen(path: str, office: Department, sent: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_rows: object) -> None:
        raise DatabaseError("disk full")

    client, address = signed_in(Role.CLERK, office), path.format(sent.pk, Record.objects.get().pk)
    assert client.get(address).status_code == 200
    monkeypatch.setattr(Read.objects, "bulk_create", full)
    answer = client.get(address)
    assert answer.status_code == 500
    assert "test.csv" not in answer.content.decode()
    assert Record.objects.get().document_number not in answer.content.decode()
    assert client.get("/").status_code == 200  # what is public needs no row


def test_the_same_for_a_department_s_system(office: Department, sent: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_rows: object) -> None:
        raise DatabaseError("disk full")

    client, bearer = Client(raise_request_exception=False), {"Authorization": f"Bearer {issue_token(office, 1)}"}
    address = f"/api/v1/submissions/{sent.pk}/faults"
    assert client.get(address, headers=bearer).json()["faults"]
    row = Read.objects.get()
    assert (row.account, row.department, row.role, row.key) == (None, office, "token", str(sent.pk))
    monkeypatch.setattr(Read.objects, "bulk_create", full)
    answer = client.get(address, headers=bearer)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "faults" not in answer.json()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CREDIT_OFFICE])
def test_what_is_another_office_s_asks_for_purpose_and_matter(role: Role, sent: Submission) -> None:
    client, address = signed_in(role, market_regulation(2)), f"/office/submissions/{sent.pk}"
    asked = client.get(address).content.decode()
    assert "先写明用途和事项" in asked
    assert sent.file_name not in asked
    assert rows() == []
    form = {"purpose": "审计抽查", "matter": " ", "next": address}
    assert client.post("/office/purpose", form).status_code == 422
    stated = client.post("/office/purpose", form | {"matter": "泰审〔2026〕3号"})
    assert (stated.status_code, stated["Location"]) == (302, address)
    assert client.get(address).status_code == 200
    assert rows() == [("submission", str(sent.pk), "审计抽查", "泰审〔2026〕3号")]


def test_what_was_stated_holds_for_a_while(sent: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = signed_in(Role.AUDITOR, market_regulation(2)), f"/office/submissions/{sent.pk}"
    client.post("/office/purpose", {"purpose": "审计", "matter": "3号", "next": address})
    for seconds in (1500, 3000, 3599):  # a session left alone would end
        monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW + seconds))
        client.get(address)
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW + 3600))
    assert "先写明用途和事项" in client.get(address).content.decode()
    assert len(rows()) == 3


def test_the_form_leads_nowhere_else(office: Department) -> None:
    client = signed_in(Role.AUDITOR, office)
    for place in ("https://example.org/", "//example.org/", "javascript:alert(1)", ""):
        stated = client.post("/office/purpose", {"purpose": "审计", "matter": "3号", "next": place})
        assert stated["Location"] == "/office/"


def test_a_program_says_it_with_the_request(sent: Submission) -> None:
    client, address = signed_in(Role.AUDITOR, market_regulation(2)), f"/api/v1/submissions/{sent.pk}/faults"
    refused = client.get(address)
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (422, "purpose-required")
    assert client.get(address, {"purpose": "审计", "matter": "3号"}).status_code == 200
    assert rows() == [("submission", str(sent.pk), "审计", "3号")]


def test_a_view_without_a_line_is_refused(office: Department, sent: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READING", {name: line for name, line in READING.items() if name != "submission"})
    answer = signed_in(Role.CLERK, office).get(f"/office/submissions/{sent.pk}")
    assert (answer.status_code, sent.file_name in answer.content.decode()) == (403, False)


def test_the_audit_administrator_searches_and_its_look_is_a_look(office: Department, sent: Submission) -> None:
    signed_in(Role.CLERK, office).get(f"/office/records/{Record.objects.get().pk}")
    admin = signed_in(Role.AUDIT_ADMIN, office)
    subject = Record.objects.get().subject_id
    for query, hits in (
        ({}, True),
        ({"who": "clerk-one"}, True),
        ({"who": "nobody"}, False),
        ({"subject": str(subject)}, True),
        ({"subject": "91370902MA3C99999X"}, False),
        ({"kind": "record"}, True),
        ({"words": "本部门"}, True),
        ({"words": "没有这个词"}, False),
        ({"from": "2026-01-01", "until": "2027-01-01"}, True),
        ({"until": "2020-01-01"}, False),
        ({"office": office.code}, True),
    ):
        page = admin.get("/office/reads", query).content.decode()
        assert (Record.objects.get().document_number in page) == hits, query
    assert admin.get("/office/reads", {"from": "yesterday"}).status_code == 422
    assert Read.objects.filter(kind="reads", role="audit_admin").count() == 12


def test_alarms_are_settled_on_the_page(office: Department) -> None:
    alarm = Alarm.objects.create(kind="mass_reading", key="x", at=NOW, sentence="王某一小时内查看 300 个主体。")
    admin = signed_in(Role.AUDIT_ADMIN, office)
    assert alarm.sentence in admin.get("/office/reads").content.decode()
    assert alarm.sentence in admin.get("/office/").content.decode()
    assert admin.post(f"/office/reads/alarms/{alarm.pk}", {"words": ""}).status_code == 422
    assert admin.post(f"/office/reads/alarms/{alarm.pk}", {"words": "年报核对，属实"}).status_code == 302
    assert "年报核对，属实" in admin.get("/office/reads").content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.CREDIT_OFFICE, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_nobody_else_reads_who_read(role: Role, office: Department) -> None:
    assert signed_in(role, office).get("/office/reads").status_code == 403


def test_a_delay_is_asked_and_granted_on_the_page(office: Department, sent: Submission) -> None:
    clerk, reviewer = signed_in(Role.CLERK, office), signed_in(Role.REVIEWER, office)
    code = penalty(1, office.code)["CF_XDR_SHXYM"]
    form = {"code": code, "matter": "7号", "basis": "依据", "authority": "机关〔2026〕1号", "until": "2027-01-31"}
    assert clerk.post("/office/reads/delays/new", form | {"until": "someday"}).status_code == 422
    assert clerk.post("/office/reads/delays/new", form).status_code == 302
    page = reviewer.get("/office/reads/delays").content.decode()
    assert "等待另一人决定" in page
    address = f"/office/reads/delays/{Account.objects.get(username='clerk-one').delays_asked.get().pk}"
    assert clerk.post(address, {"verdict": "grant", "because": "办案"}).status_code == 403
    assert reviewer.post(address, {"verdict": "grant", "because": "办案"}).status_code == 302
    assert "生效" in clerk.get("/office/reads/delays").content.decode()
    assert clerk.post(f"{address}/end").status_code == 302
