"""抽取的材料。What a draw is made from and what comes out. Everything is published; nothing here is read from a database.

Lists inside one value (licences, areas, conflicts …) are written with commas between their members, so no member may hold one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

#: Weights are written with at most nine digits: any language computes with their products.
LARGEST_WEIGHT: Final = 999_999_999
PER_MILLE: Final = 1000


class Firm(NamedTuple):
    """名单里的一户。``area``: its division code ("" where areas play no part); ``last``: the inspectors of its last visit, for rotation."""

    code: str
    stratum: str
    weight: int
    area: str = ""
    last: tuple[str, ...] = ()


class Excluded(NamedTuple):
    """不参加抽取的一户 and why."""

    code: str
    because: str


@dataclass(frozen=True)
class Pool:
    """抽查对象名单。``firms`` in any order: it has no influence on a draw. ``excluded``: who would be in it but for a stated reason."""

    firms: tuple[Firm, ...]
    excluded: tuple[Excluded, ...] = ()


@dataclass(frozen=True)
class Inspector:
    """检查人员。``areas``: beginnings of division codes, none: the whole city; ``conflicts``: codes of firms that they must not visit."""

    id: str
    office: str
    licences: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stratum:
    """抽查的一层。``per_mille``: how many of a thousand firms are drawn, 1 to 1000; the number is rounded up."""

    name: str
    per_mille: int


@dataclass(frozen=True)
class OfficeTask:
    """一个机关的检查。``inspectors``: how many come; each needs all of ``licences`` and ``fields``."""

    office: str
    inspectors: int
    licences: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Party:
    """出随机数的一方。``commitment``: hexadecimal SHA-256 of its sealed number (``party_commitment``)."""

    name: str
    commitment: str


@dataclass(frozen=True)
class Rule:
    """抽取规则。Instants are seconds since 1970; the public value must be due after the reveals are. ``rotation``: not all the same
    inspectors of an office as last time."""

    plan: str
    matter: str
    policy_digest: str
    strata: tuple[Stratum, ...]
    offices: tuple[OfficeTask, ...]
    parties: tuple[Party, ...]
    reveal_due_at: int
    public_source: str
    public_due_at: int
    rotation: bool = False


@dataclass(frozen=True)
class Inputs:
    """一次抽取的全部材料。"""

    rule: Rule
    pool: Pool
    inspectors: tuple[Inspector, ...]


class DrawnFirm(NamedTuple):
    """一户的抽取结果。``order``: its place in its stratum, from 1; the inclusion probability is ``numerator / denominator``, exactly."""

    code: str
    stratum: str
    order: int
    is_drawn: bool
    numerator: int
    denominator: int


class Assignment(NamedTuple):
    """一户、一个机关、来的检查人员。``probabilities``: of each inspector, in the same order, as (numerator, denominator)."""

    firm: str
    office: str
    inspectors: tuple[str, ...]
    eligible: int
    probabilities: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Drawn:
    """抽取结果。"""

    firms: tuple[DrawnFirm, ...]
    assignments: tuple[Assignment, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Those who were drawn, stratum by stratum."""
        return tuple(firm.code for firm in self.firms if firm.is_drawn)
