"""投诉不用账户：filed without an account, followed with number and code, decided by others; the code is nowhere but on the receipt."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client

from chengxin.access.attempts import forget_old_attempts, keyed
from chengxin.access.models import Account, FailedSignIn
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case, CaseDocument, CasePerson, CaseStep, Notice
from chengxin.casework.notices import OUTBOX, send_waiting
from chengxin.casework.seeing import NOT_SHOWN
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, read_contents, sign_checkpoint
from chengxin.policy import PolicySet
from chengxin.rights.complaints.codes import digest_of, read_code
from tests.harness.procedures import follow
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
NAME, PHONE = "李如实", "139-0000-1111"
SAID = {"ground": "delay", "facts": "三个月没有答复", "complainant_name": NAME, "contact": PHONE}
WRONG = "受理号或者查询码不对"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10))


@pytest.fixture
def second(town: Town) -> Account:
    return add_account(username="信用办二", department=town.credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=HANDED_IN)


def file(town: Town, client: Client | None = None, address: str = "192.0.2.1", **changes: Any) -> tuple[str, str]:
    """File a complaint by the form; number and code from the receipt."""
    sent = SAID | {"file.evidence": pdf("身份证.pdf")} | changes
    got = (client or Client()).post(f"/complain/{town.office.code}/file", sent, REMOTE_ADDR=address)
    assert got.status_code == 201, got.content.decode()
    page = unescape(got.content.decode())
    number, code = re.search(r"投诉〔2026〕\d+号", page), re.search(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}", page)
    assert number
    assert code
    assert "任何人都不能恢复" in page
    assert got["Cache-Control"] == "no-store"
    assert code[0] not in str(got.cookies)
    return number[0], code[0]


def opened(number: str, code: str, address: str = "192.0.2.7") -> Client:
    """A browser in which the complaint is open."""
    client = Client(REMOTE_ADDR=address)
    assert client.post("/complain/follow", {"number": number, "code": code})["Location"] == "/complain/follow"
    return client


def test_from_the_list_of_offices_to_the_end(town: Town, second: Account, policy_set: PolicySet) -> None:
    anybody = Client()
    assert "/complain" in anybody.get("/").content.decode()
    listed = anybody.get("/complain", {"words": town.office.name[:3]})
    assert f"/complain/{town.office.code}" in listed.content.decode()
    assert "没有这样的部门" in anybody.get("/complain", {"words": "不存在"}).content.decode()
    form = anybody.get(f"/complain/{town.office.code}")
    assert form["Cache-Control"] == "no-store"
    for asked in policy_set.procedure("complaint").opening.asks:
        assert (f'name="{asked.id}"' in form.content.decode()) is (asked.id != "in_name_of"), "the file says what is asked"
    number, code = file(town)
    client = opened(number, code)
    page = client.get("/complain/follow")
    text = unescape(page.content.decode())
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    for shown in (NAME, PHONE, "身份证.pdf", "起算（当日不计），5个工作日", "已收到您的投诉", "撤回投诉", "补充"):
        assert shown in text, shown
    document = CaseDocument.objects.get()
    assert client.get(f"/complain/follow/documents/{document.pk}").getvalue().startswith(b"%PDF")
    case = Case.objects.get()
    rule = policy_set.procedure("complaint")
    follow(case, rule, [("accept", town.credit), ("answer", town.clerk)], NOW)
    more = {"version": "2", "more": "还有一份回执", "file.evidence": pdf("回执.pdf")}
    assert client.post("/complain/follow/supply", more)["Location"] == "/complain/follow"
    follow(case, rule, [("uphold", second)], NOW, correct="当日答复", document_number="泰信改〔2026〕1号")
    text = unescape(client.get("/complain/follow").content.decode())
    assert "投诉成立，已责令整改" in text
    assert "已责令限期整改：当日答复" in text
    assert "还有一份回执" in text
    assert not client.get("/complain/follow").context["moves"]
    assert client.post("/complain/follow/withdraw", {"version": "4"}).status_code == 409, "it is over"
    left = client.post("/complain/follow/leave")
    assert left["Location"] == "/complain/follow"
    assert NAME not in client.get("/complain/follow").content.decode()
    sign_checkpoint(NOW)
    assert not fsck(at=NOW).fault_count


def test_withdrawn_with_the_code(town: Town) -> None:
    client = opened(*file(town))
    stale = client.post("/complain/follow/withdraw", {"version": "7"})
    assert (stale.status_code, "已有新的办理" in stale.content.decode()) == (409, True)
    assert client.post("/complain/follow/withdraw", {"version": "0"}).status_code == 302
    assert Case.objects.get().state == "withdrawn"
    assert client.post("/complain/follow/accept", {"version": "1"}).status_code == 409


def test_the_code_is_nowhere_but_on_the_receipt(town: Town, caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    caplog.set_level(logging.DEBUG)
    number, code = file(town)
    client = opened(number, code)
    client.get("/complain/follow")
    client.post("/complain/follow", {"number": number, "code": code[:-1] + ("0" if code[-1] != "0" else "1")})
    send_waiting(NOW)
    plain = read_code(code)
    kept = "".join(serializers.serialize("json", model.objects.all()) for model in apps.get_models())
    kept += json.dumps([str(list(read_contents([each]))) for each in CaseStep.objects.values_list("content_id", flat=True)])
    logged = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in caplog.records)
    assert "follow" in logged, "the requests themselves are logged"
    cookies = str(client.cookies)
    for place, text in {"database": kept, "log": logged, "cookies": cookies}.items():
        assert plain not in text.replace("-", "").upper(), place
    assert digest_of(code) in kept, "only the digest is there"
    assert "REMOTE" not in logged
    assert "192.0.2" not in kept + logged
    outbox = "".join(each.read_text() for each in (settings.CHENGXIN_HOME / OUTBOX).glob("*.json"))
    assert "visitor:" not in outbox, "there is nobody to send it to"


def test_wrong_is_wrong_in_one_and_the_same_words(town: Town) -> None:
    number, code = file(town)
    file_by_account = browser_of(town.stranger).post(
        f"/cases/open/complaint/office/{town.office.code}/new", {"ground": "delay", "facts": "x"}
    )
    other = file_by_account["Location"].rpartition("/")[2]
    _, strange = file(town)
    answers = set()
    for tried, with_code in (
        (number, strange),
        ("99999", code),
        (other, code),
        ("2025-1", code),
        ("", code),
        (number, ""),
        ("x", "y"),
        (number, "\n"),
    ):
        got = Client(REMOTE_ADDR="192.0.2.9").post("/complain/follow", {"number": tried, "code": with_code})
        answers.add((got.status_code, re.sub(r'value="[^"]*"', "", got.content.decode())))
        said = Client(REMOTE_ADDR="192.0.2.10").post("/api/v1/complaints/state", {"number": tried or "-", "code": with_code or "-"}).json()
        assert (said["status"], WRONG in said["detail"]) == (404, True)
        assert said["type"].endswith("/problems/complaint-code-wrong")
    assert len(answers) == 1
    ((status, page),) = answers
    assert (status, WRONG in page) == (404, True)


def test_who_guesses_is_told_to_wait_and_locks_nobody_out(town: Town) -> None:
    mine, other = file(town), file(town)
    guess = "0" * 25
    for tries in range(8):
        got = Client(REMOTE_ADDR="192.0.2.1").post("/complain/follow", {"number": mine[0], "code": guess})
        assert got.status_code == (404 if tries < 5 else 429), tries
    kept = FailedSignIn.objects.count()
    Client(REMOTE_ADDR="192.0.2.1").post("/complain/follow", {"number": mine[0], "code": guess})
    assert FailedSignIn.objects.count() == kept, "what is refused is not written down again"
    for address in ("192.0.2.1", "192.0.2.2"):
        for number, code in (mine, other):
            opened(number, code, address)
    for number in range(1_000, 1_060):
        Client(REMOTE_ADDR="192.0.2.1").post("/complain/follow", {"number": str(number), "code": guess})
    assert Client(REMOTE_ADDR="192.0.2.1").post("/complain/follow", {"number": "5000", "code": guess}).status_code == 429
    opened(*other, "192.0.2.1")
    assert not FailedSignIn.objects.filter(who=keyed(f"complaint:{Case.objects.earliest('pk').pk}")).exists(), "its owner came"
    forget_old_attempts(NOW + 86_399)
    assert FailedSignIn.objects.exists()
    forget_old_attempts(NOW + 86_400)
    assert not FailedSignIn.objects.exists(), "nothing is kept that counts no longer"
    signed_in = Client(REMOTE_ADDR="192.0.2.1").post("/login", {"username": town.clerk.username, "password": PASSWORD})
    assert signed_in.status_code == 302, "nor does it keep anybody from signing in"


def test_flooding_from_one_address_stops_and_no_other_is_stopped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengxin.rights.complaints.visitors.hand_in_limits", lambda at: _Limits())
    first = file(town)
    file(town)
    got = Client(REMOTE_ADDR="192.0.2.1").post(f"/complain/{town.office.code}/file", SAID)
    assert got.status_code == 422
    assert "太多" in got.content.decode()
    assert "三个月没有答复" in got.content.decode(), "what was typed stays"
    program = Client(REMOTE_ADDR="192.0.2.1").post("/api/v1/complaints", {"office": town.office.code, "said": json.dumps(SAID)})
    assert program.status_code == 429
    file(town, address="192.0.2.2")
    client = opened(*first, "192.0.2.1")
    assert client.post("/complain/follow/supply", {"version": "0", "more": "又及"}).status_code == 422
    assert client.post("/complain/follow/withdraw", {"version": "0"}).status_code == 302, "to withdraw is never too much"
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 101))
    file(town)
    assert FailedSignIn.objects.count() == 1, "who handed in from where is forgotten with the window"


class _Limits:
    window, times = 100, 2


def test_the_page_loaded_again_does_not_complain_twice(town: Town) -> None:
    client = Client()
    form = client.get(f"/complain/{town.office.code}").context["once"]
    file(town, client, once=form)
    again = client.post(f"/complain/{town.office.code}/file", SAID | {"once": form})
    assert (again.status_code, "已经提交过" in again.content.decode()) == (409, True)
    assert Case.objects.count() == 1
    file(town, client, once=client.get(f"/complain/{town.office.code}").context["once"])
    assert Case.objects.count() == 2


def test_bad_input_gets_a_sentence_and_loses_nothing(town: Town) -> None:
    form = f"/complain/{town.office.code}/file"
    for changes, words in (
        ({"facts": ""}, "没有填写“事情的经过”"),
        ({"ground": "dream"}, "没有“dream”这个选项"),
        ({"facts": "长" * 3_000}, "不得超过"),
        ({"file.evidence": io.BytesIO(b"MZ not a document")}, "不是可以接收的文件"),
        ({"file.explanation": pdf()}, "不由投诉人提交"),
        ({"file.dream": pdf()}, "没有“dream”这种材料"),
        ({"in_name_of": str(town.record.subject_id)}, "没有授权"),
        ({"other": "x"}, "不收“other”"),
    ):
        got = Client().post(form, SAID | changes)
        assert (got.status_code, words in unescape(got.content.decode())) == (422, True), words
        assert NAME in got.content.decode()
    assert not Case.objects.exists()
    assert not FailedSignIn.objects.exists(), "a form that was refused is not counted"
    for code in ("0" * 18, "x", "²"):
        assert Client().get(f"/complain/{code}").status_code == 404
        assert Client().post(f"/complain/{code}/file", SAID).status_code == 404
    nobody = Client().get(f"/complain/{town.credit_office.code}")
    assert (nobody.status_code, "第二个机关" in nobody.content.decode()) == (200, True), "a link leads here: the page says why not"
    assert 'name="facts"' not in nobody.content.decode()
    assert Client().get("/complain/follow/withdraw").status_code == 405
    assert Client().post("/complain/follow/withdraw", {"version": "0"}).status_code == 404
    assert Client().get("/complain/follow/documents/1").status_code == 404
    forged = Client()
    forged.cookies["chengxin_complaint"] = "WzEsICJ4Il0:x:y"
    assert forged.get("/complain/follow").status_code == 200
    assert "受理号" in forged.get("/complain/follow").content.decode()


def test_who_is_signed_in_complains_as_who_they_are(town: Town, second: Account) -> None:
    for account in (town.clerk, second, town.stranger):
        client = browser_of(account)
        assert client.get(f"/complain/{town.office.code}").status_code == 302
        assert client.post(f"/complain/{town.office.code}/file", SAID).status_code in {302, 422}
    assert not Case.objects.exists()


def test_after_a_while_without_use_the_code_is_asked_for_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = opened(*file(town))
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 1_700))
    assert NAME in client.get("/complain/follow").content.decode()
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 1_700 + 1_900))
    assert NAME not in client.get("/complain/follow").content.decode()
    assert client.post("/complain/follow/withdraw", {"version": "0"}).status_code == 404
    assert Case.objects.get().state == "filed"


def test_one_complaint_opens_no_other(town: Town) -> None:
    client = opened(*file(town))
    file(town, facts="另外一件", complainant_name="王二")
    theirs = CaseDocument.objects.order_by("pk").last()
    assert theirs is not None
    assert client.get(f"/complain/follow/documents/{theirs.pk}").status_code == 404
    assert "另外一件" not in client.get("/complain/follow").content.decode()
    assert Client().get("/cases/1").status_code == 302, "the pages of accounts stay closed"


def test_nobody_else_learns_that_it_was_somebody_without_an_account(town: Town, second: Account, policy_set: PolicySet) -> None:
    """What the office sees of the three kinds of complainants differs in nothing but what they wrote into the facts."""
    file(town)
    bare = {"complainant_name": "", "contact": "", "file.evidence": ""}
    browser_of(town.stranger).post(f"/cases/open/complaint/office/{town.office.code}/new", SAID)
    firm = SAID | {"in_name_of": str(town.record.subject_id)}
    assert browser_of(town.owner).post(f"/cases/open/complaint/office/{town.office.code}/new", firm).status_code == 302
    file(town, **bare)
    rule, seen = policy_set.procedure("complaint"), set()
    for case in Case.objects.order_by("pk"):
        follow(case, rule, [("accept", town.credit)], NOW)
        client = browser_of(town.clerk)
        page, said = client.get(f"/cases/{case.pk}").content.decode(), client.get(f"/api/v1/cases/{case.pk}").json()
        assert NOT_SHOWN in page
        for word in (NAME, PHONE, "身份证", "visitor", "没有账户", Subject.objects.get(pk=town.record.subject_id).name, "subject:"):
            assert word not in page + json.dumps(said, ensure_ascii=False), word
        seen.add((json.dumps([each["said"] for each in said["steps"]]), tuple(re.findall(r"<dt>(.*?)</dt>", page))))
    assert len(seen) == 1
    told = json.dumps(list(Notice.objects.filter(to_kind="office").values("title", "text")), ensure_ascii=False)
    assert NAME not in told
    assert CasePerson.objects.filter(person__startswith="visitor:").count() == 2


def test_by_program(town: Town, second: Account) -> None:
    client = Client()
    sent = {"office": town.office.code, "said": json.dumps(SAID), "kinds": "evidence", "files": pdf("材料.pdf")}
    made = client.post("/api/v1/complaints", sent)
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    receipt = made.json()
    proof = {"number": receipt["number"], "code": receipt["code"]}
    state = client.post("/api/v1/complaints/state", proof)
    assert (state.status_code, state["Cache-Control"]) == (200, "no-store")
    found = state.json()
    assert (found["state"], found["steps"][0]["said"]["complainant_name"]) == ("filed", NAME)
    assert "code" not in found
    assert [each["verb"] for each in found["next"]] == ["supply", "withdraw"]
    assert "已收到" in found["told"][0]["text"]
    step = proof | {"version": 0, "said": json.dumps({"more": "又及"})}
    assert client.post("/api/v1/complaints/steps/supply", step).json()["version"] == 1
    late = client.post("/api/v1/complaints/steps/supply", step)
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert client.post("/api/v1/complaints/steps/accept", proof | {"version": 1}).status_code == 403
    assert browser_of(second).post("/api/v1/complaints", sent | {"files": pdf()}).status_code == 403
    assert client.get("/api/v1/complaints").status_code == 405
    assert client.post("/api/v1/complaints", {}).status_code == 422
