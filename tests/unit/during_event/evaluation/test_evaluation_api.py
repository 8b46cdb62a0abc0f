"""The API of an evaluation: for offices with a matter, reasons that add up, problems in one form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Read
from chengxin.access.services import issue_token
from chengxin.during_event.evaluation.reviews import ask_review
from chengxin.kernel.instants import date_of
from chengxin.policy import PolicySet
from tests.harness.evaluation_town import AT, STALL, Town
from tests.harness.penalties import code_of

ADDRESS = f"/api/v1/subjects/{code_of(1)}/evaluation"
MATTER = "泰市监〔2026〕9号"


def ask(town: Town, address: str = ADDRESS, **query: str) -> Any:
    token = issue_token(town.office, AT)
    return Client().get(address, query, headers={"Authorization": f"Bearer {token}"})


def test_the_answer_explains_itself(town: Town, policy_set: PolicySet) -> None:
    answer = ask(town, matter=MATTER)
    assert answer.status_code == 200
    said = answer.json()
    assert sum(each["milli_points"] for each in said["reasons"]) == said["score_milli_points"]
    assert (said["grade"], said["as_of"], said["policy"]) == ("A", str(date_of(AT)), policy_set.digest)
    penalty = next(each for each in said["reasons"] if each["kind"] == "record")
    assert penalty["document_number"] == "泰市监处罚〔2026〕1号"
    assert penalty["until"] > said["as_of"]
    assert all(isinstance(value, int) for each in said["reasons"] for value in [each["milli_points"]])
    assert said["not_collected"]
    assert said["external"] == []
    assert not said["review_waiting"]
    (read,) = Read.objects.filter(kind="evaluation")
    assert (read.account, read.department, read.matter, read.subject_id) == (None, town.office, MATTER, town.firm(1).pk)


def test_a_request_for_review_is_told(town: Town, policy_set: PolicySet) -> None:
    ask_review(town.firm(1), policy_set.evaluation_model("public_comprehensive"), because="有误", by=town.person("clerk"), at=AT)
    assert ask(town, matter=MATTER).json()["review_waiting"]


@pytest.mark.parametrize(
    ("code", "query", "status", "slug"),
    [
        (code_of(1), {}, 422, "purpose-required"),
        (code_of(1), {"matter": "号" * 201}, 422, "invalid-fields"),
        (code_of(1), {"matter": MATTER, "as_of": "2026-12-31"}, 422, "date-to-come"),
        (code_of(1), {"matter": MATTER, "as_of": "0001-01-01"}, 422, "date-before-policy"),
        (code_of(1), {"matter": MATTER, "as_of": "9999-12-31"}, 422, "date-to-come"),
        (code_of(1), {"matter": MATTER, "as_of": "soon"}, 422, "invalid-fields"),
        (code_of(1), {"matter": MATTER, "model": "construction"}, 404, "subject-not-graded"),
        (code_of(1), {"matter": MATTER, "model": "nosuch"}, 422, "no-such-policy"),
        (code_of(55), {"matter": MATTER}, 404, "subject-not-found"),
        (STALL, {"matter": MATTER}, 404, "subject-not-graded"),
    ],
)
def test_problems_say_what_to_do(town: Town, code: str, query: dict[str, str], status: int, slug: str) -> None:
    answer = ask(town, f"/api/v1/subjects/{code}/evaluation", **query)
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith(slug)
    assert answer.json()["detail"]


def test_nobody_else_is_answered(town: Town) -> None:
    assert Client().get(ADDRESS, {"matter": MATTER}).status_code == 401
    assert Client().get(ADDRESS, {"matter": MATTER}, headers={"Authorization": "Bearer wrong"}).status_code in {401, 403}
    assert town.client("security_admin").get(ADDRESS, {"matter": MATTER}).status_code == 403
    assert not Read.objects.filter(kind="evaluation").exists()
