"""带印记的工作簿: what is downloaded says who took it and under which number; handed in again, the mark is passed over."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from django.db import DatabaseError
from django.test import Client
from openpyxl import Workbook

from chengxin.access.models import Account, Department, Read
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.foundation.collection.labels import MARK_SHEET
from chengxin.foundation.collection.models import Submission
from chengxin.kernel import clock
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
NOW = HANDED_IN + 3600


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def office() -> Department:
    return market_regulation(1)


@pytest.fixture
def submission(office: Department) -> Submission:
    return hand_in(office, [penalty(1, office.code), penalty(3, office.code, CF_JDRQ="2026-02-31")])


def account(role: Role, department: Department) -> Account:
    return add_account(username=f"{role}-one", department=department, role=role, password="quiet-harbour-41", at=1)


def signed_in(role: Role, department: Department) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account(role, department))
    return client


def content_of(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def mark_in(content: bytes) -> tuple[dict[str, str], Workbook]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {str(row[0].value): str(row[1].value) for row in book[MARK_SHEET].iter_rows(min_row=2)}, book


def test_the_file_says_who_took_it_and_under_which_number(office: Department, submission: Submission) -> None:
    answer = signed_in(Role.CLERK, office).get(f"/office/submissions/{submission.pk}/workbook")
    said, book = mark_in(content_of(answer))
    row = Read.objects.get()
    assert (row.kind, row.key) == ("workbook", str(submission.pk))
    assert said["编号"] == f"第 {row.pk} 号查看"
    assert (said["下载的人"], said["部门"], said["用途"]) == ("clerk-one", office.name, "办理报送")
    assert book.properties.creator == "clerk-one"
    assert f"第 {row.pk} 号查看" in str(book.properties.description)
    assert office.name in str(book.properties.description)
    assert book[MARK_SHEET].sheet_state == "visible"
    assert book.worksheets[0].max_row == 2, "what was rejected is there as before"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"


def test_every_download_has_a_number_of_its_own_and_the_stored_file_has_none(office: Department, submission: Submission) -> None:
    clerk = signed_in(Role.CLERK, office)
    numbers = {mark_in(content_of(clerk.get(f"/office/submissions/{submission.pk}/workbook")))[0]["编号"] for _ in range(2)}
    assert numbers == {f"第 {each} 号查看" for each in Read.objects.values_list("pk", flat=True)}
    assert len(numbers) == 2


def test_a_department_s_system_is_named_as_such(office: Department, submission: Submission) -> None:
    system = Client(headers={"Authorization": f"Bearer {issue_token(office, 1)}"})
    answer = system.get(f"/api/v1/submissions/{submission.pk}/workbook")
    assert answer.status_code == 200
    assert mark_in(content_of(answer))[0]["下载的人"] == "部门系统"


def test_handed_in_again_the_mark_is_passed_over(office: Department, submission: Submission) -> None:
    content = content_of(signed_in(Role.CLERK, office).get(f"/office/submissions/{submission.pk}/workbook"))
    system = Client(headers={"Authorization": f"Bearer {issue_token(office, 1)}", "Idempotency-Key": "again"})
    file = io.BytesIO(content)
    file.name = "退回.xlsx"
    answer = system.post("/api/v1/submissions", {"item": "administrative_penalty", "file": file})
    assert answer.json()["rows"] == 1, answer.content


def test_whoever_must_state_a_purpose_has_it_in_the_file(office: Department, submission: Submission) -> None:
    auditor = signed_in(Role.AUDITOR, office)
    assert "先写明用途和事项" in auditor.get(f"/office/submissions/{submission.pk}/workbook").content.decode()
    assert not Read.objects.exists()
    auditor.post("/office/purpose", {"purpose": "审计抽查", "matter": "泰审〔2026〕3号", "next": "/office/"})
    answer = auditor.get(f"/office/submissions/{submission.pk}/workbook")
    assert mark_in(content_of(answer))[0]["用途"] == "审计抽查（泰审〔2026〕3号）"


def test_what_cannot_be_logged_is_not_made(office: Department, submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_rows: object) -> None:
        raise DatabaseError("disk full")

    clerk = signed_in(Role.CLERK, office)
    monkeypatch.setattr(Read.objects, "bulk_create", full)
    answer = clerk.get(f"/office/submissions/{submission.pk}/workbook")
    assert answer.status_code >= 500
    assert not zipfile.is_zipfile(io.BytesIO(answer.content))


def test_a_template_and_open_data_carry_no_mark(office: Department) -> None:
    answer = signed_in(Role.CLERK, office).get("/office/templates/administrative_penalty")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert MARK_SHEET not in book.sheetnames
    assert not Read.objects.exists()
