"""年度抽查计划。Which matters an office inspects at random in which quarters. Public at once; a later version says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.access.models import Department
from chengxin.during_event.inspection.models import AnnualPlan, InspectionPlan
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Refused
from chengxin.ledger import services as ledger
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.transactions import in_turn, writing

ENTERED: Final = "inspection:annual_plan:entered"
QUARTERS: Final = (1, 2, 3, 4)
Line = tuple[str, int]  # matter, quarter


def enter_annual_plan(
    office: Department, year: int, lines: Iterable[Line], *, because: str = "", policy: PolicySet, by: str, at: Instant
) -> AnnualPlan:
    """列入年度计划：all lines of the year. Refused with every fault; a second version needs a reason and says something new."""
    wanted = sorted(set(lines))
    before = annual_plan_of(office.pk, year)
    faults = _faults(office, year, wanted, policy, at)
    if before is not None and not because.strip():
        faults.append("这一年已有年度计划，调整要写明理由")
    if before is not None and lines_of(before) == set(wanted):
        faults.append("和现行的年度计划一样，没有要调整的")
    if faults:
        raise Refused("annual-plan-faulty", f"年度计划有 {len(faults)} 处不对：{'；'.join(faults)}。", "逐条改正后重新提交。")
    with writing():
        in_turn()
        version = AnnualPlan.objects.filter(office_id=office.pk, year=year).count() + 1
        said = {
            "office": office.code, "year": str(year), "version": str(version),
            "lines": "、".join(f"{matter} {quarter}" for matter, quarter in wanted), "because": because.strip()[:300],
            "by": by, "at": utc_text(at),
        }  # fmt: skip
        content_id = ledger.record_event(ENTERED, {key: value for key, value in said.items() if value})
        return AnnualPlan.objects.create(
            office_id=office.pk, year=year, version=version, lines=[{"matter": matter, "quarter": quarter} for matter, quarter in wanted],
            because=because.strip()[:300], by=by, at=at, content_id=content_id,
        )  # fmt: skip


def annual_plan_of(office_id: int, year: int) -> AnnualPlan | None:
    """The version in effect."""
    return AnnualPlan.objects.filter(office_id=office_id, year=year).order_by("-version").first()


def lines_of(plan: AnnualPlan | None) -> set[Line]:
    """Its lines; none where there is no plan."""
    return {(each["matter"], each["quarter"]) for each in plan.lines} if plan else set()


def quarter_of(day: date) -> int:
    """季度。"""
    return (day.month + 2) // 3


def not_foreseen(matters: Sequence[str], office_ids: Sequence[int], visits_from: date) -> list[Line]:
    """What of a plan of visits no annual plan foresees."""
    quarter, found = quarter_of(visits_from), []
    lines = {office: lines_of(annual_plan_of(office, visits_from.year)) for office in set(office_ids)}
    for matter, office in zip(matters, office_ids, strict=True):
        if (matter, quarter) not in lines[office]:
            found.append((matter, quarter))
    return found


@dataclass(frozen=True)
class YearLine:
    """一行：an office's matter, and of each quarter whether it is foreseen and which plans were made."""

    office: str
    title: str
    quarters: Sequence[tuple[bool, Sequence[InspectionPlan]]]


def year_board(year: int, policy: PolicySet) -> tuple[list[AnnualPlan], list[YearLine]]:
    """全年一览：the annual plans in effect and every matter with its quarters; plans that no annual plan foresees have their line, too."""
    newest = {each.office_id: each for each in AnnualPlan.objects.filter(year=year).order_by("version")}
    made: dict[tuple[int, str, int], list[InspectionPlan]] = {}
    for plan in InspectionPlan.objects.filter(year=year).order_by("id"):
        for matter, office in zip(plan.matters, plan.offices, strict=True):
            made.setdefault((office, matter, quarter_of(plan.visits_from)), []).append(plan)
    wanted = {(each.office_id, line["matter"]) for each in newest.values() for line in each.lines} | {key[:2] for key in made}
    names = dict(Department.objects.filter(pk__in={office for office, _ in wanted}).values_list("id", "name"))
    rows = sorted((names.get(office, ""), _title(matter, policy), office, matter) for office, matter in wanted)
    lines = []
    for name, title, office, matter in rows:
        foreseen = lines_of(newest.get(office))
        lines.append(YearLine(name, title, [((matter, q) in foreseen, made.get((office, matter, q), [])) for q in QUARTERS]))
    return list(newest.values()), lines


def read_lines(rows: Iterable[Mapping[str, str]], policy: PolicySet) -> list[Line]:
    """The lines of a table with the columns 事项 and 季度 (1、3 or 1,3). Refused with the row that is wrong."""
    titles = {each.title: each.id for each in policy.inspection_matters.values()} | {each: each for each in policy.inspection_matters}
    found = []
    for number, row in enumerate(rows, 2):
        matter = titles.get((row.get("事项") or "").strip(), "")
        quarters = [each for each in (row.get("季度") or "").replace(",", "、").replace("，", "、").split("、") if each.strip()]
        if not matter or not quarters or any(each.strip() not in {"1", "2", "3", "4"} for each in quarters):
            raise Refused(
                "annual-plan-faulty",
                f"第 {number} 行：没有事项“{(row.get('事项') or '')[:30]}”，或者季度不是 1 到 4。",
                f"事项从清单里选：{'、'.join(each.title for each in policy.inspection_matters.values())}；季度写 1、3 这样的。",
            )
        found += [(matter, int(each)) for each in quarters]
    return found


def _faults(office: Department, year: int, lines: Sequence[Line], policy: PolicySet, at: Instant) -> list[str]:
    this_year = date_of(at).year
    found = [] if this_year <= year <= this_year + 1 else [f"年度计划为当年或者下一年立，写的是 {year}"]
    if not lines:
        found.append("一项也没有列")
    for matter_id in dict.fromkeys(matter for matter, _ in lines):
        matter = policy.inspection_matters.get(matter_id)
        if matter is None:
            found.append(f"随机抽查事项清单里没有“{matter_id[:30]}”")
            continue
        field = next(each for each in policy.supervision_fields if each.id == matter.field)
        if policy.supervision_of(office.name) != field.number:
            found.append(f"“{matter.title}”由{field.title}机关检查，{office.name}不是")
    return found


def _title(matter: str, policy: PolicySet) -> str:
    known = policy.inspection_matters.get(matter)
    return known.title if known else matter
