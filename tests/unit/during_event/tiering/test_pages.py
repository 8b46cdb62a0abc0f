"""Tiers for the credit office and the office of the field: numbers with their sentences, never a list of firms."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.foundation.catalogue import page_tables, reading
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.policy import PolicySet
from chengxin.site.command_line import run
from tests.harness import recording
from tests.unit.during_event.tiering.test_classes import AS_OF, CITY, run_of, subject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(start_of_day(AS_OF) + 36_000))
    for number in range(1, 41):
        subject(number, kind=4 if number > 30 else 2)
    run_of(CITY, {number: "ABCD"[number % 4] for number in range(1, 29)})


def signed_in(role: str, office: str = "泰安市市场监督管理局", code: str = "11370900004341048P") -> Client:
    account = Account.objects.create(username=f"{role}-{code}", role=role, department=recording.department(office, code))
    visitor = Client()
    visitor.force_login(account)
    return visitor


def test_the_numbers_stand_beside_the_sentences_and_no_firm_is_named() -> None:
    office = signed_in("credit_office")
    page = office.get("/tiering/registration_and_publicity").content.decode()
    sentences = ("不对外公开", "它不是处罚", "没有一类可以免查", "个体工商户不评等级，按普通类别")
    for words in ("40 个主体，全年预计抽查 6 次", *sentences, "/policy/registration_and_publicity"):
        assert words in page, words
    assert "测例" not in page
    food = office.get("/tiering/food_matters").content.decode()
    assert "全部覆盖" in food
    assert "由抽查对象库确定" in office.get("/tiering/hazardous_chemical_matters").content.decode()


def test_an_office_sees_its_own_field_only() -> None:
    market, builder = signed_in("clerk"), signed_in("clerk", "泰安市住房和城乡建设局", "113709000043410483")
    assert "食品生产经营和餐饮" in market.get("/tiering").content.decode()
    assert "食品生产经营和餐饮" not in builder.get("/tiering").content.decode()
    assert builder.get("/tiering/food_matters").status_code == 404
    assert builder.get("/tiering/construction_matters").status_code == 200
    assert Client().get("/tiering/food_matters").status_code in (302, 401, 403)


def test_the_policy_page_shows_every_ratio(policy_set: PolicySet) -> None:
    food = str([table.rows for table in page_tables.tables_of(policy_set, "food_matters")])
    for words in ("100%", "全部覆盖", "不是免查的理由", "没有等级、数据不足、个体工商户", "2 轮"):
        assert words in food, words
    burst = str([table.rows for table in page_tables.tables_of(policy_set, "penalty_burst")])
    assert "90 日内不少于 3 件，而且不少于自己此前 720 日平均的 3 倍；预警后 90 日内不再重复" in burst
    themes = {theme.id: {line.id: line for line in theme.lines} for theme in reading.policy_index(policy_set, AS_OF)}
    assert themes["tiering"]["food_matters"].now == "全覆盖"
    assert themes["warnings"]["penalty_burst"].title == "行政处罚突增"
    for policy_id in (*policy_set.tiering_groups, *policy_set.warning_rules):
        assert len(page_tables.tables_of(policy_set, policy_id)) == 2


def test_the_command_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tiers", "--matter-group", "registration_and_publicity", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["class"]: each["members"] for each in told["classes"]} == {"A": 7, "B": 19, "C": 7, "D": 7}
    assert [each["visits_in_a_year"] for each in told["classes"]] == [1, 1, 2, 2], "two rounds of one for the higher risk"
    assert run(["tiers", "--matter-group", "nothing"]) == 2
    assert "没有抽查事项类别" in capsys.readouterr().err
