"""Risk classes: who is in which, by columns; the ordinary class for everybody without a grade; nobody outside."""

from __future__ import annotations

from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.during_event.evaluation.models import EvaluationGrade, EvaluationRun
from chengxin.during_event.tiering.classes import classed, group_of, risk_classes, runs_for, strata
from chengxin.during_event.tiering.counting import count_classes
from chengxin.during_event.tiering.types import Because
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.refused import Refused
from chengxin.policy import PolicySet, load
from chengxin.policy.errors import NoValueYet
from chengxin.policy.types_tiering import PER_MILLE, RISK_CLASSES, RiskClass
from tests.conftest import PROJECT
from tests.harness.subjects import invented_code

AS_OF = date(2026, 11, 23)
CITY, FOOD = "public_comprehensive", "food_and_drugs"
GRADES = ("A", "B", "C", "D", "N", None)


def subject(number: int, *, kind: int = 2, industry: str = "C131", state: str = "K", authority: str = "91", canonical: int = 0) -> int:
    """One invented subject."""
    Subject.objects.create(
        id=number, code=invented_code(number, authority) if kind != 5 else None, kind=kind, name=f"测例{number}", opened_at=1,
        canonical_id=canonical or number, industry=industry, state=state, content_id=0,
    )  # fmt: skip
    return number


def run_of(model: str, grades: dict[int, str]) -> EvaluationRun:
    """A run as evaluation leaves it: newest grades beside it."""
    run = EvaluationRun.objects.create(
        model=model, as_of=AS_OF, known_at=1, at=1, by="测试", policy="", engine="", root="", manifest={"folder": "none"}, content_id=0
    )
    EvaluationGrade.objects.bulk_create(
        [EvaluationGrade(model=model, subject_id=pk, grade=grade, score=0, run_id=run.pk) for pk, grade in grades.items()]
    )
    return run


@pytest.mark.django_db
def test_every_pair_of_grades_gives_the_higher_risk(policy_set: PolicySet) -> None:
    pairs = dict(enumerate(product(GRADES, GRADES), start=1))
    for number in pairs:
        subject(number)
    run_of(CITY, {number: city for number, (city, _) in pairs.items() if city})
    run_of(FOOD, {number: food for number, (_, food) in pairs.items() if food})
    found = {row["subject_id"]: row for row in risk_classes("food_business", as_of=AS_OF, policy=policy_set).iter_rows(named=True)}
    assert set(found) == set(pairs)
    for number, (city, food) in pairs.items():
        known = [grade for grade in (city, food) if grade in RISK_CLASSES]
        assert found[number]["risk_class"] == max(known, default="B"), (city, food)
        if not known:
            because = Because.NOT_ENOUGH if "N" in (city, food) else Because.NOT_GRADED
        else:
            because = Because.CITY_GRADE if city == max(known) else Because.INDUSTRY_GRADE
        assert found[number]["because"] == because, (city, food)


@pytest.mark.django_db
def test_who_has_a_class_and_who_has_none(policy_set: PolicySet) -> None:
    business = subject(1, kind=4)
    person, organ, gone, merged = subject(2, kind=5), subject(3, authority="11"), subject(4, state="XX"), subject(5, canonical=1)
    revoked, builder = subject(6, state="D"), subject(7, industry="E47")
    run_of(CITY, {business: "D", organ: "A", revoked: "C", builder: "A"})
    everyone = risk_classes("registration_and_publicity", as_of=AS_OF, policy=policy_set)
    assert dict(everyone.select("subject_id", "risk_class").iter_rows()) == {business: "B", revoked: "C", builder: "A"}
    assert everyone["because"].to_list() == [Because.INDIVIDUAL_BUSINESS, Because.CITY_GRADE, Because.CITY_GRADE]
    food = risk_classes("food_matters", as_of=AS_OF, policy=policy_set)
    assert food["subject_id"].to_list() == [business, revoked]
    asked = risk_classes("food_matters", [builder, person, merged, gone, builder], as_of=AS_OF, policy=policy_set)
    assert asked["subject_id"].to_list() == [builder], "asked for by name: the pool says who, not the industry"


@pytest.mark.django_db
def test_counts_are_those_of_the_rows(policy_set: PolicySet) -> None:
    for number in range(1, 61):
        subject(number, kind=4 if number % 7 == 0 else 2, industry="C131" if number % 3 else "E47", state="XX" if number % 11 == 0 else "")
    run_of(CITY, {number: "ABCDN"[number % 5] for number in range(1, 50)})
    run_of(FOOD, {number: "ABCDN"[number % 4] for number in range(20, 61)})
    for group in ("food_matters", "food_business", "registration_and_publicity"):
        rows = risk_classes(group, as_of=AS_OF, policy=policy_set)
        counts = count_classes(group, AS_OF, policy_set)
        assert {each.stratum.id: each.members for each in counts} == {
            letter: rows.filter(risk_class=letter).height for letter in RISK_CLASSES
        }
        for each in counts:
            of_class = rows.filter(risk_class=each.stratum.id)
            assert dict(each.by_reason) == {Because(word): n for word, n in of_class.group_by("because").len().iter_rows()}


@pytest.mark.django_db
def test_an_older_run_is_read_from_its_files_and_a_lost_one_is_refused(policy_set: PolicySet) -> None:
    subject(1)
    older = run_of(CITY, {})
    run_of(CITY, {1: "D"})
    assert runs_for("food_matters", policy_set)[CITY] > older.pk
    with pytest.raises(Refused, match="结果文件不在了"):
        risk_classes("registration_and_publicity", as_of=AS_OF, policy=policy_set, runs={CITY: older.pk})


@pytest.mark.django_db
def test_a_pool_that_only_the_matter_knows_is_not_counted(policy_set: PolicySet) -> None:
    subject(1)
    with pytest.raises(Refused, match="由抽查对象库确定"):
        risk_classes("hazardous_chemical_matters", as_of=AS_OF, policy=policy_set)
    assert risk_classes("hazardous_chemical_matters", [1], as_of=AS_OF, policy=policy_set)["risk_class"].to_list() == ["B"]


@given(st.lists(st.tuples(st.sampled_from([2, 4]), st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=1, max_size=40))
def test_nobody_is_outside_and_order_says_nothing(people: list[tuple[int, str | None, str | None]]) -> None:
    policy = load([PROJECT / "policies"])
    version = policy.tiering_group("food_matters").version_at(AS_OF)
    columns = {"kind": pl.Int16, "grade_0": pl.String, "grade_1": pl.String}
    forth = classed(pl.DataFrame(people, schema=columns, orient="row"), 2, version)
    back = classed(pl.DataFrame(people[::-1], schema=columns, orient="row"), 2, version)
    assert forth["risk_class"].is_in(list(RISK_CLASSES)).all()
    assert forth["risk_class"].to_list() == back["risk_class"].to_list()[::-1]
    assert forth.filter(kind=4)["risk_class"].unique().to_list() in ([], [version.without_grade])


@given(st.integers(0, 2_000_000), st.integers(1, PER_MILLE), st.integers(1, 12))
def test_a_class_that_has_members_is_always_drawn(members: int, per_mille: int, rounds: int) -> None:
    visits = RiskClass("A", "", per_mille, rounds, 0).visits_in_a_year(members)
    assert (visits > 0) == (members > 0)
    assert members * per_mille * rounds <= visits * PER_MILLE < (members * per_mille + PER_MILLE) * rounds


def test_every_shipped_group_draws_more_where_the_risk_is_higher(shipped_policy: PolicySet) -> None:
    for group in shipped_policy.tiering_groups:
        yearly = [each.per_mille * each.rounds for each in strata(group, AS_OF, shipped_policy).values()]
        assert yearly == sorted(yearly)
        assert min(yearly) > 0
    in_full = [group for group in shipped_policy.tiering_groups.values() if group.life_and_safety]
    assert {"food_matters", "drug_matters", "gas_matters", "mine_matters"} < {group.id for group in in_full}
    assert all(each.per_mille == PER_MILLE for group in in_full for each in strata(group.id, AS_OF, shipped_policy).values())


def test_every_matter_on_the_list_has_its_group(shipped_policy: PolicySet) -> None:
    for matter in shipped_policy.inspection_matters:
        assert matter in group_of(shipped_policy, matter).matters


def test_before_the_first_version_there_is_no_ratio(shipped_policy: PolicySet) -> None:
    with pytest.raises(NoValueYet, match="还没有规定抽查比例"):
        strata("food_matters", date(2025, 12, 31), shipped_policy)
