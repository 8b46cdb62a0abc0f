"""The route of every adverse record: what it promises is what happens on that day, to the grade as well; who sees how much of it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.test import Client

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.mandating import grant_mandate
from chengxin.access.types import MandateKind
from chengxin.casework.models import Case
from chengxin.during_event.evaluation.explaining import explain
from chengxin.during_event.evaluation.runs import order_of
from chengxin.foundation.catalogue import services as catalogue
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.services import place_hold
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, date_of, start_of_day
from chengxin.kernel.refused import Refused
from chengxin.policy.files import read_files
from chengxin.rights.restoration.grades import grade_after
from chengxin.rights.restoration.ports import lift_measures
from chengxin.rights.restoration.routes import Route, Stage, route_of, routes_of
from chengxin.rights.restoration.rules import Way
from tests.conftest import PROJECT
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, penalty
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning, pdf, restored

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
EARLIEST, LATEST = date(2026, 7, 11), date(2027, 4, 10)
FINED = {"CF_CFLB": "罚款;没收违法所得", "CF_NR_FK": "6", "CF_NR_WFFF": "1.2", "CF_NR": "罚款60000元，没收违法所得12000元"}


@pytest.fixture
def town(db: None) -> Town:
    catalogue.adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    return a_town(HANDED_IN, decided_on=DECIDED, **FINED)


def route(town: Town, day: date) -> Route:
    found = route_of(Record.objects.get(pk=town.record.pk), morning(day))
    assert found is not None
    return found


def test_a_route_says_everything_that_is_needed(town: Town) -> None:
    before = route(town, date(2026, 5, 6))
    assert (before.way, before.stage, before.earliest_on, before.latest_on) == (Way.APPLICATION, Stage.WAITING, EARLIEST, LATEST)
    assert before.severity.label == "一般"
    assert [(each.title, each.done) for each in before.todo][1] == ("等最短公示期届满", False)
    assert any("信用承诺书" in each.title for each in before.todo)
    assert not any("培训" in each.title for each in before.todo), "never required"
    (beside,) = before.beside
    assert (beside.start_on, beside.earliest_on, beside.latest_on) == (date(2026, 4, 14), date(2026, 10, 15), date(2029, 4, 14))
    assert route(town, EARLIEST).stage is Stage.OPEN
    assert route(town, EARLIEST - timedelta(1)).stage is Stage.WAITING
    assert route(town, LATEST).stage is Stage.OPEN
    assert route(town, LATEST + timedelta(1)).stage is Stage.OVER


def test_walking_the_route_reaches_what_it_promised(town: Town) -> None:
    """On the earliest day, step by step: gone from every surface that day, the grade the one that was promised three months before."""
    asked = morning(date(2026, 5, 6))
    subject = Subject.objects.get(pk=town.record.subject_id)
    promised = grade_after(subject, [town.record.pk], EARLIEST, asked)
    assert promised is not None
    assert promised.restored.score > promised.otherwise.score, "the restoration matters to the grade"
    at = morning(EARLIEST)
    restored(town.record, town.owner, town.clerk, town.reviewer, at)
    for surface in (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED):
        assert not Record.objects.filter(visible(surface, at)).exists()
    now = explain(subject, order_of("public_comprehensive", EARLIEST, at))
    assert (now.grade, now.score) == (promised.restored.grade, promised.restored.score)
    assert route(town, EARLIEST).stage is Stage.OVER


def test_without_restoration_it_ends_by_itself_on_the_last_day(town: Town) -> None:
    last = start_of_day(LATEST + timedelta(1))
    assert Record.objects.filter(visible(Surface.PUBLIC, last - 1)).exists()
    assert not Record.objects.filter(visible(Surface.PUBLIC, last)).exists()


def test_lifting_of_measures_is_part_of_the_decision(town: Town) -> None:
    """The port is empty until measures come; who fills it is called in the transaction of the decision, and can make it fail as a whole."""
    assert dict(lift_measures.items()) == {}
    lifted: list[tuple[int, str]] = []

    def lift(record_id: int, document: str, at: int) -> int:
        lifted.append((record_id, document))
        raise Refused("not-now", "解除措施失败。", "再试。")

    lift_measures.register("test", lift)
    try:
        with pytest.raises(Refused, match="解除措施失败"):
            restored(town.record, town.owner, town.clerk, town.reviewer, morning(EARLIEST))
    finally:
        lift_measures.forget("test")
    assert lifted == [(town.record.pk, "泰市监修〔2026〕1号")]
    assert Case.objects.get().state == "proposed"
    assert Record.objects.filter(visible(Surface.PUBLIC, morning(EARLIEST))).exists()


def test_a_hold_is_shown_as_screening(town: Town) -> None:
    at = morning(date(2026, 5, 6))
    place_hold(record_id=town.record.pk, surfaces=[Surface.PUBLIC], because="异议核查", clause="", until_at=FOREVER, by="信用办", at=at)
    found = route(town, date(2026, 5, 7))
    assert (found.stage, "异议核查" in found.sentence) == (Stage.SCREENED, True)


class TestPages:
    @pytest.fixture(autouse=True)
    def _day(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(clock.PINNED_CLOCK, str(morning(EARLIEST)))

    def test_anyone_sees_the_route_and_no_grade(self, town: Town) -> None:
        for path in (f"/s/{code_of(1)}", f"/r/{town.record.pk}", f"/r/{town.record.pk}/restoration"):
            page = Client().get(path).content.decode()
            assert "2026-07-11" in page, path
            assert "2027-04-10" in page, path
            assert "申请信用修复</a>" not in page, path
            assert "当天等级是" not in page, path
        assert "2026-10-15" in Client().get(f"/r/{town.record.pk}/restoration").content.decode(), "market regulation's own day beside it"

    def test_the_firm_sees_its_grade_and_the_button(self, town: Town) -> None:
        client = browser_of(town.owner)
        for path in (f"/s/{code_of(1)}", f"/r/{town.record.pk}"):
            page = client.get(path).content.decode()
            assert f"/cases/open/restoration/record/{town.record.pk}" in page, path
            assert "当天等级是" in page, path
        assert "申请信用修复</a>" not in browser_of(town.stranger).get(f"/r/{town.record.pk}").content.decode()
        assert "当天等级是" not in browser_of(town.clerk).get(f"/r/{town.record.pk}").content.decode(), "offices state a matter first"

    def test_a_case_takes_the_buttons_place(self, town: Town) -> None:
        client = browser_of(town.owner)
        opened = client.get(f"/cases/open/restoration/record/{town.record.pk}")
        assert opened.status_code == 200
        made = client.post(
            f"/cases/open/restoration/record/{town.record.pk}/new",
            {"performed": "罚款已缴清", "promise": "yes", "file.performance_proof": pdf(), "file.commitment_letter": pdf("承诺.pdf")},
        )
        assert made.status_code == 302, made.content.decode()
        page = client.get(f"/s/{code_of(1)}").content.decode()
        assert made["Location"] in page
        assert "申请信用修复</a>" not in page
        assert made["Location"] not in Client().get(f"/s/{code_of(1)}").content.decode(), "a case is for those on it"

    def test_the_interface_says_the_same(self, town: Town) -> None:
        found = Client().get(f"/api/v1/records/{town.record.pk}/route")
        assert found.status_code == 200
        said = found.json()
        assert (said["way"], said["stage"], said["earliest_on"], said["latest_on"]) == ("application", "open", "2026-07-11", "2027-04-10")
        assert said["beside"][0]["earliest_on"] == "2026-10-15"
        assert Client().get("/api/v1/records/999999/route").status_code == 404


def listed(town: Town, item: str, **fields: str) -> Record:
    hand_in(town.office, [fields], item=item, at=HANDED_IN, file_name=f"{item}.csv")
    number = {"abnormal_operation": 14, "serious_dishonesty_entries": 13}[item]
    return Record.objects.get(item=number)


def test_abnormal_operation_may_be_left_as_soon_as_its_cause_is_gone(town: Town) -> None:
    record = listed(
        town, "abnormal_operation", YC_MC=penalty(1, "")["CF_XDR_MC"], YC_LB="法人及非法人组织", YC_SHXYM=code_of(1),
        YC_WSH="泰市监异〔2026〕1号", YC_LRRQ="2026-04-10", YC_LRSY="未按期公示年度报告",
        YC_JG="泰安市市场监督管理局", YC_JGDM=town.office.code,
    )  # fmt: skip
    day = date(2026, 5, 6)
    found = route_of(record, morning(day))
    assert found is not None
    assert (found.way, found.stage, found.earliest_on) == (Way.REMOVAL, Stage.OPEN, date(2026, 4, 10))
    restored(record, town.owner, town.clerk, town.reviewer, morning(day))
    for surface in Surface:
        assert not Record.objects.filter(visible(surface, morning(day)), pk=record.pk).exists(), "removal ends the entry itself"


def test_a_list_entry_is_left_by_the_decision_of_who_listed(town: Town) -> None:
    record = listed(
        town, "serious_dishonesty_entries", YZ_MC=penalty(1, "")["CF_XDR_MC"], YZ_LB="法人及非法人组织", YZ_SHXYM=code_of(1),
        YZ_WSH="泰市监严〔2026〕1号", YZ_LRRQ="2026-04-10", YZ_MDMC="市场监督管理严重违法失信名单", YZ_LRSY="较重行政处罚", YZ_YJ="办法",
        YZ_JG="泰安市市场监督管理局", YZ_JGDM=town.office.code,
    )  # fmt: skip
    found = route_of(record, morning(date(2026, 5, 6)))
    assert found is not None
    assert (found.way, found.stage, found.earliest_on) == (Way.APPLICATION, Stage.WAITING, date(2027, 4, 11))


def test_many_routes_are_kept(town: Town) -> None:
    """Property, small here: firms with random penalties; whoever walks the route on its first day is where it said."""
    chance = random.Random(26)
    rows = []
    for number in range(2, 14):
        decided = date(2026, 4, 1) + timedelta(chance.randrange(0, 12))
        kinds = chance.choice(["罚款;没收违法所得", "没收违法所得", "暂扣许可证", "吊销许可证", "警告", "责令停产停业"])
        fine = {"CF_NR_FK": str(chance.randrange(1, 90)), "CF_NR_WFFF": ""} if "罚款" in kinds else {"CF_NR_FK": ""}
        taken = {"CF_NR_WFFF": "1.2"} if "没收" in kinds else {"CF_NR_WFFF": ""}
        rows.append(penalty(number, town.office.code, CF_JDRQ=decided.isoformat(), CF_CFLB=kinds, **fine | taken))
    assert hand_in(town.office, rows, at=HANDED_IN, file_name="多家.csv").accepted >= 10
    records = list(Record.objects.exclude(pk=town.record.pk).order_by("pk"))
    promised = routes_of(records, HANDED_IN)
    owner = open_enterprise_account(username="代理多家", password=PASSWORD, at=HANDED_IN)
    for record in sorted(records, key=lambda each: promised[each.pk].earliest_on or date.max):
        grant_mandate(
            account=owner, subject_id=record.subject_id, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="营业执照",
            valid_from=HANDED_IN - 1, valid_until=FOREVER, at=HANDED_IN, by=town.credit,
        )  # fmt: skip
        path = promised[record.pk]
        assert path.earliest_on is not None
        day = max(path.earliest_on, date_of(HANDED_IN))
        subject = Subject.objects.get(pk=record.subject_id)
        grade = grade_after(subject, [record.pk], day, HANDED_IN)
        assert grade is not None
        if path.earliest_on > date_of(HANDED_IN):
            with pytest.raises(Refused, match="最短公示期还没有届满"):
                restored(record, owner, town.clerk, town.reviewer, start_of_day(day) - 1)
        restored(record, owner, town.clerk, town.reviewer, morning(day))
        for surface in (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED):
            assert not Record.objects.filter(visible(surface, morning(day)), pk=record.pk).exists()
        then = explain(subject, order_of("public_comprehensive", day, morning(day)))
        assert (then.grade, then.score) == (grade.restored.grade, grade.restored.score), path
