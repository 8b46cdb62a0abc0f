"""谁可以看什么的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port

if TYPE_CHECKING:
    from chengxin.access.caller import Caller
    from chengxin.access.models import Alarm, ServiceAgency

__all__ = [
    "AgencyConflict", "AlarmHeard", "Covering", "Families", "OfficeSubjects", "SameSubjects", "Serves", "agency_conflicts", "alarms",
    "coverings", "families", "kinds", "office_subjects", "same_subjects", "sections",
]  # fmt: skip


#: Every number of the subject that this one is a number of: its own, and those it was judged to be one with.
SameSubjects = Callable[[int], Collection[int]]
#: The same of many subjects at once.
Families = Callable[[Collection[int]], Mapping[int, Collection[int]]]
#: Every number of the subject that the office with this unified social credit code is; empty where nothing about it is on file.
OfficeSubjects = Callable[[str], Collection[int]]
#: For kinds of things in which many subjects stand, such as a whole file: the keys of those in which one of these subjects stands. The
#: read names the thing; a subject's page finds it without a row for each subject of a file.
Covering = Callable[[Collection[int]], Collection[str]]
#: Why an agency must not act for a subject, as a sentence; "" where nothing stands against it.
AgencyConflict = Callable[["ServiceAgency", int, Instant], str]
#: Whether a section of the workbench has anything for the caller: where it has not, the navigation does not offer it.
Serves = Callable[["Caller", Instant], bool]


class AlarmHeard(Protocol):
    """听到警报：called in the transaction that writes the alarm, so that what it opens stands or falls with it."""

    def hear(self, alarm: Alarm) -> None:
        """An alarm was raised."""
        ...

    def settling(self, alarm: Alarm) -> None:
        """Somebody wants to settle the alarm by itself. Refused where it is dealt with elsewhere."""
        ...

    def hear_again(self, alarm: Alarm, at: Instant) -> None:
        """What an alarm was raised about was found once more; there is no second alarm."""
        ...


#: Kind of thing → what it is called on a page. A read of a kind that nobody registered is a fault of the program.
kinds: Final[Port[str]] = Port("access.kinds")
same_subjects: Final[Port[SameSubjects]] = Port("access.same_subjects")
families: Final[Port[Families]] = Port("access.families")
office_subjects: Final[Port[OfficeSubjects]] = Port("access.office_subjects")
#: By kind.
coverings: Final[Port[Covering]] = Port("access.coverings")
agency_conflicts: Final[Port[AgencyConflict]] = Port("access.agency_conflicts")
sections: Final[Port[Serves]] = Port("access.sections")
alarms: Final[Port[AlarmHeard]] = Port("access.alarms")


def kind_titles() -> Mapping[str, str]:
    """What each kind is called."""
    return dict(kinds.items())
