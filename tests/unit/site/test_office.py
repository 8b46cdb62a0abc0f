"""工作台、比对、登录：a desk for every role; a pair is judged by a person with a reason; wrong log-ins look all the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.access.roles import LABELS, OFFICE_ROLES, Role
from chengxin.access.services import add_account
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.subjects.models import CandidatePair, Judgement, Subject
from chengxin.kernel.instants import start_of_day
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty
from tests.harness.second_factor import shown
from tests.harness.subjects import open_subject

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = start_of_day(date(2026, 11, 17)) + 36_000
PASSWORD = "quiet-mountain-7"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day after the sample hand-in."""
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))


def signed_in(role: Role, name: str = "", department: int = 1) -> Client:
    """A browser with somebody of this role signed in."""
    account = add_account(username=name or role.value, department=market_regulation(department), role=role, password=PASSWORD, at=HANDED_IN)
    return shown(Client(), account)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES))
def test_every_role_has_a_desk(role: Role) -> None:
    page = signed_in(role).get("/office/")
    assert page.status_code == 200
    assert LABELS[role] in page.content.decode()


def test_the_workbench_asks_for_a_log_in() -> None:
    answer = Client().get("/office/")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=%2Foffice%2F")


def test_a_reviewer_sees_what_waits_but_not_of_another_department() -> None:
    office, other = market_regulation(1), market_regulation(2)
    hand_in(office, [penalty(1, office.code)], channel=Channel.PAGE, file_name="本部门.csv", actor="somebody")
    hand_in(other, [penalty(2, other.code)], channel=Channel.PAGE, file_name="外部门.csv", actor="somebody")
    shown = signed_in(Role.REVIEWER).get("/office/").content.decode()
    assert "本部门.csv" in shown
    assert "外部门.csv" not in shown


def test_who_handed_in_is_not_asked_to_release() -> None:
    office = market_regulation()
    client = signed_in(Role.REVIEWER, name="self")
    hand_in(office, [penalty(1, office.code)], channel=Channel.PAGE, actor="self")
    assert "没有等待复核的报送" in client.get("/office/").content.decode()


def pair() -> CandidatePair:
    """Two subjects that may be one."""
    left, right = sorted([open_subject(1, "泰安云岭甲食品厂"), open_subject(2, "泰安市云岭甲食品厂")])
    features = [{"id": "name_similarity", "sentence": "名称相近（95%）", "speaks": 400, "detail": "云岭甲食品厂"}]
    return CandidatePair.objects.create(left_id=left, right_id=right, features=features, score=700, proposed_at=HANDED_IN)


def test_a_judgement_needs_a_reason_and_is_kept_with_its_author() -> None:
    waiting, client = pair(), signed_in(Role.CREDIT_OFFICE)
    assert "名称相近（95%）" in client.get("/office/matching").content.decode()
    refused = client.post(f"/office/matching/{waiting.pk}", {"verdict": "same", "because": " "})
    assert refused.status_code == 422
    assert not Judgement.objects.exists()
    done = client.post(f"/office/matching/{waiting.pk}", {"verdict": "same", "because": "登记档案显示为更名"})
    assert (done.status_code, done["Location"]) == (302, "/office/matching")
    judged = Judgement.objects.get()
    assert (judged.verdict, judged.by) == ("same", "credit_office")
    assert Subject.objects.get(pk=waiting.right_id).canonical_id == waiting.left_id
    assert "没有待判的对" in client.get("/office/matching").content.decode()


def test_an_unsure_pair_stays_in_the_queue() -> None:
    waiting, client = pair(), signed_in(Role.CREDIT_OFFICE)
    client.post(f"/office/matching/{waiting.pk}", {"verdict": "unsure", "because": "等登记机关答复"})
    assert "此前判定：说不准" in client.get("/office/matching").content.decode()


@pytest.mark.parametrize("verdict", ["", "retracted", "yes"])
def test_an_unknown_verdict_judges_nothing(verdict: str) -> None:
    waiting = pair()
    answer = signed_in(Role.CREDIT_OFFICE).post(f"/office/matching/{waiting.pk}", {"verdict": verdict, "because": "理由"})
    assert answer.status_code == 404
    assert not Judgement.objects.exists()


def test_a_clerk_may_not_judge() -> None:
    waiting, client = pair(), signed_in(Role.CLERK)
    assert client.get("/office/matching").status_code == 403
    assert client.post(f"/office/matching/{waiting.pk}", {"verdict": "same", "because": "理由"}).status_code == 403


def test_signing_in_leads_where_one_wanted_to_go_but_not_elsewhere() -> None:
    signed_in(Role.CLERK, name="clerk-li")
    given = {"username": "clerk-li", "password": PASSWORD}
    assert Client().post("/login", {**given, "next": "/office/pieces"})["Location"] == "/office/pieces"
    assert Client().post("/login", {**given, "next": "https://elsewhere.example/"})["Location"] == "/office/"


def test_wrong_password_unknown_and_revoked_account_get_one_answer() -> None:
    signed_in(Role.CLERK, name="clerk-li")
    signed_in(Role.CLERK, name="clerk-wu")
    Account.objects.filter(username="clerk-wu").update(revoked_at=HANDED_IN)
    tries = [("clerk-li", "wrong-password-1"), ("nobody", PASSWORD), ("clerk-wu", PASSWORD)]
    answers = [Client().post("/login", {"username": name, "password": password}) for name, password in tries]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert all("账号或口令不对，或者账号已停用。" in answer.content.decode() for answer in answers)


def test_what_was_typed_stays_except_the_password() -> None:
    shown = Client().post("/login", {"username": "clerk-li", "password": "not-the-password"}).content.decode()
    assert 'value="clerk-li"' in shown
    assert "not-the-password" not in shown


def test_signing_out_needs_a_post() -> None:
    client = signed_in(Role.CLERK)
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/office/").status_code == 302


def test_the_workbench_is_found_without_its_last_stroke(client: Client, db: None, policy_set: object) -> None:
    answer = client.get("/office")
    assert (answer.status_code, answer["Location"]) == (301, "/office/")
    assert client.get("/no-such-page").status_code == 404
