"""评价报告的页面：every run with its report and manifest, and the subjects behind each number. For the credit office and auditors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from chengxin.access.reads import Reason
from chengxin.during_event.evaluation.charts import grades_chart, scores_chart
from chengxin.during_event.evaluation.group_charts import group_charts
from chengxin.during_event.evaluation.grouping import TITLES, group_title, titled_groups
from chengxin.during_event.evaluation.lists import PAGE, WHICH, Asked, subjects_of_run
from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.reads import record_look
from chengxin.during_event.evaluation.runs import folder_of, run_by_id
from chengxin.during_event.evaluation.showing import points
from chengxin.foundation.catalogue.queries import policy_set_by_digest
from chengxin.foundation.disclosure.record_trail import proofs_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel

MOST_RUNS: Final = 200
#: What the manifest says, in words, in this order.
_MANIFEST: Final = {
    "as_of": "评价哪一天",
    "checkpoint_size": "账本检查点（条目数）",
    "checkpoint_root": "检查点的根",
    "policy": "政策集的摘要",
    "engine": "引擎",
    "subjects": "主体",
    "records": "计入的记录",
    "subjects_sha256": "主体快照 SHA-256",
    "records_sha256": "记录快照 SHA-256",
    "few_observations": "观察次数表",
    "few_observations_sha256": "观察次数表 SHA-256",
    "results_sha256": "结果 SHA-256",
    "contributions_sha256": "理由 SHA-256",
    "root": "结果的根（RFC 6962）",
    "folder": "文件夹",
}


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """``/evaluation/runs``：every run on record, newest first."""
    policy = active.policy_set()
    found = EvaluationRun.objects.order_by("-as_of", "-id")[:MOST_RUNS]
    lines = [{"run": run, "title": _title(run.model, policy), "grades": _grades(run, _model(run, policy))} for run in found]
    return render(request, "evaluation/runs.html", {"lines": lines})


@require_safe
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """``/evaluation/runs/<id>``：the report with charts, the manifest, how to run it again."""
    run, policy = run_by_id(run_id), active.policy_set()
    model, report = _model(run, policy), _report(run)
    counts = {grade: int(run.manifest.get(f"grade_{grade}", 0)) for grade in (*(each.id for each in model.grades), NOT_ENOUGH)}
    context: dict[str, Any] = {
        "run": run,
        "model": model,
        "grades": _grades(run, model),
        "spared": int(run.manifest.get("spared", 0)),
        "manifest": [(title, run.manifest[key]) for key, title in _MANIFEST.items() if key in run.manifest],
        "command": f"chengxin evaluate --as-of {run.as_of} --model {run.model}",
        "proof": proofs_of([run.content_id]).get(run.content_id),
        "policy_known": policy_set_by_digest(run.policy) is not None,
        "report": report,
        "worst": model.grades[-1],
    }
    if report is not None:
        context |= {
            "grades_chart": grades_chart(counts, model),
            "scores_chart": scores_chart(report["scores"]) if report["scores"] else None,
            "groups": [_group(run, *each, model=model) for each in titled_groups(report["groups"], policy)],
            "few": report["few_observations"],
            "few_points": points(int(report["few_observations"]["milli_points"])),
            "indicators": [_indicator(run, each, model) for each in report["indicators"]],
        }
    return render(request, "evaluation/run.html", context)


@require_safe
def run_subjects(request: HttpRequest, run_id: int) -> HttpResponse:
    """``/evaluation/runs/<id>/subjects``：the list behind a number. A look at grades of everybody on the
    page, so it is on record before it is shown."""
    run, policy, at = run_by_id(run_id), active.policy_set(), clock.now()
    given = {name: request.GET.get(name, "").strip()[:64] for name in ("by", "group", "grade", "indicator", "which")}
    asked, page = Asked(**given), _page_number(request)
    count, listed = subjects_of_run(run, asked, page)
    reason, said = Reason("核对评价报告", f"第 {run.pk} 号评价"), f"list run {run.pk} {asked.said()} page {page}"
    record_look(request, reason, said, at, *(each.subject_id for each in listed))
    model = _model(run, policy)
    names = {each.id: each.title for each in model.grades} | {NOT_ENOUGH: "数据不足"}
    known = {name: value for name, value in given.items() if value}
    context = {
        "run": run,
        "model": model,
        "title": _list_title(asked, names, model, policy),
        "count": count,
        "listed": [{"subject": each, "grade": names.get(each.grade, each.grade), "points": points(each.score)} for each in listed],
        "position": f"第 {page} 页，共 {max(1, -(-count // PAGE))} 页",
        "next_href": f"?{urlencode(known | {'page': page + 1})}" if page * PAGE < count else "",
        "previous_href": f"?{urlencode(known | {'page': page - 1})}" if page > 1 else "",
    }
    return render(request, "evaluation/run_subjects.html", context)


def _group(run: EvaluationRun, name: str, title: str, rows: list[dict[str, Any]], *, model: EvaluationModel) -> dict[str, Any]:
    """One table of the report: of each group the worst grade, with and without a listing, in per mille of those graded."""
    worst, lines = model.grades[-1].id, []
    for row in rows:
        graded, unlisted = row["subjects"] - row["unknown"], row["worst"] - row["listed"]
        here = f"/evaluation/runs/{run.pk}/subjects?" + urlencode({"by": name, "group": row["name"]})
        share = f"{unlisted * 1000 // graded}‰" if graded else "—"
        more = {"unlisted": unlisted, "share": share, "mean": points(row["mean_milli_points"]) if graded else "—"}
        more |= {"unlisted_href": f"{here}&grade={worst}&which=unlisted"}
        lines.append(row | more | {"href": here, "worst_href": f"{here}&grade={worst}", "unknown_href": f"{here}&grade={NOT_ENOUGH}"})
    return {"name": name, "title": title, "lines": lines, "charts": group_charts(name, title, rows, model)}


def _indicator(run: EvaluationRun, row: Mapping[str, Any], model: EvaluationModel) -> dict[str, Any]:
    return {
        "title": _indicator_title(row["indicator"], model),
        "href": f"/evaluation/runs/{run.pk}/subjects?" + urlencode({"indicator": row["indicator"]}),
        "subjects": row["subjects"],
        "points": points(int(row["milli_points"]), signed=True),
    }


def _indicator_title(indicator_id: str, model: EvaluationModel) -> str:
    return next((each.title for each in model.indicators if each.id == indicator_id), indicator_id)


def _grades(run: EvaluationRun, model: EvaluationModel) -> list[dict[str, Any]]:
    names = [*((each.id, each.title) for each in model.grades), (NOT_ENOUGH, "数据不足")]
    href = f"/evaluation/runs/{run.pk}/subjects?grade="
    return [{"label": title, "number": int(run.manifest.get(f"grade_{grade}", 0)), "href": f"{href}{grade}"} for grade, title in names]


def _report(run: EvaluationRun) -> dict[str, Any] | None:
    """The report of a run; None where its files are not on this machine."""
    path = folder_of(run) / "report.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _model(run: EvaluationRun, policy: PolicySet) -> EvaluationModel:
    """The method of the run, from the set that was in force then where it is known."""
    if policy.digest == run.policy and run.model in policy.evaluation_models:
        return policy.evaluation_model(run.model)
    then = policy_set_by_digest(run.policy)
    return (then or policy).evaluation_model(run.model)


def _title(model_id: str, policy: PolicySet) -> str:
    return policy.evaluation_models[model_id].title if model_id in policy.evaluation_models else model_id


def _list_title(asked: Asked, names: Mapping[str, str], model: EvaluationModel, policy: PolicySet) -> str:
    said = [f"{TITLES.get(asked.by, asked.by)}：{group_title(asked.by, asked.group, policy)}"] if asked.by else []
    said += [names.get(asked.grade, asked.grade)] if asked.grade else []
    said += [_indicator_title(asked.indicator, model)] if asked.indicator else []
    said += [WHICH[asked.which]] if asked.which else []
    return "，".join(said) or "全部主体"


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9):
        raise Refused("invalid-fields", f"“{text[:20]}”不是页码。", "从第 1 页开始。")
    return int(text)
