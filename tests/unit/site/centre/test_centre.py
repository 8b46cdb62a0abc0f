"""The enterprise centre: a firm sees its own file and nobody else's, acts, authorises an agent, takes everything away."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Mandate
from chengxin.casework.models import Case
from chengxin.during_event.evaluation.models import ReviewRequest
from chengxin.foundation.catalogue.commands import files_at
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from tests.harness.rights import Town, a_town, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 8, 3))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def signed_in(account: object) -> Client:
    client = Client()
    client.force_login(account)  # type: ignore[arg-type]
    return client


def code_of(town: Town) -> str:
    code = Subject.objects.get(pk=town.record.subject_id).code
    assert code
    return code


def test_its_own_file_with_what_it_can_do(town: Town) -> None:
    owner, code = signed_in(town.owner), code_of(town)
    assert owner.get("/centre").headers["Location"] == f"/centre/{code}"
    page = owner.get(f"/centre/{code}").content.decode()
    assert town.record.document_number in page
    assert f"/cases/open/objection/record/{town.record.pk}" in page
    assert f"/cases/open/restoration/record/{town.record.pk}" in page
    form = owner.get(f"/cases/open/objection/record/{town.record.pk}")
    assert form.status_code == 200
    sent = owner.post(
        f"/cases/open/objection/record/{town.record.pk}/new", {"ground": "wrong_content", "facts": "数额写错", "interest": ""}
    )
    case = Case.objects.get()
    assert sent.headers["Location"] == f"/cases/{case.pk}"
    page = owner.get(f"/centre/{code}").content.decode()
    assert f"/cases/{case.pk}" in page
    assert "有争议" in page
    assert owner.get(f"/cases/{case.pk}").status_code == 200


def test_nobody_elses(town: Town) -> None:
    code = code_of(town)
    stranger = signed_in(town.stranger)
    for path in ("", "/evaluation", "/agents", "/everything.json"):
        assert stranger.get(f"/centre/{code}{path}").status_code == 403, path
        assert Client().get(f"/centre/{code}{path}").status_code in {302, 401, 403}, path
        assert signed_in(town.clerk).get(f"/centre/{code}{path}").status_code == 403, path
    assert "还没有授权" in stranger.get("/centre").content.decode()
    assert stranger.get("/centre/91370900MA00000000").status_code == 404


def test_an_agent_acts_within_its_scope_until_it_is_ended(town: Town) -> None:
    owner, code, agent = signed_in(town.owner), code_of(town), signed_in(town.stranger)
    given = {"username": town.stranger.username, "scopes": ["view", "restoration"], "until_on": "2026-12-31", "reference": "委托书 1 号"}
    refused = owner.post(f"/centre/{code}/agents/new", given | {"username": "没有这个人"})
    assert refused.status_code == 422
    assert "委托书 1 号" in refused.content.decode(), "what was typed stays"
    assert owner.post(f"/centre/{code}/agents/new", given).status_code == 302
    assert agent.get(f"/centre/{code}").status_code == 200
    assert agent.get(f"/centre/{code}/everything.json").status_code == 403
    assert agent.post(f"/cases/open/objection/record/{town.record.pk}/new", {"ground": "other", "facts": "x"}).status_code in {
        302,
        403,
        422,
    }
    mandate = Mandate.objects.get(account=town.stranger)
    assert owner.post(f"/centre/{code}/agents/{mandate.pk}/end", {"because": "离职"}).status_code == 302
    assert agent.get(f"/centre/{code}").status_code == 403


def test_everything_to_take_away(town: Town) -> None:
    owner, code = signed_in(town.owner), code_of(town)
    answer = owner.get(f"/centre/{code}/everything.json")
    whole = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert whole["subject"] == code
    (record,) = whole["records"]
    assert record["fields"]["CF_WSH"] == town.record.document_number
    assert {each["username"] if "username" in each else each["kind"] for each in whole["mandates"]} == {"legal_representative"}
    assert "_submission" not in record["fields"]


def test_its_own_evaluation_without_a_purpose(town: Town) -> None:
    adopt_shipped_set(files=files_at(None), at=HANDED_IN - 1_000_000)
    owner, code = signed_in(town.owner), code_of(town)
    page = owner.get(f"/centre/{code}/evaluation")
    assert page.status_code == 200
    assert "公共信用综合评价" in page.content.decode()
    asked = owner.post(f"/centre/{code}/review", {"model": "public_comprehensive", "because": "处罚已经缴清"})
    assert asked.status_code == 302
    assert ReviewRequest.objects.get().asked_by == town.owner.username
