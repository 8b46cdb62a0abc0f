"""An office as the subject: it applies and objects like a firm, by its own people, and decides and verifies nothing about itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Account, Department, Mandate
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department, issue_token, move_department
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.second_look import ask
from chengxin.foundation.records.types import ActVerb, Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, penalty
from tests.harness.rights import OFFICE_PENALISED, PASSWORD, Town, a_colleague, a_town, acting, an_office_town, browser_of, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 13))
PENALTY = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
SAID = {"performed": "违法所得已上缴", "promise": "yes"}
WRONG = {"ground": "wrong_content", "facts": "数额写错"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return an_office_town(HANDED_IN, decided_on=DECIDED, **PENALTY)


@pytest.fixture
def judge(town: Town) -> Account:
    return add_account(username="裁决", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)


def apply(town: Town, by: Account | None = None, at: int = NOW) -> Case:
    files = [("performance_proof", pdf()), ("commitment_letter", pdf())]
    about = About("record", str(town.record.pk))
    return open_case(procedure="restoration", about=about, actor=acting(by or town.owner, at), texts=SAID, files=files, at=at)


def object_to(town: Town, by: Account | None = None, at: int = NOW, **changes: str) -> Case:
    about = About("record", str(town.record.pk))
    return open_case(procedure="objection", about=about, actor=acting(by or town.owner, at), texts=WRONG | changes, at=at)


def take(case: Case, verb: str, account: Any, at: int = NOW, **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, at=at)


def is_public(record: Record) -> bool:
    return Record.objects.filter(visible(Surface.PUBLIC, NOW), pk=record.pk).exists()


def sound() -> bool:
    sign_checkpoint(NOW)
    return fsck(at=NOW).sound


def test_an_office_is_restored_by_the_authority_that_decided(town: Town) -> None:
    case = apply(town)
    take(case, "accept", town.clerk)
    take(case, "propose", town.clerk, opinion="approve", because="已核实")
    take(case, "approve", town.reviewer, document_number="泰市监修〔2026〕1号")
    case.refresh_from_db()
    assert (case.state, case.subject_id, case.office_id) == ("approved", town.record.subject_id, town.office.pk)
    assert not is_public(town.record)
    assert Notice.objects.filter(to_kind="person", to_key=f"account:{town.owner.pk}").exists()
    assert sound()


def test_an_office_objects_and_a_second_office_decides(town: Town, judge: Account) -> None:
    case = object_to(town, ground="wrong_subject")
    assert Hold.objects.filter(record_id=town.record.pk, ended_at=None).exists(), "the subject's own word stops it, as a firm's does"
    take(case, "verify", town.clerk, finding="wrong", because="抄错")
    take(case, "revoke", judge, document_number="泰发改异〔2026〕1号", because="不是该局")
    assert not is_public(town.record)
    assert sound()


def test_whoever_works_in_the_office_goes_on_with_its_case_and_who_left_does_not(town: Town) -> None:
    case = apply(town)
    take(case, "ask_supplement", town.clerk, needed="收据原件")
    colleague = a_colleague(town.owner, HANDED_IN)
    Account.objects.filter(pk=town.owner.pk).update(department=town.office)  # moved to the very office that decides
    town.owner.refresh_from_db()
    for verb, texts in (("supply", {"supplied": "已补"}), ("accept", {}), ("withdraw", {})):
        with pytest.raises((Forbidden, Conflict)):
            take(case, verb, town.owner, **texts)
    take(case, "supply", colleague, supplied="已补")
    take(case, "accept", town.clerk)
    told = set(Notice.objects.filter(case=case, title__contains="受理").exclude(title__contains="期限").values_list("to_kind", "to_key"))
    assert ("subject", str(case.subject_id)) in told, "who left is not told any more, the office is"
    assert ("person", f"account:{town.owner.pk}") not in told
    with pytest.raises(Forbidden, match="不能再作为"):
        Account.objects.filter(pk=colleague.pk).update(department=town.office, role=Role.CLERK)
        colleague.refresh_from_db()
        take(case, "propose", colleague, opinion="approve", because="自己的案件")


def test_who_objected_for_the_office_and_left_is_not_a_passer_by_who_may_withdraw(town: Town) -> None:
    case, colleague = object_to(town), a_colleague(town.owner, HANDED_IN)
    Account.objects.filter(pk=town.owner.pk).update(department=town.credit_office)
    town.owner.refresh_from_db()
    with pytest.raises(Forbidden):
        take(case, "withdraw", town.owner)
    take(case, "withdraw", colleague)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN])
def test_who_looks_after_the_platform_speaks_for_no_office(town: Town, role: Role) -> None:
    other = a_colleague(town.owner, HANDED_IN, role)
    with pytest.raises(Forbidden):
        apply(town, other)
    with pytest.raises(Forbidden):
        object_to(town, other)


def test_another_office_and_its_system_do_not_apply_for_it(town: Town) -> None:
    with pytest.raises(Forbidden):
        apply(town, town.clerk)
    token = issue_token(Department.objects.get(code=OFFICE_PENALISED), HANDED_IN)
    system = Client(headers={"Authorization": f"Bearer {token}"})
    asked = {"procedure": "objection", "about_kind": "record", "about_key": str(town.record.pk), "said": "{}"}
    assert system.post("/api/v1/cases", asked).status_code in {403, 404}
    assert not Case.objects.exists()


# offices kept apart


def _about(town: Town, office: Department) -> Record:
    """A record of the town's office about another office."""
    row = penalty(40, town.office.code, CF_XDR_MC=office.name, CF_XDR_SHXYM=office.code, CF_JDRQ=DECIDED.isoformat(), **PENALTY)
    assert hand_in(town.office, [row], key=f"about-{office.pk}", at=HANDED_IN + 60).accepted == 1
    return Record.objects.exclude(pk=town.record.pk).get()


def test_an_office_decides_nothing_about_itself(town: Town, judge: Account) -> None:
    """The credit office decides disputes; about the credit office it does not, whoever of its people asks."""
    record = _about(town, town.credit_office)
    above = add_department(code=code_of(50, "11370900MB"), name="泰安市人民政府", at=HANDED_IN)
    Department.objects.filter(pk=town.office.pk).update(parent=above)
    office_above = add_account(username="府办", department=above, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)
    case = open_case(procedure="objection", about=About("record", str(record.pk)), actor=acting(judge, NOW), texts=WRONG, at=NOW)
    assert case.second_office_id == above.pk
    take(case, "verify", town.clerk, finding="wrong", because="抄错")
    for own in (town.credit, a_colleague(judge, HANDED_IN)):
        with pytest.raises(Forbidden, match=r"本单位的人不能作为|由裁决机关办理"):
            take(case, "revoke", own, document_number="1", because="放过自己")
    take(case, "revoke", office_above, document_number="泰政异〔2026〕1号", because="抄错")
    assert not is_public(record)


def test_where_only_the_subject_could_decide_a_dispute_nobody_does(town: Town) -> None:
    record = _about(town, town.credit_office)
    with pytest.raises(Refused, match="没有可以裁决的第二个机关"):
        open_case(procedure="objection", about=About("record", str(record.pk)), actor=acting(town.credit, NOW), texts=WRONG, at=NOW)
    assert not Case.objects.exists()


def test_an_office_that_handed_in_its_own_record_neither_restores_nor_verifies_it(town: Town) -> None:
    row = penalty(41, town.office.code, CF_XDR_MC=town.office.name, CF_XDR_SHXYM=town.office.code, CF_JDRQ=DECIDED.isoformat(), **PENALTY)
    assert hand_in(town.office, [row], key="own", at=HANDED_IN + 60).accepted == 1
    record = Record.objects.exclude(pk=town.record.pk).get()
    files = [("performance_proof", pdf()), ("commitment_letter", pdf())]
    about = About("record", str(record.pk))
    case = open_case(procedure="restoration", about=about, actor=acting(town.clerk, NOW), texts=SAID, files=files, at=NOW)
    assert case.office_id == town.credit_office.pk, "the next office in the line decides"
    with pytest.raises(Forbidden, match="关于您自己的单位"):
        take(case, "accept", town.reviewer)
    with pytest.raises(Refused, match="没有可以裁决的第二个机关"):
        open_case(procedure="objection", about=about, actor=acting(town.clerk, NOW), texts=WRONG, at=NOW)


def test_a_judgement_that_the_decider_is_the_subject_takes_the_case_from_it(town: Town) -> None:
    """Found out in the middle: the deciding office is judged to be the subject under another number."""
    case = apply(town)
    subject = Subject.objects.get(pk=town.record.subject_id)
    other = Subject.objects.get(pk=subject.pk)
    other.pk, other.code = subject.pk + 1_000, town.office.code
    other.canonical_id = subject.pk
    other.save(force_insert=True)
    with pytest.raises(Forbidden, match="关于您自己的单位"):
        take(case, "accept", town.clerk)


# pages


def test_the_desk_leads_to_the_own_file_and_from_there_one_applies(town: Town) -> None:
    browser = browser_of(town.owner)
    assert f"/centre/{OFFICE_PENALISED}" in browser.get("/office/").content.decode()
    assert "关于本单位" not in browser_of(town.clerk).get("/office/").content.decode(), "nothing is on file about that office"
    assert browser.get("/centre")["Location"] == f"/centre/{OFFICE_PENALISED}"
    page = browser.get(f"/centre/{OFFICE_PENALISED}").content.decode()
    assert f"/cases/open/objection/record/{town.record.pk}" in page
    assert f"/cases/open/restoration/record/{town.record.pk}" in page
    assert "代理人" not in page, "an office hands nothing on"
    assert browser.get(f"/centre/{OFFICE_PENALISED}/everything.json").status_code == 200
    assert browser.get(f"/centre/{OFFICE_PENALISED}/agents").status_code == 403
    files = {"file.performance_proof": pdf("收据.pdf"), "file.commitment_letter": pdf("承诺.pdf")}
    answer = browser.post(f"/cases/open/restoration/record/{town.record.pk}/new", SAID | files)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert browser.get(answer["Location"]).status_code == 200
    assert browser_of(a_colleague(town.owner, HANDED_IN)).get(answer["Location"]).status_code == 200


def test_another_offices_people_do_not_get_its_file(town: Town) -> None:
    for other in (town.clerk, town.reviewer, town.credit):
        assert browser_of(other).get(f"/centre/{OFFICE_PENALISED}").status_code == 403
    assert browser_of(town.stranger).get(f"/centre/{OFFICE_PENALISED}").status_code == 403
    assert not Mandate.objects.filter(ended_at=None).exists()


# numbers that were judged to be one


def merged(town: Town) -> Subject:
    """The record's subject, judged to be one with another number; the record keeps its own."""
    own = Subject.objects.get(pk=town.record.subject_id)
    head = Subject.objects.get(pk=own.pk)
    head.pk, head.code = own.pk + 1_000, None
    head.canonical_id = head.pk
    head.save(force_insert=True)
    Subject.objects.filter(pk=own.pk).update(canonical_id=head.pk)
    return head


def test_holders_of_mandates_for_different_numbers_of_one_subject_see_each_others_cases() -> None:
    from chengxin.access.mandating import end_mandate, grant_mandate
    from chengxin.access.types import MandateKind
    from chengxin.casework.queries import own_case
    from chengxin.kernel.instants import FOREVER

    town = a_town(HANDED_IN, decided_on=DECIDED, **PENALTY)
    head = merged(town)
    mandate = grant_mandate(
        account=town.stranger, subject_id=head.pk, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="另一证照", valid_from=HANDED_IN,
        valid_until=FOREVER, at=HANDED_IN, by=town.credit,
    )  # fmt: skip
    of_owner = apply(town)
    of_other = object_to(town, town.stranger)
    for account in (town.owner, town.stranger):
        for case in (of_owner, of_other):
            assert own_case(case.pk, acting(account, NOW)) == case
            assert browser_of(account).get(f"/cases/{case.pk}").status_code == 200
    take(of_other, "withdraw", town.owner)
    end_mandate(mandate, because="不再担任", at=NOW - 1, by=town.credit)
    for case in (of_owner, of_other):
        with pytest.raises(NotFound):
            own_case(case.pk, acting(town.stranger, NOW))
    take(of_owner, "accept", town.clerk)
    assert {each.to_key for each in Notice.objects.filter(case=of_owner, place=1)} == {f"account:{town.owner.pk}"}


ACTS = {"verb": "withdraw", "reason": "revoked", "decided_on": "2026-07-10", "because": "泰市监撤〔2026〕1号"}


def handed_in_about_itself(town: Town) -> tuple[Record, Account]:
    """A penalty that the office which is its subject handed in itself, and its clerk."""
    row = penalty(5, OFFICE_PENALISED, CF_JDRQ=DECIDED.isoformat(), CF_XDR_MC="泰安市云杉管理局", CF_XDR_SHXYM=OFFICE_PENALISED, **PENALTY)
    office = Department.objects.get(code=OFFICE_PENALISED)
    assert hand_in(office, [row], key="itself", at=HANDED_IN + 60).accepted == 1
    return Record.objects.get(authority_id=office.pk), town.owner


def test_an_office_does_nothing_by_itself_to_a_record_about_itself(town: Town) -> None:
    record, clerk = handed_in_about_itself(town)
    office = Department.objects.get(code=OFFICE_PENALISED)
    for asked in (
        ACTS,
        {"verb": "hold", "surfaces": "public", "because": "先停"},
        {"verb": "severity", "severity": "minor", "because": "轻"},
    ):
        with pytest.raises(Forbidden, match="本机关不能撤回、暂停或者改动它"):
            ask(record.pk, asked, by=clerk, office=office, at=NOW)
    token = issue_token(office, HANDED_IN)
    answer = Client().post(
        f"/api/v1/records/{record.pk}/acts", ACTS, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "own-office")
    page = browser_of(clerk).post(f"/office/records/{record.pk}/acts", ACTS)
    assert "本机关不能撤回" in page.content.decode()
    assert Record.objects.filter(visible(Surface.PUBLIC, NOW), pk=record.pk).exists()


def test_the_office_above_it_may(town: Town) -> None:
    record, _ = handed_in_about_itself(town)
    move_department(
        department=Department.objects.get(code=OFFICE_PENALISED), parent=town.office, because="泰编〔2026〕1号", at=HANDED_IN + 120
    )
    ask(record.pk, ACTS, by=town.clerk, office=town.office, at=NOW)
    proposal = RecordAct.objects.filter(record_id=record.pk, verb=ActVerb.PROPOSED).first()
    assert proposal is None, "to withdraw what is adverse makes nothing worse"
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW), pk=record.pk).exists()
