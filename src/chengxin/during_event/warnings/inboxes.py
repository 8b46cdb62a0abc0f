"""收件的部门：in whose inbox a warning goes. A few hundred offices against any number of warnings, by joins."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.access.models import Department
from chengxin.during_event.warnings.facts import divisions_of
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_warnings import DECIDING_OFFICE, WarningRule

#: Nobody's own: the credit office sees it and passes it on.
CREDIT_OFFICE: Final = 0
_OFFICE: Final = {"division": pl.String, "office_id": pl.Int64}


def with_offices(found: pl.DataFrame, rule: WarningRule, policy: PolicySet) -> pl.DataFrame:
    """``found`` with ``office_id``: the office that decided; or that of the field where the subject is, else the city's.

    An office that has been closed gets nothing more; what nobody is found for waits at the credit office.
    """
    offices = list(Department.objects.filter(closed_at=None).order_by("id").values_list("id", "name", "division"))
    if rule.inbox == DECIDING_OFFICE:
        there = [pk for pk, _, _ in offices]
        authority = pl.col("authority_id")
        return found.with_columns(pl.when(authority.is_in(there)).then(authority).otherwise(CREDIT_OFFICE).alias("office_id"))
    field = next(each for each in policy.supervision_fields if each.id == rule.inbox)
    own = [(division, pk) for pk, name, division in offices if policy.supervision_of(name) == field.number]
    by_division = pl.DataFrame(own, schema=_OFFICE, orient="row").unique("division", keep="first", maintain_order=True)
    city = by_division.filter(pl.col("division") == policy.city.division)["office_id"]
    whoever = int(city[0]) if len(city) else min((pk for _, pk in own), default=CREDIT_OFFICE)
    placed = found.join(divisions_of(found["subject_id"].unique().to_list()), on="subject_id", how="left")
    placed = placed.join(by_division.filter(pl.col("division") != ""), on="division", how="left").drop("division")
    return placed.with_columns(pl.col("office_id").fill_null(whoever))
