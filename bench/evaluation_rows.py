"""A snapshot of an invented city as Parquet: the same rows for the same numbers, whatever the machine.

Sizes are uneven, as in a real city: most subjects have about ten records, a few have thousands. The mixture of items is that of a
city in which most records are licences and inspections and few are adverse.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

#: Items of the catalogue by their share of a thousand records.
SHARES = {10: 350, 1: 265, 2: 120, 17: 100, 3: 60, 4: 20, 9: 20, 16: 20, 14: 25, 12: 1, 11: 6, 13: 1, 5: 12}
#: Subjects of a range whose records are drawn together, so that the file is sorted as it is written.
RANGE = 50_000
FOREVER = 253_402_271_999


def _draw(salt: int, modulus: int) -> str:
    """A number below ``modulus`` that depends on ``n`` and ``salt`` only: a few rounds of arithmetic that every machine does alike."""
    return f"(((n * 1327217885 + {salt} * 40503000007) % 2147483647 * 1123411259 % 2147483629 >> 5) % {modulus})::BIGINT"


def _item() -> str:
    branches, below = [], 0
    for item, share in SHARES.items():
        below += share
        branches.append(f"WHEN mixture < {below} THEN {item}")
    return f"CASE {' '.join(branches)} ELSE 1 END"


def write_snapshot(folder: Path, subjects: int, records: int) -> tuple[Path, Path]:
    """``subjects.parquet`` and ``records.parquet`` of so many rows."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "subjects.parquet", folder / "records.parquet"
    if all(path.exists() for path in paths):
        return paths
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as connection:
        connection.execute(_subjects(subjects, paths[0]))
        each = records // subjects
        ranges = range(0, subjects, RANGE)
        for place, first in enumerate(ranges):
            count = min(RANGE, subjects - first)
            connection.execute(_records(first, count, each * count, folder / f"part-{place:05d}.parquet"))
        connection.execute(f"COPY (FROM read_parquet('{folder}/part-*.parquet')) TO '{paths[1]}' (FORMAT parquet, COMPRESSION zstd)")
    for part in folder.glob("part-*.parquet"):
        part.unlink()
    return paths


def _subjects(count: int, path: Path) -> str:
    return f"""COPY (
        SELECT n AS subject_id, 'C' || lpad(n::VARCHAR, 17, '0') AS code, (1 + ({_draw(1, 20)} = 0)::INT)::SMALLINT AS kind,
            '3709' || lpad((2 + {_draw(2, 6)})::VARCHAR, 2, '0') AS division,
            ['C13', 'C26', 'E47', 'F51', 'F52', 'G54', 'H62', 'L72', 'N78', 'Q84', ''][1 + {_draw(3, 11)}] AS industry, '1' AS state,
            DATE '1998-01-01' + {_draw(4, 10000)}::INT AS established_on, {_draw(5, 50)} <> 0 AS in_registry
        FROM (SELECT unnest(range(1, {count + 1})) AS n) ORDER BY subject_id
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""


def _records(first: int, subjects: int, count: int, path: Path) -> str:
    # Seven of eight records go to anybody; the eighth, by the fourth power of a uniform share, mostly to a few large subjects.
    share, large = f"{_draw(6, 1_000_003)}", f"({_draw(6, 1_000_003)} * {_draw(6, 1_000_003)} // 1000003)"
    chosen = f"CASE WHEN {_draw(8, 8)} = 0 THEN {large} * {large} // 1000003 ELSE {share} END"
    numbers = f"unnest(range({first} * 1000 + 1, {first} * 1000 + 1 + {count}))"
    owner = f"{first} + 1 + ({chosen}) * {subjects} // 1000003"
    return f"""COPY (
        SELECT n AS record_id, subject_id, item::SMALLINT AS item,
            (CASE WHEN item = 2 THEN [1, 1, 2, 2, 2, 3][1 + {_draw(9, 6)}] ELSE 0 END)::SMALLINT AS severity,
            (CASE WHEN item = 10 THEN [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4][1 + {_draw(10, 13)}]
                  WHEN item = 17 THEN [5, 5, 5, 5, 6, 7, 7, 8][1 + {_draw(11, 8)}] ELSE 0 END)::SMALLINT AS outcome,
            {_draw(12, 13)}::SMALLINT AS supervision, DATE '2026-11-22' - {_draw(13, 1800)}::INT AS decided_on,
            CASE WHEN {_draw(14, 3)} = 0 THEN {FOREVER} ELSE 1780000000 + {_draw(15, 60_000_000)} END AS effective_until,
            CASE WHEN {_draw(16, 3)} = 0 THEN {FOREVER} ELSE 1796000000 + {_draw(17, 60_000_000)} END AS counted_until
        FROM (SELECT *, {_item()} AS item, {owner} AS subject_id
              FROM (SELECT n, {_draw(18, 1000)} AS mixture FROM (SELECT {numbers} AS n)))
        ORDER BY subject_id, record_id
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
