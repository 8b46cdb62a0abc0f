"""The ceremony: each step in its turn, each wrong step refused with its sentence, and a draw that its files alone confirm."""

from __future__ import annotations

import json

import pytest

from chengxin.during_event.inspection import aliases, ceremony, draws
from chengxin.during_event.inspection.drawn_folders import folder_of
from chengxin.during_event.inspection.inspectors import enter_conflict
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Inspector, Visit, VisitTask
from chengxin.during_event.inspection.plans import draft_plan
from chengxin.during_event.inspection.public_values import agreed_value, enter_public_value
from chengxin.engine import draw as engine
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import PolicySet
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> city.Office:
    return city.office()


@pytest.fixture
def plan(policy_set: PolicySet, office: city.Office) -> InspectionPlan:
    city.firms(120)
    return city.ready_plan(policy_set, office)


def test_from_the_plan_to_the_published_files(plan: InspectionPlan) -> None:
    draw = city.published(plan)
    folder = folder_of(draw)
    assert engine.verify(folder) == []
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    assert json.loads(proof["payload"])["commitment"] == draw.commitment == engine.commitment(folder).hex()
    assert draws.published_draw(plan.number) == draw

    visits = list(Visit.objects.filter(draw=draw))
    said = [json.loads(line) for line in (folder / "firms.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {visit.alias for visit in visits} == {row["code"] for row in said if row["drawn"] == "yes"}
    for visit in visits:
        opened = aliases.alias_of(plan.number, visit.subject_code, bytes.fromhex(visit.alias_secret))
        assert opened.alias == visit.alias, "the firm can open its own alias"
    published_bytes = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [code for code in Subject.objects.values_list("code", flat=True) if code.encode() in published_bytes]
    assert len(visits) == draw.drawn > 0
    assert {visit.probability for visit in visits} <= {row["probability"] for row in said}
    for task in VisitTask.objects.filter(visit__draw=draw):
        assert len(set(task.inspectors)) == plan.inspectors_per_visit == 2
        assert task.matters == ["food_business"]
    assert len({visit.token for visit in visits}) == len(visits)


def test_a_party_that_withholds_is_written_down_and_stops_nothing(plan: InspectionPlan) -> None:
    draw = city.drawn(plan, but=city.PARTIES[1])
    reveals = json.loads((folder_of(draw) / "reveals.json").read_text(encoding="utf-8"))
    assert reveals["party.2"] == "withheld"
    assert engine.verify(folder_of(draw)) == []


def test_one_plan_one_valid_draw(plan: InspectionPlan) -> None:
    city.drawn(plan)
    with pytest.raises(Conflict, match="一个计划只抽一次"):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    with pytest.raises(Conflict, match="不能"):
        draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE + 99)


def test_an_aborted_draw_stays_with_its_reason(plan: InspectionPlan) -> None:
    draw = city.drawn(plan)
    with pytest.raises(Refused, match="没有写中止的理由"):
        draws.abort_draw(plan, "  ", by="测试", at=city.PUBLIC_DUE + 61)
    draws.abort_draw(plan, "名单漏了新泰市", by="测试", at=city.PUBLIC_DUE + 61)
    draw.refresh_from_db()
    assert (draw.state, draw.aborted_because) == ("aborted", "名单漏了新泰市")
    assert draws.published_draw(plan.number) == draw
    assert not Visit.objects.filter(draw=draw, cancelled_at=None).exists()
    with pytest.raises(Conflict):
        draws.publish_draw(plan, by="测试", at=city.PUBLIC_DUE + 62)


def test_steps_out_of_turn_are_refused(plan: InspectionPlan) -> None:
    party = city.PARTIES[0]
    with pytest.raises(Refused, match="还没有封存随机数"):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    with pytest.raises(NotFound, match="没有封存过随机数"):
        ceremony.open_number(plan, party, "00" * 32, by="甲", at=city.NOW)
    city.sealed(plan)
    with pytest.raises(Conflict, match="名单还没有封存"):
        ceremony.open_number(plan, party, city.number_of(party).hex(), by="甲", at=city.NOW)
    with pytest.raises(Conflict, match="不能更换"):
        ceremony.seal_number(plan, party, "ab" * 32, by="甲", at=city.NOW)
    with pytest.raises(Refused, match="开封的截止时间已到"):
        ceremony.commit_draw(plan, by="测试", at=city.REVEAL_DUE)
    ceremony.commit_draw(plan, by="测试", at=city.NOW)
    with pytest.raises(Refused, match="与它事先封存的不符"):
        ceremony.open_number(plan, party, "00" * 32, by="甲", at=city.NOW + 1)
    with pytest.raises(Conflict, match="开封的截止时间已过"):
        ceremony.open_number(plan, party, city.number_of(party).hex(), by="甲", at=city.REVEAL_DUE)
    with pytest.raises(Conflict, match="才有"):
        enter_public_value(plan, "8f1e2d", "某处", by="甲", at=city.PUBLIC_DUE - 1)
    with pytest.raises(Conflict, match="两人录入"):
        draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    enter_public_value(plan, "8f1e2d", "某处", by="甲", at=city.PUBLIC_DUE)
    with pytest.raises(Conflict, match="另一人"):
        enter_public_value(plan, "8f1e2d", "某处", by="甲", at=city.PUBLIC_DUE)
    enter_public_value(plan, "8f1e2e", "某处", by="乙", at=city.PUBLIC_DUE)
    with pytest.raises(Conflict, match="两人录的不一样"):
        draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    enter_public_value(plan, "8f1e2d", "某处", by="乙", at=city.PUBLIC_DUE + 1)
    assert [each.by for each in agreed_value(plan)] == ["甲", "乙"]
    with pytest.raises(Conflict, match="两人一致"):
        enter_public_value(plan, "8f1e2e", "某处", by="丙", at=city.PUBLIC_DUE + 2)
    assert plan.public_values.count() == 3, "what was typed wrongly stays"


def test_files_that_were_touched_after_sealing_are_found(plan: InspectionPlan) -> None:
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    city.opened(plan)
    city.public_value(plan)
    pool = folder_of(draw) / "pool.jsonl"
    pool.write_text(pool.read_text(encoding="utf-8").partition("\n")[2], encoding="utf-8")
    with pytest.raises(Refused, match="文件被动过"):
        draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert Draw.objects.get(pk=draw.pk).state == "committed"


def test_too_few_inspectors_are_found_before_anything_is_sealed(plan: InspectionPlan, office: city.Office) -> None:
    city.sealed(plan)
    numbers = list(Inspector.objects.values_list("licence_number", flat=True))
    code = city.invented_code(5, "91")
    for number in numbers[:-1]:
        enter_conflict(number, code, "近亲属任职", by="测试", at=city.NOW)
    with pytest.raises(Refused, match=code):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    assert not Draw.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"matters": ["no_such"]}, "清单里没有"),
        ({"matters": ["work_safety"]}, "机关检查"),
        ({"parties": ("甲", "乙")}, "至少 3 方"),
        ({"parties": ("甲", "乙", "乙")}, "各不相同"),
        ({"public_due_at": city.REVEAL_DUE}, "最后开封的一方可以挑选"),
        ({"reveal_due_at": city.NOW}, "已经过去"),
        ({"inspectors_per_visit": 1}, "至少 2 人"),
        ({"public_source": " "}, "公开随机数取自哪里"),
        ({"title": ""}, "没有写名称"),
    ],
)
def test_a_faulty_plan_is_refused_with_its_fault(
    policy_set: PolicySet, office: city.Office, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        draft_plan(city.draft(office, **given), policy=policy_set, by="测试", at=city.NOW)
    assert not InspectionPlan.objects.exists()


def test_an_empty_pool_and_a_taken_number_are_refused(policy_set: PolicySet, office: city.Office) -> None:
    plan = city.ready_plan(policy_set, office)
    city.sealed(plan)
    with pytest.raises(Refused, match="名单是空的"):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    with pytest.raises(Conflict, match="已经有计划"):
        draft_plan(city.draft(office), policy=policy_set, by="测试", at=city.NOW)
