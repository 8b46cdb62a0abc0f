"""试算的页面：what a proposed policy would do to the city, who rises, who falls, before anybody adopts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.roles import Role
from chengxin.during_event.evaluation.charts import diverging_chart
from chengxin.during_event.evaluation.grouping import titled_groups
from chengxin.during_event.evaluation.showing import points
from chengxin.during_event.evaluation.simulation_reports import saved_simulation, saved_simulations
from chengxin.during_event.evaluation.tasks import simulate_proposed_set, simulations_under_way
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.foundation.catalogue.queries import policy_sets
from chengxin.foundation.catalogue.trials import kept_trial
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel

MOST_REPORTS: Final = 100


@require_safe
def simulations(request: HttpRequest) -> HttpResponse:
    """``/evaluation/simulations``：reports on file, proposals that wait, how to simulate a folder."""
    policy = active.policy_set()
    under_way, failed = simulations_under_way()
    context = {
        "reports": [{"report": each, "title": _title(each["model"])} for each in saved_simulations(MOST_REPORTS)],
        "proposals": [(each, kept_trial(policy.digest, each.digest)) for each in policy_sets() if each.adopted_at is None],
        "models": [(each.id, each.title) for each in sorted(policy.evaluation_models.values(), key=lambda each: each.id != PUBLIC_MODEL)],
        "under_way": under_way,
        "failed": failed,
        "may_run": caller_of(request).role is Role.CREDIT_OFFICE,
    }
    return render(request, "evaluation/simulations.html", context)


@require_POST
def run_simulation(request: HttpRequest) -> HttpResponse:
    """试算 a proposal that waits, in the background."""
    number = request.POST.get("proposal", "")
    found = next((each for each in policy_sets() if str(each.id) == number and each.adopted_at is None), None)
    if found is None:
        raise NotFound("no-such-proposal", "没有这个等待采纳的政策集。", "刷新页面，从等待采纳的政策集里选。")
    model = active.policy_set().evaluation_model(request.POST.get("model", "") or PUBLIC_MODEL)
    simulate_proposed_set.enqueue(found.digest, model.id, f"第 {found.id} 号提请：{found.because}", caller_of(request).name)
    return redirect("/evaluation/simulations")


@require_safe
def simulation_page(request: HttpRequest, name: str) -> HttpResponse:
    """``/evaluation/simulations/<id>``：winners and losers by county, size, sector and age, with charts and tables."""
    report, policy = saved_simulation(name), active.policy_set()
    groups = titled_groups(report["groups"], policy)
    model = policy.evaluation_models.get(report["model"])
    context = {
        "report": report,
        "title": _title(report["model"]),
        "mean_change": points(report["mean_change"], signed=True),
        "charts": [diverging_chart(key, f"按{title}", rows) for key, title, rows in groups],
        "shift": _shift(report["moves"], model),
        "moves": _moves(report["moves"], model),
    }
    return render(request, "evaluation/simulation.html", context)


def _shift(moves: Sequence[Mapping[str, Any]], model: EvaluationModel | None) -> list[dict[str, Any]]:
    """How many have each grade, before and after."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for each in moves:
        before[each["grade_before"]] += each["subjects"]
        after[each["grade_after"]] += each["subjects"]
    return [{"label": title, "before": before[grade], "after": after[grade]} for grade, title in _names(model, before | after).items()]


def _moves(moves: Sequence[Mapping[str, Any]], model: EvaluationModel | None) -> list[dict[str, Any]]:
    names = _names(model, [grade for each in moves for grade in (each["grade_before"], each["grade_after"])])
    changed = [each for each in moves if each["grade_before"] != each["grade_after"]]
    told = [{"before": names[each["grade_before"]], "after": names[each["grade_after"]], "subjects": each["subjects"]} for each in changed]
    return sorted(told, key=lambda each: -int(each["subjects"]))


def _names(model: EvaluationModel | None, grades: Any) -> dict[str, str]:
    known = {each.id: each.title for each in model.grades} if model else {}
    return known | {grade: grade for grade in sorted(grades) if grade not in known} | {NOT_ENOUGH: "数据不足"}


def _title(model_id: str) -> str:
    models = active.policy_set().evaluation_models
    return models[model_id].title if model_id in models else model_id
