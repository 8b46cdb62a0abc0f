"""The same method written by hand for DuckDB: what the engine is measured against. It knows one model and one engine, and nothing else.

The numbers of the model stand in it as a person would write them; if the policy changes, the comparison of the results says so. Of four
ways to write it (records read once into a table, or twice as a view; insertion order kept or not) this is the one with least work.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from chengxin.engine.matching_records import last_day_of_age
from chengxin.kernel.instants import FOREVER, end_of_day

PENALTY, INSPECTION, COMPULSION, REWARD, HONOUR, COMMITMENT = 2, 10, 3, 9, 16, 17
DEFAULTER, FALSE_LITIGATION, SERIOUS, ABNORMAL = 11, 12, 13, 14
FIELDS = "(1, 2, 3, 4, 5, 8, 9, 10, 12)"
MIDNIGHT = end_of_day(date(1969, 12, 31))


def script(subjects: Path, records: Path, relief: Path, as_of: date) -> list[str]:
    """The statements up to the two answers, ``results`` and ``contributions``."""
    d12, d24, d36 = (last_day_of_age(as_of, months) for months in (12, 24, 36))
    end = end_of_day(as_of)
    decay = f"CASE WHEN decided_on > DATE '{d12}' THEN 1000 WHEN decided_on > DATE '{d24}' THEN 700 ELSE 400 END"
    young = f"decided_on > DATE '{d36}'"
    penalty = "CASE severity WHEN 2 THEN {general} WHEN 3 THEN {serious} ELSE 0 END"
    return [
        f"""CREATE TEMP VIEW counted AS SELECT subject_id, record_id, item, severity, outcome, supervision, decided_on, counted_until
            FROM read_parquet('{records}') WHERE decided_on <= DATE '{as_of}' AND counted_until > {end}""",
        f"""CREATE TEMP TABLE observed AS SELECT subject_id, count(*) AS records, bool_or(item = {SERIOUS}) AS listed,
            count(*) FILTER (item = {INSPECTION} AND {young} AND supervision IN {FIELDS}) AS seen_fields,
            count(*) FILTER (item = {INSPECTION} AND {young}) AS seen_all FROM counted GROUP BY subject_id""",
        f"""CREATE TEMP TABLE effects AS
            WITH judged AS (SELECT *, CASE
                WHEN item = {ABNORMAL} THEN 2
                WHEN item = {PENALTY} AND supervision = 7 AND {young} THEN 3
                WHEN item = {PENALTY} AND supervision = 6 AND {young} THEN 6
                WHEN item = {PENALTY} AND supervision IN {FIELDS} AND {young} THEN 7
                WHEN item = {INSPECTION} AND {young} THEN 8
                WHEN item = {COMPULSION} AND decided_on > DATE '{d24}' THEN 9
                WHEN item = {DEFAULTER} THEN 10 WHEN item = {FALSE_LITIGATION} THEN 11 WHEN item = {HONOUR} THEN 12
                WHEN item = {REWARD} AND {young} THEN 13
                WHEN item = {COMMITMENT} AND outcome = 5 AND {young} THEN 14
                WHEN item = {COMMITMENT} AND outcome = 6 AND {young} THEN 15 END AS part FROM counted),
            pointed AS (SELECT *, CASE part
                WHEN 2 THEN -40000 WHEN 3 THEN ({penalty.format(general=-30, serious=-90)}) * ({decay})
                WHEN 6 THEN ({penalty.format(general=-20, serious=-60)}) * ({decay})
                WHEN 7 THEN ({penalty.format(general=-20, serious=-60)}) * ({decay})
                WHEN 8 THEN (CASE outcome WHEN 3 THEN -30 WHEN 2 THEN -5 WHEN 9 THEN -30 WHEN 4 THEN -15 ELSE 0 END) * ({decay})
                WHEN 9 THEN -10000 WHEN 10 THEN -200000 WHEN 11 THEN -120000 WHEN 12 THEN 25000 WHEN 13 THEN 15000
                WHEN 14 THEN 5000 WHEN 15 THEN -40000 ELSE 0 END AS full_points FROM judged WHERE part IS NOT NULL)
            SELECT p.subject_id, p.part, p.record_id,
                CASE WHEN part = 7 AND seen_fields > 10 THEN -((-full_points) * 10 // seen_fields)
                     WHEN part = 8 AND seen_all > 10 THEN -((-full_points) * 10 // seen_all) ELSE full_points END AS milli_points,
                CASE WHEN part IN (3, 6, 7, 8, 13, 14, 15) THEN least(counted_until, {_window_end(36)})
                     WHEN part = 9 THEN least(counted_until, {_window_end(24)}) ELSE counted_until END AS until
            FROM pointed p JOIN observed USING (subject_id) WHERE full_points <> 0
            AND p.subject_id IN (SELECT subject_id FROM read_parquet('{subjects}'))""",
        f"""CREATE TEMP TABLE facts AS
            SELECT subject_id, 0 AS part, -20000 AS milli_points FROM read_parquet('{subjects}') WHERE NOT in_registry
            UNION ALL SELECT subject_id, 1, -5000 FROM read_parquet('{subjects}') WHERE in_registry AND industry = ''""",
        f"""CREATE TEMP TABLE indicators AS
            WITH summed AS (SELECT subject_id, part, sum(milli_points)::BIGINT AS taken, count(*) AS hits FROM effects GROUP BY ALL
                            UNION ALL SELECT subject_id, part, milli_points, 0 FROM facts),
            looked AS (SELECT s.*, greatest(CASE part WHEN 7 THEN seen_fields WHEN 8 THEN seen_all ELSE hits END, hits, 1) AS seen
                       FROM summed s LEFT JOIN observed USING (subject_id)),
            relieved AS (SELECT l.*, CASE WHEN part IN (7, 8) AND taken < 0
                         THEN (-taken) * coalesce(t.milli_points, 0) // 1000 ELSE 0 END AS relief
                FROM looked l LEFT JOIN read_csv('{relief}') t ON t.observations = least(seen, 120)
                     AND t.count = CASE WHEN seen > 120 THEN greatest(hits * 120 // seen, 1) ELSE hits END)
            SELECT subject_id, part, taken, relief, CASE part
                WHEN 2 THEN greatest(-60000 - taken, 0) WHEN 3 THEN greatest(-150000 - taken, 0) WHEN 6 THEN greatest(-80000 - taken, 0)
                WHEN 7 THEN greatest(-260000 - taken - relief, 0) WHEN 8 THEN greatest(-120000 - taken - relief, 0)
                WHEN 9 THEN greatest(-30000 - taken, 0) WHEN 10 THEN greatest(-300000 - taken, 0)
                WHEN 11 THEN greatest(-200000 - taken, 0) WHEN 12 THEN least(50000 - taken, 0) WHEN 13 THEN least(30000 - taken, 0)
                WHEN 14 THEN least(30000 - taken, 0) WHEN 15 THEN greatest(-100000 - taken, 0) ELSE 0 END AS cap FROM relieved""",
        """CREATE TEMP TABLE limits AS
            WITH sums AS (SELECT subject_id, CASE WHEN part <= 2 THEN 0 WHEN part <= 5 THEN 1 WHEN part = 6 THEN 2 WHEN part <= 11 THEN 3
                          ELSE 4 END AS dimension, sum(taken + relief + cap)::BIGINT AS total FROM indicators GROUP BY ALL)
            SELECT subject_id, dimension, CASE dimension
                WHEN 0 THEN greatest(-80000 - total, 0) + least(0 - total, 0) WHEN 1 THEN greatest(-195000 - total, 0) + least(0 - total, 0)
                WHEN 2 THEN greatest(-90000 - total, 0) + least(0 - total, 0) WHEN 3 THEN greatest(-435000 - total, 0) + least(0 - total, 0)
                ELSE greatest(-120000 - total, 0) + least(80000 - total, 0) END AS beyond FROM sums""",
    ]


def results(subjects: Path) -> str:
    """Score and grade of every subject."""
    return f"""
        WITH points AS (SELECT subject_id, sum(taken + relief + cap)::BIGINT AS points,
                sum(CASE WHEN part IN (2, 7, 8, 10, 11) THEN 0 ELSE least(taken + relief + cap, 0) END)::BIGINT AS doubt
                FROM indicators GROUP BY 1),
        ends AS (SELECT subject_id, sum(beyond)::BIGINT AS beyond FROM limits GROUP BY 1),
        scored AS (SELECT s.subject_id, s.code, 920000 + coalesce(points, 0) + coalesce(beyond, 0) AS score, coalesce(doubt, 0) AS doubt,
                coalesce(o.records, 0) AS records, coalesce(o.listed, false) AS listed
            FROM read_parquet('{subjects}') s LEFT JOIN points USING (subject_id) LEFT JOIN ends USING (subject_id)
            LEFT JOIN observed o USING (subject_id)),
        spared AS (SELECT *, NOT listed AND records >= 1 AND score < 600000 AND score - doubt >= 600000 AS spared FROM scored)
        SELECT subject_id, code, CASE WHEN listed THEN 'D' WHEN records < 1 THEN 'N' WHEN spared THEN 'C' WHEN score >= 850000 THEN 'A'
            WHEN score >= 700000 THEN 'B' WHEN score >= 600000 THEN 'C' ELSE 'D' END AS grade, score::INT AS score, records::INT AS records,
            CASE WHEN listed THEN 'serious_dishonesty_entries' ELSE '' END AS floor, spared FROM spared ORDER BY subject_id"""


def contributions(subjects: Path) -> str:
    """Every line of every subject."""
    return f"""
        SELECT subject_id, -1 AS part, 0 AS kind, 0 AS record_id, 920000 AS milli_points, 0 AS until FROM read_parquet('{subjects}')
        UNION ALL SELECT subject_id, part, 1, record_id, milli_points, CASE WHEN until >= {FOREVER} THEN 0 ELSE until END FROM effects
        UNION ALL SELECT subject_id, part, 2, 0, milli_points, 0 FROM facts
        UNION ALL SELECT subject_id, part, 3, 0, relief, 0 FROM indicators WHERE relief <> 0
        UNION ALL SELECT subject_id, part, 4, 0, cap, 0 FROM indicators WHERE cap <> 0
        UNION ALL SELECT subject_id, 1000 + dimension, 5, 0, beyond, 0 FROM limits WHERE beyond <> 0
        ORDER BY subject_id, part, kind, record_id"""


def run(folder: Path, relief: Path, as_of: date, memory: str, spill: Path) -> None:
    """Both answers as Parquet in ``folder``, from the snapshot that lies there."""
    subjects, records = folder / "subjects.parquet", folder / "records.parquet"
    with duckdb.connect(config={"memory_limit": memory, "threads": 2, "temp_directory": str(spill)}) as connection:
        connection.execute("SET preserve_insertion_order = false")  # of tables without an order; 10 % less work
        for statement in script(subjects, records, relief, as_of):
            connection.execute(statement)
        connection.execute("SET preserve_insertion_order = true")
        for name, question in (("results", results(subjects)), ("contributions", contributions(subjects))):
            connection.execute(f"COPY ({question}) TO '{folder}/hand-{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def _window_end(months: int) -> str:
    first = "date_trunc('month', decided_on)"
    same = f"({first} + INTERVAL {months} MONTH)::DATE + (day(decided_on) - 1)::INT"
    reached = f"least({same}, ({first} + INTERVAL {months + 1} MONTH)::DATE)"
    return f"((({reached}) - DATE '1970-01-01')::BIGINT + 1) * 86400 + {MIDNIGHT}"
