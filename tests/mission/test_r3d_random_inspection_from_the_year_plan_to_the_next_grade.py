"""R3d 风险预警、分级分类、双随机：pools, plan, a draw that anybody runs again, pairing, results; low risk less, high risk
more, everyone some.

Everything by the pages that an office, two people at the public value, the firm and the public use.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department, issue_token
from chengxin.during_event.inspection import ceremony as steps
from chengxin.during_event.inspection import draws, public_values
from chengxin.during_event.inspection.inspectors import HEADER, load_inspectors
from chengxin.during_event.inspection.models import Draw, HandOver, InspectionPlan, Visit, VisitTask
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.during_event.inspection.types import Mode
from chengxin.during_event.tiering.classes import strata
from chengxin.engine import draw as engine
from chengxin.foundation.disclosure.models import TimelinessCount
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import public_record
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, local_time
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from tests.conftest import PROJECT
from tests.harness.evaluation_town import AT, HEAVY, Town, grocer, small_town
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, penalty

PARTIES = ("市市场监管局", "市工商联", "市公证处")
NUMBER = "2026-价格-01"
REVEAL_DUE, PUBLIC_DUE = AT + 3_600, AT + 7_200
PENALTIES = 5
VALUE = "03 11 17 20 26 31 + 09"


@pytest.fixture
def town(db: None, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """An office, three firms that have been graded, a stall."""
    made = small_town(tmp_path, monkeypatch)
    earlier_visits(made)
    made.run()
    return made


def earlier_visits(town: Town) -> None:
    """The firms have been visited often enough for one finding to weigh, and stand just above the line between 优 and 良."""
    office = town.office
    passed = [
        {
            "JC_XDR_MC": town.firm(n).name, "JC_XDR_LB": "法人及非法人组织", "JC_XDR_SHXYM": code_of(n), "JC_WSMC": "检查记录",
            "JC_WSH": f"泰市监检〔2026〕{n}{k:02}号", "JC_JDRQ": "2026-11-12", "JC_JCSX": "价格检查", "JC_JCLX": "日常检查",
            "JC_JCJG": "未发现问题", "JC_NR": "未发现问题", "JC_YJ": "中华人民共和国价格法", "JC_JG": office.name, "JC_JGDM": office.code,
            "JC_ZT": "1", "JC_SJLY": office.name, "JC_SJLYDM": office.code,
        }
        for n in (1, 2, 3) for k in range(10)
    ]  # fmt: skip
    assert hand_in(office, passed, item="administrative_inspection", file_name="检查.csv", at=AT - 60).accepted == len(passed)
    registered = [grocer(office.code) | {"DJ_MC": town.firm(n).name, "DJ_SHXYM": code_of(n)} for n in (1, 3)]
    assert hand_in(office, registered, item="registry_basics", file_name="登记二.csv", at=AT - 90).accepted == len(registered)
    more = [
        penalty(60 + 10 * n + k, office.code, CF_XDR_SHXYM=code_of(n), CF_XDR_MC=town.firm(n).name, **HEAVY)
        for n in (1, 2, 3)
        for k in range(PENALTIES)
    ]
    assert hand_in(office, more, file_name="处罚三.csv", at=AT - 30).accepted == len(more)


def number_of(party: str) -> bytes:
    return engine.party_commitment("secret", party, bytes(32))


def moment(at: Instant) -> str:
    return f"{local_time(at):%Y-%m-%dT%H:%M}"


def does(client: Client, address: str, **given: Any) -> None:
    """A form that is accepted."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()


def year_plan_and_inspectors(town: Town, clerk: Client) -> None:
    does(clerk, "/office/annual-plan/versions", year="2026", lines=["price_and_advertising:4", "food_business:4"])
    rows = [f"{town.office.code},检查员{n},鲁J{n:04},市场监管综合、食品安全,,2027-12-31" for n in range(1, 7)]
    table = "\n".join([",".join(HEADER), *rows])
    does(clerk, "/office/inspectors/table", table=SimpleUploadedFile("检查人员.csv", table.encode()))
    today = date_of(AT)
    does(
        clerk, "/office/inspections/plans", number=NUMBER, title="价格抽查", matters="price_and_advertising", offices=town.office.code,
        mode="on_site", visits_from=str(today), visits_until=str(today + timedelta(days=40)), parties="\n".join(PARTIES),
        public_source="第 26135 期公开开奖号码", reveal_due_at=moment(REVEAL_DUE), public_due_at=moment(PUBLIC_DUE),
    )  # fmt: skip


def ceremony(town: Town, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """The whole of it by the page of the plan."""
    page = f"/office/inspections/{NUMBER}"
    for party in PARTIES:
        does(clerk, f"{page}/seal", party=party, commitment=engine.party_commitment(NUMBER, party, number_of(party)).hex())
    does(clerk, f"{page}/commit")
    for party in PARTIES[:2]:
        does(clerk, f"{page}/open", party=party, number=number_of(party).hex())
    monkeypatch.setenv(clock.PINNED_CLOCK, str(PUBLIC_DUE + 60))
    clerk, reviewer = town.client("clerk"), town.client("reviewer")  # two hours later
    does(clerk, f"{page}/public", value=VALUE, seen_at="https://lottery.example/26135")
    assert clerk.post(f"{page}/run").status_code == 422, "one person is not two"
    does(reviewer, f"{page}/public", value=VALUE, seen_at="电视公告")
    does(clerk, f"{page}/run")
    sign_checkpoint(PUBLIC_DUE + 61)
    does(clerk, f"{page}/publish")
    return Draw.objects.get(plan__number=NUMBER)


def finding(task: VisitTask) -> dict[str, str]:
    return {
        "form_key": f"phone-{task.pk:04}", "visited_on": str(date_of(PUBLIC_DUE)), "place": "示例路 1 号", "outcome": "发现问题待后续处理",
        "result.price_and_advertising.price_tags": "problem", "words.price_and_advertising.price_tags": "三种商品没有标价",
        "result.price_and_advertising.advertising": "fine", "present": "、".join(task.inspectors),
    }  # fmt: skip


def test_from_the_year_plan_to_the_next_grade(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, client: Client) -> None:
    clerk = town.client("clerk")
    year_plan_and_inspectors(town, clerk)
    assert "价格和广告行为检查" in client.get("/annual-plans?year=2026").content.decode()
    draw = ceremony(town, clerk, monkeypatch)
    clerk, reviewer = town.client("clerk"), town.client("reviewer")

    # The public has the files alone, and two programs.
    answer = client.get(f"/draws/{NUMBER}/files/all.zip")
    folder = tmp_path / "downloaded"
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    assert engine.verify(folder) == []
    assert shutil.which("node")
    again = subprocess.run(["node", str(PROJECT / "verifiers/draw.mjs"), str(folder)], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    rows = [json.loads(line) for line in (folder / "firms.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == draw.firms == 4, "three firms and the stall: everybody can be drawn"
    assert json.loads((folder / "reveals.json").read_text(encoding="utf-8"))["party.3"] == "withheld"

    # The visit, by a phone; the firm reads who comes and says its word.
    task = VisitTask.objects.select_related("visit").filter(visit__subject_code__in=[town.firm(n).code for n in (1, 2, 3)]).first()
    assert task is not None
    firm_page = client.get(f"/v/{task.visit.token}").content.decode()
    assert all(number in firm_page for number in task.inspectors)
    assert clerk.get(f"/office/visits/{task.pk}/sheet.pdf").content.startswith(b"%PDF")
    before = told(town, task)
    does(clerk, f"/office/visits/{task.pk}/findings", **finding(task))
    assert clerk.post(f"/office/visits/{task.pk}/review", {"verdict": "agree"}).status_code in (403, 422), "nobody reviews himself"
    does(client, f"/v/{task.visit.token}/rating", stars="4", as_planned="yes", words="规范")

    # Reviewed, public within the days, on the firm's page.
    assert "公示期限" in clerk.get(f"/office/visits/{task.pk}").content.decode()
    does(reviewer, f"/office/visits/{task.pk}/review", verdict="agree")
    record = Record.objects.get(submission_id=VisitTask.objects.get(pk=task.pk).submission_id)
    assert public_record(record.pk, PUBLIC_DUE + 61) == record
    assert "三种商品没有标价" in client.get(f"/r/{record.pk}").content.decode()
    assert "价格和广告行为检查" in client.get(f"/s/{task.visit.subject_code}").content.decode()
    assert "发现问题待后续处理" in client.get(f"/draws/{NUMBER}").content.decode()
    counted = TimelinessCount.objects.filter(authority_id=town.office.pk, item=record.item)
    assert (sum(each.on_time for each in counted), sum(each.late for each in counted)) == (31, 0)

    # The problem goes to those who decide penalties, and the answer names theirs.
    hand_over_and_answer(town, clerk, task)

    # The next evaluation: the record is named among the reasons.
    tomorrow = PUBLIC_DUE + 86_400
    monkeypatch.setenv(clock.PINNED_CLOCK, str(tomorrow))
    after = told(town, task)
    (line,) = [each for each in after["reasons"] if each["record"] == record.pk]
    assert (line["title"], line["document_number"]) == ("检查发现问题", f"{NUMBER}-{task.pk}号")
    assert line["milli_points"] == -27_272
    assert "泰市监罚〔2026〕99号" in {each["document_number"] for each in after["reasons"]}
    assert sum(each["milli_points"] for each in after["reasons"]) == after["score_milli_points"] < before["score_milli_points"]
    assert (before["grade"], after["grade"]) == ("A", "B")
    assert fsck().sound


def hand_over_and_answer(town: Town, clerk: Client, task: VisitTask) -> None:
    does(
        clerk, f"/office/visits/{task.pk}/pass-on", office=town.office.code, case_number="泰市监案〔2026〕7号", because="不明码标价"
    )  # fmt: skip
    handed = HandOver.objects.get(task=task)
    page = f"/office/hand-overs/{handed.pk}"
    assert clerk.post(f"{page}/answer", {"document_number": "泰市监罚〔2026〕99号"}).status_code == 422, "no such penalty yet"
    decided = penalty(40, town.office.code, **HEAVY) | {
        "CF_XDR_SHXYM": task.visit.subject_code, "CF_XDR_MC": town.firm_by(task.visit.subject_code).name, "CF_WSH": "泰市监罚〔2026〕99号",
        "CF_JDRQ": str(date_of(PUBLIC_DUE)),
    }  # fmt: skip
    assert hand_in(town.office, [decided], at=PUBLIC_DUE + 120, file_name="处罚二.csv").accepted == 1
    does(clerk, f"{page}/answer", document_number="泰市监罚〔2026〕99号")
    assert "已处罚" in clerk.get("/office/hand-overs").content.decode()


def told(town: Town, task: VisitTask) -> dict[str, Any]:
    """What the office's own system is told of the firm's grade now."""
    token = issue_token(town.office, clock.now())
    asked = {"matter": "泰市监〔2026〕9号"}
    answer = Client().get(f"/api/v1/subjects/{task.visit.subject_code}/evaluation", asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def test_low_risk_less_high_risk_more_everyone_some(policy_set: PolicySet) -> None:
    today = date(2026, 11, 23)
    for group in policy_set.tiering_groups.values():
        ratios = [each.per_mille * each.rounds for each in strata(group.id, today, policy_set).values()]
        assert ratios == sorted(ratios)
        assert ratios[0] > 0


def test_two_offices_come_in_one_visit(town: Town, monkeypatch: pytest.MonkeyPatch, policy_set: PolicySet) -> None:
    """A joint plan: one firm, one visit, each office its own inspectors, sheet and finding; it counts once."""
    labour = add_department(code=code_of(5, "11370900MB"), name="泰安市人力资源和社会保障局", at=AT)
    rows = [f"{town.office.code},甲{n},鲁J{n:04},市场监管综合,,2027-12-31" for n in range(1, 4)]
    rows += [f"{labour.code},乙{n},鲁L{n:04},劳动保障监察,,2027-12-31" for n in range(1, 4)]
    load_inspectors("\n".join([",".join(HEADER), *rows]), policy=policy_set, by="测试", at=AT)
    today = date_of(AT)
    plan = draft_plan(
        PlanDraft(
            "2026-联合-01", "价格和用工联合抽查", ["price_and_advertising", "labour_use"], [town.office.code, labour.code], today,
            today + timedelta(days=30), PARTIES, "信标", REVEAL_DUE, PUBLIC_DUE, mode=Mode.JOINT, outside_because="部门联合试点",
        ), policy=policy_set, by="测试", at=AT,
    )  # fmt: skip
    for party in PARTIES:
        steps.seal_number(plan, party, engine.party_commitment(plan.number, party, number_of(party)).hex(), by=party, at=AT)
    steps.commit_draw(plan, by="测试", at=AT)
    for person in ("甲", "乙"):
        public_values.enter_public_value(plan, VALUE, "公告", by=person, at=PUBLIC_DUE)
    draw = draws.run_draw(plan, by="测试", at=PUBLIC_DUE + 1)
    visits = list(Visit.objects.filter(draw=draw))
    assert len(visits) == draw.drawn
    for visit in visits:
        tasks = {task.office_id: task for task in visit.tasks.all()}
        assert set(tasks) == {town.office.pk, labour.pk}
        assert {each[:2] for each in tasks[labour.pk].inspectors} == {"鲁L"}
        assert tasks[labour.pk].matters == ["labour_use"]
    monkeypatch.setenv(clock.PINNED_CLOCK, str(PUBLIC_DUE + 60))
    browser = Client()
    browser.force_login(add_account(username="laodong", department=labour, role=Role.CLERK, password="quiet-mountain-seven", at=AT))
    task = visits[0].tasks.get(office_id=labour.pk)
    page = browser.get(f"/office/visits/{task.pk}").content.decode()
    assert "同去的：泰安市市场监督管理局" in page
    assert "劳动合同签订" in page
    assert "明码标价" not in page
    assert InspectionPlan.objects.get().year == date_of(AT).year
