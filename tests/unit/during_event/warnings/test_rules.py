"""The rules of warnings against planted cases: what must be found is found, what comes near is left alone."""

from __future__ import annotations

import pytest

from chengxin.during_event.warnings.models import RiskWarning, WarningRun
from chengxin.during_event.warnings.services import find_all, root_of, run_warnings
from chengxin.ledger.services import read_contents
from chengxin.policy import PolicySet
from tests.harness.warning_cases import COUNTY_MARKET, MARKET, NOW, City, plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(policy_set: PolicySet) -> City:
    return plant(each=2, blameless=60)


def test_every_planted_case_is_found_and_no_near_miss(city: City) -> None:
    run_warnings(NOW, by="测试")
    found = set(RiskWarning.objects.values_list("rule", "subject_id"))
    missed, wrong = city.expected - found, found - city.expected
    assert not missed, sorted(missed)
    assert not wrong, sorted((rule, city.near.get(subject, "blameless")) for rule, subject in wrong)
    assert RiskWarning.objects.count() == len(found)


@pytest.mark.soak
def test_precision_and_recall_among_many(policy_set: PolicySet) -> None:
    city = plant(each=100, blameless=20_000)
    run_warnings(NOW, by="测试")
    found = set(RiskWarning.objects.values_list("rule", "subject_id"))
    true = len(found & city.expected)
    assert (true / len(found), true / len(city.expected)) == (1.0, 1.0)
    assert len(city.expected) == 2_200
    assert len(city.near) == 4_000


def test_a_second_run_raises_nothing_and_is_recorded_too(city: City) -> None:
    first, second = run_warnings(NOW, by="测试"), run_warnings(NOW + 60, by="测试")
    assert first.raised == len(city.expected) > 0
    assert (second.raised, second.found) == (0, first.found)
    said = read_contents([first.content_id])[first.content_id]
    assert (said["_raised"], said["_root"]) == (str(first.raised), first.root)
    assert WarningRun.objects.count() == 2


def test_the_root_in_the_ledger_follows_from_the_rows(city: City) -> None:
    run = run_warnings(NOW, by="测试")
    assert root_of(find_all(NOW)) == run.root


def test_the_inbox_is_the_office_of_the_field_where_the_subject_is(city: City) -> None:
    run_warnings(NOW, by="测试")
    listed = RiskWarning.objects.filter(rule="new_judgment_defaulter")
    assert set(listed.values_list("office_id", flat=True)) == {city.departments[COUNTY_MARKET - 1].pk}
    penalised = RiskWarning.objects.filter(rule="penalty_burst")
    assert set(penalised.values_list("office_id", flat=True)) == {city.departments[MARKET - 1].pk}


def test_no_warning_bears_a_persons_name_or_key(city: City) -> None:
    run_warnings(NOW, by="测试")
    shared = list(RiskWarning.objects.filter(rule="shared_person"))
    assert len({each.cause for each in shared}) == 2
    for each in shared:
        assert "测试人" not in f"{each.because}{each.cause}"
        assert len(each.related) == 2
        assert each.subject_id not in each.related


def test_the_same_burst_is_told_once_within_the_quiet_days(city: City) -> None:
    run_warnings(NOW, by="测试")
    again = plant_one_more(city)
    later = run_warnings(NOW + 86_400, by="测试")
    assert later.by_rule["penalty_burst"] == 0
    assert (
        find_all(NOW + 86_400).filter(rule="penalty_burst", subject_id=again)["cause"][0]
        != RiskWarning.objects.get(rule="penalty_burst", subject_id=again).cause
    )


def plant_one_more(city: City) -> int:
    """Another penalty of today, a copy of the newest, for one who has been warned about."""
    from chengxin.foundation.records.models import Record

    subject_id = min(subject for rule, subject in city.expected if rule == "penalty_burst")
    newest = Record.objects.filter(subject_id=subject_id).order_by("-decided_on", "-id").first()
    assert newest is not None
    newest.pk += 1_000_000
    newest.business_key = newest.pk.to_bytes(16, "big")
    newest.document_number = "测〔2026〕又一件"
    newest.save(force_insert=True)
    return subject_id
