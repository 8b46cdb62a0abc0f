"""政策采纳的端口, filled by later sections in ``AppConfig.ready``: what follows from another policy set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet


class AdoptionEffect(Protocol):
    """采纳的影响 on what one section keeps."""

    def simulate(self, before: PolicySet, after: PolicySet, at: Instant) -> Mapping[str, int]:
        """What would change, in words of the page → how many; touches nothing."""
        ...

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Recompute what follows from policy; called in the transaction of the adoption, before its ledger entry."""
        ...


_effects: dict[str, AdoptionEffect] = {}


def register_effect(name: str, effect: AdoptionEffect) -> None:
    """Say that the adoption of a set has an effect on a section."""
    _effects[name] = effect


def effects() -> Iterator[tuple[str, AdoptionEffect]]:
    """Section and effect, in the order of registration."""
    yield from list(_effects.items())
