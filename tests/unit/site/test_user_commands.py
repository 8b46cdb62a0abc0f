"""``chengxin user``：a firm's account is opened for a subject on the strength of a document, an office's for a department, never both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from chengxin.access.mandates import mandates_of
from chengxin.access.models import Account, Mandate
from chengxin.access.types import EVERY_SCOPE
from chengxin.kernel import clock
from chengxin.site.command_line import REFUSED, run
from tests.harness.handing_in import market_regulation
from tests.harness.subjects import invented_code, open_subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
CODE = invented_code(1)


@pytest.fixture
def firm() -> int:
    return open_subject(1, "泰安示例商贸有限公司")


def ask(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == status
    return dict(json.loads(capsys.readouterr().out))


def test_a_firm_s_account_is_opened_for_its_subject(firm: int, capsys: pytest.CaptureFixture[str]) -> None:
    made = ask(capsys, "user", "add", "boss", "--subject", CODE, "--role", "enterprise", "--reference", "营业执照")
    assert (made["subject"], made["kind"], len(made["scopes"])) == (CODE, "legal_representative", len(EVERY_SCOPE))
    (held,) = mandates_of(Account.objects.get(username="boss").pk, clock.now())
    assert (held.subject_id, held.granted_by, held.reference) == (firm, None, "营业执照")


def test_an_agent_has_scopes_and_a_last_day(firm: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("user", "add", "agent", "--subject", CODE, "--role", "企业用户", "--kind", "agent", "--reference", "委托书1号")
    assert ask(capsys, *words, "--scopes", "view", status=REFUSED)["refused"]["slug"] == "mandate-term-open"
    assert not Account.objects.exists(), "no account stays behind a mandate that was refused"
    refused = ask(capsys, *words, "--scopes", "view,sign", "--until", "2099-12-31", status=REFUSED)["refused"]
    assert "“sign”" in refused["sentence"]
    made = ask(capsys, *words, "--scopes", "查看档案，objection", "--until", "2099-12-31")
    assert made["scopes"] == ["view", "objection"]
    assert run(["user", "end-mandate", "agent", "--subject", CODE, "--because", "离职"]) == 0
    assert Mandate.objects.get().ended_at is not None
    assert run(["user", "end-mandate", "agent", "--subject", CODE, "--because", "离职"]) == REFUSED
    capsys.readouterr()
    assert ask(capsys, "user", "mandate", "agent", "--subject", CODE, "--scopes", "download", "--until", "2099-12-31", "--reference", "2号")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role", "enterprise"),
        ("--role", "clerk"),
        ("--role", "clerk", "--subject", CODE, "--reference", "文"),
        ("--role", "enterprise", "--department", "11370900000000182F"),
        ("--role", "enterprise", "--subject", CODE, "--department", "11370900000000182F", "--reference", "文"),
    ],
)
def test_nobody_is_opened_as_both_or_neither(firm: int, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(capsys, "user", "add", "li", *arguments, status=REFUSED)["refused"]["slug"] == "account-firm-and-office"
    assert not Account.objects.exists()


def test_an_unknown_firm_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    told = ask(capsys, "user", "add", "boss", "--subject", CODE, "--role", "enterprise", "--reference", "文", status=REFUSED)
    assert CODE in told["refused"]["sentence"]


def test_a_firm_signs_in_and_finds_no_workbench(firm: int) -> None:
    assert run(["user", "add", "boss", "--subject", CODE, "--role", "enterprise", "--reference", "营业执照"]) == 0
    account = Account.objects.get()
    account.set_password("quiet-mountain-7")
    account.save()
    client = Client()
    answer = client.post("/login", {"username": "boss", "password": "quiet-mountain-7"})
    assert (answer.status_code, answer["Location"]) == (302, "/centre")
    assert "boss" in client.get("/").content.decode()
    for address in ("/office/", "/office/submissions", "/office/records", "/office/matching", "/evaluation/runs", "/tiering"):
        assert client.get(address).status_code == 403, address


def test_a_role_changes_on_the_next_request(capsys: pytest.CaptureFixture[str]) -> None:
    office = market_regulation(1)
    assert run(["user", "add", "li", "--department", office.code, "--role", "clerk"]) == 0
    client = Client()
    client.force_login(Account.objects.get(), backend="chengxin.site.signing_in.SlowingBackend")
    assert (client.get("/office/submissions/new").status_code, client.get("/office/matching").status_code) == (200, 403)
    assert run(["user", "role", "li", "信用办"]) == 0
    assert client.get("/office/matching").status_code == 200
    assert run(["user", "role", "li", "auditor"]) == 0
    assert client.get("/office/matching").status_code == 403
    assert client.get("/office/submissions/new").status_code == 403
