"""谁看过 in the enterprise centre: every look with its reason, delayed ones counted and never shown; a question; a proof; nobody else's."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.caller import Caller
from chengxin.access.delays import ask_delay, decide_delay
from chengxin.access.mandating import grant_mandate
from chengxin.access.models import Account, Read, ReadQuestion
from chengxin.access.questions import answer_question
from chengxin.access.reads import Reason, Seen, record_read, record_reads
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.access.types import MandateKind, Scope
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.ledger import sequencer
from chengxin.ledger.checkpoints import log_name
from chengxin.ledger.keys import verifiers
from chengxin.ledger.logs import READS
from chengxin.ledger.proofs import check_document
from chengxin.ledger.services import read_contents
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 8, 3))
DAY = 86_400
SECRET = "核查线索七号"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10))


def place_of(town: Town) -> str:
    return f"/centre/{Subject.objects.get(pk=town.record.subject_id).code}"


def caller_for(account: Account) -> Caller:
    return Caller(account.department, account, Role(account.role))


def look(by: Account, town: Town, matter: str = "泰市监〔2026〕7号", at: int = NOW - DAY) -> int:
    seen = Seen("record", str(town.record.pk), (town.record.subject_id,), "记录页")
    return record_read(caller_for(by), Reason("日常监管", matter), seen, at)


def delayed(town: Town, matter: str) -> None:
    asked = ask_delay(
        subject_id=town.record.subject_id, matter=matter, basis="示例依据", authority="示例机关〔2026〕1号", until=NOW + 30 * DAY,
        by=town.clerk, at=NOW - DAY,
    )  # fmt: skip
    decide_delay(asked.pk, grant=True, because="办案需要", by=town.reviewer, at=NOW - DAY)


def agent(town: Town, *scopes: Scope) -> Client:
    grant_mandate(
        account=town.stranger, subject_id=town.record.subject_id, kind=MandateKind.AGENT, reference="委托书", valid_from=NOW - DAY,
        valid_until=NOW + DAY, at=NOW - DAY, by=town.owner, scopes=frozenset(scopes),
    )  # fmt: skip
    return browser_of(town.stranger)


def asked_json(client: Client, path: str, expected: int = 200) -> dict[str, Any]:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == expected, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_every_look_with_its_reason_and_how_many_are_delayed(town: Town) -> None:
    look(town.credit, town)
    look(town.clerk, town, SECRET)
    delayed(town, SECRET)
    owner, place = browser_of(town.owner), place_of(town)
    answer = owner.get(f"{place}/reads")
    page = answer.content.decode()
    for said in ("泰安市发展和改革委员会", "信用办", "日常监管", "泰市监〔2026〕7号", "本部门的记录", "不公开信息 1 次", "另有 1 次依法"):
        assert said in page, said
    assert SECRET not in page
    assert answer["Cache-Control"] == "no-store"
    assert f"{place}/reads" in owner.get(place).content.decode(), "linked from the first page"
    told = asked_json(owner, f"{place}/reads")
    assert (told["total"], told["delayed"], len(told["reads"])) == (1, 1, 1)
    assert told["reads"][0]["matter"] == "泰市监〔2026〕7号"
    assert SECRET not in json.dumps(told, ensure_ascii=False)


def test_looking_at_oneself_is_no_look(town: Town) -> None:
    before = Read.objects.count()
    owner, place = browser_of(town.owner), place_of(town)
    assert owner.get(f"{place}/reads").status_code == 200
    asked_json(owner, f"{place}/reads")
    assert Read.objects.count() == before
    assert "还没有人看过" in owner.get(f"{place}/reads").content.decode()


def test_a_question_and_its_answer(town: Town) -> None:
    number = look(town.clerk, town)
    owner, place = browser_of(town.owner), place_of(town)
    sent = owner.post(f"{place}/reads/{number}/question", {"because": "我们在贵局没有事项"})
    assert sent.headers["Location"] == f"{place}/reads#read-{number}"
    asked = ReadQuestion.objects.get()
    assert (asked.asked_by, asked.because) == (town.owner, "我们在贵局没有事项")
    assert "等待答复" in owner.get(f"{place}/reads").content.decode()
    again = owner.post(f"{place}/reads/{number}/question", {"because": "再问"})
    assert again.status_code == 422
    assert "已经在查问" in again.content.decode()
    administrator = add_account(username="审计", department=town.credit_office, role=Role.AUDIT_ADMIN, password=PASSWORD, at=NOW)
    answer_question(asked.pk, justified=False, answer="说不出事项", by=administrator, at=NOW)
    page = owner.get(f"{place}/reads").content.decode()
    assert "没有正当理由，已经报警" in page
    assert "说不出事项" in page
    (line,) = asked_json(owner, f"{place}/reads")["reads"]
    assert (line["question"]["justified"], line["question"]["answer"]) == (False, "说不出事项")


def test_a_question_by_the_interface_needs_the_browsers_mark(town: Town) -> None:
    number, place = look(town.clerk, town), place_of(town)
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(town.owner)
    path, body = f"/api/v1{place}/reads/{number}/questions", {"because": "为什么"}
    assert checked.post(path, body, content_type="application/json").status_code == 403
    assert not ReadQuestion.objects.exists()
    made = browser_of(town.owner).post(path, body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert json.loads(made.content)["read"] == number
    assert browser_of(town.owner).post(path, body, content_type="application/json").status_code == 409


def test_an_empty_question_keeps_its_place(town: Town) -> None:
    number, place = look(town.clerk, town), place_of(town)
    refused = browser_of(town.owner).post(f"{place}/reads/{number}/question", {"because": "问" * 1001})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "不超过 1000 个字" in page
    assert "问" * 1001 in page, "what was typed stays"
    assert not ReadQuestion.objects.exists()


def test_a_line_of_somebody_else_or_a_delayed_one_is_no_line(town: Town) -> None:
    hidden, other = look(town.clerk, town, SECRET), record_read(caller_for(town.clerk), Reason("办理"), Seen("desk", "k", (999_999,)), NOW)
    delayed(town, SECRET)
    sequencer.run_once(NOW)
    owner, place = browser_of(town.owner), place_of(town)
    answers = []
    for number in (hidden, other, 10**12):
        assert owner.post(f"{place}/reads/{number}/question", {"because": "为什么"}).status_code == 404
        assert owner.get(f"{place}/reads/{number}/proof.json").status_code == 404
        answers.append(str(asked_json(owner, f"{place}/reads/{number}/proof", 404)["detail"]).replace(str(number), "N"))
    assert len(set(answers)) == 1, "delayed, somebody else's and none look the same"


def test_the_proof_of_a_line_once_a_checkpoint_covers_it(town: Town) -> None:
    number, place = look(town.clerk, town), place_of(town)
    owner = browser_of(town.owner)
    assert "下载证明" not in owner.get(f"{place}/reads").content.decode()
    assert owner.get(f"{place}/reads/{number}/proof.json").status_code == 404
    sequencer.run_once(NOW)
    assert f"{place}/reads/{number}/proof.json" in owner.get(f"{place}/reads").content.decode()
    answer = owner.get(f"{place}/reads/{number}/proof.json")
    assert answer["Cache-Control"] == "no-store"
    document = json.loads(answer.content)
    assert len(check_document(document, list(verifiers(log_name(log=READS))))) == 3
    assert f'"_read":"{number}"' in document["payload"]
    assert asked_json(owner, f"{place}/reads/{number}/proof") == document
    altered = document | {"payload": document["payload"].replace("日常监管", "日常检查")}
    assert base64.b64decode(document["salt"])
    with pytest.raises(Exception, match="改动"):
        check_document(altered, list(verifiers(log_name(log=READS))))


def test_an_agent_within_its_scope_and_nobody_without_a_mandate(town: Town) -> None:
    number, place = look(town.clerk, town), place_of(town)
    for path in (f"{place}/reads", f"{place}/reads/{number}/proof.json", f"/api/v1{place}/reads"):
        assert browser_of(town.stranger).get(path).status_code == 403, path
        assert browser_of(town.clerk).get(path).status_code == 403, path
        assert Client().get(path).status_code in {302, 401, 403}, path
    viewing = agent(town, Scope.VIEW)
    page = viewing.get(f"{place}/reads")
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert viewing.post(f"{place}/reads/{number}/question", {"because": "为什么"}).status_code == 403
    assert not ReadQuestion.objects.exists()


def test_a_mandate_that_is_over_opens_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    place, asking = place_of(town), agent(town, Scope.VIEW, Scope.OBJECTION)
    number = look(town.clerk, town)
    assert asking.get(f"{place}/reads").status_code == 200
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + DAY))
    again = browser_of(town.stranger)
    assert "授权已于" in again.get(f"{place}/reads").content.decode()
    assert again.post(f"{place}/reads/{number}/question", {"because": "为什么"}).status_code == 403
    assert again.get(f"/api/v1{place}/reads").status_code == 403
    assert not ReadQuestion.objects.exists()


def test_pages_follow_each_other(town: Town) -> None:
    seen = [Seen("record", str(n), (town.record.subject_id,), f"第{n}次") for n in range(60)]
    made = record_reads(caller_for(town.clerk), Reason("日常监管", "7号"), seen, NOW - DAY)
    owner, place = browser_of(town.owner), place_of(town)
    first = asked_json(owner, f"{place}/reads?limit=45")
    second = asked_json(owner, f"{place}/reads?limit=45&cursor={first['next_cursor']}")
    assert [each["id"] for each in (*first["reads"], *second["reads"])] == made[::-1]
    assert second["next_cursor"] == ""
    page = owner.get(f"{place}/reads").content.decode()
    assert 'rel="next"' in page
    assert owner.get(f"{place}/reads?cursor=xx").status_code == 422


def test_everything_to_take_away_has_the_looks_and_the_questions(town: Town) -> None:
    number = look(town.credit, town)
    look(town.clerk, town, SECRET)
    delayed(town, SECRET)
    owner, place = browser_of(town.owner), place_of(town)
    owner.post(f"{place}/reads/{number}/question", {"because": "为什么看我们"})
    text = b"".join(owner.get(f"{place}/everything.json").streaming_content).decode()  # type: ignore[attr-defined]
    whole = json.loads(text)
    assert [each["id"] for each in whole["reads"]] == [number]
    assert whole["reads_delayed"] == 1
    assert [each["because"] for each in whole["read_questions"]] == ["为什么看我们"]
    assert SECRET not in text
    content_id = int(whole["taken"]["number"].removeprefix("账本 c"))
    said = read_contents([content_id])[content_id]
    assert (said["_event"], said["_by"], said["_at"]) == ("access:own_file:downloaded", str(town.owner.pk), str(NOW))
    assert whole["taken"]["by"] == town.owner.username
