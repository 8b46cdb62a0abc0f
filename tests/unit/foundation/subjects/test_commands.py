"""``chengxin subject`` for people and for machines."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from chengxin.foundation.subjects import queries, services
from chengxin.foundation.subjects.commands import app
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel.refused import NotFound
from tests.harness.subjects import AT, ITEM, invented_code, open_rows, open_subject

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def registered() -> None:
    basics = {
        "MC": "泰安市岭上云商贸有限公司",
        "SHXYM": invented_code(1),
        "GSZC": "370902200012348",
        "FRDB": "王某甲",
        "XZQH": "370902",
        "LB": "法人",
    }
    services.join_registry(submission_id=1, item=ITEM, chunks=[open_rows(basics)], at=AT)


def test_a_code_a_number_and_a_name_lead_to_the_subject(registered: None) -> None:
    for words in (invented_code(1), invented_code(1).lower(), "370902200012348", "岭上云"):
        said = run(words)
        assert "泰安市岭上云商贸有限公司（法人）" in said
        assert "工商注册号  370902200012348" in said
        assert "法定代表人  王某甲" in said


def test_one_object_on_stdout(registered: None) -> None:
    (found,) = json.loads(run(invented_code(1), "--json"))["subjects"]
    assert found["code"] == invented_code(1)
    assert found["numbers"] == {"registration_number": "370902200012348"}
    assert found["in_registry"] is True


def test_several_are_listed(registered: None) -> None:
    open_subject(2, "岭上云科技（泰安）有限公司")
    assert len(run("岭上云").splitlines()) == 2


def test_a_merged_subject_leads_to_the_one_it_was_judged_to_be(registered: None) -> None:
    other = open_subject(2, "岭上云科技（泰安）有限公司")
    subject = queries.subject_by_code(invented_code(1))
    assert subject is not None
    services.judge_pair(left_id=subject.id, right_id=other, verdict=Verdict.SAME, because="档案核对", by="甄别员", at=AT)
    (found,) = json.loads(run(invented_code(2), "--json"))["subjects"]
    assert (found["code"], found["same_as"]) == (invented_code(1), [invented_code(2)])


def test_nobody_is_found_by_a_persons_name() -> None:
    open_rows({"MC": "李某云", "LB": "自然人", "_person": b"\x01" * 32})
    with pytest.raises(NotFound, match="没有找到"):
        run("李某云")
