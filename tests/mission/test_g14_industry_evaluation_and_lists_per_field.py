"""G14 信用+行业管理：records of six fields come in; each field has its own published evaluation, its list, its agencies, and its use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.test import Client

from chengxin.access.models import Account
from chengxin.access.services import issue_token
from chengxin.during_event.evaluation import agencies
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.during_event.evaluation.runs import folder_of, order_of, run_evaluation
from chengxin.during_event.tiering.classes import risk_classes
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.policy.files import read_files, shipped_folder
from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.acts import PLAN
from chengxin.site.demo.building import City, build_accounts, build_departments, opening_of, story_firms
from chengxin.site.demo.city import Firm
from chengxin.site.demo.rows import registry_row
from chengxin.site.demo.scene import PENALTY, Scene
from tests.harness.agencies import Signatory, result

#: Field → the office whose records say most about it, and the group of matters in which its evaluation is used.
FIELDS = {
    "food_and_drugs": ("market", "food_matters"),
    "environment": ("environment", "environment_matters"),
    "construction": ("housing", "construction_matters"),
    "work_safety": ("emergency", "work_safety_matters"),
    "care": ("market", "care_matters"),
    "city_operation": ("transport", "gas_matters"),
}
INSPECTION = "administrative_inspection"
SERIOUS = {"penalty_kinds": "罚款", "content": "罚款1200000元", "fine": "120", "procedure": "普通程序"}


@pytest.fixture
def city(db: None, policy_set: PolicySet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """Twelve offices with their people."""
    monkeypatch.setattr(settings, "CHENGXIN_HOME", tmp_path)
    city = City(policy_set, clock.now(), seed=5)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(city.now))
    adopt_shipped_set(files=read_files([shipped_folder()]), at=opening_of(city.now))
    build_departments(city)
    build_accounts(city)
    return city


def in_industry(firm: Firm, model: str, city: City) -> Firm:
    """The firm, registered in the industry that the model is about; groups of matters narrower than the model come first."""
    begin = {"city_operation": "D45", "environment": "C26"}.get(model) or city.policy.evaluation_model(model).industries[0]
    codes = [code for code in city.policy.code_table("industry").values if code.startswith(begin) and len(code) >= 3]
    return replace(firm, industry=codes[0])


def test_every_field_has_three_indicators_of_its_own_that_the_city_fills(policy_set: PolicySet) -> None:
    for model_id in FIELDS:
        model = policy_set.evaluation_model(model_id)
        own = [each for each in model.indicators if each.supervision and each.item_id in PLAN]
        assert len(own) >= 3, model_id
        assert all(each.reference for each in own)


@pytest.mark.parametrize("model_id", FIELDS)
def test_from_the_records_of_a_field_to_its_list_and_to_what_follows(city: City, model_id: str) -> None:
    key, group = FIELDS[model_id]
    office, registry = city.office(key), city.office("market")
    firms = [in_industry(firm, model_id, city) for firm in story_firms(city)[:2]] + [replace(story_firms(city)[2], industry="A0111")]
    item = city.policy.item("registry_basics")
    city.hand_in(registry, item.id, [registry_row(firm, registry, item, city.policy) for firm in firms], city.today)
    scene = Scene(city, firms)
    rows = [
        scene.row(PENALTY, office, firm, decided=scene.workday(3 + n), number=f"行业〔{place}〕{n}号", facts=SERIOUS)
        for place, firm in enumerate((firms[0], firms[2]))
        for n in range(4)
    ]
    city.hand_in(office, PENALTY, rows, scene.workday(1))
    fine = scene.row(INSPECTION, office, firms[1], decided=scene.workday(4), number="行业检查〔9〕号", facts={"JC_JCJG": "未发现问题"})
    city.hand_in(office, INSPECTION, [fine], scene.workday(1))

    run = run_evaluation(order_of(model_id, city.today, city.now), by="行业主管部门", at=city.now)
    found = pl.read_parquet(folder_of(run) / "results.parquet")
    grades = dict(found.select("code", "grade").iter_rows())
    assert set(grades) == {firms[0].code, firms[1].code}  # nobody of another industry
    assert grades[firms[0].code] > grades[firms[1].code] == "A"

    agency = Signatory()
    first, second = Account.objects.get(username="xinyongban"), Account.objects.get(username="xinyongban-fuhe")
    given = agencies.Agency(agency.code, "泰安云杉行业协会", "industry", (("A", "好"), ("C", "差")), "协议〔2026〕1号", agency.public)
    agencies.propose_agency(given, by=first, at=city.now)
    agencies.register_agency(agency.code, by=second, at=city.now)
    row = result(firms[0].code, firms[0].name, city.now, grade="C")
    take_in(agency.file([row], made_on=city.today), file_name="协会.jsonl", by="协会", at=city.now)

    token = {"Authorization": f"Bearer {issue_token(city.departments[key], city.now)}"}
    said = Client().get(f"/api/v1/subjects/{firms[0].code}/evaluation", {"model": model_id, "matter": "行业监管"}, headers=token).json()
    own = [each for each in said["reasons"] if each["kind"] == "record"]
    assert own
    assert all(each["milli_points"] < 0 and each["reference"] for each in own)
    assert [(each["kind"], each["agency"], each["grade"]) for each in said["external"]] == [("industry", "泰安云杉行业协会", "C")]

    desk = Client()
    desk.force_login(first)
    listed = desk.get(f"/evaluation/runs/{run.pk}/subjects", {"grade": grades[firms[0].code]}).content.decode()
    assert firms[0].name in listed
    assert firms[1].name not in listed
    assert city.policy.evaluation_model(model_id).title in Client().get("/evaluation/method").content.decode()

    classes = risk_classes(group, [Subject.objects.get(code=firm.code).pk for firm in firms[:2]], as_of=city.today, policy=city.policy)
    by_code = dict(classes.select("code", "risk_class").iter_rows())
    assert by_code[firms[0].code] > by_code[firms[1].code]  # looked at more often, and that is all
