"""政策采纳的端口, filled by later sections in ``AppConfig.ready``: what follows from another policy set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


#: 试算的报告 on file that compares two sets: in words of the page → how many; nothing is computed.
ReportOnFile = Callable[[PolicySet, PolicySet], Mapping[str, int]]

_reports: dict[str, ReportOnFile] = {}
_effects: dict[str, AdoptionEffect] = {}


def register_effect(name: str, effect: AdoptionEffect) -> None:
    """Say that the adoption of a set has an effect on a section."""
    _effects[name] = effect


def effects() -> Iterator[tuple[str, AdoptionEffect]]:
    """Section and effect, in the order of registration."""
    yield from list(_effects.items())


def register_report(name: str, report: ReportOnFile) -> None:
    """Say what a section's report on file tells whoever adopts."""
    _reports[name] = report


def reports_on_file(before: PolicySet, after: PolicySet) -> dict[str, int]:
    """What the reports on file say of these two sets, all sections together."""
    return {words: number for report in _reports.values() for words, number in report(before, after).items()}
