"""The planted stories are true: what the tour says can be seen on the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.casework.models import Case
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.collection.models import QuarantinedRow, RowRemark, Submission
from chengxin.foundation.collection.services import counts_of
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.policy.files import read_files, shipped_folder
from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.building import City, build_departments, story_firms
from chengxin.site.demo.rows import registry_row
from chengxin.site.demo.scene import Scene
from chengxin.site.demo.stories import STORIES, plant

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def city(policy_set: PolicySet) -> City:
    """The offices and the firms of the stories, nobody else."""
    city = City(policy_set, clock.now(), seed=3)
    build_departments(city)
    item = policy_set.item("registry_basics")
    office = city.office("market")
    city.hand_in(office, item.id, [registry_row(firm, office, item, policy_set) for firm in story_firms(city)], city.today)
    return city


def shown(code: str, number: str) -> bool:
    """Whether the subject's public page has a document of this number."""
    response = Client().get(f"/s/{code}")
    assert response.status_code == 200, f"the page of {code} should exist"
    return number in response.content.decode()


def test_every_story_happened_as_told(city: City) -> None:
    told = plant(city)
    firms = story_firms(city)
    assert len(told) == len(STORIES) >= 14
    assert all(story["title"] and story["happened"] and story["did"] and story["checks"] for story in told)
    for submission in Submission.objects.all():
        assert submission.refusal is None
        assert counts_of(submission).add_up

    late = Submission.objects.filter(late=1).get()
    assert late.file_name.startswith("市应急局行政处罚")
    assert shown(firms[0].code, "演示故事一许可〔1〕号")

    mended = Record.objects.get(document_number="演示故事二处罚〔2〕号")
    assert RowRemark.objects.filter(level="mended", submission_id=mended.submission_id).exists()

    assert QuarantinedRow.objects.get().reason == "name_disagrees"
    assert not Record.objects.filter(document_number="演示故事三处罚〔3〕号").exists()
    assert not shown(firms[7].code, "演示故事三处罚〔3〕号")

    assert not shown(firms[8].code, "演示故事四处罚〔4〕号")
    assert shown(firms[9].code, "演示故事四处罚〔5〕号")

    assert Record.objects.filter(document_number="演示故事五处罚〔6〕号").exists()
    assert not shown(firms[10].code, "演示故事五处罚〔6〕号")

    assert not shown(firms[11].code, "演示故事六处罚〔7〕号")

    assert Submission.objects.filter(rejected=1).count() == 1
    assert shown(firms[12].code, "演示故事七处罚〔8〕号")

    assert Record.objects.get(document_number="演示故事八处罚〔9〕号").version == 2
    assert Submission.objects.filter(unchanged=1).count() == 1

    assert not shown(firms[15].code, "演示故事修复处罚〔12〕号")
    assert shown(firms[15].code, "演示故事修复处罚〔13〕号")
    assert Case.objects.get(procedure="restoration").state == "approved"

    waiting = Submission.objects.get(state="awaiting_release")
    assert waiting.submitted_by == "jingban"
    assert not shown(firms[14].code, "演示故事十处罚〔11〕号")


@pytest.mark.parametrize("today", ["2026-11-27", "2026-11-28", "2026-11-29", "2026-10-07"])  # a Friday, a weekend, a holiday
def test_working_days_are_counted_from_any_day(policy_set: PolicySet, today: str) -> None:
    scene = Scene(City(policy_set, start_of_day(date.fromisoformat(today)) + 3_600, seed=3), [])
    days = [scene.workday(back) for back in range(5)]
    assert days == sorted(set(days), reverse=True)
    assert all(policy_set.calendar.is_working_day(day) for day in days)
    between = [days[0] + timedelta(days=n) for n in range(1, (date.fromisoformat(today) - days[0]).days + 1)]
    assert not any(policy_set.calendar.is_working_day(day) for day in between)


def test_links_of_the_tour_lead_somewhere(city: City) -> None:
    adopt_shipped_set(files=read_files([shipped_folder()]), at=city.now)
    client = Client()
    for story in plant(city):
        for check in story["checks"]:
            assert client.get(check["href"]).status_code in {200, 302, 403}, check
