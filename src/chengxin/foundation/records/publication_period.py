"""失信信息公示期：until when an adverse record may be shown, under the order in force and those that came after.

``信用修复管理办法`` (order 36) counts from the day of the document; its predecessor may count otherwise: the start is policy, and a
late hand-in never lengthens it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from chengxin.foundation.records.types import Because, SeverityCode
from chengxin.kernel.instants import FOREVER, NEVER, Instant, end_of_day, start_of_day
from chengxin.kernel.periods import last_day
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import PublicationVersion


class PublicationEnd(NamedTuple):
    """公示的终点。``until`` 0: never shown; ``because`` says which rule gave it."""

    until: Instant
    because: Because


_Key = tuple[date, date, SeverityCode, bool]
#: A city has a few thousand (date, class) pairs and millions of records: each pair is computed once.
_known: WeakKeyDictionary[PolicySet, dict[_Key, PublicationEnd]] = WeakKeyDictionary()


def publication_end(policy: PolicySet, decided_on: date, published_on: date, severity: SeverityCode, *, on_portal: bool) -> PublicationEnd:
    """公示的终点 of an adverse record of class ``severity``.

    ``published_on``: the day of publication, at the latest the last day on which it was due. ``on_portal``: classes that are
    recorded but not published are not shown; on the other surfaces their longest period still ends them.
    """
    known = _known.setdefault(policy, {})
    key = (decided_on, published_on, severity, on_portal)
    if key not in known:
        known[key] = _publication_end(policy, *key)
    return known[key]


def _publication_end(policy: PolicySet, decided_on: date, published_on: date, severity: SeverityCode, on_portal: bool) -> PublicationEnd:
    return _governed(policy, decided_on, published_on, severity, on_portal)[0]


def governing_order(policy: PolicySet, decided_on: date, published_on: date, severity: SeverityCode) -> PublicationVersion | None:
    """定公示期的办法：the order from which :func:`publication_end` took the end on the portal; None where no order on file governs."""
    return _governed(policy, decided_on, published_on, severity, on_portal=True)[1]


def _governed(
    policy: PolicySet, decided_on: date, published_on: date, severity: SeverityCode, on_portal: bool
) -> tuple[PublicationEnd, PublicationVersion | None]:
    if severity.word is None:
        return PublicationEnd(NEVER, Because.NO_CLASS), None
    base = [version for version in policy.publication if version.from_on <= decided_on][-1:]
    later = [version for version in policy.publication if version.from_on > decided_on]
    order = base[0] if base else None
    found = _under(base[0], decided_on, published_on, severity, on_portal) if base else None
    for version in later:
        if version.transition.get("records_before") != "recompute":
            continue
        anew = _under(version, decided_on, published_on, severity, on_portal)
        if found is None:
            found, order = anew, version  # older than every order on file: the first that takes older records in governs alone
        elif version.transition.get("never") == "lengthen":
            # What was shown before the new order was shown rightly; from its first day on the shorter period counts.
            shorter = min(found.until, max(anew.until, start_of_day(version.from_on)))
            if shorter != found.until:
                found, order = PublicationEnd(shorter, found.because), version
        else:
            found, order = anew, version
    return found or PublicationEnd(NEVER, Because.NO_RULE_THEN), order


def _under(version: PublicationVersion, decided_on: date, published_on: date, severity: SeverityCode, on_portal: bool) -> PublicationEnd:
    word = severity.word
    assert word is not None
    each = version.classes[word]
    if on_portal and not each.published:
        return PublicationEnd(NEVER, Because.MINOR if severity is SeverityCode.MINOR else Because.NOT_FOR_THE_PUBLIC)
    start = published_on if version.clock_start == "published_on" else decided_on
    return PublicationEnd(min(end_of_day(last_day(start, each.maximum)), FOREVER), Because.PUBLICATION_PERIOD)


class EarliestRestoration(NamedTuple):
    """最早可以申请修复的日期, and what gave it: the order, its shortest period, and the field that asks for a longer one ("" if none)."""

    on: date
    version: PublicationVersion
    minimum: str
    field: str


def earliest_restoration(
    policy: PolicySet, decided_on: date, published_on: date, severity: SeverityCode, *, words: str, as_of: date
) -> EarliestRestoration | None:
    """最早可以申请修复的日期：the day after the shortest period; the day of the decision where there is none.

    ``words``: what the act was about, in which the fields with longer periods are recognised. Of several orders that govern the record
    (its own, and later ones that take older records in) the most favourable counts. None: no order on file governs it.
    """
    if severity.word is None:
        return None
    base = [version for version in policy.publication if version.from_on <= decided_on][-1:]
    taking_in = [v for v in policy.publication if decided_on < v.from_on <= as_of and v.transition.get("records_before") == "recompute"]
    found = [_earliest_under(version, decided_on, published_on, severity, words) for version in (*base, *taking_in)]
    return min(found, key=lambda each: each.on, default=None)


def _earliest_under(
    version: PublicationVersion, decided_on: date, published_on: date, severity: SeverityCode, words: str
) -> EarliestRestoration:
    word = severity.word
    assert word is not None
    start = published_on if version.clock_start == "published_on" else decided_on
    minimum, field = version.classes[word].minimum, ""
    for longer in version.overrides:
        keywords = [keyword for keyword in longer.get("keywords", "").split("|") if keyword]
        if any(keyword in words for keyword in keywords) and last_day(start, longer["minimum"]) > last_day(start, minimum):
            minimum, field = longer["minimum"], longer.get("title", longer["field"])
    shortest = last_day(start, minimum)
    return EarliestRestoration(shortest + timedelta(days=1) if shortest > start else start, version, minimum, field)
