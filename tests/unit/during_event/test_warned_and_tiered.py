"""From files of the registry, the court and an office to warnings in the right inbox and to risk classes; and what a withdrawal undoes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.access.services import add_department
from chengxin.during_event.evaluation.models import EvaluationGrade
from chengxin.during_event.evaluation.runs import order_of, run_evaluation
from chengxin.during_event.tiering.classes import risk_classes, runs_for
from chengxin.during_event.warnings.models import RiskWarning
from chengxin.during_event.warnings.services import run_warnings
from chengxin.foundation.catalogue.commands import files_at
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.foundation.subjects.queries import subject_by_code
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.policy import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty, person_number
from tests.harness.valid_rows import valid_row

NOW = HANDED_IN + 3 * 86_400
LISTED, ALSO_LISTED, NAMESAKE, UNLISTED, PUNISHED = 1, 2, 3, 4, 5


@pytest.fixture(autouse=True)
def _city(db: None, monkeypatch: pytest.MonkeyPatch, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_HOME = str(tmp_path)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    adopt_shipped_set(files=files_at(None), at=HANDED_IN - 1_000_000)


def a_city(policy: PolicySet) -> Department:
    """Registry, court list and penalties, as files: firms 1, 2 and 4 have the same person in office, firm 3 one of the same name."""
    market = market_regulation()
    court = add_department(code=code_of(9, "11370900MC"), name="泰安市中级人民法院", at=HANDED_IN - 86_400)
    registry = []
    for number in (LISTED, ALSO_LISTED, NAMESAKE, UNLISTED, PUNISHED):
        row = valid_row(policy.item("registry_basics"), policy, market.code, number)
        person = {
            "DJ_FRDB": "钱同名",
            "DJ_FR_ZJLX": "身份证",
            "DJ_FR_ZJHM": person_number(1 if number in (LISTED, ALSO_LISTED, UNLISTED) else number),
        }
        registry.append(
            row | person | {"DJ_LB": "法人及非法人组织", "DJ_ZT": "开业", "DJ_QH": "370902", "DJ_HY": "C13", "DJ_CLRQ": "2015-03-01"}
        )
    done = hand_in(market, registry, item="registry_basics", file_name="登记.csv")
    assert done.rejected == 0
    listed = [valid_row(policy.item("judgment_defaulters"), policy, court.code, number) for number in (LISTED, ALSO_LISTED, NAMESAKE)]
    assert hand_in(court, listed, item="judgment_defaulters", file_name="名单.csv").rejected == 0
    penalties = [
        penalty(
            PUNISHED,
            market.code,
            CF_WSH=f"泰市监处罚〔2026〕连{n}号",
            CF_JDRQ=f"{date_of(HANDED_IN) - timedelta(days=20 * n + 1)}",
            CF_NR_FK="120",
        )
        for n in range(3)
    ]
    assert hand_in(market, penalties, file_name="处罚.csv").rejected == 0
    return market


def found() -> set[tuple[str, int]]:
    """Rule and number of the firm."""
    numbers = {subject.pk: n for n in range(1, 6) if (subject := subject_by_code(code_of(n))) is not None}
    return {(rule, numbers[subject_id]) for rule, subject_id in RiskWarning.objects.values_list("rule", "subject_id")}


def test_files_become_warnings_with_reasons_in_the_right_inbox(policy_set: PolicySet) -> None:
    market = a_city(policy_set)
    run_warnings(NOW, by="测试")
    listings = {("new_judgment_defaulter", number) for number in (LISTED, ALSO_LISTED, NAMESAKE)}
    people = {("shared_person", LISTED), ("shared_person", ALSO_LISTED)}
    assert found() == listings | people | {("penalty_burst", PUNISHED)}
    assert set(RiskWarning.objects.values_list("office_id", flat=True)) == {market.pk}, "the court decides, the field's office looks"
    clerk = Client()
    clerk.force_login(Account.objects.create(username="经办", role="clerk", department=market))
    board = clerk.get("/office/warnings").content.decode()
    shared = RiskWarning.objects.filter(rule="shared_person").first()
    assert shared is not None
    page = clerk.get(f"/office/warnings/{shared.pk}").content.decode()
    for text in (board, page):
        assert "登记在案的同一名在任责任人名下有 2 家主体同时在列" in text
        assert "钱同名" not in text
        assert person_number(1) not in text
    public = Client().get(f"/s/{code_of(LISTED)}").content.decode()
    assert "预警" not in public
    assert "风险类别" not in public


def test_what_is_withdrawn_warns_nobody(policy_set: PolicySet) -> None:
    a_city(policy_set)
    gone = Record.objects.filter(document_number__contains="连1号").get()
    withdraw_record(record_id=gone.pk, reason=WithdrawalReason.REVOKED, decided_on=date_of(NOW), because="撤销", by="测试", at=NOW - 60)
    run_warnings(NOW, by="测试")
    assert ("penalty_burst", PUNISHED) not in found()


def test_from_facts_to_grades_to_how_often_one_is_drawn(policy_set: PolicySet) -> None:
    market = a_city(policy_set)
    visit = valid_row(policy_set.item("administrative_inspection"), policy_set, market.code, UNLISTED) | {"JC_JCJG": "未发现问题"}
    assert hand_in(market, [visit], item="administrative_inspection", file_name="检查.csv").rejected == 0
    run_evaluation(order_of("public_comprehensive", date_of(NOW), NOW), by="测试", at=NOW)
    classes = risk_classes("registration_and_publicity", as_of=date_of(NOW), policy=policy_set)
    by_firm = {code_of(n): n for n in range(1, 6)}
    found = {by_firm[code]: letter for code, letter in classes.select("code", "risk_class").iter_rows()}
    graded = EvaluationGrade.objects.filter(model="public_comprehensive").values_list("subject_id", "grade")
    codes = dict(classes.select("subject_id", "code").iter_rows())
    grades = {by_firm[codes[subject_id]]: "B" if grade == "N" else grade for subject_id, grade in graded}
    assert found == grades, "the class follows from the grade alone"
    assert found[LISTED] > found[UNLISTED]
    assert found[LISTED] == found[ALSO_LISTED] == found[NAMESAKE]
    business = risk_classes("labour_use", as_of=date_of(NOW), policy=policy_set)
    assert business.equals(classes), "the same people, the same evaluation"
    runs = runs_for("registration_and_publicity", policy_set)
    again = risk_classes("registration_and_publicity", as_of=date_of(NOW), policy=policy_set, runs=runs)
    assert again.equals(classes)
    earlier = run_evaluation(order_of("public_comprehensive", date_of(HANDED_IN) - timedelta(days=2), NOW), by="测试", at=NOW + 1)
    then = risk_classes("registration_and_publicity", as_of=date_of(NOW), policy=policy_set, runs={"public_comprehensive": earlier.pk})
    assert set(then["risk_class"]) == {"B"}, "before the files came nobody had a grade; the classes of then come from the files of that run"
