"""抽查计划。What is looked at, by which offices, among whom, when; and who gives a random number. Refused in one go, every fault named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.access.models import Department
from chengxin.during_event.inspection.annual import not_foreseen
from chengxin.during_event.inspection.models import InspectionPlan, TargetList
from chengxin.during_event.inspection.types import DrawState, Mode
from chengxin.during_event.tiering.classes import strata
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.transactions import in_turn, writing

DRAFTED: Final = "inspection:plan:drafted"
LEAST_INSPECTORS: Final = "inspectors_per_visit"
LEAST_PARTIES: Final = "draw_parties"
PUBLIC_DELAY: Final = "draw_public_delay"


@dataclass(frozen=True)
class PlanDraft:
    """计划草案 as somebody wrote it. ``offices``: the code of the office for each matter, in the same order."""

    number: str
    title: str
    matters: Sequence[str]
    offices: Sequence[str]
    visits_from: date
    visits_until: date
    parties: Sequence[str]
    public_source: str
    reveal_due_at: Instant
    public_due_at: Instant
    divisions: Sequence[str] = ()
    mode: Mode = Mode.ON_SITE
    inspectors_per_visit: int = 0  # 0: as many as the policy asks for at least
    industries: Sequence[str] = ()  # narrower than those of the lead matter
    targets: str = ""  # name of a list of firms, instead of industries
    outside_because: str = ""  # why no annual plan foresees it
    replaces: str = ""  # number of the plan whose draw was aborted


def draft_plan(draft: PlanDraft, *, policy: PolicySet, by: str, at: Instant) -> InspectionPlan:
    """立计划. Refused with every fault of the draft; Conflict if the number is taken."""
    least = int(policy.value_at(LEAST_INSPECTORS, date_of(at)).value)
    offices = {each.code: each for each in Department.objects.filter(code__in=list(draft.offices), closed_at=None)}
    faults = _faults(draft, offices, least, policy, at)
    if faults:
        raise Refused(
            "plan-faulty", f"计划有 {len(faults)} 处不对：{'；'.join(faults)}。", "逐条改正后重新提交。", where={"number": draft.number}
        )
    with writing():
        in_turn()
        if InspectionPlan.objects.filter(number=draft.number).exists():
            raise Conflict("plan-number-taken", f"编号 {draft.number} 已经有计划。", "换一个编号；要改计划的，另立一份并中止原来的抽取。")
        said = {
            "number": draft.number, "title": draft.title, "matters": "、".join(draft.matters), "offices": "、".join(draft.offices),
            "divisions": "、".join(draft.divisions), "industries": "、".join(draft.industries), "targets": draft.targets,
            "outside_because": draft.outside_because.strip()[:300], "replaces": draft.replaces,
            "mode": draft.mode.value, "visits_from": str(draft.visits_from),
            "visits_until": str(draft.visits_until), "parties": "、".join(draft.parties), "public_source": draft.public_source,
            "reveal_due_at": utc_text(draft.reveal_due_at), "public_due_at": utc_text(draft.public_due_at), "by": by, "at": utc_text(at),
        }  # fmt: skip
        content_id = ledger.record_event(DRAFTED, {key: value for key, value in said.items() if value})
        return InspectionPlan.objects.create(
            number=draft.number, year=draft.visits_from.year, title=draft.title, matters=list(draft.matters),
            offices=[offices[code].pk for code in draft.offices], divisions=list(draft.divisions), mode=draft.mode,
            industries=list(draft.industries), targets=TargetList.objects.filter(name=draft.targets, ended_at=None).first(),
            outside_because=draft.outside_because.strip()[:300], replaces=draft.replaces,
            visits_from=draft.visits_from, visits_until=draft.visits_until,
            inspectors_per_visit=draft.inspectors_per_visit or least, parties=list(draft.parties), public_source=draft.public_source,
            reveal_due_at=draft.reveal_due_at, public_due_at=draft.public_due_at, drafted_by=by, drafted_at=at, content_id=content_id,
        )  # fmt: skip


def plan_by_number(number: str) -> InspectionPlan:
    """The plan with this number. NotFound."""
    found = InspectionPlan.objects.filter(number=number.strip()).first()
    if found is None:
        raise NotFound("no-such-plan", f"没有编号为 {number[:40]} 的抽查计划。", "从计划列表里找编号。")
    return found


def _faults(draft: PlanDraft, offices: dict[str, Department], least: int, policy: PolicySet, at: Instant) -> list[str]:
    found = _matter_faults(draft, offices, policy)
    today = date_of(at)
    if not draft.number.strip() or len(draft.number) > 40 or "/" in draft.number:
        found.append("编号要写，不超过 40 个字符，不含斜杠")
    if not draft.title.strip():
        found.append("没有写名称")
    if draft.visits_until < draft.visits_from:
        found.append(f"检查的结束日 {draft.visits_until} 早于开始日 {draft.visits_from}")
    if draft.visits_from < today:
        found.append(f"检查的开始日 {draft.visits_from} 已经过去")
    if any(not each.isdecimal() or len(each) > 6 for each in draft.divisions):
        found.append("区划要写代码，如 370902")
    if draft.inspectors_per_visit and draft.inspectors_per_visit < least:
        found.append(f"每次检查每个机关至少 {least} 人，写的是 {draft.inspectors_per_visit}")
    return found + _pool_faults(draft, policy) + _place_faults(draft, offices) + _ceremony_faults(draft, policy, at)


def _pool_faults(draft: PlanDraft, policy: PolicySet) -> list[str]:
    """Who may be drawn is all that the lead matter is about, or fewer, by where they are and what they do; never by their class."""
    lead = policy.inspection_matters.get(draft.matters[0]) if draft.matters else None
    found = []
    if lead is not None and lead.industries and any(not each.startswith(lead.industries) for each in draft.industries):
        found.append(f"行业只能在“{lead.title}”的行业里再缩小：{'、'.join(lead.industries)}")
    listed = TargetList.objects.filter(name=draft.targets, ended_at=None).first() if draft.targets else None
    if draft.targets and listed is None:
        found.append(f"没有名为“{draft.targets[:60]}”的在用对象库")
    return found


def _place_faults(draft: PlanDraft, offices: dict[str, Department]) -> list[str]:
    """A plan has its place in the year: foreseen, or with a reason; and one that follows an aborted draw names it."""
    found = []
    is_whole = len(draft.matters) == len(draft.offices) and all(code in offices for code in draft.offices)
    ids = [offices[code].pk for code in draft.offices] if is_whole else []
    if is_whole and not draft.outside_because.strip() and not_foreseen(draft.matters, ids, draft.visits_from):
        found.append("机关的年度计划里没有这个季度的这个事项：先列入年度计划，或者写明计划外抽查的理由")
    before = InspectionPlan.objects.filter(number=draft.replaces).first() if draft.replaces else None
    if draft.replaces and (before is None or not before.draws.filter(state=DrawState.ABORTED).exists()):
        found.append(f"所替代的计划 {draft.replaces[:40]} 没有中止过的抽取")
    return found


def _matter_faults(draft: PlanDraft, offices: dict[str, Department], policy: PolicySet) -> list[str]:
    if not draft.matters or len(draft.matters) != len(draft.offices):
        return ["每个抽查事项对应一个机关，至少一项"]
    found = []
    for matter_id, code in zip(draft.matters, draft.offices, strict=True):
        matter = policy.inspection_matters.get(matter_id)
        office = offices.get(code)
        if matter is None:
            found.append(f"随机抽查事项清单里没有“{matter_id}”，可用：{'、'.join(policy.inspection_matters)}")
            continue
        if office is None:
            found.append(f"没有代码为 {code} 的在用部门")
            continue
        field = next(each for each in policy.supervision_fields if each.id == matter.field)
        if policy.supervision_of(office.name) != field.number:
            found.append(f"“{matter.title}”由{field.title}机关检查，{office.name}不是")
    if len(set(draft.matters)) != len(draft.matters):
        found.append("同一事项写了两次")
    lead = policy.inspection_matters.get(draft.matters[0])
    if lead is not None and not all(each.per_mille > 0 for each in strata(lead.id, draft.visits_from, policy).values()):
        found.append("抽查比例有一类是 0：信用风险再低也要抽到，不能免抽")
    if draft.mode is Mode.JOINT and len(draft.matters) < 2:
        found.append("联合检查至少两个事项")
    return found


def _ceremony_faults(draft: PlanDraft, policy: PolicySet, at: Instant) -> list[str]:
    found = []
    parties, delay = int(policy.value_at(LEAST_PARTIES, date_of(at)).value), int(policy.value_at(PUBLIC_DELAY, date_of(at)).value)
    if len({each.strip() for each in draft.parties if each.strip()}) != len(draft.parties) or len(draft.parties) < parties:
        found.append(f"至少 {parties} 方各出一个随机数，名称各不相同")
    if not draft.public_source.strip():
        found.append("没有写公开随机数取自哪里（例如某期公开开奖号码、某一轮公共随机信标）")
    if draft.reveal_due_at <= at:
        found.append("开封的截止时间已经过去")
    if draft.public_due_at < draft.reveal_due_at + delay:
        found.append(f"公开随机数要在开封截止 {delay} 秒以后才有，否则最后开封的一方可以挑选")
    return found
