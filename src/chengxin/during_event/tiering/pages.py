"""分级分类的页面：how many are in each class of a group of matters and what that means for the year. Numbers only, no list of firms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.access.roles import DEPARTMENTAL
from chengxin.during_event.evaluation.runs import run_by_id
from chengxin.during_event.tiering.classes import runs_for, strata
from chengxin.during_event.tiering.counting import ClassCount, count_classes
from chengxin.during_event.tiering.types import WHAT_A_CLASS_IS, Because
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_tiering import PoolScope, TieringGroup


@require_safe
def tiering(request: HttpRequest) -> HttpResponse:
    """``/tiering``：the groups of matters with their ratios; an office sees those of its own field."""
    policy, today = active.policy_set(), clock.today()
    lines = [_line(group, today, policy) for group in _groups(request, policy)]
    return render(request, "tiering/groups.html", {"lines": lines, "today": today, "sentences": WHAT_A_CLASS_IS})


@require_safe
def tiering_group(request: HttpRequest, group_id: str) -> HttpResponse:
    """``/tiering/<id>``：members, ratio, frequency and expected visits by class."""
    policy, today = active.policy_set(), clock.today()
    group = next((each for each in _groups(request, policy) if each.id == group_id), None)
    if group is None:
        raise NotFound("no-such-tiering-group", "没有这个抽查事项类别，或者它不归本部门。", "从分级分类的列表进入。")
    counted = group.scope is not PoolScope.MATTER
    counts = count_classes(group.id, today, policy) if counted else []
    runs = runs_for(group.id, policy)
    context = {
        "group": group,
        "titles": [matter.title for matter in policy.inspection_matters.values() if matter.id in group.matters],
        "strata": strata(group.id, today, policy).values(),
        "counts": counts,
        "members": sum(each.members for each in counts),
        "visits": sum(each.visits for each in counts),
        "reasons": _reasons(counts),
        "chart": _chart(counts) if any(each.members for each in counts) else None,
        "runs": [{"run": run_by_id(number), "title": policy.evaluation_model(model).title} for model, number in runs.items()],
        "missing": [policy.evaluation_model(model).title for model in group.models if model not in runs],
        "may_see_runs": caller_of(request).role not in DEPARTMENTAL,
        "ordinary": group.version_at(today).without_grade,
        "today": today,
        "sentences": WHAT_A_CLASS_IS,
    }
    return render(request, "tiering/group.html", context)


def _groups(request: HttpRequest, policy: PolicySet) -> list[TieringGroup]:
    """Those of the caller's own field; all for who works across offices."""
    caller = caller_of(request)
    every = sorted(policy.tiering_groups.values(), key=lambda group: (not group.life_and_safety, group.id))
    if caller.role not in DEPARTMENTAL:
        return every
    number = policy.supervision_of(caller.department.name) if caller.department else 0
    own = {field.id for field in policy.supervision_fields if field.number == number}
    return [group for group in every if own & set(group.supervision)]


def _line(group: TieringGroup, today: date, policy: PolicySet) -> dict[str, Any]:
    try:
        classes = list(strata(group.id, today, policy).values())
    except NoValueYet as none:
        return {"group": group, "strata": [], "none": none.sentence}
    return {"group": group, "strata": classes, "none": ""}


def _reasons(counts: Sequence[ClassCount]) -> list[dict[str, Any]]:
    """How many are where they are for which reason, over all classes."""
    sums = {reason: sum(each.by_reason.get(reason, 0) for each in counts) for reason in Because}
    return [{"label": reason.label, "n": n} for reason, n in sums.items() if n]


def _chart(counts: Sequence[ClassCount]) -> dict[str, Any]:
    """Share of the members beside share of the visits: where the year's visits go."""
    members, visits = sum(each.members for each in counts), sum(each.visits for each in counts)
    names = [f"{each.stratum.id} {each.stratum.risk_class.title}" for each in counts]
    shares = {
        "占主体": [round(each.members * 100 / members, 1) for each in counts],
        "占全年预计抽查": [round(each.visits * 100 / visits, 1) for each in counts],
    }
    label = {"show": True, "position": "right", "formatter": "{c}%"}
    option = {
        "legend": {"show": True, "top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12},
        "grid": {"left": 8, "right": 64, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": [{"name": name, "type": "bar", "data": data, "barMaxWidth": 14, "label": label} for name, data in shares.items()],
    }
    return {
        "id": "classes",
        "title": "主体和抽查怎样分布",
        "sentence": f"{members:,} 个主体，全年预计抽查 {visits:,} 次。",
        "option": option,
        "columns": ["风险类别", "主体", "全年预计次数"],
        "rows": [[name, each.members, each.visits] for name, each in zip(names, counts, strict=True)],
    }
