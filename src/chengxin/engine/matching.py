"""名称比对。Two large lists of names → pairs that may be one: exact core, else the most alike of those that share a rare bigram.

DuckDB joins, rapidfuzz measures (DuckDB's own distances count bytes and are wrong for Chinese). A pair is a proposal: a name alone
never links anything.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from chengxin.engine import names

_SCHEMA: Final = pl.Schema({"left_id": pl.Int64, "right_id": pl.Int64, "similarity": pl.Int32, "margin": pl.Int32})
#: What DuckDB may hold; the rest lies in a scratch file.
_MEMORY: Final = "400MB"
#: Left names compared at a time: bounds the memory.
_AT_A_TIME: Final = 10_000
_GRAMS: Final = "unnest(list_distinct(list_transform(range(1, length(core)), lambda i: substr(core, i, 2)))) AS gram"
_INDEX: Final = (
    f"CREATE TABLE gram AS SELECT id, {_GRAMS} FROM r",  # noqa: S608
    "CREATE TABLE crowd AS SELECT gram, count(*) AS n FROM gram GROUP BY gram",
    # The postings of crowded bigrams are never read again.
    "DELETE FROM gram USING crowd WHERE gram.gram = crowd.gram AND crowd.n > {crowd}",
)
_PAIRS: Final = f"""
WITH part AS (SELECT id, core FROM l WHERE place >= $first AND place < $first + $count),
     exact AS (SELECT part.id AS left_id, r.id AS right_id FROM part JOIN r ON part.core = r.core WHERE part.id <> r.id),
     unmatched AS (SELECT id, core FROM part WHERE id NOT IN (SELECT left_id FROM exact)),
     rare AS (
         SELECT id, gram FROM (SELECT id, {_GRAMS} FROM unmatched) JOIN crowd USING (gram) WHERE n <= $crowd
         QUALIFY row_number() OVER (PARTITION BY id ORDER BY n, gram) <= $rarest),
     pair AS (FROM exact UNION SELECT rare.id, gram.id FROM rare JOIN gram USING (gram) WHERE rare.id <> gram.id)
SELECT left_id, right_id, l.core AS left_core, r.core AS right_core FROM pair JOIN l ON l.id = left_id JOIN r ON r.id = right_id
"""  # noqa: S608


@dataclass(frozen=True)
class Blocking:
    """How far to look: each name is compared with those that share one of its ``rarest`` bigrams, if no more than ``crowd`` do."""

    rarest: int = 3
    crowd: int = 60
    least_similarity: int = 700  # of 1000


def match_names(left: pl.DataFrame, right: pl.DataFrame, blocking: Blocking | None = None) -> pl.DataFrame:
    """比对两份名单。``left`` and ``right`` have columns ``id`` and ``name``; the same frame twice looks for doubles in one list.

    Answers ``left_id, right_id, similarity`` (0–1000) and ``margin`` (how much the next best is less alike; 1000 where there is
    none). One row per left name at most, best first; equal ids are no pair.
    """
    how = blocking or Blocking()
    best = [pl.DataFrame(schema=_SCHEMA)]
    with tempfile.TemporaryDirectory(prefix="chengxin-names-") as folder, duckdb.connect(f"{folder}/names.duckdb") as scratch:
        scratch.execute(f"SET memory_limit = '{_MEMORY}'")
        for side, frame in (("l", left), ("r", right)):
            cores = frame.select(pl.col("id").cast(pl.Int64), names.core(names.normal_form(pl.col("name"))).alias("core"))
            scratch.register("given", cores.filter(pl.col("core").str.len_chars() >= 2).with_row_index("place").to_arrow())
            scratch.execute(f"CREATE TABLE {side} AS FROM given")
            scratch.unregister("given")
        for statement in _INDEX:
            scratch.execute(statement.format(crowd=how.crowd))
        for first in range(0, left.height, _AT_A_TIME):
            slice_of_left = {"first": first, "count": _AT_A_TIME, "crowd": how.crowd, "rarest": how.rarest}
            pairs = scratch.sql(_PAIRS, params=slice_of_left).to_arrow_table()
            best.append(_best(pl.DataFrame(pairs), how.least_similarity))
    return pl.concat(best).sort("similarity", "left_id", descending=[True, False])


def _best(pairs: pl.DataFrame, least: int) -> pl.DataFrame:
    """Of each left name the most alike, and by how much."""
    shares = cpdist(pairs["left_core"].to_list(), pairs["right_core"].to_list(), scorer=OSA.normalized_similarity)
    alike = pairs.with_columns((pl.Series("similarity", shares.tolist(), dtype=pl.Float64) * 1000).round().cast(pl.Int32))
    ranked = alike.sort(["left_id", "similarity", "right_id"], descending=[False, True, False])
    first, second = pl.col("similarity").first(), pl.col("similarity").get(1, null_on_oob=True)
    best = ranked.group_by("left_id", maintain_order=True).agg(
        pl.col("right_id").first(), first, (first - second).fill_null(1000).alias("margin")
    )
    return best.filter(pl.col("similarity") >= least).match_to_schema(_SCHEMA)
