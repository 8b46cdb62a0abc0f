"""展示期限：what the catalogue's terms and the law say about one record, before anything is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from chengxin.foundation.records.facts import Facts
from chengxin.foundation.records.publication_period import publication_end
from chengxin.foundation.records.types import LONG_TERM, Because, Surface
from chengxin.kernel.instants import FOREVER, NEVER, Instant, date_of, end_of_day, start_of_day
from chengxin.kernel.periods import last_day
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, DisclosureLevel, RecordTerm

TERM_BECAUSE: Final[Mapping[str, Because]] = {
    "publication_period": Because.PUBLICATION_PERIOD,
    "until_field": Because.VALIDITY,
    "until_exit": Because.UNTIL_EXIT,
    "fixed": Because.FIXED_TERM,
    "open": Because.OPEN_END,
    "never": Because.NOT_FOR_THE_PUBLIC,
}


class Period(NamedTuple):
    """期间：``from_at <= t < until_at``; never = both 0."""

    from_at: Instant
    until_at: Instant

    def holds(self, at: Instant) -> bool:
        """Whether ``at`` lies in it."""
        return self.from_at <= at < self.until_at


NO_PERIOD: Final = Period(NEVER, NEVER)


def periods_by_law(facts: Facts, policy: PolicySet) -> tuple[dict[Surface, Period], Because]:
    """The periods before anything is done about the record, and the reason of the public one."""
    item = facts.item
    periods: dict[Surface, Period] = {}
    because = Because.OPEN_END
    for surface in Surface:
        until, why = term_end(item.terms[surface], surface, facts, policy)
        obstacle = obstacle_of(item, surface, facts.natural_person, facts.stated_invalid, facts.blocked)
        periods[surface] = NO_PERIOD if obstacle else period_between(start_of(surface, facts), until)
        if surface is Surface.PUBLIC:
            over = until and periods[surface] == NO_PERIOD
            because = obstacle or (Because.OVER_BEFORE_RECEIPT if over else why)
    return periods, because


def start_of(surface: Surface, facts: Facts) -> Instant:
    """Shown and shared from receipt; counted from the decision; in effect from the day that the document names."""
    if surface in (Surface.PUBLIC, Surface.SHARED):
        return facts.received_at
    return start_of_day((facts.valid_from or facts.decided_on) if surface is Surface.EFFECTIVE else facts.decided_on)


def obstacle_of(item: CatalogueItem, surface: Surface, natural_person: bool, stated_invalid: bool, blocked: bool) -> Because | None:
    """Why a record of this item is never on ``surface``, whatever its term says; None: nothing stands against it."""
    if item.level is DisclosureLevel.NONE and surface is Surface.SHARED:
        return Because.NOT_FOR_THE_PUBLIC
    if stated_invalid and surface in (Surface.PUBLIC, Surface.EFFECTIVE):
        return Because.STATED_INVALID
    if surface is not Surface.PUBLIC:
        return None
    if item.level is not DisclosureLevel.PUBLIC:
        return Because.NOT_FOR_THE_PUBLIC
    if natural_person and item.natural_person != "mask":
        return Because.NATURAL_PERSON
    return Because.BLOCKED if blocked else None


def term_end(term: RecordTerm, surface: Surface, facts: Facts, policy: PolicySet) -> tuple[Instant, Because]:
    """展示期限的终点 by one term of the catalogue, exclusive, and its reason; 0: never."""
    because = TERM_BECAUSE[term.by]
    stated = facts.until.get(surface)
    match term.by:
        case "publication_period":
            return publication_end(policy, facts.decided_on, day_published(facts), facts.severity, on_portal=surface is Surface.PUBLIC)
        case "until_field":
            return (_end_of(stated), because) if stated else (NEVER, Because.END_NOT_STATED)
        case "until_exit":
            exit_at = start_of_day(stated) if stated and stated < LONG_TERM else FOREVER
            longest = maximum_end(policy, term.maximum, facts.decided_on) if term.maximum else FOREVER
            return (NEVER, Because.NO_RULE_THEN) if longest is None else (min(exit_at, longest), because)
        case "fixed":
            end = maximum_end(policy, term.maximum, facts.decided_on)
            return (NEVER, Because.NO_RULE_THEN) if end is None else (end, because)
        case "open":
            return FOREVER, because
        case "never":
            return NEVER, because
        case unknown:
            raise ValueError(f"the catalogue names a term that nobody knows: {unknown!r}")


def day_published(facts: Facts) -> date:
    """公示之日, at the latest the last day on which it was due: a late hand-in never lengthens a period."""
    received_on = date_of(facts.received_at)
    return min(received_on, facts.due_on) if facts.due_on else received_on


def maximum_end(policy: PolicySet, parameter: str, decided_on: date) -> Instant | None:
    """The end of the longest period that the parameter allowed on the day of the decision; None if it had no value yet."""
    try:
        period = str(policy.value_at(parameter, decided_on).value)
    except NoValueYet:
        return None
    return min(end_of_day(last_day(decided_on, period)), FOREVER)


def _end_of(day: date) -> Instant:
    return FOREVER if day >= LONG_TERM else end_of_day(day)


def period_between(from_at: Instant, until_at: Instant) -> Period:
    """The period, or none at all if nothing is left of it."""
    return Period(from_at, until_at) if from_at < until_at else NO_PERIOD
