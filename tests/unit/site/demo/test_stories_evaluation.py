"""The stories of evaluation, tiers and warnings are true: what the tour says is what the platform says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from chengxin.access.models import Account
from chengxin.during_event.evaluation.models import EvaluationRun, ExternalEvaluation
from chengxin.during_event.evaluation.results import results_of
from chengxin.during_event.evaluation.simulation_reports import saved_simulations
from chengxin.during_event.warnings.models import RiskWarning
from chengxin.engine.columns import Kind
from chengxin.foundation.catalogue.queries import policy_sets
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.ledger.services import fsck
from chengxin.policy.files import read_files, shipped_folder
from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.building import City, build_accounts, build_departments, opening_of, story_firms
from chengxin.site.demo.rows import registry_row
from chengxin.site.demo.stories_evaluation import FIRST_FIRM, STORIES, plant_evaluation

pytestmark = pytest.mark.usefixtures("db")


def test_every_story_of_evaluation_happened_as_told(policy_set: PolicySet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CHENGXIN_HOME", tmp_path)
    city = City(policy_set, clock.now(), seed=3)
    adopt_shipped_set(files=read_files([shipped_folder()]), at=opening_of(city.now))
    build_departments(city)
    build_accounts(city)
    item, office = policy_set.item("registry_basics"), city.office("market")
    city.hand_in(office, item.id, [registry_row(firm, office, item, policy_set) for firm in story_firms(city)], city.today)
    told = plant_evaluation(city)
    firms = story_firms(city)[FIRST_FIRM:]
    subjects = [Subject.objects.get(code=firm.code) for firm in firms[:5]]
    small, large, burst, outside, unknown = (results_of(each, city.today, city.now) for each in subjects)

    assert len(told) == len(STORIES)
    assert EvaluationRun.objects.count() == len(policy_set.evaluation_models)

    assert Kind.FEW_OBSERVATIONS in {each.kind for each in small.city.reasons}
    taken = [sum(each.milli_points for each in one.city.reasons if each.kind is Kind.RECORD) for one in (small, large)]
    assert small.city.score > large.city.score  # two visits prove less than thirty
    assert taken[1] < taken[0] < 0
    assert burst.city.grade != "A"
    assert RiskWarning.objects.filter(rule="penalty_burst", subject_id=subjects[2].pk).count() == 1
    assert [each.grade for each in outside.national] == ["良"]
    assert [each.grade for each in outside.market] == ["AA"]
    assert ExternalEvaluation.objects.count() == 2
    assert any("已经接收过" in story["did"] for story in told)
    assert unknown.city.grade == "N"
    assert len([each for each in policy_sets() if each.adopted_at is None]) == 1
    assert len(saved_simulations(10)) == 1
    assert fsck().sound

    visitors = [Client(), Client()]
    visitors[1].force_login(Account.objects.get(username="xinyongban"))
    for story in told:
        assert story["title"]
        assert story["checks"]
        for check in story["checks"]:
            assert visitors[0].get(check["href"]).status_code in {200, 302}, check
            assert visitors[1].get(check["href"]).status_code == 200, check
