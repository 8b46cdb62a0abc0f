"""评价方法：every published method on one screen, and its files as they are in force, so that anybody can work a grade out again."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.foundation.catalogue.method_tables import indicator_cells
from chengxin.foundation.records.showing import shown_basis
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel

TABLE: Final = "few_observations.csv"


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """``/evaluation/method``：the city's own model first, then those of industries."""
    policy = active.policy_set()
    models = sorted(policy.evaluation_models.values(), key=lambda each: (each.id != PUBLIC_MODEL, each.id))
    return render(request, "evaluation/methods.html", {"lines": [_line(each, policy) for each in models]})


@require_safe
def method(request: HttpRequest, model_id: str) -> HttpResponse:
    """``/evaluation/method/<model>``：dimensions, indicators, weights, clauses, decay, caps, what is not collected, on one screen."""
    policy = active.policy_set()
    model = policy.evaluation_model(model_id)
    context = {
        "model": model,
        "basis": shown_basis(model.reference, policy, note=model.note, confidence=model.confidence),
        "industries": _industries(model, policy),
        "start": model.starting_milli_points // 1000,
        "parts": [_part(each.id, each.title, each.points, each.start, model, policy) for each in model.dimensions],
        "grades": [*((each.id, each.title, f"{each.least} 分以上") for each in model.grades)],
        "floors": [(each.title, next(grade.title for grade in model.grades if grade.id == each.grade)) for each in model.floors],
        "few": [_few(n, model) for n in (1, 2, 3, 5, 10, 20, 50, 120) if (n, 1) in model.relief],
        "not_collected": [each for each in model.indicators if not each.collected],
        "digest": policy.digest,
    }
    return render(request, "evaluation/method.html", context)


@require_safe
def method_file(request: HttpRequest, model_id: str, name: str) -> HttpResponse:
    """The file of the model and the table of few observations, byte for byte as adopted."""
    policy = active.policy_set()
    model = policy.evaluation_model(model_id)
    paths = {f"{model.id}.yaml": model.path, TABLE: model.relief_table}
    if name not in paths or paths[name] not in policy.files:
        raise NotFound("not-found", "没有这个文件。", "从评价方法的页面下载。")
    response = HttpResponse(policy.files[paths[name]], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _line(model: EvaluationModel, policy: PolicySet) -> dict[str, Any]:
    return {"model": model, "industries": _industries(model, policy), "indicators": len(model.indicators)}


def _few(n: int, model: EvaluationModel) -> list[int | str]:
    return [n, *(model.relief[n, k] if k <= n else "" for k in range(1, 6))]


def _industries(model: EvaluationModel, policy: PolicySet) -> str:
    names = policy.code_table("industry").values
    return "、".join(names.get(each, each) for each in model.industries)


def _part(part_id: str, title: str, most: int, start: int, model: EvaluationModel, policy: PolicySet) -> dict[str, Any]:  # noqa: PLR0917
    rows = [
        {
            "title": each.title,
            **indicator_cells(policy, each),
            "collected": each.collected,
            "basis": shown_basis(each.reference, policy, note=each.quote or each.note, confidence=each.confidence),
        }
        for each in model.indicators
        if each.dimension == part_id
    ]
    return {"title": title, "most": most, "start": start, "share": most * 100 // model.scale, "rows": rows}
