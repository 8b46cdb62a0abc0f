"""Caps: who has had enough is out before the draw, with the reason; nobody is struck off afterwards; remote visits spare the cap."""

from __future__ import annotations

import json

import pytest

from chengxin.during_event.inspection import ceremony, draws
from chengxin.during_event.inspection.drawn_folders import folder_of
from chengxin.during_event.inspection.inspectors import load_inspectors
from chengxin.during_event.inspection.models import InspectionPlan, Visit
from chengxin.during_event.inspection.plans import draft_plan
from chengxin.during_event.inspection.pools import pool_of
from chengxin.during_event.inspection.types import Mode
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.refused import Conflict
from chengxin.policy import PolicySet
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(policy_set: PolicySet) -> city.Office:
    where = city.office()
    city.firms(60)
    load_inspectors(city.inspectors_table(where.department, licences="市场监管综合、食品安全"), policy=policy_set, by="测试", at=city.NOW)
    return where


def plan_of(policy: PolicySet, office: city.Office, number: str, matter: str = "price_and_advertising", **given: object) -> InspectionPlan:
    return draft_plan(city.draft(office, number=number, matters=[matter], **given), policy=policy, by="测试", at=city.NOW)


def visited(plan: InspectionPlan, subject_id: int) -> None:
    """One more visit of a firm in the plan's year."""
    draw = plan.draws.first() or plan.draws.create(
        state="published", folder="x", commitment="", committed_by="", committed_at=1, content_id=0
    )
    Visit.objects.create(
        plan=plan, draw=draw, subject_id=subject_id, subject_code=Subject.objects.get(pk=subject_id).code, alias="", alias_secret="",
        stratum="B", probability="1/2", token=f"{plan.pk}-{subject_id}", mode=plan.mode, year=plan.year,
    )  # fmt: skip


def excluded(plan: InspectionPlan, policy: PolicySet) -> dict[int, str]:
    found = pool_of(plan, as_of=city.TODAY, policy=policy).excluded
    return dict(found.select("subject_id", "because").rows())


def test_at_the_cap_a_firm_is_out_before_the_draw_with_the_reason(policy_set: PolicySet, office: city.Office) -> None:
    labour = [plan_of(policy_set, office, f"甲-{n}", "food_business") for n in (1, 2)]
    visited(labour[0], 1)
    visited(labour[0], 2)
    visited(labour[1], 1)
    plan = plan_of(policy_set, office, "乙")
    assert excluded(plan, policy_set) == {1: "本年度已达到检查次数上限 2 次"}
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    (line,) = (folder_of(draw) / "excluded.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["because"] == "本年度已达到检查次数上限 2 次"
    assert draw.firms == 59


def test_the_cap_of_one_ground_and_class(policy_set: PolicySet, office: city.Office) -> None:
    first = plan_of(policy_set, office, "甲")
    visited(first, 3)
    assert excluded(plan_of(policy_set, office, "乙"), policy_set) == {3: "本年度就同类事项已检查 1 次，达到上限"}
    assert excluded(plan_of(policy_set, office, "丙", "food_business"), policy_set) == {}, "another ground"


def test_life_and_safety_know_no_general_cap(policy_set: PolicySet, office: city.Office) -> None:
    for n in (1, 2, 3):
        visited(plan_of(policy_set, office, f"甲-{n}"), 4)
    assert excluded(plan_of(policy_set, office, "乙", "food_business"), policy_set) == {}
    assert 4 in excluded(plan_of(policy_set, office, "丙"), policy_set)


def test_a_remote_visit_spares_the_cap(policy_set: PolicySet, office: city.Office) -> None:
    for n in (1, 2, 3):
        visited(plan_of(policy_set, office, f"甲-{n}", mode=Mode.REMOTE), 5)
    assert excluded(plan_of(policy_set, office, "乙"), policy_set) == {}
    for n in (4, 5):
        visited(plan_of(policy_set, office, f"甲-{n}"), 6)
    assert 6 in excluded(plan_of(policy_set, office, "丙"), policy_set)
    assert excluded(plan_of(policy_set, office, "丁", mode=Mode.REMOTE), policy_set) == {}, "nor is anybody at it kept from one"


def test_two_sealed_lists_cannot_carry_a_firm_over_the_cap(policy_set: PolicySet, office: city.Office) -> None:
    first, second = plan_of(policy_set, office, "甲"), plan_of(policy_set, office, "乙")
    for plan in (first, second):
        city.sealed(plan)
    ceremony.commit_draw(first, by="测试", at=city.NOW)
    with pytest.raises(Conflict, match="也在计划 甲 已封存、还没有抽取的名单里"):
        ceremony.commit_draw(second, by="测试", at=city.NOW)
    city.opened(first)
    city.public_value(first)
    draws.run_draw(first, by="测试", at=city.PUBLIC_DUE)
    taken = set(first.visits.values_list("subject_id", flat=True))
    draw = ceremony.commit_draw(second, by="测试", at=city.NOW)
    assert draw.firms == 60 - len(taken)
    assert set(excluded(second, policy_set)) == taken


def test_who_has_no_code_stands_on_the_list_of_exclusions_too(policy_set: PolicySet, office: city.Office) -> None:
    Subject.objects.filter(pk__in=(7, 8)).update(code=None)
    plan = plan_of(policy_set, office, "甲")
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    lines = [json.loads(line) for line in (folder_of(draw) / "excluded.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["because"] for each in lines] == ["没有统一社会信用代码，不能公开列名"] * 2
    assert len({each["code"] for each in lines}) == 2
