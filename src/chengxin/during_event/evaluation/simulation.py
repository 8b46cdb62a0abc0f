"""试算：the city under two policy sets, from one snapshot. Who rises, who falls, in which group; nothing is recorded."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
from django.conf import settings

from chengxin.during_event.evaluation.reports import GROUPS
from chengxin.during_event.evaluation.runs import Order, Progress, compute, order_of
from chengxin.during_event.evaluation.snapshots import take_snapshot
from chengxin.foundation.catalogue.queries import policy_in_force, policy_set_by_digest, policy_sets
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import load_files
from chengxin.policy.files import OWN, read_files
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.transactions import one_view

GROUP_TITLES: Final = {"size": "规模（记录条数）", "sector": "行业门类", "county": "县市区", "age": "成立年限"}


def policy_with(folder: Path, base: PolicySet) -> PolicySet:
    """``base`` with the files of ``folder`` laid over it as the city's own. PolicyRefused with every fault."""
    given = read_files([folder])
    if not given:
        raise Refused("policy-folder-empty", f"{folder} 里没有政策文件。", "放入要试的 YAML 文件，如 public_comprehensive.yaml。")
    return load_files({**base.files, **{f"{OWN}/{name}": text for name, text in given.items()}})


def proposed_policy(number: int) -> PolicySet:
    """The set of a proposal, adopted or not. NotFound."""
    line = next((each for each in policy_sets() if each.id == number), None)
    found = policy_set_by_digest(line.digest) if line else None
    if found is None:
        raise NotFound("no-such-proposal", f"没有第 {number} 号提请。", "用 chengxin policy show 看提请的政策集。")
    return found


def simulate(folder: Path, as_of: date, at: Instant, model_id: str, progress: Progress) -> dict[str, Any]:
    """两次评价的比较 with the files of ``folder`` laid over the set in force: counts, and per group how many rise and fall."""
    before = order_of(model_id, as_of, at)
    return simulate_set(policy_with(folder, policy_in_force(before.known_at)), before, progress)


def simulate_set(changed: PolicySet, before: Order, progress: Progress) -> dict[str, Any]:
    """两次评价的比较: what ``before`` asks for, and the same by the set ``changed``."""
    model_id, as_of = before.model.id, before.as_of
    after = Order(changed.evaluation_model(model_id), changed, before.as_of, before.moment, before.known_at)
    home = Path(settings.CHENGXIN_HOME)
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=home) as place:
        was, now = Path(place) / "before", Path(place) / "after"
        progress("取快照")
        with one_view():
            take_snapshot(was, as_of=as_of, moment=before.moment, known_at=before.known_at, policy=before.policy)
            _snapshot_after(was, now, before, changed)
        progress("按现行政策评价")
        compute(before, was)
        progress("按要试的政策评价")
        compute(after, now)
        which = {"model": model_id, "policy_before": before.policy.digest, "policy_after": changed.digest}
        return which | compare(was, now, [each.id for each in before.model.grades], as_of)


def _snapshot_after(was: Path, now: Path, before: Order, changed: PolicySet) -> None:
    """The same rows once more. Only where the sets say differently who supervises what are they read again: a record's field is in them."""
    if changed.supervision_fields != before.policy.supervision_fields:
        take_snapshot(now, as_of=before.as_of, moment=before.moment, known_at=before.known_at, policy=changed)
        return
    now.mkdir()
    for name in ("subjects.parquet", "records.parquet"):
        (now / name).symlink_to(was / name)


def compare(was: Path, now: Path, grades: list[str], as_of: date) -> dict[str, Any]:
    """Compare the results in two folders; ``grades`` best first."""
    places = " ".join(f"WHEN '{grade}' THEN {place}" for place, grade in enumerate(grades))
    with duckdb.connect(config={"memory_limit": "600MB", "threads": 2}) as connection:
        connection.execute(
            f"""CREATE TEMP TABLE compared AS
            SELECT s.industry, s.division, s.established_on, date_diff('year', s.established_on, DATE '{as_of}') AS age, a.records,
                   b.grade AS grade_before, a.grade AS grade_after, b.score AS score_before, a.score AS score_after,
                   CASE b.grade {places} ELSE NULL END AS place_before, CASE a.grade {places} ELSE NULL END AS place_after
            FROM '{was / "results.parquet"}' b JOIN '{now / "results.parquet"}' a USING (subject_id)
            JOIN '{was / "subjects.parquet"}' s USING (subject_id)"""  # noqa: S608
        )
        counted = (
            "count(*) AS subjects, count(*) FILTER (place_after < place_before) AS up, "
            "count(*) FILTER (place_after > place_before) AS down, count(*) FILTER (grade_after = grade_before) AS same, "
            "CAST(coalesce(avg(score_after - score_before), 0) AS BIGINT) AS mean_change"
        )
        whole = _rows(connection, f"SELECT {counted} FROM compared")[0]  # noqa: S608
        moves = _rows(connection, "SELECT grade_before, grade_after, count(*) AS subjects FROM compared GROUP BY ALL ORDER BY ALL")
        groups = {
            name: _rows(connection, f"SELECT {sql} AS name, {counted} FROM compared GROUP BY 1 ORDER BY 1")  # noqa: S608
            for name, sql in GROUPS.items()
        }
    return {"as_of": str(as_of), **whole, "moves": moves, "groups": groups}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
