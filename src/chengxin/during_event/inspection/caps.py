"""次数上限。Who has had enough visits this year is known before the draw, and stands on the list of exclusions with the reason.

Two limits, both from the policy: of all random inspections of a firm in a year, and of those on the ground of one group of matters
(by class). A remote visit counts for neither. A list that is sealed and not yet drawn counts, too: a firm that would go over its
limit if both draws took it keeps the second list from being sealed, since nobody is struck off after a draw.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Final

import polars as pl

from chengxin.during_event.inspection import aliases
from chengxin.during_event.inspection.drawn_folders import draws_folder, folder_of
from chengxin.during_event.inspection.models import Draw, InspectionPlan
from chengxin.during_event.inspection.types import DrawState, Mode
from chengxin.during_event.tiering.classes import group_of, strata
from chengxin.engine.draw_files import POOL
from chengxin.kernel.refused import Conflict
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame

VISITS_CAP: Final = "visits_per_firm_and_year"
_VISITS: Final = f"""
    SELECT v.subject_id, v.plan_id, COUNT(*) AS n FROM inspection_visit v
    WHERE v.cancelled_at IS NULL AND v.mode <> '{Mode.REMOTE}' AND v.year = %s GROUP BY v.subject_id, v.plan_id
"""  # noqa: S608  (a word of our own)
_VISITS_SCHEMA: Final = {"subject_id": pl.Int64, "plan_id": pl.Int64, "n": pl.Int64}
_COUNTED: Final = {"subject_id": pl.Int64, "this_year": pl.Int64, "on_ground": pl.Int64}


def with_visits(people: pl.DataFrame, plan: InspectionPlan, policy: PolicySet) -> pl.DataFrame:
    """``people`` (subject_id) with ``this_year`` and ``on_ground``: visits in the plan's year, and those for its group of matters."""
    same_ground = _plans_on_ground(plan, policy)
    counted = (
        read_frame(_VISITS, _VISITS_SCHEMA, parameters=[plan.year])
        .group_by("subject_id")
        .agg(this_year=pl.col("n").sum(), on_ground=pl.col("n").filter(pl.col("plan_id").is_in(same_ground)).sum())
        .cast(_COUNTED)  # type: ignore[arg-type]
    )
    return people.join(counted, on="subject_id", how="left").with_columns(pl.col("this_year", "on_ground").fill_null(0))


def reached(plan: InspectionPlan, as_of: date, policy: PolicySet, pending: int = 0) -> pl.Expr:
    """The sentence why somebody has had enough; "" for who has not. ``pending``: as if so many more visits were drawn already.

    Life and safety know no general limit. Columns: ``risk_class this_year on_ground``.
    """
    if not Mode(plan.mode).counts_for_cap:
        return pl.lit("")
    cap, levels = int(policy.value_at(VISITS_CAP, as_of).value), strata(plan.matters[0], as_of, policy)
    ground = {letter: each.most_visits for letter, each in levels.items() if each.most_visits}
    most = pl.col("risk_class").replace_strict(ground, default=None, return_dtype=pl.Int64)
    is_capped = not any(each.life_and_safety for each in levels.values())
    return (
        pl.when(is_capped & (pl.col("this_year") + pending >= cap))
        .then(pl.lit(f"本年度已达到检查次数上限 {cap} 次"))
        .when((pl.col("on_ground") + pending >= most).fill_null(value=False))
        .then(pl.format("本年度就同类事项已检查 {} 次，达到上限", most))
        .otherwise(pl.lit(""))
    )


def check_pending(people: pl.DataFrame, plan: InspectionPlan, as_of: date, policy: PolicySet) -> list[int]:
    """Conflict if a list that waits for its draw holds somebody whom two draws would carry over the limit; the draws looked at."""
    waiting = list(
        Draw.objects.filter(state=DrawState.COMMITTED, plan__year=plan.year).exclude(plan=plan).select_related("plan").order_by("id")
    )
    if not Mode(plan.mode).counts_for_cap:
        return [each.pk for each in waiting]
    for draw in waiting:
        if not Mode(draw.plan.mode).counts_for_cap:
            continue
        close = people.filter((pl.col("out") == "") & (reached(plan, as_of, policy, pending=1) != ""))
        both = sorted(set(close["code"]) & _codes_in(draw))
        if both:
            raise Conflict(
                "draw-pending-elsewhere",
                f"{both[0]} 等 {len(both)} 户也在计划 {draw.plan.number} 已封存、还没有抽取的名单里，两次都抽中就会超过次数上限。",
                f"等计划 {draw.plan.number} 抽取以后再封存：到了上限的会写明理由，列为不参加。",
                where={"plan": draw.plan.number},
            )
    return [each.pk for each in waiting]


def _codes_in(draw: Draw) -> set[str]:
    """Whom a sealed list holds."""
    named = {each.alias: code for code, each in aliases.kept(draws_folder(), draw.folder).items()}
    with (folder_of(draw) / POOL).open(encoding="utf-8") as file:
        return {named[json.loads(line)["code"]] for line in file}


def _plans_on_ground(plan: InspectionPlan, policy: PolicySet) -> list[int]:
    ground = group_of(policy, plan.matters[0]).id
    rows = InspectionPlan.objects.filter(year=plan.year).values_list("id", "matters")
    return [pk for pk, matters in rows if matters[0] in policy.inspection_matters and group_of(policy, matters[0]).id == ground]
