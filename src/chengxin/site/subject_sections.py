"""主体页的各段：adverse first, then permits and other acts, then honours. A later chapter adds its own line to ``SECTIONS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chengxin.foundation.records.showing import ShownRecord
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, Polarity


@dataclass(frozen=True)
class Kind:
    """一段的定义：which items belong to it, and what it says when there is nothing."""

    id: str
    title: str
    nothing: str
    holds: Callable[[CatalogueItem], bool]
    bar: bool = False


@dataclass(frozen=True)
class Section:
    """一段：its records, how many there are in all, where the rest is."""

    id: str
    title: str
    total: int
    records: Sequence[ShownRecord]
    nothing: str
    bar: bool
    more_href: str = ""


SECTIONS = (
    Kind("adverse", "失信信息", "今天没有公示的失信信息。", lambda item: item.polarity is Polarity.ADVERSE, bar=True),
    Kind("licences", "行政许可", "今天没有公示的行政许可。", lambda item: item.id == "administrative_licence"),
    Kind(
        "acts",
        "其他行政行为",
        "今天没有公示的其他行政行为。",
        lambda item: item.group == "acts" and item.polarity is Polarity.NEUTRAL and item.id != "administrative_licence",
    ),
    Kind("honours", "荣誉与奖励", "今天没有公示的荣誉与奖励。", lambda item: item.polarity is Polarity.FAVOURABLE),
)


def section_of(item: CatalogueItem) -> str:
    """The id of the section to which an item belongs; "" for the registry, which has its own place."""
    return next((kind.id for kind in SECTIONS if kind.holds(item)), "")


def sections_of(
    shown: Sequence[ShownRecord],
    totals: Mapping[int, int],
    policy: PolicySet,
    *,
    opened: str,
    at_most: int,
    here: str,
    as_of: date | None = None,
) -> list[Section]:
    """The sections of a subject's page; the ``opened`` one shows all that was read, the others ``at_most``."""
    found = []
    for kind in SECTIONS:
        records = [record for record in shown if kind.holds(record.item)]
        total = sum(count for number, count in totals.items() if kind.holds(policy.item(number)))
        cut = records if kind.id == opened else records[:at_most]
        then = f"&as_of={as_of}" if as_of else ""
        more = f"{here}?section={kind.id}{then}#{kind.id}" if len(cut) < total and kind.id != opened else ""
        found.append(Section(kind.id, kind.title, total, cut, kind.nothing, kind.bar, more))
    return found
