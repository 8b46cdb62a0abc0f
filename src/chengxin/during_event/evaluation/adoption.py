"""采纳以前先试算：a set that changes a published method is tried on the whole city first; without the report nobody can adopt it."""

from __future__ import annotations

from collections.abc import Mapping

from chengxin.access.models import Department
from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.simulation import simulate_set
from chengxin.during_event.evaluation.simulation_reports import report_about, save_simulation
from chengxin.foundation.records.models import Record
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
        return _moved(before, after) | tried(before, after)

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Conflict where a changed model was not tried on the city by these two sets. Grades change with the next run, not here."""
        missing = [each.title for each in changed_models(before, after) if report_about(before.digest, after.digest, each.id) is None]
        if missing:
            raise Conflict(
                "simulation-needed",
                f"这个政策集改了评价方法（{'、'.join(missing)}），还没有按现行的和要采纳的各算一遍，不能采纳。",
                "先试算：chengxin simulate --proposal 第几号，或者在“试算”页面办理；看过升降再采纳。",
            )


def _moved(before: PolicySet, after: PolicySet) -> dict[str, int]:
    """Offices and records that another field of supervision would have, in words → how many; nothing where no office moves."""
    offices = moved_offices(before, after)
    if not offices:
        return {}
    records = Record.objects.filter(authority_id__in=offices).count()
    return {"换了监管领域的机关": len(offices), "它们作出的、按另一领域计入评价的记录": records}


def tried(before: PolicySet, after: PolicySet) -> dict[str, int]:
    """What the reports on file say of the changed models, in words → how many."""
    told: dict[str, int] = {}
    for model in changed_models(before, after):
        report = report_about(before.digest, after.digest, model.id)
        if report is not None:
            told |= {f"{model.title} {words}": int(report[key]) for words, key in (("升", "up"), ("降", "down"), ("不变", "same"))}
    return told


def changed_models(before: PolicySet, after: PolicySet) -> list[EvaluationModel]:
    """Models of both sets that differ, or that ask who supervises what where the sets say so differently; none while there is nobody
    to grade."""
    if not Subject.objects.exists():
        return []
    known, moved = before.evaluation_models, before.supervision_fields != after.supervision_fields
    both = [(known[name], model) for name, model in sorted(after.evaluation_models.items()) if name in known]
    return [model for was, model in both if was != model or (moved and _asks_for_fields(model))]


def moved_offices(before: PolicySet, after: PolicySet) -> list[int]:
    """Offices whose acts belong to another field of supervision under ``after``."""
    offices = Department.objects.values_list("id", "name")
    return [pk for pk, name in offices if before.supervision_of(name) != after.supervision_of(name)]


def _asks_for_fields(model: EvaluationModel) -> bool:
    return any(each.supervision for each in model.indicators)
