"""A visit: what may be entered, who may review it, how it becomes a public record of the office, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chengxin.during_event.inspection.ceremony import inputs_of
from chengxin.during_event.inspection.findings import FindingForm, checks_of, enter_finding, own_task, review_finding
from chengxin.during_event.inspection.handing_over import hand_over
from chengxin.during_event.inspection.inspectors import enter_conflict
from chengxin.during_event.inspection.models import InspectionPlan, Inspector, TaskStep, VisitTask
from chengxin.during_event.inspection.plans import draft_plan
from chengxin.during_event.inspection.publication import due_on, hand_in_finding
from chengxin.during_event.inspection.types import CheckResult
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.records.models import Record
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import PolicySet
from chengxin.policy.files import read_files, shipped_folder
from chengxin.policy.types import Outcome
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db
AFTER = city.PUBLIC_DUE + 3600
RECTIFIED = "发现问题已责令改正"


@pytest.fixture
def office(policy_set: PolicySet) -> city.Office:
    adopt_shipped_set(files=read_files([shipped_folder()]), at=1)
    return city.office()


@pytest.fixture
def plan(policy_set: PolicySet, office: city.Office) -> InspectionPlan:
    city.firms(40)
    plan = city.ready_plan(policy_set, office)
    city.published(plan)
    return plan


@pytest.fixture
def task(plan: InspectionPlan) -> VisitTask:
    found = VisitTask.objects.select_related("visit__plan").order_by("id").first()
    assert found is not None
    return found


def form(task: VisitTask, policy: PolicySet, **given: object) -> FindingForm:
    items = {key: (CheckResult.FINE, "") for key, _, _ in checks_of(task, policy)}
    said = FindingForm("phone-0001", city.TODAY, "测试市示例路 1 号", "未发现问题", items, tuple(task.inspectors))
    return replace(said, **given)  # type: ignore[arg-type]


def test_from_the_visit_to_the_public_record_and_the_next_evaluation(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    key = checks_of(task, policy_set)[1][0]
    items = {**form(task, policy_set).items, key: (CheckResult.PROBLEM, "进货记录缺两日")}
    enter_finding(task, form(task, policy_set, outcome=RECTIFIED, items=items), policy=policy_set, by=office.clerk, at=AFTER)
    task = review_finding(task, agree=True, because="", by=office.reviewer, at=AFTER + 60)
    submission = hand_in_finding(task, policy=policy_set, by=office.reviewer, at=AFTER + 120)
    record = Record.objects.get(submission_id=submission.pk)
    assert record.subject_id == task.visit.subject_id
    assert record.act_outcome == Outcome.RECTIFIED, "the next evaluation reads it there"
    assert record.public_from <= AFTER + 120 < record.public_until
    content = ledger.read_contents([record.content_id])[record.content_id]
    assert "进货记录缺两日" in content["JC_NR"]
    task.refresh_from_db()
    assert (task.state, task.submission_id) == ("handed_in", submission.pk)
    hand_over(
        task,
        office_code=office.department.code,
        case_number="（2026）12",
        because="进货记录不全",
        policy=policy_set,
        by=office.clerk,
        at=AFTER + 180,
    )
    assert [step.verb for step in TaskStep.objects.filter(task=task).order_by("id")] == ["enter", "review", "hand_in", "hand_over"]
    with pytest.raises(Conflict):
        hand_in_finding(task, policy=policy_set, by=office.reviewer, at=AFTER + 240)


def test_seven_working_days_after_the_visit(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    finding = enter_finding(task, form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER)
    assert due_on(finding, policy_set) == city.TODAY + timedelta(days=9), "Monday and seven working days"


def test_a_form_sent_twice_is_one_finding(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    first = enter_finding(task, form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER)
    again = enter_finding(task, form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER + 5)
    assert again == first
    later = enter_finding(task, form(task, policy_set, form_key="phone-0002"), policy=policy_set, by=office.clerk, at=AFTER + 9)
    assert later.version == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"visited_on": city.TODAY + timedelta(days=1)}, "还没有到"),
        ({"visited_on": city.TODAY - timedelta(days=1)}, "早于计划的开始日"),
        ({"place": "  "}, "地点要写"),
        ({"outcome": "很好"}, "检查结果从这些里选"),
        ({"outcome": RECTIFIED}, "各项都没有发现问题"),
        ({"items": {}}, "还没有填"),
        ({"items": {"food_business.no_such": (CheckResult.FINE, "")}}, "没有这些检查项"),
        ({"present": ("鲁J00000000", "鲁J00000001")}, "不是本单位在册的检查人员"),
        ({"present": ()}, "只写了 0 名"),
        ({"words": "长" * 2001}, "不超过 2000 字"),
    ],
)
def test_a_faulty_form_is_refused(
    task: VisitTask, policy_set: PolicySet, office: city.Office, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        enter_finding(task, form(task, policy_set, **given), policy=policy_set, by=office.clerk, at=AFTER)
    assert not task.findings.exists()


def test_a_problem_needs_words_and_an_outcome_that_says_so(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    key = checks_of(task, policy_set)[0][0]
    items = {**form(task, policy_set).items, key: (CheckResult.PROBLEM, "")}
    with pytest.raises(Refused, match="要写明情况") as refused:
        enter_finding(task, form(task, policy_set, items=items), policy=policy_set, by=office.clerk, at=AFTER)
    assert "检查结果却是“未发现问题”" in refused.value.sentence


def test_nobody_there_needs_no_items(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    found = form(task, policy_set, outcome="通过登记的住所无法联系", items={})
    assert enter_finding(task, found, policy=policy_set, by=office.clerk, at=AFTER).version == 1


def test_who_comes_instead_needs_a_reason_and_no_conflict(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    other = Inspector.objects.exclude(licence_number__in=task.inspectors).first()
    assert other is not None
    present = (task.inspectors[0], other.licence_number)
    with pytest.raises(Refused, match="要写明理由"):
        enter_finding(task, form(task, policy_set, present=present), policy=policy_set, by=office.clerk, at=AFTER)
    enter_conflict(other.licence_number, task.visit.subject_code, "本人曾任职", by="测试", at=AFTER)
    with pytest.raises(Refused, match="回避关系"):
        enter_finding(task, form(task, policy_set, present=present, replaced_because="生病"), policy=policy_set, by=office.clerk, at=AFTER)


def test_one_enters_another_reviews(task: VisitTask, policy_set: PolicySet, office: city.Office) -> None:
    enter_finding(task, form(task, policy_set), policy=policy_set, by=office.clerk, at=AFTER)
    with pytest.raises(Forbidden, match="不能复核自己的结果"):
        review_finding(task, agree=True, because="", by=office.clerk, at=AFTER)
    with pytest.raises(Refused, match="退回没有写理由"):
        review_finding(task, agree=False, because="", by=office.reviewer, at=AFTER)
    task = review_finding(task, agree=False, because="地点不对", by=office.reviewer, at=AFTER)
    assert task.state == "assigned"
    with pytest.raises(Conflict, match="不能“报送公示”"):
        hand_in_finding(task, policy=policy_set, by=office.reviewer, at=AFTER)


def test_another_office_sees_nothing(task: VisitTask) -> None:
    with pytest.raises(NotFound, match="没有第"):
        own_task(task.pk, task.office_id + 1)


def test_the_rotation_and_the_weights_of_the_next_year(plan: InspectionPlan, policy_set: PolicySet, office: city.Office) -> None:
    next_year = {"number": "2027-食品-01", "visits_from": date(2027, 3, 1), "visits_until": date(2027, 3, 31)}
    second = draft_plan(city.draft(office, **next_year), policy=policy_set, by="测试", at=city.NOW)
    city.sealed(second)
    city.firms(5, first=101)
    inputs, named, _waiting = inputs_of(second, as_of=city.TODAY, policy=policy_set)
    visited = {named[code].alias for code in plan.visits.values_list("subject_code", flat=True)}
    assert len(visited) == 40
    assert all(firm.last for firm in inputs.pool.firms if firm.code in visited)
    assert all(not firm.last for firm in inputs.pool.firms if firm.code not in visited)
    weights = {firm.code: firm.weight for firm in inputs.pool.firms}
    assert {weights[code] for code in visited} == {1}
    assert [weight for code, weight in weights.items() if code not in visited] == [2] * 5
