"""The inbox of warnings: who sees which, what a person answers, what the ledger and the next reader learn of it."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.access.services import issue_token
from chengxin.during_event.warnings.models import RiskWarning, WarningAnswer
from chengxin.during_event.warnings.services import run_warnings
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.ledger.services import fsck, read_contents
from chengxin.policy import PolicySet
from tests.harness.warning_cases import COUNTY_MARKET, COURT, MARKET, NOW, City, plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    made = plant(each=1, blameless=5)
    run_warnings(NOW, by="测试")
    return made


def signed_in(role: str, office: Department) -> Client:
    account = Account.objects.create(username=f"{role}-{office.pk}", role=role, department=office)
    visitor = Client()
    visitor.force_login(account)
    return visitor


def test_an_office_sees_its_own_and_no_other(city: City) -> None:
    market, court, county = (city.departments[each - 1] for each in (MARKET, COURT, COUNTY_MARKET))
    listed = RiskWarning.objects.filter(rule="new_judgment_defaulter").first()
    assert listed is not None
    assert listed.office_id == county.pk
    assert signed_in("clerk", county).get(f"/office/warnings/{listed.pk}").status_code == 200
    assert signed_in("clerk", market).get(f"/office/warnings/{listed.pk}").status_code == 404
    assert "没有待处理的预警" in signed_in("clerk", court).get("/office/warnings").content.decode()
    county.parent = market
    county.save()
    assert signed_in("reviewer", market).get(f"/office/warnings/{listed.pk}").status_code == 200, "a subordinate's"
    assert signed_in("credit_office", court).get(f"/office/warnings/{listed.pk}").status_code == 200
    assert Client().get("/office/warnings").status_code in (302, 401, 403)


def test_a_warning_is_answered_once_with_a_reason_and_stays_in_the_ledger(city: City) -> None:
    office = city.departments[MARKET - 1]
    warning = RiskWarning.objects.filter(rule="penalty_burst").first()
    assert warning is not None
    clerk, here = signed_in("clerk", office), f"/office/warnings/{warning.pk}"
    refused = clerk.post(f"{here}/answer", {"outcome": "handled", "because": " "})
    assert (refused.status_code, "处理预警须写明理由" in refused.content.decode()) == (422, True)
    assert "没有选处理结果" in clerk.post(f"{here}/answer", {"outcome": "", "because": "约谈"}).content.decode()
    assert clerk.post(f"{here}/answer", {"outcome": "handled", "because": "已约谈，三日内整改"}).status_code == 302
    assert "这条预警已经处理过" in clerk.post(f"{here}/answer", {"outcome": "unfounded", "because": "再来"}).content.decode()
    answer = WarningAnswer.objects.get()
    said = read_contents([answer.content_id])[answer.content_id]
    assert (said["_warning"], said["_outcome"], said["_because"]) == (str(warning.pk), "handled", "已约谈，三日内整改")
    assert "已约谈，三日内整改" in clerk.get(here).content.decode()
    board = clerk.get("/office/warnings?state=settled").content.decode()
    assert "已处置" in board
    assert "100%" in board, "of what was answered all was true"
    assert run_warnings(NOW + 60, by="测试").raised == 0, "answered is not forgotten"


def test_what_is_passed_on_waits_in_the_other_inbox(city: City) -> None:
    market, court = city.departments[MARKET - 1], city.departments[COURT - 1]
    warning = RiskWarning.objects.filter(rule="penalty_burst").first()
    assert warning is not None
    clerk = signed_in("clerk", market)
    post = f"/office/warnings/{warning.pk}/answer"
    assert "转办须选定一个现有的部门" in clerk.post(post, {"outcome": "transferred", "because": "不归我们"}).content.decode()
    own = clerk.post(post, {"outcome": "transferred", "because": "不归我们", "to_office": market.code})
    assert "已经在该部门" in own.content.decode()
    assert clerk.post(post, {"outcome": "transferred", "because": "不归我们", "to_office": court.code}).status_code == 302
    assert clerk.get(f"/office/warnings/{warning.pk}").status_code == 404
    other = signed_in("clerk", court).get(f"/office/warnings/{warning.pk}").content.decode()
    assert "转办" in other
    assert "签收处理" in other


def test_who_only_reads_may_not_answer(city: City) -> None:
    warning = RiskWarning.objects.filter(rule="penalty_burst").first()
    assert warning is not None
    auditor = signed_in("auditor", city.departments[MARKET - 1])
    assert "记下处理结果" not in auditor.get(f"/office/warnings/{warning.pk}").content.decode()
    assert auditor.post(f"/office/warnings/{warning.pk}/answer", {"outcome": "handled", "because": "x"}).status_code == 403


def test_what_was_withdrawn_since_is_told(city: City) -> None:
    warning = RiskWarning.objects.filter(rule="new_abnormal_operation").first()
    assert warning is not None
    Record.objects.filter(pk__in=warning.records).update(counted_until=NOW)
    page = signed_in("credit_office", city.departments[MARKET - 1]).get(f"/office/warnings/{warning.pk}").content.decode()
    assert "依据的记录已不再计入" in page


def test_a_departments_system_reads_its_inbox_and_cannot_answer(city: City) -> None:
    county = city.departments[COUNTY_MARKET - 1]
    asking = {"Authorization": f"Bearer {issue_token(county, NOW)}"}
    first = Client().get("/api/v1/warnings?limit=2", headers=asking).json()
    assert first["total"] == RiskWarning.objects.filter(office_id=county.pk).count() > 2
    second = Client().get(f"/api/v1/warnings?limit=2&cursor={first['next_cursor']}", headers=asking).json()
    numbers = [each["id"] for each in first["warnings"] + second["warnings"]]
    assert numbers == sorted(set(numbers), reverse=True)
    assert "测试人" not in str(first)
    assert Client().get("/api/v1/warnings").status_code in (401, 403)
    post = f"/office/warnings/{numbers[0]}/answer"
    assert Client().post(post, {"outcome": "handled", "because": "x"}, headers=asking).status_code == 403


def test_a_page_of_warnings_asks_no_more_than_an_empty_one(city: City, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    office = signed_in("credit_office", city.departments[MARKET - 1])
    office.get("/office/warnings")
    with django_assert_max_num_queries(16):
        office.get("/office/warnings?state=every")


def test_the_answers_follow_from_the_ledger(city: City) -> None:
    warning = RiskWarning.objects.filter(rule="penalty_burst").first()
    assert warning is not None
    clerk = signed_in("clerk", city.departments[MARKET - 1])
    clerk.post(f"/office/warnings/{warning.pk}/answer", {"outcome": "confirmed", "because": "属实"})
    compared = {each.table: each.equal for each in fsck().comparisons}
    assert compared["warnings_warninganswer"]
    assert compared["warnings_warningrun"]
    WarningAnswer.objects.update(because="改过的")
    compared = {each.table: each.equal for each in fsck().comparisons}
    assert not compared["warnings_warninganswer"]
