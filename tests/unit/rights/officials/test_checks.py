"""核查：who may ask, what is answered, and that the question is on record before the answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError
from django.test import Client

from chengxin.access import mass_reading, reads
from chengxin.access.models import Delegation, Read
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.kernel import clock
from chengxin.kernel.instants import end_of_day, start_of_day
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.rights.officials.checks import ask
from chengxin.rights.officials.models import Answered
from chengxin.rights.officials.types import Outcome
from tests.harness.officials import CANDIDATE, CHEATING, NOW, SERVANT, Bureau, a_bureau, asked, calling, let_ask, on_file
from tests.harness.penalties import person_number
from tests.harness.rights import PASSWORD, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
LET = {"purpose": "honours", "matter": "2026 年先进评选"}


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 60))
    return a_bureau()


def test_the_answer_is_the_reasons_with_their_basis_and_terms(bureau: Bureau) -> None:
    assert asked(bureau.clerk).outcome is Outcome.NONE
    record = on_file(bureau)
    on_file(bureau, proof=None, kind="commendation", document="泰政奖〔2026〕1号", delivered_on="", delivery_method="")
    answer = asked(bureau.judge)
    assert (answer.outcome, answer.as_of, len(answer.commendations)) == (Outcome.IN_FORCE, NOW + 60, 1)
    (reason,) = answer.reasons
    assert (reason.record_id, reason.document, reason.organ) == (record.pk, "泰云处〔2026〕7号", "泰安市云杉管理局")
    assert (reason.effect.since, reason.effect.until) == (start_of_day(date(2026, 4, 10)), end_of_day(date(2027, 4, 10)))
    assert asked(bureau.clerk, purpose="hiring").outcome is Outcome.NONE, "a demerit says nothing about hiring"
    assert asked(bureau.clerk, at=end_of_day(date(2027, 4, 10))).outcome is Outcome.NONE, "over by itself"
    assert not hasattr(answer, "score")


def test_cheating_in_the_examination_bars_hiring_for_its_term(bureau: Bureau) -> None:
    on_file(bureau, whom=CANDIDATE, **CHEATING)
    on_file(bureau, whom=SERVANT, **(CHEATING | {"kind": "exam_substitution", "document": "泰人考〔2026〕4号"}))
    assert asked(bureau.judge, CANDIDATE, purpose="hiring").outcome is Outcome.IN_FORCE
    over = end_of_day(date(2031, 4, 10))
    assert asked(bureau.judge, CANDIDATE, at=over - 1, purpose="hiring").outcome is Outcome.IN_FORCE
    assert asked(bureau.judge, CANDIDATE, at=over, purpose="hiring").outcome is Outcome.NONE
    assert asked(bureau.judge, SERVANT, at=over, purpose="hiring").outcome is Outcome.IN_FORCE


def test_what_waits_or_was_sent_back_answers_nothing(bureau: Bureau) -> None:
    from chengxin.rights.officials.services import decline_record
    from tests.harness.officials import handed_in

    waiting = handed_in(bureau)
    assert asked(bureau.clerk).outcome is Outcome.NONE
    decline_record(waiting.pk, "录错", caller=calling(bureau.reviewer), at=NOW)
    assert asked(bureau.clerk).outcome is Outcome.NONE


def test_another_name_for_the_number_is_for_a_person_to_look_at(bureau: Bureau) -> None:
    on_file(bureau)
    answer = asked(bureau.clerk, (SERVANT[0], "别人"))
    assert (answer.outcome, answer.reasons) == (Outcome.REVIEW, ())
    assert "不一致" in answer.review
    assert asked(bureau.clerk, (SERVANT[0], " 云 一鸣 ")).outcome is Outcome.IN_FORCE, "spaces are no other name"
    assert asked(bureau.clerk, (CANDIDATE[0], SERVANT[1])).outcome is Outcome.NONE, "the name alone finds nobody"
    assert not Answered.objects.filter(at=NOW + 60).exclude(recipient=f"account:{bureau.clerk.pk}").exists()


@pytest.mark.parametrize(
    ("whom", "changes", "slug"),
    [
        (("", SERVANT[1]), {}, "official-number-missing"),
        ((SERVANT[0], ""), {}, "official-name-missing"),
        ((SERVANT[0][:-1] + "Y", SERVANT[1]), {}, "official-number-invalid"),
        (SERVANT, {"purpose": "curiosity"}, "official-purpose"),
        (SERVANT, {"purpose": ""}, "official-purpose"),
        (SERVANT, {"matter": " "}, "purpose-required"),
        (SERVANT, {"matter": "长" * 201}, "reason-too-long"),
    ],
)
def test_a_question_that_is_not_complete_is_not_answered(bureau: Bureau, whom: tuple[str, str], changes: dict[str, str], slug: str) -> None:
    on_file(bureau)
    with pytest.raises(Refused) as refused:
        asked(bureau.clerk, whom, **changes)
    assert refused.value.slug == slug
    assert not Read.objects.filter(kind="official_check").exists()


def test_everybody_else_is_refused(bureau: Bureau) -> None:
    on_file(bureau)
    credit = add_account(username="信用办", department=bureau.works, role=Role.CREDIT_OFFICE, password=PASSWORD, at=NOW)
    auditor = add_account(username="审计", department=bureau.organisation, role=Role.AUDITOR, password=PASSWORD, at=NOW)
    for account in (bureau.servant, bureau.candidate, bureau.stranger, bureau.security, credit, auditor):
        with pytest.raises(Forbidden):
            asked(account)


def test_a_department_asks_only_what_the_authority_let_it_ask(bureau: Bureau) -> None:
    on_file(bureau)
    let_ask(bureau)
    assert asked(bureau.servant, CANDIDATE, **LET).outcome is Outcome.NONE
    assert asked(bureau.servant, **LET).outcome is Outcome.IN_FORCE
    for changes in ({"purpose": "appointment"}, {"matter": "别的事项"}):
        with pytest.raises(Forbidden) as refused:
            asked(bureau.servant, **(LET | changes))
        assert refused.value.slug == "official-matter"
    with pytest.raises(Forbidden):
        asked(bureau.servant, at=NOW + 86_400 * 30, **LET)
    Delegation.objects.update(principal=bureau.works, delegate=bureau.human_resources)
    with pytest.raises(Forbidden):
        asked(bureau.servant, **LET)


def test_the_question_is_on_record_whatever_the_answer_is(bureau: Bureau) -> None:
    asked(bureau.clerk)
    (row,) = Read.objects.filter(kind="official_check")
    assert (row.account_id, row.purpose, row.matter, row.subject_id) == (bureau.clerk.pk, "任用", "泰组〔2026〕1号", None)
    assert SERVANT[0] not in row.key
    assert len(row.key) == 64


def test_no_record_of_the_question_no_answer(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(bureau)

    def fails(*_args: object, **_named: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(reads.Read.objects, "bulk_create", fails)
    with pytest.raises(DatabaseError):
        asked(bureau.clerk)
    assert not Answered.objects.exists()


def test_asking_about_many_raises_the_alarm(bureau: Bureau) -> None:
    for serial in range(400, 420):
        asked(bureau.clerk, (person_number(serial, "19700101"), "某某"))
    assert mass_reading.watch_reading(NOW + 60) == []
    asked(bureau.clerk, (person_number(420, "19700101"), "某某"))
    (alarm,) = mass_reading.watch_reading(NOW + 60)
    assert alarm.account == bureau.clerk
    assert "一小时内的公务员查看 21" in alarm.sentence


def test_the_page_answers_once_and_keeps_nothing(bureau: Bureau) -> None:
    on_file(bureau)
    browser = browser_of(bureau.clerk)
    form = {"number": SERVANT[0], "name": SERVANT[1], "purpose": "appointment", "matter": "泰组〔2026〕1号"}
    answer = browser.post("/office/officials/check", form)
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "有有效的失信记录" in page
    assert "泰云处〔2026〕7号" in page
    assert SERVANT[0] not in page
    assert Read.objects.filter(kind="official_check").count() == 1, "once, not once more by the page"
    refused = browser.post("/office/officials/check", form | {"number": ""})
    assert refused.status_code == 422
    assert "同名的人不止一个" in refused.content.decode()
    assert browser_of(bureau.servant).post("/office/officials/check", form).status_code == 403
    assert "您的单位不能核查" in browser_of(bureau.servant).get("/office/officials").content.decode()


def test_a_system_asks_by_its_token_and_gets_the_same(bureau: Bureau) -> None:
    record = on_file(bureau)
    system = Client(headers={"Authorization": f"Bearer {issue_token(bureau.human_resources, NOW)}"})
    body = {"number": SERVANT[0], "name": SERVANT[1], "purpose": "appointment", "matter": "泰组〔2026〕1号"}
    told = system.post("/api/v1/official-checks", body, content_type="application/json").json()
    assert (told["outcome"], told["as_of"], told["reasons"][0]["record"]) == ("in_force", "2026-07-06T01:01:00Z", record.pk)
    assert (told["reasons"][0]["since"], told["reasons"][0]["until"]) == ("2026-04-10", "2027-04-10")
    assert not {"score", "grade", "name", "number"} & {*told, *told["reasons"][0]}
    assert Read.objects.filter(kind="official_check", account=None, department=bureau.human_resources).count() == 1
    bad = system.post("/api/v1/official-checks", body | {"number": "123"}, content_type="application/json")
    assert (bad.status_code, bad["Content-Type"]) == (422, "application/problem+json")
    assert bad.json()["where"] == {"field": "number"}
    stranger = Client(headers={"Authorization": f"Bearer {issue_token(bureau.works, NOW)}"})
    assert stranger.post("/api/v1/official-checks", body, content_type="application/json").status_code == 403
    assert Client().post("/api/v1/official-checks", body, content_type="application/json").status_code in {401, 403}
    session = Client(enforce_csrf_checks=True)
    session.force_login(bureau.clerk)
    assert session.post("/api/v1/official-checks", body, content_type="application/json").status_code == 403
    assert system.get("/api/v1/official-checks").status_code == 405, "there is no list"


def test_a_kind_that_the_table_forgot_is_an_error_and_no_answer(bureau: Bureau) -> None:
    record = on_file(bureau)
    type(record).objects.update(kind="forgotten")
    with pytest.raises(Refused, match="没有写明"):
        ask(number=SERVANT[0], name=SERVANT[1], purpose="appointment", matter="泰组", caller=calling(bureau.clerk), at=NOW + 60)
