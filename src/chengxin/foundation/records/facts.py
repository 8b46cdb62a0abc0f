"""一条记录的事实：what a row of the field standard says, in the form from which its standing follows.

One definition for a single row (:func:`facts_of`) and one for a whole column (:func:`facts_columns`); a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

import polars as pl

from chengxin.foundation.records.severity import severity_columns, severity_of
from chengxin.foundation.records.types import SeverityCode
from chengxin.kernel.instants import Instant
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

NATURAL_PERSON: Final = "自然人"
INVALID: Final = "无效"
#: Key of the content that names the rule which keeps a row from the public.
BLOCKED: Final = "_blocked"
#: Decisions fall on a few thousand days: each deadline is counted once.
_due_known: WeakKeyDictionary[PolicySet, dict[tuple[str, date], tuple[date | None, bool]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Facts:
    """一条记录的事实。Dates in Asia/Shanghai; ``until`` holds, per surface, the date in the field that its term names."""

    item: CatalogueItem
    decided_on: date
    received_at: Instant  # of the first version: a correction is not a new hand-in
    due_on: date | None = None
    due_provisional: bool = False
    severity: SeverityCode = SeverityCode.NONE
    severity_provisional: bool = False
    act_outcome: int = 0  # policy.types.Outcome
    natural_person: bool = False
    stated_invalid: bool = False
    blocked: bool = False  # a rule of collection keeps the text from the public (V11)
    valid_from: date | None = None
    until: Mapping[str, date | None] = field(default_factory=dict)


def facts_of(row: Mapping[str, str], item: CatalogueItem, policy: PolicySet, received_at: Instant) -> Facts:
    """事实 of one row in standard form (field code → text, empty fields absent)."""

    def said(role: str) -> str:
        return row.get(item.roles.get(role, ""), "") or ""

    decided_on = date.fromisoformat(said("decided_on"))
    due_on, due_provisional = due_of(decided_on, item, policy)
    severity, provisional = severity_of(row, item, policy, decided_on)
    return Facts(
        item=item,
        decided_on=decided_on,
        received_at=received_at,
        due_on=due_on,
        due_provisional=due_provisional,
        severity=severity,
        severity_provisional=provisional,
        act_outcome=item.outcomes.get(row.get(item.outcome_field, "") or "", 0),
        natural_person="subject_kind" in item.roles and said("subject_kind") in natural_person_words(item, policy),
        stated_invalid="state" in item.roles and said("state") in words_for(item, policy, "state", INVALID),
        blocked=bool(row.get(BLOCKED)),
        valid_from=_date(said("valid_from")),
        until={surface: _date(row.get(term.field, "")) for surface, term in item.terms.items() if term.field},
    )


def facts_columns(frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet, received_at: Instant | str) -> pl.DataFrame:
    """事实 of a whole frame: ``decided_on, received_at, due_on, due_provisional, severity, severity_provisional, act_outcome,
    natural_person, stated_invalid, blocked, valid_from`` and ``until_<surface>`` for every term that names a field; one row for each of
    ``frame``.

    ``received_at`` is an instant, or the name of a column of instants.
    """
    decided_on = _date_column(frame, item.roles["decided_on"])
    severity, provisional = severity_columns(frame, item, policy, decided_on)
    kind, state = item.roles.get("subject_kind", ""), item.roles.get("state", "")
    columns = [
        decided_on.alias("decided_on"),
        (pl.col(received_at) if isinstance(received_at, str) else pl.lit(received_at)).cast(pl.Int64).alias("received_at"),
        severity.alias("severity"),
        provisional.alias("severity_provisional"),
        _outcome(frame, item).cast(pl.Int16).alias("act_outcome"),
        _is_one_of(frame, kind, natural_person_words(item, policy) if kind else ()).alias("natural_person"),
        _is_one_of(frame, state, words_for(item, policy, "state", INVALID) if state else ()).alias("stated_invalid"),
        (pl.col(BLOCKED).cast(pl.String).fill_null("") != "" if BLOCKED in frame.columns else pl.lit(False)).alias("blocked"),
        _date_column(frame, item.roles.get("valid_from", "")).alias("valid_from"),
        *(_date_column(frame, term.field).alias(f"until_{surface}") for surface, term in item.terms.items() if term.field),
    ]
    facts = frame.select(columns) if frame.width else pl.DataFrame()
    return pl.concat([facts, _due_columns(facts["decided_on"], item, policy)], how="horizontal")


def due_of(decided_on: date, item: CatalogueItem, policy: PolicySet) -> tuple[date | None, bool]:
    """报送期限的最后一日 and whether it is provisional (it runs into a year whose calendar is not on file). None: no clock runs."""
    if not item.deadline:
        return None, False
    known = _due_known.setdefault(policy, {})
    key = (item.deadline, decided_on)
    if key not in known:
        known[key] = _due_of(decided_on, item.deadline, policy)
    return known[key]


def _due_of(decided_on: date, parameter: str, policy: PolicySet) -> tuple[date | None, bool]:
    try:
        days = int(policy.value_at(parameter, decided_on).value)
    except NoValueYet:  # no duty existed then, so nobody can have been late
        return None, False
    deadline = policy.calendar.add_working_days(decided_on, days)
    return deadline.on, deadline.provisional


def _due_columns(decided_on: pl.Series, item: CatalogueItem, policy: PolicySet) -> pl.DataFrame:
    days = decided_on.unique()
    due = [(None, False) if day is None else due_of(day, item, policy) for day in days]
    table = pl.DataFrame(
        {"decided_on": days, "due_on": pl.Series([on for on, _ in due], dtype=pl.Date), "due_provisional": [mark for _, mark in due]},
        schema_overrides={"due_provisional": pl.Boolean},
    )
    return decided_on.to_frame("decided_on").join(table, on="decided_on", how="left", maintain_order="left").drop("decided_on")


def natural_person_words(item: CatalogueItem, policy: PolicySet) -> frozenset[str]:
    """What a cell may hold that makes the row a natural person's.

    An empty kind is taken for one where the item admits them: in doubt, protect.
    """
    words = words_for(item, policy, "subject_kind", NATURAL_PERSON)
    return words | {""} if "natural_person" in item.subjects else words


def words_for(item: CatalogueItem, policy: PolicySet, role: str, label: str) -> frozenset[str]:
    """The label itself and the codes that stand for it in the code table of the field with this role."""
    table_id = item.field(item.roles[role]).codes
    if not table_id:
        return frozenset({label})
    return frozenset({label}) | {code for code, said in policy.code_table(table_id).values.items() if said == label}


def _outcome(frame: pl.DataFrame, item: CatalogueItem) -> pl.Expr:
    if item.outcome_field not in frame.columns:
        return pl.lit(0)
    return pl.col(item.outcome_field).replace_strict(item.outcomes, default=0, return_dtype=pl.Int16)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _date_column(frame: pl.DataFrame, code: str) -> pl.Expr:
    if code not in frame.columns:
        return pl.lit(None, dtype=pl.Date)
    return pl.col(code) if frame.schema[code] == pl.Date else pl.col(code).replace("", None).str.to_date("%Y-%m-%d")


def _is_one_of(frame: pl.DataFrame, code: str, words: frozenset[str] | tuple[str, ...]) -> pl.Expr:
    if not words:
        return pl.lit(False)
    if code not in frame.columns:
        return pl.lit("" in words)
    return pl.col(code).fill_null("").is_in(sorted(words))
