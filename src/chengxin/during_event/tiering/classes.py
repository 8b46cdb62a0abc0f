"""风险类别：which class everyone is in for a matter, and how often a class is drawn. Column operations, two statements a model.

A class follows from grades and nothing else: same grades, same class, whatever the size of the firm. Who has no grade is in the
ordinary class, individual businesses always. A class is never a ground to skip anybody: no ratio is zero (``policy.shapes_tiering``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Final

import polars as pl

from chengxin.during_event.evaluation.models import EvaluationRun
from chengxin.during_event.evaluation.runs import folder_of, newest_run, run_by_id
from chengxin.during_event.tiering.types import Because
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import NOT_ENOUGH
from chengxin.policy.types_tiering import RISK_CLASSES, PoolScope, RiskClass, TieringGroup, TieringVersion
from chengxin.storage.temporary import read_frame, temporary_join

#: Columns of :func:`risk_classes`.
SCHEMA: Final = {
    **{"subject_id": pl.Int64, "code": pl.String, "kind": pl.Int16},
    **{"risk_class": pl.String, "because": pl.String},  # types.Because
}
STATES_NOT_INSPECTED: Final = "states_not_inspected"
KINDS: Final = (
    SubjectKind.ORGANIZATION,
    SubjectKind.LEGAL_PERSON,
    SubjectKind.UNINCORPORATED_ORGANIZATION,
    SubjectKind.INDIVIDUAL_BUSINESS,
)
#: 统一社会信用代码 of organs of the state begin so (GB 32100): they are not inspected at random.
ORGANS: Final = "11"
_SUBJECTS: Final = "SELECT s.id, COALESCE(s.code, ''), s.kind, s.industry, s.state FROM subjects_subject s"
_SUBJECT_SCHEMA: Final = {"subject_id": pl.Int64, "code": pl.String, "kind": pl.Int16, "industry": pl.String, "state": pl.String}
_GRADES: Final = "SELECT subject_id, grade FROM evaluation_evaluationgrade WHERE model = %s"
_GRADE_SCHEMA: Final = {"subject_id": pl.Int64, "grade": pl.String}
_NO_RANK: Final = -1


@dataclass(frozen=True)
class Stratum:
    """一层：one class of one group on a day, and how often its members are drawn. What the draw takes its ratios from."""

    group: str
    risk_class: RiskClass
    life_and_safety: bool
    reference: str
    words: str  # the quote or the note behind the numbers
    confidence: str

    @property
    def id(self) -> str:
        """The letter of the class."""
        return self.risk_class.id

    @property
    def per_mille(self) -> int:
        """So many of a thousand are drawn in each round; never 0."""
        return self.risk_class.per_mille

    @property
    def rounds(self) -> int:
        """Draws a year; never 0."""
        return self.risk_class.rounds

    @property
    def most_visits(self) -> int:
        """Visits of one member in a year on this ground at most; 0: without limit."""
        return self.risk_class.most_visits


def group_of(policy: PolicySet, matter_or_group: str) -> TieringGroup:
    """抽查事项类别 by its id, or the one that an inspection matter belongs to. ``NoSuchPolicy`` for neither."""
    owner = next((group for group in policy.tiering_groups.values() if matter_or_group in group.matters), None)
    return owner or policy.tiering_group(matter_or_group)


def strata(matter_or_group: str, as_of: date, policy: PolicySet) -> dict[str, Stratum]:
    """各类的比例和频次 in force on ``as_of``, low risk to high: class → stratum. ``NoValueYet`` before the first version."""
    group = group_of(policy, matter_or_group)
    version = group.version_at(as_of)
    words = version.quote or version.note
    return {
        each.id: Stratum(group.id, each, group.life_and_safety, version.reference, words, version.confidence)
        for each in version.classes.values()
    }


def runs_for(matter_or_group: str, policy: PolicySet, known_at: Instant | None = None) -> dict[str, int]:
    """据以分类的评价: model → number of its newest run (recorded no later than ``known_at``); models never run are absent.

    Committed with a draw, so that anybody can find the same classes later.
    """
    found = {}
    for model in group_of(policy, matter_or_group).models:
        run = newest_run(model) if known_at is None else _run_known(model, known_at)
        if run is not None:
            found[model] = run.pk
    return found


def risk_classes(
    matter_or_group: str,
    subject_ids: Sequence[int] | None = None,
    *,
    as_of: date,
    policy: PolicySet,
    runs: Mapping[str, int] | None = None,
) -> pl.DataFrame:
    """风险类别 of these canonical subjects, or (None) of everyone whom the matter or group is about; columns :data:`SCHEMA`, by subject_id.

    ``runs``: the evaluations to go by (:func:`runs_for`); None: the newest. Natural persons and organs of the state have no class, nor
    do merged members or subjects that no longer exist: asked for, they are simply not in the answer.
    """
    group = group_of(policy, matter_or_group)
    version = group.version_at(as_of)
    people = _subjects(subject_ids, as_of, policy)
    if subject_ids is None:
        people = _of_group(people, group, matter_or_group, policy)
    used = runs_for(matter_or_group, policy) if runs is None else runs
    graded = reduce(_with_grades, ((number, _grades(each, used)) for number, each in enumerate(group.models)), people)
    return classed(graded, len(group.models), version).select(list(SCHEMA)).sort("subject_id")


def _subjects(subject_ids: Sequence[int] | None, as_of: date, policy: PolicySet) -> pl.DataFrame:
    kinds = ", ".join(str(int(each)) for each in KINDS)
    where = f" WHERE s.kind IN ({kinds}) AND s.canonical_id = s.id"
    if subject_ids is None:
        found = read_frame(_SUBJECTS + where, _SUBJECT_SCHEMA)
    else:
        given = pl.DataFrame({"id": sorted(set(subject_ids))}, schema={"id": pl.Int64})
        found = temporary_join(given, f"{_SUBJECTS} JOIN {{given}} g ON g.id = s.id{where}", _SUBJECT_SCHEMA)
    gone = list(policy.value_at(STATES_NOT_INSPECTED, as_of).value)
    return found.filter(~pl.col("code").str.starts_with(ORGANS) & ~pl.col("state").is_in(gone))


def _of_group(people: pl.DataFrame, group: TieringGroup, asked: str, policy: PolicySet) -> pl.DataFrame:
    """Those whom the group (or one of its matters) is about."""
    industries = industries_of(group, asked, policy)
    if not industries:
        return people
    return people.filter(pl.any_horizontal([pl.col("industry").str.starts_with(each) for each in industries]))


def industries_of(group: TieringGroup, asked: str, policy: PolicySet) -> tuple[str, ...]:
    """Beginnings of the industry codes that a group, or one matter of it, is about; none: everyone. Refused where only a pool can say."""
    if asked in group.matters:
        return policy.inspection_matters[asked].industries
    if group.scope is PoolScope.MATTER:
        raise Refused(
            "tiering-pool-elsewhere",
            f"“{group.title}”查谁由抽查对象库确定（持有许可、使用设备的），不能按行业数出来。",
            "先在抽查对象库里列出对象，再问它们的类别。",
            where={"group": group.id},
        )
    return group.industries


def _grades(model: str, runs: Mapping[str, int]) -> pl.DataFrame:
    """Grades of the run asked for: from the table if it is the newest, else from its file."""
    if model not in runs:
        return pl.DataFrame(schema=_GRADE_SCHEMA)
    newest = newest_run(model)
    if newest is not None and newest.pk == runs[model]:
        return read_frame(_GRADES, _GRADE_SCHEMA, parameters=[model])
    results = folder_of(run_by_id(runs[model])) / "results.parquet"
    if not results.exists():
        raise Refused(
            "tiering-run-files-missing", f"第 {runs[model]} 号评价的结果文件不在了。", "从备份恢复评价文件夹，或按同一天再评一次。"
        )
    return pl.read_parquet(results, columns=["subject_id", "grade"])


def _run_known(model: str, known_at: Instant) -> EvaluationRun | None:
    return EvaluationRun.objects.filter(model=model, at__lte=known_at).order_by("-as_of", "-id").first()


def _with_grades(people: pl.DataFrame, numbered: tuple[int, pl.DataFrame]) -> pl.DataFrame:
    number, grades = numbered
    return people.join(grades.rename({"grade": f"grade_{number}"}), on="subject_id", how="left")


def classed(people: pl.DataFrame, models: int, version: TieringVersion) -> pl.DataFrame:
    """``people`` (kind, grade_0, grade_1 …) with risk_class and because: the highest risk among the grades; none: the ordinary class."""
    rank_of: dict[str, Any] = {grade: RISK_CLASSES.index(letter) for grade, letter in version.by_grade.items()}
    individual = pl.col("kind") == SubjectKind.INDIVIDUAL_BUSINESS.value
    grades = [pl.col(f"grade_{n}") for n in range(models)]
    ranks = [each.replace_strict(rank_of, default=_NO_RANK, return_dtype=pl.Int16).fill_null(_NO_RANK) for each in grades]
    highest = pl.when(individual).then(_NO_RANK).otherwise(pl.max_horizontal(ranks))
    not_enough = pl.any_horizontal([(each == NOT_ENOUGH).fill_null(value=False) for each in grades])
    because = (
        pl.when(individual)
        .then(pl.lit(Because.INDIVIDUAL_BUSINESS.value))
        .when((highest == _NO_RANK) & not_enough)
        .then(pl.lit(Because.NOT_ENOUGH.value))
        .when(highest == _NO_RANK)
        .then(pl.lit(Because.NOT_GRADED.value))
        .when(highest == ranks[0])
        .then(pl.lit(Because.CITY_GRADE.value))
        .otherwise(pl.lit(Because.INDUSTRY_GRADE.value))
    )
    letters = dict(enumerate(RISK_CLASSES))
    risk_class = highest.replace_strict(letters, default=version.without_grade, return_dtype=pl.String)
    return people.with_columns(risk_class.alias("risk_class"), because.alias("because"))
