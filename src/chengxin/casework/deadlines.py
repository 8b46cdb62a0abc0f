"""期限的保存和推移。What is known of every clock, for the desks; worked out anew after each step, and when the calendar changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from django.db.models import QuerySet

from chengxin.casework import notices
from chengxin.casework.clocks import ClockReading, clocks_of
from chengxin.casework.models import Case, CaseDeadline, CaseStep
from chengxin.casework.types import StepTaken
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import record_event
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import Procedure

MOVED: Final = "casework:deadline:moved"
CASES_AT_A_TIME: Final = 500

Row = TypeVar("Row", CaseStep, CaseDeadline)


def taken_steps(rows: Sequence[CaseStep]) -> list[StepTaken]:
    """The steps of a case as clocks and guards read them."""
    return [StepTaken(row.place, row.verb, row.from_state, row.to_state, row.part, row.at, row.said) for row in rows]


def readings(case: Case, rule: Procedure, policy: PolicySet) -> tuple[ClockReading, ...]:
    """Every clock of a case, with how it was computed."""
    return clocks_of(rule, taken_steps(list(case.steps.order_by("place"))), policy)


def settle(case: Case, rule: Procedure, policy: PolicySet) -> None:
    """Keep what is known of the clocks after a step, inside its transaction."""
    for each in readings(case, rule, policy):
        _keep(case.pk, each)


def recompute(policy: PolicySet, at: Instant, *, dry: bool = False) -> int:
    """重算期限 of all open cases under ``policy``; every deadline that moves is an entry that says from when to when. How many moved."""
    moved = 0
    for case, kept, due in worked_out(Case.objects.filter(closed_at=None), policy):
        running = {(each.clock, each.start_place): each for each in kept if each.ended_on is None}
        for each in due:
            was = running.get((each.clock, each.start_place))
            if was is None or (was.due_on, was.provisional) == (each.due_on, each.provisional):
                continue
            moved += 1
            if not dry:
                _move(case, was, each, at)
    return moved


def worked_out(among: QuerySet[Case], policy: PolicySet) -> Iterator[tuple[Case, list[CaseDeadline], tuple[ClockReading, ...]]]:
    """推算 case by case, oldest first: what is kept of its clocks, and what follows from its steps under ``policy``. Some hundred cases are
    in memory at a time; a case of a procedure that the policy does not know is passed over."""
    after = 0
    while cases := list(among.filter(pk__gt=after).order_by("pk")[:CASES_AT_A_TIME]):
        after = cases[-1].pk
        steps = _by_case(CaseStep.objects.filter(case__in=cases).order_by("case_id", "place"))
        kept = _by_case(CaseDeadline.objects.filter(case__in=cases))
        for case in cases:
            if case.procedure in policy.procedures:
                due = clocks_of(policy.procedures[case.procedure], taken_steps(steps.get(case.pk, [])), policy)
                yield case, kept.get(case.pk, []), due


def _move(case: Case, was: CaseDeadline, now: ClockReading, at: Instant) -> None:
    _keep(case.pk, now)
    notices.tell_moved(case, now.title, was.due_on, now.due_on, at)
    said = {"_case": str(case.pk), "_clock": now.clock, "_start_place": str(now.start_place), "_at": str(at)}
    record_event(
        MOVED,
        said | {"_was": was.due_on.isoformat(), "_due_on": now.due_on.isoformat(), "_provisional": "yes" if now.provisional else ""},
    )


def _keep(case_id: int, each: ClockReading) -> None:
    known: dict[str, date | bool | None] = {
        "start_on": each.start_on, "due_on": each.due_on, "provisional": each.provisional, "paused": each.paused, "ended_on": each.ended_on,
    }  # fmt: skip
    moved = CaseDeadline.objects.filter(case_id=case_id, clock=each.clock, start_place=each.start_place).exclude(due_on=each.due_on)
    moved.update(level="")  # what was told of the former day says nothing of the new one
    CaseDeadline.objects.update_or_create(case_id=case_id, clock=each.clock, start_place=each.start_place, defaults=known)


def _by_case(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


class DeadlineEffect:
    """Fills ``foundation.catalogue.ports`` effects through the site: another calendar moves open deadlines, and says so."""

    def simulate(self, before: PolicySet, after: PolicySet, at: Instant) -> Mapping[str, int]:
        """How many open deadlines would move."""
        moved = recompute(after, at, dry=True)
        return {"办理中案件的期限会变动": moved} if moved else {}

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Move them."""
        recompute(after, at)
