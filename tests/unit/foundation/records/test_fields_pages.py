"""字段核对: what each role sees of a record's fields, and a sealed one that is opened once, after the look is on record."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError
from django.test import Client

from chengxin.access.models import Account, Department, Read
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.access.subject_reads import reads_about
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, person_number, person_penalty
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 8, 3))
NUMBER = person_number(21)
GIVEN = {"purpose": "核对当事人身份", "matter": "泰市监〔2026〕7号"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_FR_ZJLX="身份证", CF_FR_ZJHM=NUMBER)


def place(town: Town) -> str:
    return f"/office/fields/{town.record.pk}"


def person(role: Role, office: Department) -> Account:
    return add_account(username=f"{role}-二", department=office, role=role, password=PASSWORD, at=NOW)


def stated(account: Account) -> Client:
    """A browser in which purpose and matter were stated, as who looks beyond their own department must."""
    client = browser_of(account)
    assert client.post("/office/purpose", {**GIVEN, "next": "/office/fields"}).status_code == 302
    return client


def test_a_sealed_field_is_opened_once_and_only_after_the_look_is_on_record(town: Town) -> None:
    clerk = browser_of(town.clerk)
    page = clerk.get(place(town))
    assert page["Cache-Control"] == "no-store"
    assert NUMBER not in page.content.decode()
    assert "记下并打开法定代表人证件号码" in page.content.decode()
    opened = clerk.post(f"{place(town)}/CF_FR_ZJHM", GIVEN)
    assert NUMBER in opened.content.decode()
    assert opened["Cache-Control"] == "no-store"
    row = Read.objects.get(kind="sealed_field")
    assert (row.account, row.purpose, row.matter, row.subject_id) == (town.clerk, *GIVEN.values(), town.record.subject_id)
    assert NUMBER not in str(vars(row))
    assert NUMBER not in clerk.get(place(town)).content.decode(), "shown once"
    assert "法定代表人证件号码" in [line.what for line in reads_about(town.record.subject_id, NOW).page.rows]


@pytest.mark.parametrize("missing", ["purpose", "matter"])
def test_without_purpose_or_matter_nothing_is_opened_and_what_was_typed_stays(missing: str, town: Town) -> None:
    answer = browser_of(town.clerk).post(f"{place(town)}/CF_FR_ZJHM", GIVEN | {missing: " "})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "须写明用途和事项" in page
    assert NUMBER not in page
    assert next(text for name, text in GIVEN.items() if name != missing) in page
    assert not Read.objects.filter(kind="sealed_field").exists()


def test_what_cannot_be_logged_is_not_opened(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_rows: object) -> None:
        raise DatabaseError("disk full")

    clerk = browser_of(town.clerk)
    clerk.raise_request_exception = False
    monkeypatch.setattr(Read.objects, "bulk_create", full)
    answer = clerk.post(f"{place(town)}/CF_FR_ZJHM", GIVEN)
    assert answer.status_code >= 500
    assert NUMBER not in answer.content.decode()


def test_the_credit_office_states_its_purpose_and_opens_any_office_s(town: Town) -> None:
    answer = browser_of(town.credit).get(place(town))
    assert "先写明用途和事项" in answer.content.decode()
    credit = stated(town.credit)
    page = credit.get(place(town)).content.decode()
    assert f'value="{GIVEN["matter"]}"' in page, "what was stated is filled in"
    assert NUMBER in credit.post(f"{place(town)}/CF_FR_ZJHM", GIVEN).content.decode()


def test_an_auditor_sees_that_it_is_sealed_and_cannot_open_it(town: Town) -> None:
    auditor = stated(person(Role.AUDITOR, town.credit_office))
    page = auditor.get(place(town)).content.decode()
    assert "您的岗位不能打开" in page
    answer = auditor.post(f"{place(town)}/CF_FR_ZJHM", GIVEN)
    assert answer.status_code == 422
    assert "您的岗位不能查看封存字段" in answer.content.decode()
    assert NUMBER not in answer.content.decode()
    assert not Read.objects.filter(kind="sealed_field").exists()


def test_another_department_does_not_even_learn_that_the_record_exists(town: Town) -> None:
    other = add_department(code=code_of(40, "11370900MB"), name="示例局", at=NOW)
    clerk = browser_of(person(Role.CLERK, other))
    assert clerk.get(place(town)).status_code == 404
    assert clerk.post(f"{place(town)}/CF_FR_ZJHM", GIVEN).status_code == 404
    assert "没有查到" in clerk.get("/office/fields", {"q": town.record.document_number}).content.decode()
    assert town.record.document_number in browser_of(town.clerk).get("/office/fields", {"q": town.record.document_number}).content.decode()
    assert browser_of(person(Role.SYSTEM_ADMIN, other)).get(place(town)).status_code in {302, 403}


def test_a_field_that_is_not_sealed_or_not_there_is_not_found(town: Town) -> None:
    clerk = browser_of(town.clerk)
    for field in ("CF_WSH", "CF_XDR_ZJHM", "NICHTS"):
        assert clerk.post(f"{place(town)}/{field}", GIVEN).status_code in {404, 422}, field
    assert not [row for row in Read.objects.filter(kind="sealed_field") if "CF_XDR_ZJHM" not in row.key]


def test_a_person_s_name_is_masked_by_role(town: Town) -> None:
    assert hand_in(town.office, [person_penalty(5, town.office.code, CF_JDRQ="2026-04-10")], at=HANDED_IN).accepted == 1
    record = Record.objects.exclude(pk=town.record.pk).get()
    path = f"/office/fields/{record.pk}"
    assert "乙某某" in browser_of(town.clerk).get(path).content.decode()
    assert "不公示，您的岗位可看" in browser_of(town.clerk).get(path).content.decode(), "the public does not see it so"
    page = stated(person(Role.AUDITOR, town.credit_office)).get(path).content.decode()
    assert "乙某某" not in page
    assert "乙**" in page
    assert person_number(5) not in page


def test_the_looks_are_on_record(town: Town) -> None:
    browser_of(town.clerk).get(place(town))
    row = Read.objects.get()
    assert (row.kind, row.key, row.subject_id) == ("fields", str(town.record.pk), town.record.subject_id)
