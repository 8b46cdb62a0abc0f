"""据以评价的事实：what went into one subject's result, in the words of the policy files, so that anybody can compute it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengxin.during_event.evaluation.runs import Order
from chengxin.during_event.evaluation.snapshots import subject_rows
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.shapes_evaluation import SEVERITIES
from chengxin.policy.types import Outcome


def facts_of(subject: Subject, order: Order) -> dict[str, Any]:
    """``subject`` and ``records`` of the day of ``order``: all that ``verifiers/evaluation.py`` needs besides the method."""
    rows, records = subject_rows(member_ids(subject.pk), moment=order.moment, known_at=order.known_at, policy=order.policy)
    row = rows.to_dicts()[0]
    about = {name: row[name] for name in ("code", "industry", "division", "in_registry")}
    words = _Words(order.policy)
    counted = [words.of(each) for each in records.to_dicts()]
    return {"as_of": str(order.as_of), "model": order.model.id, "subject": about, "records": counted}


class _Words:
    """Numbers of the snapshot → words of the policy files."""

    def __init__(self, policy: PolicySet) -> None:
        self._items = {item.number: item.id for item in policy.catalogue.values()}
        self._fields = {each.number: each.id for each in policy.supervision_fields}
        self._severities = {number: word for word, number in SEVERITIES.items()}

    def of(self, record: Mapping[str, Any]) -> dict[str, Any]:
        outcome = Outcome(record["outcome"])
        return {
            "record": record["record_id"],
            "item": self._items[record["item"]],
            "severity": self._severities.get(record["severity"], ""),
            "outcome": outcome.word if outcome else "",
            "supervision": self._fields.get(record["supervision"], ""),
            "decided_on": str(record["decided_on"]),
            "effective_until": _instant(record["effective_until"]),
            "counted_until": _instant(record["counted_until"]),
        }


def _instant(at: int) -> int | None:
    """Seconds since 1970 UTC; null: without end."""
    return None if at >= FOREVER else at
