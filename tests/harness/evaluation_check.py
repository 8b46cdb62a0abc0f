"""What must be true of the evaluations on record, whatever happened to the process that made them."""

from __future__ import annotations

import hashlib

import polars as pl

from chengxin.during_event.evaluation.models import EvaluationGrade, EvaluationRun
from chengxin.during_event.evaluation.runs import COMPLETED, folder_of, newest_run
from chengxin.during_event.evaluation.workplaces import DRAFT, runs_folder
from chengxin.ledger.models import Content
from chengxin.ledger.services import read_contents

FILES = ("subjects", "records", "results", "contributions")


def evaluation_faults() -> list[str]:
    """Everything that is half done: a run without its entry or its files, an entry without its run, grades of no run."""
    runs = list(EvaluationRun.objects.order_by("id"))
    entries = set(Content.objects.filter(event=COMPLETED).values_list("id", flat=True))
    faults = [f"entry {pk} is about no run" for pk in entries - {run.content_id for run in runs}]
    for run in runs:
        said = read_contents([run.content_id]).get(run.content_id, {}) if run.content_id in entries else {}
        if said.get("_root") != run.root:
            faults.append(f"run {run.pk} is not in the ledger")
        for name in FILES:
            path = folder_of(run) / f"{name}.parquet"
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != run.manifest[f"{name}_sha256"]:
                faults.append(f"run {run.pk}: {name} is not what its manifest says")
    for model in {run.model for run in runs} | set(EvaluationGrade.objects.values_list("model", flat=True)):
        newest = newest_run(model)
        kept = sorted(EvaluationGrade.objects.filter(model=model).values_list("subject_id", "grade", "score"))
        if newest is None or not (folder_of(newest) / "results.parquet").exists():
            faults.append(f"grades of {model} are of no run")
        elif kept != pl.read_parquet(folder_of(newest) / "results.parquet", columns=["subject_id", "grade", "score"]).rows():
            faults.append(f"grades of {model} are not those of its newest run")
    return faults


def drafts() -> list[str]:
    """Folders of runs that are being made, or were left by a kill."""
    return sorted(each.name for each in runs_folder().glob(f"{DRAFT}*"))
