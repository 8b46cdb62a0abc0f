"""A checker of list-append histories: several writers read a list and append to it; was there one order in which all of it happened?

Each operation says what it read (the whole list) and what it appended, with the instants between which it took place. The final list is
the order of the writes. A database that is strictly serializable leaves none of these anomalies:

* ``lost``: an append that was said to be done is not in the final list (a lost update, or an aborted write that was reported as done);
* ``phantom``: the final list has what nobody appended (or an append that was said to have failed: an aborted read);
* ``twice``: the same append stands in the list twice;
* ``dirty``: somebody read a list that is no beginning of the final one (an intermediate or aborted read, a fork);
* ``skew``: an append that was decided on a list was not put right behind what had been read (write skew: somebody was in between);
* ``stale``: somebody read less than what had been said to be done before the read began (real time).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One turn of a writer: ``appended`` None for a read alone, or for a write that was refused; ``tried``: what was refused."""

    writer: int
    read: tuple[Hashable, ...]
    appended: Hashable | None
    began: int
    ended: int
    tried: Hashable | None = None


def anomalies(history: Sequence[Operation], final: Sequence[Hashable], *, start: Sequence[Hashable] = ()) -> list[str]:
    """What is wrong with a history, in words that begin with the kind; [] when nothing is. ``start``: the list before it."""
    final, place = tuple(final), {element: number for number, element in enumerate(final)}
    done = [each for each in history if each.appended is not None]
    found = [f"lost: {each.appended} of writer {each.writer}" for each in done if each.appended not in place]
    known = {*start, *(each.appended for each in done)}
    found += [f"phantom: {element}" for element in final if element not in known]
    found += [f"twice: {element}" for element, times in Counter(final).items() if times > 1]
    found += [f"dirty: writer {each.writer} read {each.read}" for each in history if each.read != final[: len(each.read)]]
    found += [
        f"skew: {each.appended} of writer {each.writer} stands at {place[each.appended]}, decided on {len(each.read)}"
        for each in done
        if each.appended in place and place[each.appended] != len(each.read)
    ]
    for each in history:
        missed = [one.appended for one in done if one.ended < each.began and one.appended in place and one.appended not in each.read]
        found += [f"stale: writer {each.writer} did not see {missed[0]}"] if missed else []
    return found
