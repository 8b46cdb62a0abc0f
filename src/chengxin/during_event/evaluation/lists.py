"""数字背后的名单：the subjects that a number of a run's report counts, page by page, worst first. Read from the run's own files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.reports import GROUPS
from chengxin.during_event.evaluation.runs import folder_of
from chengxin.engine.columns import Kind
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel.refused import NotFound, Refused

PAGE: Final = 50
#: Kinds of subjects that a report counts, in words.
WHICH: Final = {
    "spared": "因观察次数少没有判最低一等",
    "few": "因观察次数少返还了分",
    "unlisted": "没有列入直接判级的名单",
}
_CONDITIONS: Final = {
    "spared": "spared",
    "few": f"subject_id IN (SELECT subject_id FROM '{{contributions}}' WHERE kind = {int(Kind.FEW_OBSERVATIONS)})",  # noqa: S608
    "unlisted": "floor = ''",
}


@dataclass(frozen=True)
class Asked:
    """哪个数字：``by`` and ``group`` name a group of the report, ``grade`` one grade, ``indicator`` whose records gave or took points,
    ``which`` one of :data:`WHICH`; "" all."""

    by: str = ""
    group: str = ""
    grade: str = ""
    indicator: str = ""
    which: str = ""

    def said(self) -> str:
        """For the trail of looks."""
        return " ".join(filter(None, (f"{self.by}={self.group}" if self.by else "", self.grade, self.indicator, self.which)))


@dataclass(frozen=True)
class ListedSubject:
    """名单的一行。"""

    subject_id: int
    name: str
    code: str
    grade: str
    score: int
    records: int
    floor: bool
    spared: bool


def subjects_of_run(run: EvaluationRun, asked: Asked, page: int) -> tuple[int, Sequence[ListedSubject]]:
    """How many there are in all, and the ``page``-th of them (from 1). Refused for a group that the report does not have."""
    folder = existing_folder(run)
    if asked.by and asked.by not in GROUPS:
        raise Refused("invalid-fields", f"报告没有按“{asked.by[:20]}”的分组。", f"从这些里选：{'、'.join(GROUPS)}。")
    if asked.which and asked.which not in WHICH:
        raise Refused("invalid-fields", f"没有“{asked.which[:20]}”这种名单。", f"从这些里选：{'、'.join(WHICH)}。")
    conditions, values = _conditions(asked, folder / "contributions.parquet")
    graded = f"""SELECT r.*, s.industry, s.division, s.established_on, date_diff('year', s.established_on, DATE '{run.as_of}') AS age
        FROM '{folder / "results.parquet"}' r JOIN '{folder / "subjects.parquet"}' s USING (subject_id)"""  # noqa: S608
    chosen = f"FROM ({graded}) WHERE {' AND '.join(conditions)}"
    with duckdb.connect(config={"memory_limit": "600MB", "threads": 2}) as connection:
        (count,) = connection.execute(f"SELECT count(*) {chosen}", values).fetchone() or (0,)
        rows = connection.execute(
            f"SELECT subject_id, code, grade, score, records, floor, spared {chosen} ORDER BY score, subject_id LIMIT ? OFFSET ?",
            [*values, PAGE, (page - 1) * PAGE],
        ).fetchall()
    names = names_of([row[0] for row in rows])
    listed = [
        ListedSubject(pk, names.get(pk, ("", ""))[0], code, grade, score, records, bool(floor), bool(spared))
        for pk, code, grade, score, records, floor, spared in rows
    ]
    return int(count), listed


def _conditions(asked: Asked, contributions: Path) -> tuple[list[str], list[str]]:
    """SQL over the graded subjects, with its values."""
    conditions, values = ["true"], []
    if asked.by:
        conditions.append(f"{GROUPS[asked.by]} = ?")
        values.append(asked.group)
    if asked.grade:
        conditions.append("grade = ?")
        values.append(asked.grade)
    if asked.indicator:
        kinds = f"{int(Kind.RECORD)}, {int(Kind.FACT)}"
        conditions.append(f"subject_id IN (SELECT subject_id FROM '{contributions}' WHERE indicator = ? AND kind IN ({kinds}))")  # noqa: S608
        values.append(asked.indicator)
    if asked.which:
        conditions.append(_CONDITIONS[asked.which].format(contributions=contributions))
    return conditions, values


def existing_folder(run: EvaluationRun) -> Path:
    """Where the run's files are. NotFound where they are not (any more): they can be made again."""
    folder = folder_of(run)
    if not (folder / "results.parquet").exists():
        raise NotFound(
            "evaluation-files-missing",
            f"第 {run.pk} 号评价的结果文件不在这台机器上。",
            f"重新运行 chengxin evaluate --as-of {run.as_of} --model {run.model}，同样的输入给出同样的文件。",
        )
    return folder
