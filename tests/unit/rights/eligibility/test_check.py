"""参评资格核查: in sets, on record before the answer, and whoever asked is told when the record was wrong."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.access.caller import Caller
from chengxin.access.models import Department, Read
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.casework.models import Case, CaseStep
from chengxin.foundation.records.models import RecordUse
from chengxin.foundation.records.services import place_hold, withdraw_record
from chengxin.foundation.records.types import Surface, WithdrawalReason
from chengxin.foundation.subjects.services import judge_pair
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.rights.eligibility import facts
from chengxin.rights.eligibility.services import AT_MOST, PURPOSE, check_offices, codes_in, day_in
from chengxin.rights.eligibility.types import Answer, Outcome, ReasonKind
from chengxin.rights.rectification.on_file import RECORD_SAID
from chengxin.rights.remedies.services import retractions_for
from tests.harness.breaches import Above, a_breach_town, find, order, record_in
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
LATER = NOW + 3600
TODAY = date(2026, 5, 6)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Above]:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(LATER))
    return a_breach_town(HANDED_IN, decided_on=date(2026, 4, 10))


def asking(office: Department) -> Caller:
    return Caller(department=office)


def check(above: Above, *codes: str, as_of: date = TODAY, at: int = LATER) -> list[Answer]:
    sheet = check_offices(codes=codes, as_of=as_of, matter="2026年度表彰", caller=asking(above.government), at=at)
    return list(sheet.answers)


def offices(number: int) -> list[Department]:
    return [add_department(code=code_of(200 + each, "11370900MB"), name=f"泰安市第{each}管理局", at=HANDED_IN) for each in range(number)]


def test_the_answers_come_in_the_order_asked_each_once(world: tuple[Town, Above]) -> None:
    town, above = world
    record = record_in(find(town, above, NOW))
    unknown = code_of(99, "11370900MB")
    answers = check(above, town.credit_office.code, town.office.code.lower(), unknown, town.office.code)
    assert [(each.code, each.outcome) for each in answers] == [
        (town.credit_office.code, Outcome.YES), (town.office.code, Outcome.NO), (unknown, Outcome.REVIEW),
    ]  # fmt: skip
    (reason,) = answers[1].reasons
    assert (reason.record, reason.version, reason.clause) == (record.pk, 1, "方案二（二）4")
    assert reason.todo[1].title.startswith("改正以后可以申请修复")


def test_the_question_is_on_record_with_what_was_shown(world: tuple[Town, Above]) -> None:
    town, above = world
    record = record_in(find(town, above, NOW))
    sheet = check_offices(
        codes=[town.office.code, town.credit_office.code], as_of=TODAY, matter="2026年度表彰", caller=asking(above.government), at=LATER
    )
    whole, shown = Read.objects.filter(kind="eligibility").order_by("pk")
    assert (whole.purpose, whole.matter, whole.what) == (PURPOSE, "2026年度表彰", "核查 2 个单位，2026-05-06")
    assert (shown.key, shown.subject_id, shown.what) == (town.office.code, record.subject_id, "不得参评")
    assert sheet.mark.number == f"第 {whole.pk} 号查看"
    use = RecordUse.objects.get(channel="eligibility")
    assert (use.record_id, use.version, use.recipient) == (record.pk, 1, f"department:{above.government.code}")


def test_whoever_asked_is_told_when_it_was_wrong(world: tuple[Town, Above]) -> None:
    town, above = world
    record = record_in(find(town, above, NOW))
    check(above, town.office.code)
    withdraw_record(
        record_id=record.pk, reason=WithdrawalReason.UNLAWFUL, decided_on=TODAY, because="判决确认违法", by="法院", at=LATER + 1
    )
    (told,) = retractions_for(asking(above.government))
    assert (told.retraction.record_id, told.retraction.verb, told.channels) == (record.pk, "withdrawn", "eligibility")
    (answer,) = check(above, town.office.code, at=LATER + 2)
    assert (answer.outcome, answer.reasons, answer.notes) == (Outcome.YES, (), ())


def test_a_record_that_is_held_is_reviewed(world: tuple[Town, Above]) -> None:
    town, above = world
    record = record_in(find(town, above, NOW))
    place_hold(record_id=record.pk, surfaces=[Surface.SHARED], because="核实中", clause="", by="信用办", at=LATER - 1)
    (answer,) = check(above, town.office.code)
    assert (answer.outcome, answer.reasons[0].kind) == (Outcome.REVIEW, ReasonKind.HELD)


def test_a_breach_of_before_records_were_made_of_them_is_reviewed(world: tuple[Town, Above]) -> None:
    town, above = world
    case = find(town, above, NOW)
    step = CaseStep.objects.get(case=case, verb="find_breach")
    CaseStep.objects.filter(pk=step.pk).update(said={key: value for key, value in step.said.items() if key != RECORD_SAID})
    (answer,) = check(above, town.office.code)
    assert {each.kind for each in answer.reasons} == {ReasonKind.BREACH, ReasonKind.NOT_ON_FILE}


def test_both_codes_of_one_office_are_barred(world: tuple[Town, Above]) -> None:
    town, above = world
    (other,) = offices(1)
    records = [record_in(find(town, above, NOW)), record_in(find(town, above, NOW + 1, other))]
    withdraw_record(record_id=records[1].pk, reason=WithdrawalReason.VOID, decided_on=TODAY, because="重复", by="信用办", at=NOW + 2)
    assert [each.outcome for each in check(above, other.code)] == [Outcome.YES]
    judge_pair(
        left_id=records[0].subject_id, right_id=records[1].subject_id, verdict=Verdict.SAME, because="机构改革合并", by="信用办", at=NOW + 3
    )
    assert [each.outcome for each in check(above, other.code, town.office.code)] == [Outcome.NO, Outcome.NO]


def test_an_office_that_is_closed_is_reviewed(world: tuple[Town, Above]) -> None:
    _, above = world
    (gone,) = offices(1)
    Department.objects.filter(pk=gone.pk).update(closed_at=NOW)
    (answer,) = check(above, gone.code)
    assert (answer.outcome, answer.reasons[0].kind) == (Outcome.REVIEW, ReasonKind.OFFICE_CLOSED)


def test_no_query_for_a_row(world: tuple[Town, Above]) -> None:
    """Thirty offices with a breach or an open rectification each cost as many queries as three."""
    town, above = world
    many = offices(30)
    for place, office in enumerate(many):
        (find if place % 2 else _order)(town, above, NOW + place, office)
    counts = []
    for number in (4, 30):
        with CaptureQueriesContext(connection) as sent:
            answers = check(above, *(each.code for each in many[:number]))
        assert {each.outcome for each in answers} == {Outcome.NO, Outcome.YES}
        counts.append(len(sent))
    assert counts[0] == counts[1] < 40


def _order(town: Town, above: Above, at: int, office: Department) -> Case:
    return order(town, at, office)


def test_sets_are_looked_at_one_after_the_other(world: tuple[Town, Above], monkeypatch: pytest.MonkeyPatch) -> None:
    town, above = world
    many = offices(5)
    find(town, above, NOW, many[3])
    codes = [each.code for each in many]
    whole = check(above, *codes)
    monkeypatch.setattr(facts, "AT_A_TIME", 2)
    assert check(above, *codes) == whole
    assert [each.outcome for each in whole] == [Outcome.YES] * 3 + [Outcome.NO, Outcome.YES]


def test_thousands_at_once(world: tuple[Town, Above]) -> None:
    _, above = world
    codes = [code_of(1_000 + each, "11370900MB") for each in range(3_000)]
    assert {each.outcome for each in check(above, *codes)} == {Outcome.REVIEW}


def test_what_is_refused(world: tuple[Town, Above]) -> None:
    town, above = world
    for codes, matter, slug in (
        ([], "表彰", "said-missing"),
        ([town.office.code], " ", "said-missing"),
        ([town.office.code], "长" * 201, "said-too-long"),
        (["泰安市市场监督管理局", town.office.code], "表彰", "not-a-credit-code"),
        ([town.office.code[:-1] + "!"], "表彰", "not-a-credit-code"),
        ([code_of(each, "11370900MB") for each in range(AT_MOST + 1)], "表彰", "too-many-codes"),
    ):
        with pytest.raises(Refused) as refused:
            check_offices(codes=codes, as_of=TODAY, matter=matter, caller=asking(above.government), at=LATER)
        assert refused.value.slug == slug
    assert not Read.objects.filter(kind="eligibility").exists(), "nothing was shown"
    with pytest.raises(Refused, match="日期"):
        day_in("明天", LATER)
    assert day_in("", LATER) == TODAY
    assert codes_in(" a,b；c\n\nd、e ") == ["a", "b", "c", "d", "e"]


def test_an_account_is_told_as_itself(world: tuple[Town, Above]) -> None:
    town, above = world
    find(town, above, NOW)
    organiser = add_account(username="组织", department=above.government, role=Role.REVIEWER, password=PASSWORD, at=HANDED_IN)
    caller = Caller(above.government, organiser, Role.REVIEWER)
    check_offices(codes=[town.office.code], as_of=TODAY, matter="表彰", caller=caller, at=LATER)
    assert RecordUse.objects.get(channel="eligibility").recipient == f"account:{organiser.pk}"
