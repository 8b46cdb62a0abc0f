"""Somebody inside wants another outcome. Each way is tried, and either gains nothing, or is refused, or stays for everybody to see."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from chengxin.during_event.inspection import aliases, ceremony, draws, showing
from chengxin.during_event.inspection.annual import enter_annual_plan
from chengxin.during_event.inspection.drawn_folders import draws_folder, folder_of
from chengxin.during_event.inspection.inspectors import HEADER, NAMESAKE, load_inspectors
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Inspector, Visit
from chengxin.during_event.inspection.plans import draft_plan
from chengxin.during_event.inspection.public_values import agreed_value, enter_public_value
from chengxin.during_event.inspection.types import Mode
from chengxin.engine import draw as engine
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import PolicySet
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db
PRICES = {"matters": ["price_and_advertising"]}


@pytest.fixture
def office() -> city.Office:
    return city.office()


@pytest.fixture
def plan(policy_set: PolicySet, office: city.Office) -> InspectionPlan:
    """Prices and advertising: a few of many are drawn."""
    city.firms(120)
    load_inspectors(city.inspectors_table(office.department, licences="市场监管综合"), policy=policy_set, by="测试", at=city.NOW)
    return draft_plan(city.draft(office, **PRICES), policy=policy_set, by="测试", at=city.NOW)


def another(policy: PolicySet, office: city.Office, number: str, **given: object) -> InspectionPlan:
    made = draft_plan(city.draft(office, number=number, **{**PRICES, **given}), policy=policy, by="测试", at=city.NOW)
    city.sealed(made)
    return made


def to_the_value(plan: InspectionPlan) -> Draw:
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    city.opened(plan)
    city.public_value(plan)
    return draw


@pytest.mark.parametrize("name", ["pool.jsonl", "inspectors.jsonl", "excluded.jsonl", "rule.json"])
def test_a_sealed_file_that_was_reordered_or_changed_stops_the_draw(plan: InspectionPlan, name: str) -> None:
    draw = to_the_value(plan)
    path = folder_of(draw) / name
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(reversed(lines)) if len(lines) > 1 else "".join(lines) + '{"because":"x","code":"y"}\n', encoding="utf-8")
    with pytest.raises(Refused, match="文件被动过"):
        draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert not Visit.objects.exists()


def test_firms_that_come_or_go_between_seal_and_draw_change_nothing(plan: InspectionPlan) -> None:
    draw = to_the_value(plan)
    city.firms(50, first=1001)
    Subject.objects.filter(id=1).update(state="XX", division="370911")
    made = draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert made.firms == draw.firms == 120
    assert max(Visit.objects.values_list("subject_id", flat=True)) <= 120
    assert engine.verify(folder_of(made)) == []


def test_inspectors_hired_after_the_seal_are_not_drawn(plan: InspectionPlan, policy_set: PolicySet, office: city.Office) -> None:
    to_the_value(plan)
    friend = f"{office.department.code},新人,鲁X9999,市场监管综合,,2027-12-31"
    load_inspectors("\n".join([",".join(HEADER), friend]) + "\n", policy=policy_set, by="测试", at=city.NOW + 120)
    draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert "鲁X9999" not in {each for visit in Visit.objects.all() for task in visit.tasks.all() for each in task.inspectors}


def test_a_list_sealed_once_a_number_or_the_value_can_be_known_is_refused(plan: InspectionPlan) -> None:
    city.sealed(plan)
    for at in (city.REVEAL_DUE, city.PUBLIC_DUE, city.PUBLIC_DUE + 9):
        with pytest.raises(Refused, match="这时封存就能挑选名单了"):
            ceremony.commit_draw(plan, by="测试", at=at)
    assert not Draw.objects.exists()


def test_an_outcome_that_is_not_liked_cannot_be_drawn_again(plan: InspectionPlan, policy_set: PolicySet, office: city.Office) -> None:
    first = to_the_value(plan)
    draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    with pytest.raises(Conflict, match="一个计划只抽一次"):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    draws.abort_draw(plan, "不喜欢", by="测试", at=city.PUBLIC_DUE + 60)
    with pytest.raises(Conflict, match="不能照原计划再抽"):
        ceremony.commit_draw(plan, by="测试", at=city.NOW)
    assert Draw.objects.count() == 1
    first.refresh_from_db()
    assert showing.abort_words(first) == "中止时已经抽取，结果已经知道"
    again = another(policy_set, office, "2026-价格-02", replaces=plan.number)
    assert again.replaces == plan.number
    page = Client().get(f"/draws/{plan.number}").content.decode()
    assert "不喜欢" in page
    assert "中止时已经抽取，结果已经知道" in page
    assert again.number in page


def test_a_draw_that_is_aborted_early_can_be_told_from_one_aborted_late(plan: InspectionPlan) -> None:
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    draws.abort_draw(plan, "名单漏了一个县", by="测试", at=city.NOW + 60)
    draw.refresh_from_db()
    assert showing.abort_words(draw) == "中止时公开随机数还没有公布，谁也不知道结果"
    draw.aborted_at = city.PUBLIC_DUE
    assert showing.abort_words(draw) == "中止时公开随机数已经公布，结果已经能算出"


def test_the_office_itself_may_not_abort_once_the_outcome_can_be_computed(
    plan: InspectionPlan, office: city.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_the_value(plan)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(city.PUBLIC_DUE + 60))
    browser = Client()
    browser.force_login(office.clerk)
    answer = browser.post(f"/office/inspections/{plan.number}/abort", {"because": "不想要"})
    assert "由检查机关自己中止，就能不要不想要的结果" in answer.content.decode()
    assert not Draw.objects.filter(state="aborted").exists()


def test_withholding_a_number_neither_stops_nor_chooses(plan: InspectionPlan) -> None:
    city.sealed(plan)
    draw = ceremony.commit_draw(plan, by="测试", at=city.NOW)
    city.opened(plan, but=city.PARTIES[2])
    with pytest.raises(Conflict, match="截止时间已过"):
        ceremony.open_number(plan, city.PARTIES[2], city.number_of(city.PARTIES[2]).hex(), by="丙", at=city.REVEAL_DUE)
    city.public_value(plan)
    made = draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert engine.verify(folder_of(draw)) == []
    assert json.loads((folder_of(made) / "reveals.json").read_text(encoding="utf-8"))["party.3"] == "withheld"


def test_a_wrong_word_at_the_public_value_does_not_force_another_draw(plan: InspectionPlan) -> None:
    city.sealed(plan)
    ceremony.commit_draw(plan, by="测试", at=city.NOW)
    city.opened(plan)
    enter_public_value(plan, "8f1e2d", "某处", by="甲", at=city.PUBLIC_DUE)
    enter_public_value(plan, "0000", "某处", by="乙", at=city.PUBLIC_DUE)
    assert showing.steps_of(plan)[3].is_done is False
    enter_public_value(plan, "8f1e2d", "某处", by="丙", at=city.PUBLIC_DUE + 1)
    assert {each.by for each in agreed_value(plan)} == {"甲", "丙"}
    assert draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE + 2).seed


def test_a_plan_is_not_replayed(plan: InspectionPlan, policy_set: PolicySet, office: city.Office) -> None:
    """Numbers that were opened for one plan fit no other, and files of one plan are no draw of another."""
    draw = to_the_value(plan)
    draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    given = city.draft(office, number="2026-价格-02", mode=Mode.REMOTE, matters=PRICES["matters"])
    second = draft_plan(given, policy=policy_set, by="测试", at=city.NOW)
    for party in second.parties:
        fresh = city.number_of(f"another {party}")
        ceremony.seal_number(second, party, engine.party_commitment(second.number, party, fresh).hex(), by=party, at=city.NOW)
    party = city.PARTIES[0]
    same = [engine.party_commitment(number, party, city.number_of(party)) for number in (plan.number, second.number)]
    assert same[0] != same[1], "even the same number is sealed differently for another plan"
    second_draw = ceremony.commit_draw(second, by="测试", at=city.NOW)
    (folder_of(second_draw) / "reveals.json").write_bytes((folder_of(draw) / "reveals.json").read_bytes())
    with pytest.raises(Refused, match="与它事先封存的不符"):
        engine.seed_of(folder_of(second_draw))


def test_one_person_under_two_numbers_is_found(policy_set: PolicySet, office: city.Office) -> None:
    code = office.department.code
    table = "\n".join([",".join(HEADER), f"{code},王五,鲁J0001,食品安全,,2027-12-31", f"{code},王 五,鲁J0002,食品安全,,2027-12-31"]) + "\n"
    with pytest.raises(Refused, match="一个人占两个号") as refused:
        load_inspectors(table, policy=policy_set, by="测试", at=city.NOW)
    assert NAMESAKE in refused.value.what_to_do
    one, two = ("\n".join([",".join(HEADER), f"{code},王五,{number},食品安全,,2027-12-31"]) + "\n" for number in ("鲁J0001", "鲁J0002"))
    assert load_inspectors(one, policy=policy_set, by="测试", at=city.NOW) == 1
    with pytest.raises(Refused, match="一个人占两个号"):
        load_inspectors(two, policy=policy_set, by="测试", at=city.NOW)
    assert load_inspectors(one.replace("鲁J0001", "鲁ｊ ０００-1"), policy=policy_set, by="测试", at=city.NOW) == 0, "one spelling"
    named = "\n".join([",".join((*HEADER, NAMESAKE)), f"{code},王五,鲁J0002,食品安全,,2027-12-31,另一人，编号 8"]) + "\n"
    with pytest.raises(Refused, match="一个人占两个号"):
        load_inspectors(named.replace("另一人，编号 8", ""), policy=policy_set, by="测试", at=city.NOW)
    assert load_inspectors(named, policy=policy_set, by="测试", at=city.NOW) == 1
    assert Inspector.objects.filter(ended_at=None).count() == 2


def test_a_class_cannot_be_left_out(policy_set: PolicySet, office: city.Office) -> None:
    with pytest.raises(Refused, match="行业里再缩小"):
        draft_plan(city.draft(office, matters=["food_business"], industries=["G54"]), policy=policy_set, by="测试", at=city.NOW)


def test_a_plan_has_its_place_in_the_year_or_a_reason(policy_set: PolicySet, office: city.Office) -> None:
    with pytest.raises(Refused, match="年度计划里没有这个季度"):
        draft_plan(city.draft(office, outside_because=" "), policy=policy_set, by="测试", at=city.NOW)
    enter_annual_plan(office.department, 2026, [("food_business", 4)], policy=policy_set, by="测试", at=city.NOW)
    assert draft_plan(city.draft(office, outside_because=""), policy=policy_set, by="测试", at=city.NOW).pk
    with pytest.raises(Refused, match="没有中止过的抽取"):
        draft_plan(city.draft(office, number="X", replaces="2026-食品-01"), policy=policy_set, by="测试", at=city.NOW)


def seal_in_the_open(plan: InspectionPlan) -> Iterator[str]:
    city.sealed(plan)
    yield "各方封存"
    ceremony.commit_draw(plan, by="测试", at=city.NOW)
    yield "名单已经封存"


def test_everybody_sees_the_seal_before_the_value_and_no_file_before_the_end(plan: InspectionPlan, client: Client) -> None:
    steps = seal_in_the_open(plan)
    next(steps)
    assert client.get(f"/draws/{plan.number}").status_code == 404
    next(steps)
    draw = Draw.objects.get()
    page = client.get(f"/draws/{plan.number}").content.decode()
    assert draw.commitment in page
    assert plan.number in client.get("/draws").content.decode()
    assert client.get(f"/draws/{plan.number}/files/pool.jsonl").status_code == 404
    city.opened(plan)
    city.public_value(plan)
    draws.run_draw(plan, by="测试", at=city.PUBLIC_DUE)
    assert client.get(f"/draws/{plan.number}/files/firms.jsonl").status_code == 404, "nobody has it before everybody"
    ledger.sign_checkpoint(city.PUBLIC_DUE + 1)
    draws.publish_draw(plan, by="测试", at=city.PUBLIC_DUE + 2)
    answer = client.get(f"/draws/{plan.number}/files/firms.jsonl")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, (folder_of(draw) / "firms.jsonl").read_bytes())
    secrets = aliases.kept(draws_folder(), draw.folder)
    assert client.get(f"/draws/{plan.number}/files/../private/{draw.folder}.json").status_code == 404
    assert secrets


def test_nobody_without_a_plan_is_told_of_one(client: Client) -> None:
    with pytest.raises(NotFound, match="还没有封存过名单"):
        draws.published_draw("没有")
    assert client.get("/draws/没有").status_code == 404
