"""改写状态：what is known now goes into the columns of the record, what was known before into the history. Set by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.foundation.records.contents import decoded, fact_fields
from chengxin.foundation.records.facts import facts_of
from chengxin.foundation.records.models import Hold, RecordAct
from chengxin.foundation.records.standing import Act, HoldSpan, Standing, standing_of
from chengxin.foundation.records.standing_columns import STANDING_SCHEMA, standing_columns
from chengxin.foundation.records.types import ActVerb, SeverityCode, Surface
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame, temporary_rows

STANDING: Final = tuple(STANDING_SCHEMA)
_DIFFERS: Final = " OR ".join(f"r.{name} IS DISTINCT FROM g.{name}" for name in STANDING)


def fresh_standings(rows: pl.DataFrame, policy: PolicySet) -> pl.DataFrame:
    """The standing of ``rows`` (:data:`~chengxin.foundation.records.contents.ROW_SCHEMA`) from scratch: ``id``, the columns of
    :data:`STANDING_SCHEMA`, and ``acted`` (something was done about the record). Records whose content is erased are left out."""
    kept = rows.filter(pl.col("payload").is_not_null())
    if kept.is_empty():
        return pl.DataFrame(schema={"id": pl.Int64, **STANDING_SCHEMA, "acted": pl.Boolean})
    parts = []
    acts, holds = acts_of(kept["id"].to_list()), holds_of(kept["id"].to_list())
    for (number,), group in kept.group_by("item", maintain_order=True):
        item = policy.item(int(number))
        facts = decoded(group["payload"], fact_fields(item))
        stood = standing_columns(facts.with_columns(group["received_at"]), item, policy, "received_at")
        parts.append(stood.select(group["id"], *STANDING, group["id"].is_in([*acts, *holds]).alias("acted")))
        for index in parts[-1]["acted"].arg_true():
            row = {key: value for key, value in facts.row(index, named=True).items() if value}
            record_id = int(group["id"][index])
            known = facts_of(row, item, policy, int(group["received_at"][index]))
            standing = standing_of(known, acts[record_id], holds[record_id], policy)
            parts.append(pl.DataFrame([{"id": record_id, **standing_row(standing), "acted": True}], schema=parts[-1].schema))
    return pl.concat(parts).unique("id", keep="last").sort("id")


def standing_row(standing: Standing) -> dict[str, Any]:
    """A standing as the columns of the record."""
    periods = {f"{surface}_{end}": standing.periods[surface][at] for surface in Surface for at, end in enumerate(("from", "until"))}
    return periods | {
        "because": int(standing.because),
        "severity": int(standing.severity),
        "severity_provisional": standing.severity_provisional,
        "due_on": standing.due_on,
        "due_provisional": standing.due_provisional,
        "act_outcome": standing.act_outcome,
    }


def acts_of(record_ids: Collection[int]) -> Mapping[int, list[Act]]:
    """What was done about these records, in the order in which it was recorded."""
    found: defaultdict[int, list[Act]] = defaultdict(list)
    for act in RecordAct.objects.filter(record_id__in=list(record_ids)).order_by("at", "id"):
        severity = SeverityCode(int(act.data.get("severity", 0)))
        found[act.record_id].append(Act(ActVerb(act.verb), act.effective_at, act.at, severity))
    return found


def holds_of(record_ids: Collection[int]) -> Mapping[int, list[HoldSpan]]:
    """The holds on these records."""
    found: defaultdict[int, list[HoldSpan]] = defaultdict(list)
    for hold in Hold.objects.filter(record_id__in=list(record_ids)).order_by("id"):
        surfaces = frozenset(Surface(each) for each in hold.surfaces.split(","))
        until_at = hold.until_at if hold.ended_at is None else min(hold.ended_at, hold.until_at)
        found[hold.record_id].append(HoldSpan(surfaces, hold.from_at, until_at, hold.ended_at is not None))
    return found


def write_standings(fresh: pl.DataFrame, at: Instant, using: str = DEFAULT_DB_ALIAS) -> pl.DataFrame:
    """Bring the columns up to ``fresh`` and the old knowledge into the history, inside the caller's transaction.

    Returns the rows of ``fresh`` that changed something.
    """
    if fresh.is_empty():
        return fresh
    with temporary_rows(fresh.select("id", *STANDING), using) as given, connections[using].cursor() as cursor:
        lock = " FOR UPDATE OF r" if connections[using].vendor == "postgresql" else ""
        sql = f"SELECT r.id FROM records_record r JOIN {given} g ON g.id = r.id WHERE {_DIFFERS} ORDER BY r.id{lock}"  # noqa: S608
        changed = read_frame(sql, {"id": pl.Int64}, using=using)
        if changed.height:
            for surface in Surface:
                cursor.execute(history_sql(surface, given), [at])
            assigned = ", ".join(f"{name} = g.{name}" for name in STANDING)
            cursor.execute(f"UPDATE records_record SET {assigned} FROM {given} g WHERE g.id = records_record.id")  # noqa: S608
    return fresh.join(changed, on="id", how="semi")


def standing_differences(fresh: pl.DataFrame, using: str = DEFAULT_DB_ALIAS) -> pl.DataFrame:
    """Records whose columns say something else than ``fresh``: ``id``, ``submission_id``, when they are public by the columns
    (``public_from``, ``public_until``) and by ``fresh`` (``new_from``, ``new_until``); changes nothing."""
    names = ("id", "submission_id", "public_from", "public_until", "new_from", "new_until")
    with temporary_rows(fresh.select("id", *STANDING), using) as given:
        sql = (
            "SELECT r.id, r.submission_id, r.public_from, r.public_until, g.public_from, g.public_until "  # noqa: S608
            f"FROM records_record r JOIN {given} g ON g.id = r.id WHERE {_DIFFERS}"
        )
        return read_frame(sql, dict.fromkeys(names, pl.Int64), using=using)


def history_sql(surface: Surface, given: str, changed: str = "") -> str:
    """Append what is known of ``surface`` until now (the parameter) for the records in ``given``; by default where it differs."""
    differs = changed or f"(r.{surface}_from <> g.{surface}_from OR r.{surface}_until <> g.{surface}_until)"
    return (
        "INSERT INTO records_standinghistory (record_id, surface, from_at, until_at, known_from, known_until, because) "  # noqa: S608
        f"SELECT r.id, '{surface}', r.{surface}_from, r.{surface}_until, COALESCE((SELECT MAX(h.known_until) "
        f"FROM records_standinghistory h WHERE h.record_id = r.id AND h.surface = '{surface}'), r.received_at), %s, r.because "
        f"FROM records_record r JOIN {given} g ON g.id = r.id WHERE {differs}"
    )


def standing_key(name: str) -> str:
    """Under which key an entry carries a column of the standing; ``_because`` is the reason that a person gave."""
    return "_public_because" if name == "because" else f"_{name}"


def standing_text(row: Mapping[str, Any]) -> dict[str, str]:
    """The standing as an entry carries it: flat, strings only, keys of the platform."""
    texts = {standing_key(name): str(int(row[name])) for name in STANDING if name != "due_on"}
    return texts | ({standing_key("due_on"): row["due_on"].isoformat()} if row["due_on"] else {})
