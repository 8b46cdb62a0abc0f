"""逾期撤回：records whose document was undone and that were withdrawn after the last working day for it (V12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.services import withdrawal_due
from chengxin.foundation.records.types import ActVerb, WithdrawalReason
from chengxin.kernel.instants import date_of
from chengxin.policy import active


@dataclass(frozen=True)
class LateWithdrawal:
    """逾期撤回的一件。``days``: working days after the last one; ``document_number`` "" where the content is erased."""

    record_id: int
    authority_id: int
    item: int
    document_number: str
    reason: WithdrawalReason
    decided_on: date
    due_on: date
    done_on: date
    days: int


def late_withdrawals(*, authority_ids: Collection[int] | None = None) -> list[LateWithdrawal]:
    """逾期撤回 of these offices (None: of all), the latest first.

    The last day is worked out by the calendar that is on file now; one that is still provisional makes nobody late.
    """
    acts = RecordAct.objects.filter(verb=ActVerb.WITHDRAWN).order_by("-at", "-id")
    if authority_ids is not None:
        acts = acts.filter(record_id__in=Record.objects.filter(authority_id__in=list(authority_ids)).values("id"))
    undone = [(act, date.fromisoformat(act.data["decided_on"])) for act in acts.iterator()]
    due = {day: withdrawal_due(day) for day in {day for _, day in undone}}
    late = [(act, day) for act, day in undone if date_of(act.at) > due[day].on and not due[day].provisional]
    records = {row.pk: row for row in _records({act.record_id for act, _ in late})}
    calendar = active.policy_set().calendar
    return [
        LateWithdrawal(
            act.record_id, record.authority_id, record.item, record.document_number, WithdrawalReason(act.data["reason"]), day,
            due[day].on, date_of(act.at), calendar.working_days_between(due[day].on, date_of(act.at))[0],
        )
        for act, day in late
        if (record := records.get(act.record_id))
    ]  # fmt: skip


def count_by_office(found: Sequence[LateWithdrawal]) -> list[tuple[int, int, int]]:
    """(office, how many, the most working days), the most first."""
    counts = Counter(each.authority_id for each in found)
    most: dict[int, int] = {}
    for each in found:
        most[each.authority_id] = max(most.get(each.authority_id, 0), each.days)
    return [(office, n, most[office]) for office, n in sorted(counts.items(), key=lambda line: (-line[1], line[0]))]


def _records(ids: Collection[int]) -> list[Record]:
    found: list[Record] = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), 5_000):
        found += Record.objects.filter(pk__in=wanted[start : start + 5_000])
    return found
