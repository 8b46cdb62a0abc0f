"""评价的后台任务：a simulation of a proposed set over the whole city takes longer than a page may."""

from __future__ import annotations

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.simulation import simulate_set
from chengxin.during_event.evaluation.simulation_reports import save_simulation
from chengxin.foundation.catalogue.queries import policy_set_by_digest
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import NotFound

__all__ = ["simulate_proposed_set", "simulations_under_way"]


@task()
def simulate_proposed_set(digest: str, model_id: str, because: str, by: str) -> str:
    """试算 a proposed set for today; the id of the report."""
    at = clock.now()
    changed = policy_set_by_digest(digest)
    if changed is None:
        raise NotFound("no-such-proposal", "没有这个政策集。", "用 chengxin policy show 看提请的政策集。")
    found = simulate_set(changed, order_of(model_id, date_of(at), at), lambda words: None)
    return save_simulation(found, because=because, by=by, at=at)


def simulations_under_way() -> tuple[int, bool]:
    """How many wait or run, and whether the one that ended last failed."""
    tasks = DBTaskResult.objects.filter(task_path=simulate_proposed_set.module_path)
    last = tasks.finished().order_by("-finished_at").first()
    return tasks.ready().count() + tasks.running().count(), last is not None and last.status == "FAILED"
