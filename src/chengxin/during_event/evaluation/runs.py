"""一次评价：snapshot → engine → files → manifest → one ledger entry. Repeating it for the same day gives the same bytes.

Everything is made in a folder of its own that gets its name at the end: a run that was killed leaves nothing but a folder of drafts,
which the next run removes.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import polars as pl
from django.conf import settings

from chengxin.during_event.evaluation.models import EvaluationGrade, EvaluationRun
from chengxin.during_event.evaluation.reports import report_of
from chengxin.during_event.evaluation.snapshots import Snapshot, take_snapshot
from chengxin.during_event.evaluation.workplaces import Workplace, runs_folder, workplace
from chengxin.foundation.catalogue.queries import policy_in_force
from chengxin.foundation.records.types import Surface
from chengxin.foundation.records.uses import Channel, note_bulk_use
from chengxin.kernel.instants import Instant, date_of, end_of_day, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel
from chengxin.storage.bulk import insert_rows
from chengxin.storage.transactions import one_view, writing

if TYPE_CHECKING:
    from chengxin.engine.runs import RunFiles

COMPLETED: Final = "evaluation:run:completed"
ENGINES: Final = ("duckdb", "spark")
#: What says which run it is; who asked for it and when says nothing about the result.
_IDENTITY: Final = (
    "model",
    "as_of",
    "known_at",
    "policy",
    "checkpoint_size",
    "checkpoint_root",
    "subjects_sha256",
    "records_sha256",
    "columns",
)


class Progress(Protocol):
    """Who is told how far a run has come."""

    def __call__(self, words: str) -> None: ...


def _silent(words: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Order:
    """要做的评价。``moment``: the end of ``as_of``; ``known_at``: nothing later is known."""

    model: EvaluationModel
    policy: PolicySet
    as_of: date
    moment: Instant
    known_at: Instant
    engine: str = "duckdb"


def order_of(model_id: str, as_of: date, at: Instant, *, engine: str = "duckdb", known_at: Instant | None = None) -> Order:
    """The order for a day, "as decided then": facts known at its end, the policy set adopted by then. Refused for a day to come."""
    if as_of > date_of(at):
        raise Refused("date-to-come", f"{as_of} 还没有到，不能评价。", "写今天或者以前的日期。", where={"as_of": str(as_of)})
    if engine not in ENGINES:
        raise Refused("engine-unknown", f"没有“{engine}”这个引擎。", f"从这些里选：{'、'.join(ENGINES)}。", where={"engine": engine})
    moment = end_of_day(as_of)
    known = min(moment, at) if known_at is None else min(known_at, at)
    policy = policy_in_force(known)
    return Order(policy.evaluation_model(model_id), policy, as_of, moment, known, engine)


def run_evaluation(order: Order, *, by: str, at: Instant, progress: Progress = _silent, session: Any = None) -> EvaluationRun:
    """评价 the whole city and record it; a repetition of a run that is on record is compared with it and makes no new entry."""
    with workplace() as place:
        progress("取快照")
        with one_view():
            snapshot = take_snapshot(place.draft, as_of=order.as_of, moment=order.moment, known_at=order.known_at, policy=order.policy)
        progress(f"评价 {snapshot.subjects} 个主体、{snapshot.records} 条记录")
        files, engine = compute(order, place.draft, session)
        progress("写报告")
        (place.draft / "report.json").write_text(
            json.dumps(report_of(place.draft, order.model, order.as_of), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        manifest = _manifest(order, snapshot, files, engine)
        return _record(order, manifest, place, by, at)


def compute(order: Order, folder: Path, session: Any = None) -> tuple[RunFiles, str]:
    """Run the method over the snapshot in ``folder``; its files beside it, and which engine made them."""
    # Here and not above: Ibis costs 20 MB and a third of a second, and most processes never grade anybody.
    from chengxin.engine.backends import DuckDB, Spark
    from chengxin.engine.runs import run_model
    from chengxin.engine.spark_sessions import spark_session

    subjects, records = folder / "subjects.parquet", folder / "records.parquet"
    with ExitStack() as ends:
        engine: DuckDB | Spark
        if order.engine == "spark":
            used = session or ends.enter_context(spark_session(settings.CHENGXIN_SPARK_MASTER, folder))
            engine = ends.enter_context(closing(Spark(used, exchange=folder)))
        else:
            engine = ends.enter_context(closing(DuckDB(spill=folder / "spill")))
        return run_model(engine, subjects, records, order.model, order.as_of, folder), engine.version


def folder_of(run: EvaluationRun) -> Path:
    """Where a run's files lie."""
    return runs_folder() / str(run.manifest["folder"])


def newest_run(model_id: str) -> EvaluationRun | None:
    """The newest run of a model, by the day it is about."""
    return EvaluationRun.objects.filter(model=model_id).order_by("-as_of", "-id").first()


def run_by_id(run_id: int) -> EvaluationRun:
    """The run with this number. NotFound."""
    found = EvaluationRun.objects.filter(pk=run_id).first()
    if found is None:
        raise NotFound("no-such-run", f"没有第 {run_id} 号评价。", "从评价报告的列表里找。")
    return found


def _manifest(order: Order, snapshot: Snapshot, files: RunFiles, engine: str) -> dict[str, str]:
    said = {key: value for key, value in snapshot.said().items() if value}
    said |= {"model": order.model.id, "engine": engine, "root": files.root, "results_sha256": files.results.sha256}
    said |= {"contributions_sha256": files.contributions.sha256, "spared": str(files.spared)}
    said |= {f"grade_{grade}": str(count) for grade, count in sorted(files.grades.items())}
    if order.model.relief_table:
        said |= {"few_observations": order.model.relief_table, "few_observations_sha256": order.model.relief_digest}
    return said | {"folder": f"{order.model.id}-{order.as_of}-{files.root[:12]}-{order.known_at}"}


def _record(order: Order, manifest: dict[str, str], place: Workplace, by: str, at: Instant) -> EvaluationRun:
    before = next((run for run in EvaluationRun.objects.filter(model=order.model.id, as_of=order.as_of) if _same(run, manifest)), None)
    if before is not None:
        if before.root != manifest["root"]:
            raise Conflict(
                "evaluation-differs",
                f"同样的输入评出了不同的结果：第 {before.pk} 号的根是 {before.root[:16]}…，这次是 {manifest['root'][:16]}…。",
                "不要使用任何一次的结果；保留两次的文件，查明引擎或者程序的差别。",
            )
        return before
    grades = pl.read_parquet(place.draft / "results.parquet", columns=["subject_id", "grade", "score"])
    place.keep(manifest["folder"])
    with writing():
        run = EvaluationRun(
            model=order.model.id, as_of=order.as_of, known_at=order.known_at, at=at, by=by, policy=order.policy.digest,
            engine=manifest["engine"], root=manifest["root"], manifest=manifest, content_id=0,
        )  # fmt: skip
        newest = newest_run(order.model.id)
        run.save(force_insert=True)
        note_bulk_use(
            item=0,
            surface=Surface.COUNTED,
            known_at=order.known_at,
            recipient=f"run:{run.pk}",
            channel=Channel.RUN,
            what=order.model.id,
            at=at,
        )
        if newest is None or newest.as_of <= order.as_of:
            _replace_grades(run, grades)
        run.content_id = record_event(COMPLETED, {f"_{key}": value for key, value in manifest.items()} | {"_by": by, "_at": utc_text(at)})
        run.save(update_fields=["content_id"])
    return run


def _replace_grades(run: EvaluationRun, grades: pl.DataFrame) -> None:
    """Derived rows: the newest run's grades instead of the former's."""
    EvaluationGrade.objects.filter(model=run.model)._raw_delete(EvaluationGrade.objects.db)
    rows = grades.with_columns(pl.lit(run.model).alias("model"), pl.lit(run.pk).alias("run_id"))
    columns = ("model", "subject_id", "grade", "score", "run_id")
    for part in rows.iter_slices(100_000):
        insert_rows("evaluation_evaluationgrade", columns, part.select(columns))


def _same(run: EvaluationRun, manifest: dict[str, str]) -> bool:
    return all(str(run.manifest.get(key, "")) == manifest.get(key, "") for key in _IDENTITY)
