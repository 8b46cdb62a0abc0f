"""预警的规则：each kind is column operations over the records that count. What a rule points at has a cause, a reason in words and records.

A rule says that somebody should look, never that somebody did wrong; and it compares a subject with its own past or with a fixed day,
never with others, so that the large are not warned about for being large. The reason in words repeats nothing that would have to
be erased with a record: no document number, no name; pages show those from the record itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import polars as pl

from chengxin.during_event.warnings.facts import counted_records, persons_in_office
from chengxin.during_event.warnings.renewals import without_renewed
from chengxin.kernel.instants import Instant, date_of, end_of_day, start_of_day
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Outcome
from chengxin.policy.types_warnings import WarningKind, WarningRule, WarningVersion

#: What a rule yields. ``authority_id``: of the newest record.
SCHEMA: Final[dict[str, Any]] = {
    **{"subject_id": pl.Int64, "cause": pl.String, "because": pl.String, "authority_id": pl.Int64},
    **{"records": pl.List(pl.Int64), "related": pl.List(pl.Int64)},
}
#: A list of causes must stay short enough for a key; beyond, the digest of all of them stands for the rest.
LONGEST_CAUSE: Final = 160
_NOBODY: Final = pl.lit([], dtype=pl.List(pl.Int64))


def find(rule: WarningRule, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """这条规则现在指向谁: columns :data:`SCHEMA`, by subject; empty before the rule's first version."""
    version = rule.version_at(date_of(at))
    if version is None:
        return pl.DataFrame(schema=SCHEMA)
    return _KINDS[rule.kind](rule, version, at, policy).select(list(SCHEMA)).cast(pl.Schema(SCHEMA)).sort("subject_id", "cause")


def _new_listing(rule: WarningRule, version: WarningVersion, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """Listed within ``days``; or reported within them, and listed no longer than ``past_days`` ago."""
    today = date_of(at)
    recent, oldest = today - timedelta(days=version.days), today - timedelta(days=version.past_days)
    found = counted_records(rule.items, at, since=min(recent, oldest), severities=rule.severities)
    found = found.filter((pl.col("decided_on") >= recent) | (pl.col("received_at") >= start_of_day(recent)))
    titles = {number: policy.item(number).title for number in rule.items}
    title = pl.col("item").replace_strict(titles, default="名单", return_dtype=pl.String)
    return found.with_columns(
        pl.format("record:{}", "record_id").alias("cause"),
        pl.format("{} 列入：{}。", pl.col("decided_on").cast(pl.String), title).alias("because"),
        pl.concat_list("record_id").alias("records"),
        _NOBODY.alias("related"),
    )


def _penalty_burst(rule: WarningRule, version: WarningVersion, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """At least ``least`` documents within ``days``, and at least ``times_past`` times the rate of the ``past_days`` before."""
    begun = date_of(at) - timedelta(days=version.days)
    found = counted_records(rule.items, at, since=begun - timedelta(days=version.past_days), severities=rule.severities)
    found = found.unique(["subject_id", "authority_id", "document_number"], keep="first", maintain_order=True)
    recent = pl.col("decided_on") > begun
    sums = found.group_by("subject_id", maintain_order=True).agg(
        recent.sum().cast(pl.Int64).alias("n"),
        (~recent).sum().cast(pl.Int64).alias("past"),
        pl.col("record_id").filter(recent).alias("records"),
        pl.col("authority_id").first(),
    )
    # n/days ≥ times_past · past/past_days, without dividing
    faster = pl.col("n") * version.past_days >= pl.col("past") * version.times_past * version.days
    words = f"近 {version.days} 日受到 {{}} 件处罚，此前 {version.past_days} 日共 {{}} 件。"
    return sums.filter((pl.col("n") >= version.least) & faster).with_columns(
        pl.format("record:{}", pl.col("records").list.first()).alias("cause"),
        pl.format(words, "n", "past").alias("because"),
        _NOBODY.alias("related"),
    )


def _licence_ending(rule: WarningRule, version: WarningVersion, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """In effect now and ending within ``days``, and no later licence of the same kind in hand."""
    last = end_of_day(date_of(at) + timedelta(days=version.days))
    found = without_renewed(counted_records(rule.items, at, ending=(at, last)), rule.items, at, policy)
    # the last day on which it holds, in Asia/Shanghai, as the period says it: it ends at the midnight after
    day = pl.from_epoch(pl.col("effective_until") - 1 + 8 * 3600, time_unit="s").cast(pl.Date)
    return found.with_columns(
        pl.format("record:{}:{}", "record_id", "effective_until").alias("cause"),  # a prolonged one warns again
        pl.format("许可有效期到 {}，没有查到换发的许可。", day.cast(pl.String)).alias("because"),
        pl.concat_list("record_id").alias("records"),
        _NOBODY.alias("related"),
    )


def _shared_person(rule: WarningRule, version: WarningVersion, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """Listed subjects whose person in office (known by number, on record) is in office at ``least`` listed subjects."""
    listed = counted_records(rule.items, at, severities=rule.severities)
    by_subject = listed.group_by("subject_id", maintain_order=True).agg(
        pl.col("record_id").alias("records"), pl.col("authority_id").first()
    )
    people = persons_in_office(by_subject["subject_id"].to_list(), at)
    groups = (
        people.group_by("person").agg(pl.col("subject_id").unique().sort().alias("all")).filter(pl.col("all").list.len() >= version.least)
    )
    # the person's key goes no further than this: a cause names subjects
    firms = groups.select("all").unique()
    causes = pl.Series("cause", [_cause_of(each) for each in firms["all"].to_list()], dtype=pl.String)
    members = firms.with_columns(causes, pl.col("all").alias("subject_id")).explode("subject_id")
    return members.join(by_subject, on="subject_id", how="inner").with_columns(
        pl.format("登记在案的同一名在任责任人名下有 {} 家主体同时在列。", pl.col("all").list.len()).alias("because"),
        pl.col("all").list.set_difference(pl.concat_list("subject_id")).list.sort().alias("related"),
    )


def _cause_of(subject_ids: Sequence[int]) -> str:
    """The same firms are the same cause, in whatever order they were found."""
    said = ",".join(str(each) for each in sorted(subject_ids))
    return f"subjects:{said}" if len(said) <= LONGEST_CAUSE else f"subjects:sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def _failed_again(rule: WarningRule, version: WarningVersion, at: Instant, policy: PolicySet) -> pl.DataFrame:
    """Inspections that found something on ``least`` different days within ``days``: two sheets of one visit are one."""
    found = counted_records(rule.items, at, since=date_of(at) - timedelta(days=version.days - 1), severities=rule.severities)
    failed = found.filter(pl.col("outcome") == int(Outcome.FAILED))
    sums = failed.group_by("subject_id", maintain_order=True).agg(
        pl.col("decided_on").n_unique().cast(pl.Int64).alias("n"), pl.col("record_id").alias("records"), pl.col("authority_id").first()
    )
    return sums.filter(pl.col("n") >= version.least).with_columns(
        pl.format("record:{}", pl.col("records").list.first()).alias("cause"),
        pl.format(f"近 {version.days} 日有 {{}} 次检查发现问题。", "n").alias("because"),
        _NOBODY.alias("related"),
    )


_KINDS: Final[Mapping[WarningKind, Callable[[WarningRule, WarningVersion, Instant, PolicySet], pl.DataFrame]]] = {
    WarningKind.NEW_LISTING: _new_listing,
    WarningKind.PENALTY_BURST: _penalty_burst,
    WarningKind.LICENCE_ENDING: _licence_ending,
    WarningKind.SHARED_PERSON: _shared_person,
    WarningKind.FAILED_AGAIN: _failed_again,
}
