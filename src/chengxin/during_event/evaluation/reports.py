"""一次评价的报告：how grades fall by size, sector, county and age; who was spared a hard grade for few observations. Numbers, no names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from chengxin.engine.columns import Kind
from chengxin.policy.types_evaluation import EvaluationModel

#: How many records a subject has: the only size that the facts show.
SIZES: Final = ((0, "没有记录"), (1, "1–4 条"), (5, "5–19 条"), (20, "20–99 条"), (100, "100 条以上"))
AGES: Final = ((0, "不满 1 年"), (1, "1–4 年"), (5, "5–9 年"), (10, "10 年以上"))


def size_of(column: str) -> str:
    """SQL: the group of a number of records."""
    return _steps(column, SIZES)


def _steps(column: str, steps: tuple[tuple[int, str], ...]) -> str:
    branches = " ".join(f"WHEN {column} >= {least} THEN '{words}'" for least, words in reversed(steps))
    return f"CASE {branches} END"


GROUPS: Final = {
    "size": size_of("records"),
    "sector": "CASE WHEN industry = '' THEN '没有行业代码' ELSE substr(industry, 1, 1) END",
    "county": "CASE WHEN division = '' THEN '没有行政区划' ELSE division END",
    "age": f"CASE WHEN established_on IS NULL THEN '不详' ELSE {_steps('age', AGES)} END",
}


def report_of(folder: Path, model: EvaluationModel, as_of: date) -> dict[str, Any]:
    """The report of the run whose files lie in ``folder``."""
    with duckdb.connect(config={"memory_limit": "600MB", "threads": 2}) as connection:
        connection.execute(
            f"""CREATE TEMP VIEW graded AS SELECT r.*, s.industry, s.division, s.established_on,
                date_diff('year', s.established_on, DATE '{as_of}') AS age
                FROM '{folder / "results.parquet"}' r JOIN '{folder / "subjects.parquet"}' s USING (subject_id)"""  # noqa: S608
        )
        grades = [each.id for each in model.grades]
        groups = {name: _by(connection, sql, grades) for name, sql in GROUPS.items()}
        return {
            "grades": dict(connection.execute("SELECT grade, count(*) FROM graded GROUP BY 1 ORDER BY 1").fetchall()),
            "scores": _histogram(connection),
            "groups": groups,
            "few_observations": _few(connection, folder),
            "indicators": _indicators(connection, folder),
        }


def _by(connection: duckdb.DuckDBPyConnection, group: str, grades: Sequence[str]) -> list[dict[str, Any]]:
    """Calibration: of each group how many have each grade (best first), how many the worst one without a listing."""
    worst = grades[-1]
    each = ", ".join(f"count(*) FILTER (grade = '{grade}')" for grade in grades)
    found = connection.execute(
        f"""SELECT {group} AS name, count(*) AS subjects, count(*) FILTER (grade = 'N') AS unknown,
            count(*) FILTER (grade = '{worst}') AS worst, count(*) FILTER (grade = '{worst}' AND floor <> '') AS listed,
            CAST(coalesce(sum(score) FILTER (grade <> 'N') // nullif(count(*) FILTER (grade <> 'N'), 0), 0) AS BIGINT) AS mean_milli_points,
            [{each}] AS grades FROM graded GROUP BY 1 ORDER BY 1"""  # noqa: S608
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [row | {"grades": dict(zip(grades, row["grades"], strict=True))} for row in rows]


def _histogram(connection: duckdb.DuckDBPyConnection) -> list[dict[str, int]]:
    rows = connection.execute(
        "SELECT score // 50000 * 50 AS least, count(*) FROM graded WHERE grade <> 'N' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [{"from": int(least), "subjects": int(count)} for least, count in rows]


def _few(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    sql = f"""SELECT count(DISTINCT subject_id), coalesce(sum(milli_points), 0) FROM '{folder / "contributions.parquet"}'
              WHERE kind = {int(Kind.FEW_OBSERVATIONS)}"""  # noqa: S608
    subjects, points = connection.execute(sql).fetchone() or (0, 0)
    return {"subjects": int(subjects), "milli_points": int(points)}


def _indicators(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[dict[str, Any]]:
    sql = f"""SELECT indicator, count(DISTINCT subject_id) AS subjects, CAST(sum(milli_points) AS BIGINT) AS milli_points
              FROM '{folder / "contributions.parquet"}' WHERE kind IN ({int(Kind.RECORD)}, {int(Kind.FACT)}) GROUP BY 1 ORDER BY 1"""  # noqa: S608
    return [{"indicator": str(name), "subjects": n, "milli_points": points} for name, n, points in connection.execute(sql).fetchall()]
