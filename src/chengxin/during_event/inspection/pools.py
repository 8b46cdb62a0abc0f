"""抽查对象名单。Everyone whom the lead matter is about, in a class, with a weight; and who is left out, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from chengxin.during_event.inspection.caps import reached, with_visits
from chengxin.during_event.inspection.models import InspectionPlan
from chengxin.during_event.tiering.classes import risk_classes
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame

WEIGHTS: Final = "draw_weights"
LOOK_BACK: Final = "draw_weights_look_back"
#: The keys of the parameter of weights.
VISITED, NOT_VISITED = "近期抽到过", "近期未抽到"

_RECENT: Final = "SELECT DISTINCT v.subject_id FROM inspection_visit v WHERE v.cancelled_at IS NULL AND v.year > %s"
_PLACES: Final = {"subject_id": pl.Int64, "own_code": pl.String, "division": pl.String, "industry": pl.String}
_NOT_A_TARGET: Final = "在对象库里，但已注销、吊销或者不是抽查的对象"


@dataclass(frozen=True)
class PoolFrames:
    """名单。``pool``: subject_id, code, division, stratum, weight; ``excluded``: subject_id, code ("": none), because; ``people``: all of
    them with their visits, as they were judged."""

    pool: pl.DataFrame
    excluded: pl.DataFrame
    people: pl.DataFrame


def pool_of(plan: InspectionPlan, *, as_of: date, policy: PolicySet) -> PoolFrames:
    """抽查对象名单 of a plan on ``as_of``. Refused if nobody is left."""
    members = None if plan.targets is None else list(plan.targets.members.order_by("id").values_list("subject_id", flat=True))
    places = read_frame("SELECT id, COALESCE(code, ''), division, industry FROM subjects_subject", _PLACES)
    people = risk_classes(plan.matters[0], members, as_of=as_of, policy=policy).join(places, on="subject_id", how="left")
    for column, beginnings in (("division", plan.divisions), ("industry", plan.industries)):
        if beginnings:
            people = people.filter(pl.any_horizontal([pl.col(column).str.starts_with(each) for each in beginnings]))
    people = with_visits(people, plan, policy).join(_recent(plan, as_of, policy), on="subject_id", how="left")
    people = people.with_columns(
        pl.when(pl.col("code") == "")
        .then(pl.lit("没有统一社会信用代码，不能公开列名"))
        .otherwise(reached(plan, as_of, policy))
        .alias("out"),
        _weight(as_of, policy).alias("weight"),
    )
    pool = people.filter(pl.col("out") == "").rename({"risk_class": "stratum"})
    if pool.is_empty():
        raise Refused(
            "pool-empty", f"计划 {plan.number} 的对象名单是空的：没有一家符合事项、区划和对象库。", "放宽区划，或者核对主体库的行业代码。",
            where={"plan": plan.number},
        )  # fmt: skip
    left_out = people.filter(pl.col("out") != "").select("subject_id", "code", because="out")
    if members is not None and not (plan.divisions or plan.industries):
        left_out = pl.concat([left_out, _not_targets(members, people, places)])
    columns = ("subject_id", "code", "division", "stratum", "weight")
    return PoolFrames(pool.select(columns).sort("code"), left_out.sort("code", "subject_id"), people)


def _not_targets(members: Sequence[int], people: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Members of a list who are nobody that is inspected at random (any more)."""
    listed = pl.DataFrame({"subject_id": members}, schema={"subject_id": pl.Int64})
    gone = listed.join(people.select("subject_id"), on="subject_id", how="anti").join(places, on="subject_id", how="left")
    return gone.select("subject_id", code=pl.col("own_code").fill_null(""), because=pl.lit(_NOT_A_TARGET))


def _recent(plan: InspectionPlan, as_of: date, policy: PolicySet) -> pl.DataFrame:
    """Who was drawn within the time that weights look back."""
    years = int(policy.value_at(LOOK_BACK, as_of).value)
    return read_frame(_RECENT, {"subject_id": pl.Int64}, parameters=[plan.year - years]).with_columns(recently=pl.lit(value=True))


def _weight(as_of: date, policy: PolicySet) -> pl.Expr:
    weights = policy.value_at(WEIGHTS, as_of).value
    if not isinstance(weights, dict) or set(weights) != {VISITED, NOT_VISITED} or not all(int(each) > 0 for each in weights.values()):
        raise Refused(
            "policy-without-weights",
            "政策集没有写明抽取的权重，不能抽取。",
            f"在参数 {WEIGHTS} 里写：{VISITED}、{NOT_VISITED} 各一个正整数。",
        )
    recently = pl.col("recently").fill_null(value=False)
    return pl.when(recently).then(int(weights[VISITED])).otherwise(int(weights[NOT_VISITED])).cast(pl.Int64)
