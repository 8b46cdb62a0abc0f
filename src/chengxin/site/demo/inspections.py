"""抽查的故事。A draw with its visits and results, one whose ceremony is under way, one that was aborted: by the verbs that offices use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import Final

from chengxin.access.models import Account
from chengxin.during_event.inspection import ceremony, draws, public_values
from chengxin.during_event.inspection.annual import annual_plan_of, enter_annual_plan, lines_of, quarter_of
from chengxin.during_event.inspection.findings import FindingForm, checks_of, enter_finding, review_finding
from chengxin.during_event.inspection.handing_over import hand_over
from chengxin.during_event.inspection.inspectors import HEADER, load_inspectors
from chengxin.during_event.inspection.models import InspectionPlan, VisitTask
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.during_event.inspection.publication import hand_in_finding
from chengxin.during_event.inspection.rating import rate_visit, visit_by_token
from chengxin.during_event.inspection.types import CheckResult, Mode
from chengxin.engine import draw as engine
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel.instants import Instant, start_of_day
from chengxin.ledger.services import sign_checkpoint
from chengxin.site.demo.building import build_accounts
from chengxin.site.demo.city import person_name
from chengxin.site.demo.scene import Scene, Story, link

PARTIES: Final = ("市市场监管局", "市工商联", "市公证处")
_HOUR: Final = 3600
_MORNING: Final = 9 * _HOUR
#: Visits of the finished draw that have a result; the others wait.
_RESULTS: Final = 10
_INSPECTORS: Final = 6
_PASSED, _RECTIFIED, _FAILED = "未发现问题", "发现问题已责令改正", "发现问题待后续处理"


def drawn_and_visited(scene: Scene) -> Story:
    """抽出来，查过了，结果上网"""
    build_accounts(scene.city)
    day = scene.workday(25)
    at = start_of_day(day) + _MORNING
    _hire(scene, "market", "市场监管综合", at)
    plan = _planned(
        scene, "演示-价格-01", "泰山区价格和广告抽查", {"market": "price_and_advertising"}, at, visits_from=scene.workday(24),
        visits_until=scene.workday(2), divisions=["370902"],
    )  # fmt: skip
    _sealed(plan, at)
    _opened(plan, PARTIES[:2], at + _HOUR)
    for person in ("jingban", "fuhe"):
        public_values.enter_public_value(plan, "03 11 17 20 26 31 + 09", "演示：第 001 期公告", by=person, at=plan.public_due_at)
    draw = draws.run_draw(plan, by="jingban", at=plan.public_due_at + 60)
    sign_checkpoint(plan.public_due_at + 120)
    draws.publish_draw(plan, by="jingban", at=plan.public_due_at + 180)
    tasks = list(VisitTask.objects.filter(visit__draw=draw).select_related("visit__plan").order_by("id"))
    tasks = tasks[: max(1, min(_RESULTS, len(tasks) - 2))]
    for place, task in enumerate(tasks):
        _visited(scene, task, place, scene.workday(20 - place))
    name = names_of({tasks[0].visit.subject_id})[tasks[0].visit.subject_id][0]
    return Story(
        "谁被抽中，人人能重算",
        f"{scene.city.office('market').name}要在泰山区抽查价格和广告。名单先封存，三方各出一个随机数（有一方没有开封），再混入事后才有的开奖号码，"
        f"从 {draw.firms} 户里抽出 {draw.drawn} 户；“{name}”查出商品没有标价，移送处理。",
        "没开封的一方照记，改变不了什么。结果由另一人复核，七个工作日内上网，计入下一次评价。抽取的页面上可以在自己的浏览器里重新抽一遍，逐字节相同。",
        [
            *link("这次抽取：自己重算一遍", "draw", args=[plan.number]),
            *link(f"{name}的页面", "subject", args=[tasks[0].visit.subject_code]),
            *link("企业扫码看到的", "firm_visit", args=[tasks[0].visit.token]),
            *link("检查任务（jingban 登录）", "visit_tasks"),
        ],
    )


def joint_draw_under_way(scene: Scene) -> Story:
    """两个部门一次上门，正等开封"""
    build_accounts(scene.city)
    at = scene.city.now - 2 * _HOUR
    _hire(scene, "market", "市场监管综合", at)
    _hire(scene, "labour", "劳动保障监察", at)
    begins = scene.city.today + timedelta(days=7)
    plan = _planned(
        scene, "演示-联合-02", "岱岳区价格和用工联合抽查", {"market": "price_and_advertising", "labour": "labour_use"}, at,
        visits_from=begins, visits_until=begins + timedelta(days=30), divisions=["370911"], mode=Mode.JOINT, opening_hours=72,
    )  # fmt: skip
    _sealed(plan, at)
    _opened(plan, PARTIES[:1], at + _HOUR)
    return Story(
        "名单已封存，谁也不知道结果",
        "市场监管和人社两个部门要一次上门，查价格，也查用工。名单今天封存，一方已经开封，另两方和开奖号码还没有。",
        "封存值已经公开：现在抄下来，公布以后可以核对名单有没有被换过。这时改名单、换人、重抽，平台都不办，并说明为什么。",
        [
            *link("公开的页面：封存值和各方的进展", "draw", args=[plan.number]),
            *link("抽取的各步（jingban 登录）", "inspection_plan", args=[plan.number]),
            *link("全年计划", "annual_plans"),
        ],
    )


def aborted_draw(scene: Scene) -> Story:
    """中止的也留着"""
    build_accounts(scene.city)
    at = start_of_day(scene.workday(15)) + _MORNING
    _hire(scene, "emergency", "安全生产", at)
    plan = _planned(
        scene,
        "演示-安全-01",
        "企业安全生产抽查",
        {"emergency": "work_safety"},
        at,
        visits_from=scene.workday(14),
        visits_until=scene.city.today + timedelta(days=10),
        divisions=["370902"],
    )
    _sealed(plan, at)
    because = "区划只写了泰山区，漏了其他五个县市区（演示）"
    draws.abort_draw(plan, because, by="jingban-yingji", at=at + 1800)
    later = start_of_day(scene.workday(1)) + _MORNING
    begins = scene.city.today + timedelta(days=5)
    again = _planned(
        scene, "演示-安全-02", "企业安全生产抽查（全市）", {"emergency": "work_safety"}, later, visits_from=begins,
        visits_until=begins + timedelta(days=30), replaces=plan.number, opening_hours=120,
    )  # fmt: skip
    return Story(
        "中止的抽取不会消失",
        f"{scene.city.office('emergency').name}封存名单以后发现只列了一个区，在公开随机数出来以前中止，写明了理由。",
        f"中止的抽取连同理由和封存的文件一直公开，并写明当时结果还算不出来。重抽要另立计划（{again.number}），各方重新封存随机数，两份互相标明。",
        [*link("中止的那一次", "draw", args=[plan.number]), *link("全部抽取", "draws")],
    )


def _hire(scene: Scene, office: str, licence: str, at: Instant) -> None:
    """Inspectors of an office; once more changes nothing."""
    where, until = scene.city.office(office), scene.city.today + timedelta(days=900)
    chance = Random(f"inspectors/{office}/{scene.city.seed}")  # noqa: S311
    names: set[str] = set()
    while len(names) < _INSPECTORS:
        names.add(person_name(chance))
    rows = [f"{where.code},{name},鲁演{office[:2].upper()}{n:03},{licence},,{until}" for n, name in enumerate(sorted(names), 1)]
    load_inspectors("\n".join([",".join(HEADER), *rows]) + "\n", policy=scene.city.policy, by="演示", at=at)


def _planned(
    scene: Scene, number: str, title: str, who: Mapping[str, str], at: Instant, *, visits_from: date,
    visits_until: date, divisions: Sequence[str] = (), mode: Mode = Mode.ON_SITE, opening_hours: int = 2, replaces: str = "",
) -> InspectionPlan:  # fmt: skip
    """In the year's plan of each office first, then the plan itself. ``who``: office → its matter."""
    city = scene.city
    for key, matter in who.items():
        department = city.departments[key]
        lines = lines_of(annual_plan_of(department.pk, visits_from.year))
        if (line := (matter, quarter_of(visits_from))) not in lines:
            said = "增列一个季度（演示）" if lines else ""
            enter_annual_plan(department, visits_from.year, [*lines, line], because=said, policy=city.policy, by="演示", at=at)
    draft = PlanDraft(
        number, title, list(who.values()), [city.office(key).code for key in who], visits_from, visits_until, PARTIES,
        "演示：第 001 期公开开奖号码",
        at + opening_hours * _HOUR, at + (opening_hours + 1) * _HOUR, divisions=divisions, mode=mode, replaces=replaces,
    )  # fmt: skip
    return draft_plan(draft, policy=city.policy, by="演示", at=at)


def _secret(plan: InspectionPlan, party: str) -> bytes:
    return sha256(f"{plan.number}/{party}/{plan.drafted_at}".encode()).digest()


def _sealed(plan: InspectionPlan, at: Instant) -> None:
    for party in plan.parties:
        ceremony.seal_number(plan, party, engine.party_commitment(plan.number, party, _secret(plan, party)).hex(), by="演示", at=at + 60)
    ceremony.commit_draw(plan, by="演示", at=at + 600)


def _opened(plan: InspectionPlan, parties: Sequence[str], at: Instant) -> None:
    for party in parties:
        ceremony.open_number(plan, party, _secret(plan, party).hex(), by="演示", at=at)


def _visited(scene: Scene, task: VisitTask, place: int, day: date) -> None:
    """One visit: the first finds a problem that goes further, every fourth one that was mended on the spot."""
    policy, at = scene.city.policy, min(start_of_day(day) + 15 * _HOUR, scene.city.now)
    clerk, reviewer = (Account.objects.get(username=name) for name in ("jingban", "fuhe"))
    checks = [key for key, _matter, _check in checks_of(task, policy)]
    form = FindingForm(
        f"demo-{task.pk:06}", day, "经营场所", _PASSED, dict.fromkeys(checks, (CheckResult.FINE, "")), tuple(task.inspectors)
    )  # fmt: skip
    if place == 0 or place % 4 == 3:
        said = "三种商品没有标价" if place == 0 else "一处价签模糊，当场更换"
        items = {**form.items, checks[0]: (CheckResult.PROBLEM, said)}
        form = replace(form, outcome=_FAILED if place == 0 else _RECTIFIED, items=items)
    enter_finding(task, form, policy=policy, by=clerk, at=at)
    task = review_finding(task, agree=True, because="", by=reviewer, at=at + 600)
    hand_in_finding(task, policy=policy, by=reviewer, at=at + 900)
    task.refresh_from_db()
    if place == 0:
        office = scene.city.office("taishan").code
        hand_over(task, office_code=office, case_number="演示案〔1〕号", because="不明码标价", policy=policy, by=clerk, at=at + 1200)
    if place < 3:
        words = "讲得清楚，没有耽误营业" if place == 1 else ""
        rate_visit(visit_by_token(task.visit.token), stars="54"[place % 2], as_planned="yes", words=words, at=at + 1800)
