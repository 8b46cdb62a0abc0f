"""The page of an evaluation: nothing before a matter, reasons that add up, ends that hold, words for what is not graded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.access.models import Read
from chengxin.during_event.evaluation.charts import waterfall_chart
from chengxin.during_event.evaluation.models import ExternalEvaluation, RegisteredAgency
from chengxin.during_event.evaluation.outlook import changes_of, outlook
from chengxin.during_event.evaluation.results import graded_subject, results_of
from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.showing import points
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.logs import READS
from chengxin.ledger.sequencer import run_once
from chengxin.ledger.services import read_contents
from tests.harness.evaluation_town import AT, STALL, Town
from tests.harness.penalties import code_of

TODAY = date_of(AT)
PAGE = f"/s/{code_of(1)}/evaluation"


def test_nothing_is_shown_and_nothing_written_before_a_matter(town: Town) -> None:
    client = town.client("clerk")
    asked = client.get(PAGE)
    assert asked.status_code == 200
    assert "用途" in asked.content.decode()
    assert "逐项理由" not in asked.content.decode()
    refused = client.post(PAGE, {"purpose": "日常监管", "matter": " "})
    assert refused.status_code == 422
    assert 'value="日常监管"' in refused.content.decode()  # what was typed is kept
    for part in ("outlook", "handover"):
        assert town.client("credit_office").get(f"{PAGE}/{part}").status_code == 422
    assert not Read.objects.filter(kind="evaluation").exists()


def test_a_look_is_on_record_and_in_the_ledger(town: Town) -> None:
    client = town.told_why("clerk", code_of(1))
    shown = client.get(PAGE)
    assert "逐项理由" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    (read,) = Read.objects.filter(kind="evaluation")
    assert (read.account.username, read.department.code, read.matter, read.subject_id) == (
        "clerk-one", town.office.code, "泰市监〔2026〕9号", town.firm(1).pk,
    )  # fmt: skip
    run_once(AT)
    read.refresh_from_db()
    assert read.leaf_content_id is not None
    said = read_contents([read.leaf_content_id], log=READS)[read.leaf_content_id]
    assert (said["_event"], said["_purpose"], said["_subject"]) == ("access:data:read", "日常监管", str(town.firm(1).pk))
    assert "grade" not in "".join(said)  # who looked, not what was seen


def test_a_matter_is_for_one_subject_and_one_session(town: Town) -> None:
    client = town.told_why("clerk", code_of(1))
    assert "逐项理由" not in client.get(f"/s/{code_of(2)}/evaluation").content.decode()
    assert "逐项理由" not in town.client("clerk").get(PAGE).content.decode()


@pytest.mark.parametrize(("role", "status"), [("reviewer", 200), ("auditor", 200), ("credit_office", 200), ("security_admin", 403)])
def test_who_may_open_the_page(town: Town, role: str, status: int) -> None:
    assert town.client(role).get(PAGE).status_code == status


def test_anyone_else_must_sign_in(town: Town) -> None:
    answer = Client().get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (code_of(55), "没有查到"),
        ("x", "没有查到"),
        (STALL, "个体工商户"),
        ("11370900004341048P", "没有查到"),
        ("99999999999999999999", "没有查到"),
    ],
)
def test_who_has_no_grade_is_told_so(town: Town, code: str, words: str) -> None:
    answer = town.client("clerk").get(f"/s/{code}/evaluation")
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert not Read.objects.filter(kind="evaluation").exists()


def test_persons_have_no_page(town: Town) -> None:
    person = Subject.objects.get(kind=5)
    with pytest.raises(NotFound, match="没有查到"):
        graded_subject(str(person.pk))


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("as_of=2026-12-31", 422, "还没有到"),
        ("as_of=yesterday", 422, "不能作为评价的日期"),
        ("as_of=9999-12-31", 422, "还没有到"),
        ("as_of=0001-01-01", 422, "还没有采纳政策集，那天没有"),
        ("as_of=2020-01-01", 422, "还没有采纳政策集，那天没有"),
        ("model=construction", 404, "不评价这个行业"),
        ("model=nosuch", 422, "没有评价模型“nosuch”"),
    ],
)
def test_bad_questions_get_a_sentence(town: Town, query: str, status: int, words: str) -> None:
    answer = town.told_why("clerk", code_of(1)).get(f"{PAGE}?{query}")
    assert answer.status_code == status, answer.content.decode()
    assert words in answer.content.decode()


def test_reasons_dimensions_and_bars_add_up_to_the_score(town: Town) -> None:
    for number in (1, 2, 3):
        found = results_of(town.firm(number), TODAY, AT).city
        assert sum(each.milli_points for each in found.reasons) == found.score
        assert sum(found.dimensions.values()) == found.score
        rows = waterfall_chart(found)["rows"]
        told = [round(float(row[1].replace("−", "-").replace(",", "")) * 1000) for row in rows]
        assert sum(told[:-1]) == told[-1] == found.score
    page = town.told_why("clerk", code_of(3)).get(f"/s/{code_of(3)}/evaluation").content.decode()
    shown = re.findall(r'<td class="number" data-label="分">([+−][\d.,]+)</td>', page)
    total = results_of(town.firm(3), TODAY, AT).city
    assert sum(round(float(each.replace("−", "-")) * 1000) for each in shown) == total.score - total.model.starting_milli_points
    assert points(total.score) in page


def test_what_the_city_does_not_collect_is_said(town: Town) -> None:
    found = results_of(town.firm(1), TODAY, AT).city
    assert found.not_collected
    page = town.told_why("clerk", code_of(1)).get(PAGE).content.decode()
    assert all(each.title in page for each in found.not_collected)
    assert "/evaluation/method/public_comprehensive" in page


def test_the_outlook_is_what_the_method_says_on_that_day(town: Town) -> None:
    subject = town.firm(3)
    found, order = results_of(subject, TODAY, AT).city, order_of("public_comprehensive", TODAY, AT)
    changes = outlook(subject, found, order)
    assert [each.on for each in changes] == sorted(each.on for each in changes)
    for change in changes:
        assert change.then is not None
        assert change.then.as_of == change.on
        gone = {each.record_id for each in change.ending}
        assert gone
        assert gone.isdisjoint(each.record_id for each in change.then.reasons if each.record_id)
        eve = change.on - timedelta(days=1)
        before = outlook(subject, replace(found, reasons=change.ending), replace(order, as_of=eve, moment=end_of_day(eve)))
        assert before[0].on == change.on
    page = town.told_why("clerk", code_of(3)).get(f"/s/{code_of(3)}/evaluation/outlook", headers={"HX-Request": "true"})
    assert str(changes[0].on) in page.content.decode()
    assert "<html" not in page.content.decode()


def test_a_reason_without_an_end_changes_nothing(town: Town) -> None:
    found = results_of(town.firm(1), TODAY, AT).city
    assert not changes_of(replace(found, reasons=[replace(each, until=None) for each in found.reasons]))


def test_results_stand_apart_the_national_one_first(town: Town) -> None:
    agency = RegisteredAgency.objects.create(
        code=code_of(80), name="泰安云杉信用评价有限公司", kind="market", scale=[["A", "优"], ["AA", "很好"]], registered_at=1, content_id=0
    )
    for agency_id, grade in ((0, "优"), (agency.pk, "AA")):
        for on in (date(2026, 1, 1), date(2026, 10, 1)):
            ExternalEvaluation.objects.create(
                agency_id=agency_id, subject_id=town.firm(1).pk, grade=grade, method="第二版",
                evaluated_on=on, valid_until=date(2026, 11, 1), received_at=AT - 60, content_id=0,
            )  # fmt: skip
    results = results_of(town.firm(1), TODAY, AT)
    assert [(each.grade_title, each.evaluated_on, each.valid) for each in results.national] == [("优", date(2026, 10, 1), False)]
    assert results_of(town.firm(2), TODAY, AT).national == []
    page = town.told_why("clerk", code_of(1)).get(PAGE).content.decode()
    places = [page.index(words) for words in ("国家公共信用信息中心", "本平台，", "泰安云杉信用评价有限公司")]
    assert places == sorted(places)
    assert "已失效" in page


def test_the_paper_for_the_firm_is_the_credit_offices(town: Town) -> None:
    assert town.told_why("clerk", code_of(1)).get(f"{PAGE}/handover").status_code == 403
    paper = town.told_why("credit_office", code_of(1)).get(f"{PAGE}/handover").content.decode()
    found = results_of(town.firm(1), TODAY, AT).city
    assert points(found.score) in paper
    assert "收到人签名" in paper
    assert Read.objects.filter(kind="evaluation", what__startswith="handover").count() == 1


def test_a_past_day_is_answered_as_known_then(town: Town) -> None:
    with pytest.raises(Refused):
        results_of(town.firm(1), TODAY + timedelta(days=1), AT)
    yesterday = TODAY - timedelta(days=1)
    page = town.told_why("clerk", code_of(1)).get(f"{PAGE}?as_of={TODAY}").content.decode()
    assert "看今天的" not in page
    answer = town.told_why("clerk", code_of(1)).get(f"{PAGE}?as_of={yesterday}")
    assert answer.status_code == 404  # nothing of the firm was known
    assert "不评价" in answer.content.decode()


def test_an_industry_has_its_own_result_beside_the_citys(town: Town) -> None:
    results = results_of(town.firm(2), TODAY, AT)
    assert [each.model.id for each in results.industries] == ["food_and_drugs"]
    assert results_of(town.firm(1), TODAY, AT).industries == []
    (food,) = results.industries
    assert sum(each.milli_points for each in food.reasons) == food.score != results.city.score
    client, page = town.told_why("clerk", code_of(2)), f"/s/{code_of(2)}/evaluation"
    both = client.get(page).content.decode()
    assert points(results.city.score) in both
    assert points(food.score) in both
    assert f"{page}?model=food_and_drugs" in both
    assert "食品药品处罚" in client.get(f"{page}?model=food_and_drugs").content.decode()
