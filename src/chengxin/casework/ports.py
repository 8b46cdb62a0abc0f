"""办案的端口, filled by later sections in ``AppConfig.ready``: what a case may be about, what must hold, what follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from chengxin.casework.types import About, AboutFacts, Actor
from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port

if TYPE_CHECKING:
    from chengxin.casework.models import Case, CaseStep


class Abouts(Protocol):
    """案由对象的一种。"""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """What it is, for somebody who wants to open a case about it. NotFound if it does not exist or is not to be seen by them."""
        ...


@dataclass(frozen=True)
class StepOf:
    """正在走的一步, for guards and effects: the case as it is before, who acts, what they say."""

    case: Case
    verb: str
    actor: Actor
    said: Mapping[str, str]
    at: Instant

    @property
    def about(self) -> About:
        """What the case is about."""
        return About(self.case.about_kind, self.case.about_key)


#: Raises Refused where what it checks does not hold. Called before the transaction and once more in it.
Guard = Callable[[StepOf], None]
#: What follows from a step, in its transaction and before its entry; it may write entries of its own, and add
#: to what the step says before that becomes its entry.
Effect = Callable[[StepOf, "CaseStep"], None]
#: Who else is to be told (kind, key): ``recipients`` of a notice.
Recipients = Callable[["Case", Instant], "list[tuple[str, str]]"]
#: What else there is about a case for those on it: (address, words) of pages that later sections make.
CaseLinks = Callable[["Case"], "list[tuple[str, str]]"]

#: Numbers of subjects → their names.
SubjectNames = Callable[[Collection[int]], Mapping[int, str]]

#: What somebody may begin from the list of cases, where no record or page leads to it: (title, address).
Offers = Callable[[Actor], "list[tuple[str, str]]"]

#: Which things of a kind are about the natural person whose account this number is. A kind that somebody registers here is personal: its
#: cases are seen by that person and by the people of the two offices, neither by oversight nor by systems.
OwnThings = Callable[[int], frozenset[str]]

abouts: Final[Port[Abouts]] = Port("casework.abouts")
guards: Final[Port[Guard]] = Port("casework.guards")
effects: Final[Port[Effect]] = Port("casework.effects")
recipients: Final[Port[Recipients]] = Port("casework.recipients")
subject_names: Final[Port[SubjectNames]] = Port("casework.subject_names")
offers: Final[Port[Offers]] = Port("casework.offers")
case_links: Final[Port[CaseLinks]] = Port("casework.case_links")
#: By kind of what a case is about.
own_things: Final[Port[OwnThings]] = Port("casework.own_things")
