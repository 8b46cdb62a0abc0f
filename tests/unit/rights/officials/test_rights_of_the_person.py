"""本人的权利：sees, objects, applies; another authority decides; whoever was answered is told; and nobody else sees any of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.access.caller import Caller
from chengxin.access.models import Account, Read, ReadQuestion
from chengxin.access.roles import Role
from chengxin.access.services import add_account, revoke_account
from chengxin.casework.models import Case, Notice
from chengxin.casework.notices import escalate
from chengxin.casework.people import actor_of
from chengxin.casework.queries import cases_of
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import active
from chengxin.rights.officials.conditions import close_expired
from chengxin.rights.officials.identities import end_identity
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.services import confirm_record
from chengxin.rights.officials.types import Outcome
from tests.harness.officials import CANDIDATE, CHEATING, NOW, SERVANT, Bureau, a_bureau, asked, calling, handed_in, let_ask, on_file
from tests.harness.procedures import follow, texts_of
from tests.harness.rights import PASSWORD, acting, browser_of, pdf
from tests.harness.second_factor import shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
LATER = NOW + 3600
#: Half a year after the decision, when restoration of a demerit may be applied for.
DUE = start_of_day(date(2026, 10, 12)) + 9 * 3600


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(LATER))
    return a_bureau()


def opened(procedure: str, record: OfficialRecord, by: Account, at: int = LATER, files: Any = (), **said: str) -> Case:
    rule = active.policy_set().procedure(procedure)
    needed = [(kind, pdf()) for kind in rule.opening.documents]
    about = About("official_record", str(record.pk))
    return open_case(
        procedure=procedure, about=about, actor=acting(by, at), texts=texts_of(rule.opening, at, **said), files=[*needed, *files], at=at
    )


def going(case: Case, by: Account, *verbs: str, at: int = LATER, **said: str) -> Case:
    return follow(case, active.policy_set().procedure(case.procedure), [(verb, by) for verb in verbs], at, **said)


def test_an_upheld_objection_revokes_and_tells_everybody_who_was_answered(bureau: Bureau) -> None:
    record = on_file(bureau)
    let_ask(bureau)
    asked(bureau.clerk)
    asked(bureau.servant, **{"purpose": "honours", "matter": "2026 年先进评选"})
    case = opened("official_objection", record, bureau.servant, ground="unlawful")
    assert (case.office_id, case.second_office_id, case.subject_id) == (bureau.organisation.pk, bureau.human_resources.pk, None)
    assert asked(bureau.clerk, at=LATER).outcome is Outcome.REVIEW, "disputed: nothing against the person meanwhile"
    case = going(case, bureau.clerk, "verify")
    for author in (bureau.clerk, bureau.reviewer):
        with pytest.raises(Forbidden):
            take_step(case_id=case.pk, verb="revoke", version=case.version, actor=acting(author, LATER), texts={}, at=LATER)
    case = going(case, bureau.judge, "revoke", document_number="泰人社裁〔2026〕1号")
    assert case.state == "revoked"
    record.refresh_from_db()
    assert (record.ending, record.ended_at) == ("revoked", LATER)
    assert asked(bureau.clerk, at=LATER).outcome is Outcome.NONE
    told = {(each.to_kind, each.to_key) for each in Notice.objects.filter(title="公务员记录核查的更正告知")}
    assert told == {("person", f"account:{bureau.clerk.pk}"), ("person", f"account:{bureau.servant.pk}")}
    assert not Notice.objects.filter(text__contains=SERVANT[1]).exists()
    sign_checkpoint(LATER + 1)
    assert fsck(at=LATER + 2).sound


def test_the_office_is_told_where_whoever_asked_has_left(bureau: Bureau) -> None:
    record = on_file(bureau)
    asked(bureau.judge)
    revoke_account(bureau.judge, NOW + 90)
    case = going(opened("official_objection", record, bureau.servant), bureau.clerk, "verify")
    going(case, bureau.second_judge, "revoke")
    (told,) = Notice.objects.filter(title="公务员记录核查的更正告知")
    assert (told.to_kind, told.to_key) == ("office", str(bureau.human_resources.pk))


def test_a_correction_is_a_new_entry_that_takes_the_place_of_the_old(bureau: Bureau) -> None:
    record = on_file(bureau)
    asked(bureau.judge)
    case = going(opened("official_objection", record, bureau.servant, ground="wrong_content"), bureau.clerk, "verify")
    case = going(case, bureau.judge, "order_correction")
    assert asked(bureau.clerk, at=LATER).outcome is Outcome.REVIEW
    new = handed_in(bureau, LATER, kind="disciplinary_warning", document="泰云处〔2026〕7号更", corrects=str(record.pk))
    case.refresh_from_db()
    assert case.state == "correcting", "it waits for the second person"
    again = {"number": SERVANT[0], "name": SERVANT[1], "document": "泰云处〔2026〕7号更"}
    confirm_record(new.pk, again, caller=calling(bureau.reviewer), at=LATER + 1)
    case.refresh_from_db()
    record.refresh_from_db()
    assert (case.state, record.ending) == ("corrected", "corrected")
    (reason,) = asked(bureau.clerk, at=LATER + 2).reasons
    assert (reason.record_id, reason.kind) == (new.pk, "处分：警告")
    assert Notice.objects.filter(title="公务员记录核查的更正告知", to_key=f"account:{bureau.judge.pk}").exists()


def test_restoration_by_two_people_of_the_other_authority(bureau: Bureau) -> None:
    record = on_file(bureau)
    asked(bureau.judge)
    with pytest.raises(Refused) as refused:
        opened("official_restoration", record, bureau.servant)
    assert "2026-10-11" in refused.value.sentence
    case = opened("official_restoration", record, bureau.servant, DUE)
    with pytest.raises(Forbidden):
        take_step(case_id=case.pk, verb="accept", version=0, actor=acting(bureau.clerk, DUE), texts={}, at=DUE)
    case = going(case, bureau.judge, "accept", "propose", at=DUE)
    with pytest.raises(Forbidden):
        take_step(
            case_id=case.pk, verb="approve", version=case.version, actor=acting(bureau.judge, DUE), texts={"document_number": "1"}, at=DUE
        )
    case = going(case, bureau.second_judge, "approve", at=DUE, document_number="泰人社修〔2026〕1号")
    record.refresh_from_db()
    assert (case.state, record.ending) == ("approved", "restored")
    assert asked(bureau.clerk, at=DUE + 1).outcome is Outcome.NONE
    assert Notice.objects.filter(title="公务员记录核查的更正告知", to_key=f"account:{bureau.judge.pk}").exists()
    with pytest.raises(Conflict):
        opened("official_objection", record, bureau.servant, DUE)


def test_an_open_objection_ends_with_the_record(bureau: Bureau) -> None:
    record = on_file(bureau)
    objection = opened("official_objection", record, bureau.servant, DUE)
    case = opened("official_restoration", record, bureau.servant, DUE)
    case = going(case, bureau.judge, "accept", "propose", at=DUE)
    going(case, bureau.second_judge, "approve", at=DUE)
    objection.refresh_from_db()
    assert objection.state == "reversed"


@pytest.mark.parametrize(("kind", "organ"), [("exam_substitution", "泰安市人力资源和社会保障局"), ("judgment", "泰安市云杉区人民法院")])
def test_some_kinds_are_not_restored_by_application(bureau: Bureau, kind: str, organ: str) -> None:
    record = on_file(bureau, kind=kind, organ=organ)
    with pytest.raises(Refused) as refused:
        opened("official_restoration", record, bureau.servant, DUE)
    assert refused.value.slug == "official-no-application"


def test_what_has_run_out_needs_no_restoration(bureau: Bureau) -> None:
    record = on_file(bureau)
    with pytest.raises(Conflict, match="期满"):
        opened("official_restoration", record, bureau.servant, start_of_day(date(2027, 4, 11)))


def test_an_application_that_the_term_overtakes_is_closed_by_itself(bureau: Bureau) -> None:
    record = on_file(bureau)
    case = opened("official_restoration", record, bureau.servant, DUE)
    case = going(case, bureau.judge, "accept", "propose", at=DUE)
    over = start_of_day(date(2027, 4, 11))
    assert close_expired(over - 1) == 0
    assert close_expired(over) == 1
    assert close_expired(over) == 0
    case.refresh_from_db()
    assert case.state == "reversed"


def test_many_records_take_as_many_queries_as_two(bureau: Bureau, django_assert_max_num_queries: Any) -> None:
    for number in range(2):
        on_file(bureau, document=f"泰云处〔2026〕2{number}号")
    own, judge = browser_of(bureau.servant), browser_of(bureau.judge)
    form = {"number": SERVANT[0], "name": SERVANT[1], "purpose": "appointment", "matter": "泰组〔2026〕1号"}
    with CaptureQueriesContext(connection) as few:
        own.get("/account/records")
        judge.post("/office/officials/check", form)
    for number in range(2, 8):
        on_file(bureau, document=f"泰云处〔2026〕2{number}号")
    with django_assert_max_num_queries(len(few)):
        assert own.get("/account/records").content.decode().count("泰云处〔2026〕2") == 8
        assert judge.post("/office/officials/check", form).content.decode().count("泰云处〔2026〕2") == 8


def test_by_letter_the_authority_opens_the_case_with_the_signed_application(bureau: Bureau) -> None:
    record = on_file(bureau, whom=CANDIDATE, **CHEATING)
    end_identity(bureau.candidate, by=bureau.security, at=NOW + 1)
    with pytest.raises(Refused, match="签字的申请书"):
        opened("official_objection", record, bureau.clerk)
    assert not Case.objects.exists()
    case = opened("official_objection", record, bureau.clerk, files=[("signed_letter", pdf("申请书.pdf"))])
    with pytest.raises(Forbidden):
        take_step(case_id=case.pk, verb="verify", version=0, actor=acting(bureau.clerk, LATER), texts={}, at=LATER)
    with pytest.raises(Refused, match="签字的申请书"):
        take_step(case_id=case.pk, verb="withdraw", version=0, actor=acting(bureau.clerk, LATER), texts={}, at=LATER)
    case = going(case, bureau.reviewer, "verify")
    assert going(case, bureau.judge, "dismiss").state == "dismissed"


def test_a_candidate_without_an_office_does_it_all(bureau: Bureau) -> None:
    record = on_file(bureau, whom=CANDIDATE, **CHEATING)
    page = browser_of(bureau.candidate).get("/account/records").content.decode()
    assert "有 1 条有效的失信记录" in page
    assert f"/cases/open/official_objection/official_record/{record.pk}" in page
    form = {"ground": "wrong_content", "facts": "没有舞弊"}
    answer = browser_of(bureau.candidate).post(f"/cases/open/official_objection/official_record/{record.pk}/new", form)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    assert browser_of(bureau.candidate).get(str(answer["Location"])).status_code == 200
    assert browser_of(bureau.candidate).get(f"/officials/{record.pk}")["Location"].startswith("/account/records")


def test_nobody_else_sees_or_opens_it(bureau: Bureau) -> None:
    record = on_file(bureau)
    colleague = add_account(username="云杉局同事", department=bureau.works, role=Role.REVIEWER, password=PASSWORD, at=NOW)
    credit = add_account(username="信用办", department=bureau.works, role=Role.CREDIT_OFFICE, password=PASSWORD, at=NOW)
    auditor = add_account(username="审计", department=bureau.works, role=Role.AUDITOR, password=PASSWORD, at=NOW)
    strangers = (colleague, credit, auditor, bureau.candidate, bureau.stranger, bureau.security)
    for each in strangers:
        with pytest.raises(NotFound):
            opened("official_objection", record, each)
    with pytest.raises(NotFound):
        opened("official_objection", record, bureau.judge)
    case = opened("official_objection", record, bureau.servant)
    for each in strangers:
        assert cases_of(acting(each, LATER), only_open=False) == [], each.username
        assert browser_of(each).get(f"/cases/{case.pk}").status_code == 404
        assert browser_of(each).get(f"/officials/{record.pk}").status_code == 404
    system = actor_of(Caller(bureau.organisation), LATER)
    assert cases_of(system, only_open=False) == []
    with pytest.raises(Forbidden):
        take_step(case_id=case.pk, verb="verify", version=0, actor=system, texts={"finding": "right", "because": "x"}, at=LATER)
    for each in (bureau.servant, bureau.clerk, bureau.judge):
        assert [one.pk for one in cases_of(acting(each, LATER))] == [case.pk]
        assert browser_of(each).get(f"/cases/{case.pk}").status_code == 200
    assert browser_of(bureau.judge).get(f"/officials/{record.pk}").status_code == 200
    going(case, bureau.servant, "withdraw")
    assert browser_of(bureau.judge).get(f"/officials/{record.pk}").status_code == 404, "only while they decide"


def test_the_person_decides_nothing_about_themself_wherever_they_work(bureau: Bureau) -> None:
    record = on_file(bureau)
    case = opened("official_objection", record, bureau.clerk, files=[("signed_letter", pdf("申请书.pdf"))])
    bureau.servant.department = bureau.human_resources
    bureau.servant.save()
    case = going(case, bureau.reviewer, "verify")
    with pytest.raises(Forbidden) as refused:
        going_once(case, "revoke", bureau.servant)
    assert refused.value.slug == "own-person"
    assert going(case, bureau.servant, "withdraw").state == "withdrawn", "what is theirs they may do"


def test_a_late_case_is_told_to_the_two_authorities_and_to_nobody_else(bureau: Bureau) -> None:
    opened("official_objection", on_file(bureau), bureau.servant)
    before = set(Notice.objects.values_list("pk", flat=True))
    assert escalate(active.policy_set(), start_of_day(date(2026, 7, 20))) == 1
    told = set(Notice.objects.exclude(pk__in=before).values_list("to_kind", "to_key"))
    assert told == {("office", str(bureau.organisation.pk)), ("office", str(bureau.human_resources.pk))}


def test_an_unknown_person_handles_no_case(bureau: Bureau) -> None:
    record = on_file(bureau)
    case = opened("official_objection", record, bureau.servant)
    end_identity(bureau.reviewer, by=bureau.security, at=LATER)
    with pytest.raises(Forbidden) as refused:
        going_once(case, "verify", bureau.reviewer)
    assert refused.value.slug == "own-identity-needed"


def test_a_tie_that_ended_opens_nothing_and_is_told_nothing_more(bureau: Bureau) -> None:
    record = on_file(bureau)
    case = opened("official_objection", record, bureau.servant)
    end_identity(bureau.servant, by=bureau.security, at=LATER)
    before = Notice.objects.filter(to_key=f"account:{bureau.servant.pk}").count()
    going(case, bureau.clerk, "verify")
    assert Notice.objects.filter(to_key=f"account:{bureau.servant.pk}").count() == before
    assert browser_of(bureau.servant).get(f"/cases/{case.pk}").status_code == 404
    assert "还没有登记" in browser_of(bureau.servant).get("/account/records").content.decode()


def test_the_person_reads_who_looked(bureau: Bureau) -> None:
    record = on_file(bureau)
    asked(bureau.judge)
    assert browser_of(bureau.clerk).get(f"/officials/{record.pk}").status_code == 200
    case = opened("official_objection", record, bureau.servant)
    assert browser_of(bureau.judge).get(f"/cases/{case.pk}").status_code == 200
    page = browser_of(bureau.servant).get("/account/records").content.decode()
    for words in ("人社经办", "公务员记录核查", "任用；泰组〔2026〕1号", "组织部经办", "办理案件", "泰云处〔2026〕7号", "至 2027-04-10"):
        assert words in page, words
    assert SERVANT[0] not in page
    other = browser_of(bureau.candidate).get("/account/records").content.decode()
    assert "泰组" not in other
    assert "没有关于您的记录" in other


def test_where_there_is_no_second_authority_nothing_can_be_decided_and_it_says_so(bureau: Bureau) -> None:
    record = on_file(bureau)
    bureau.human_resources.closed_at = NOW
    bureau.human_resources.save()
    with pytest.raises(Refused) as refused:
        opened("official_objection", record, bureau.servant)
    assert refused.value.slug == "no-second-office"


def going_once(case: Case, verb: str, by: Account) -> None:
    step = next(each for each in active.policy_set().procedure(case.procedure).steps if each.verb == verb)
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(by, LATER), texts=texts_of(step, LATER), at=LATER)


def test_zeros_before_its_number_leave_no_record_undisputed(bureau: Bureau) -> None:
    record = on_file(bureau)
    rule = active.policy_set().procedure("official_objection")
    about = About("official_record", f"00{record.pk}")
    files = [(kind, pdf()) for kind in (*rule.opening.documents, "signed_letter")]
    case = open_case(
        procedure=rule.id, about=about, actor=acting(bureau.clerk, LATER), texts=texts_of(rule.opening, LATER), files=files, at=LATER
    )
    assert case.about_key == str(record.pk)
    assert asked(bureau.clerk, at=LATER).outcome is Outcome.REVIEW


def test_the_person_questions_a_look_and_the_audit_administrator_answers(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(LATER))
    on_file(bureau)
    asked(bureau.clerk)
    look = Read.objects.get(kind="official_check")
    person, stranger = browser_of(bureau.servant), browser_of(bureau.candidate)
    path = f"/account/records/reads/{look.pk}/question"
    assert stranger.post(path, {"because": "为什么"}).status_code == 404
    assert browser_of(bureau.stranger).post(path, {"because": "为什么"}).status_code == 404
    empty = person.post(path, {"because": " "})
    assert (empty.status_code, "要写明理由" in empty.content.decode()) == (422, True)
    assert person.post(path, {"because": "没有人找我谈过任用"})["Location"] == f"/account/records#read-{look.pk}"
    assert "等待答复" in person.get("/account/records").content.decode()
    assert person.post(path, {"because": "再问"}).status_code == 422, "one at a time"
    question = ReadQuestion.objects.get()
    audit = add_account(username="审计管理", department=bureau.works, role=Role.AUDIT_ADMIN, password=PASSWORD, at=NOW)
    desk = shown(browser_of(audit), audit)
    assert "没有人找我谈过任用" in desk.get("/office/reads").content.decode()
    answer = {"justified": "no", "answer": "该事项没有讨论过此人"}
    assert desk.post(f"/office/reads/questions/{question.pk}", answer).status_code == 302
    assert "没有正当理由，已经报警" in person.get("/account/records").content.decode()
    assert Case.objects.filter(procedure="incident").exists()
    sign_checkpoint(LATER + 1)
    assert fsck(at=LATER + 2).sound
