"""采纳以前先试算：a set that changes a published method is tried on the whole city first; without the report nobody can adopt it."""

from __future__ import annotations

from collections.abc import Mapping

from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.simulation import simulate_set
from chengxin.during_event.evaluation.simulation_reports import report_about, save_simulation
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel

BY = "提请采纳时自动试算"


class EvaluationEffect:
    """评价方法变了，谁升谁降。"""

    def simulate(self, before: PolicySet, after: PolicySet, at: Instant) -> Mapping[str, int]:
        """How many rise and fall by each changed model; the report is kept, and asked for once more it is read."""
        for model in changed_models(before, after):
            if report_about(before.digest, after.digest, model.id) is None:
                found = simulate_set(after, order_of(model.id, date_of(at), at), lambda words: None)
                save_simulation(found, because="提请采纳", by=BY, at=at)
        return tried(before, after)

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Conflict where a changed model was not tried on the city by these two sets. Grades change with the next run, not here."""
        missing = [each.title for each in changed_models(before, after) if report_about(before.digest, after.digest, each.id) is None]
        if missing:
            raise Conflict(
                "simulation-needed",
                f"这个政策集改了评价方法（{'、'.join(missing)}），还没有按现行的和要采纳的各算一遍，不能采纳。",
                "先试算：chengxin simulate --proposal 第几号，或者在“试算”页面办理；看过升降再采纳。",
            )


def tried(before: PolicySet, after: PolicySet) -> dict[str, int]:
    """What the reports on file say of the changed models, in words → how many."""
    told: dict[str, int] = {}
    for model in changed_models(before, after):
        report = report_about(before.digest, after.digest, model.id)
        if report is not None:
            told |= {f"{model.title} {words}": int(report[key]) for words, key in (("升", "up"), ("降", "down"), ("不变", "same"))}
    return told


def changed_models(before: PolicySet, after: PolicySet) -> list[EvaluationModel]:
    """Models of both sets that differ; none while there is nobody to grade."""
    if not Subject.objects.exists():
        return []
    known = before.evaluation_models
    return [model for name, model in sorted(after.evaluation_models.items()) if name in known and known[name] != model]
