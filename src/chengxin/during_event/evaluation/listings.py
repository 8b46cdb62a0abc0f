"""直接判级的名单：the records that set a grade whatever the points, with their ends. They give no points, so they are no contributions."""

from __future__ import annotations

from chengxin.during_event.evaluation.explaining import Explained, Reason
from chengxin.during_event.evaluation.runs import Order
from chengxin.during_event.evaluation.snapshots import subject_rows
from chengxin.engine.columns import Kind
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER, date_of


def listings_of(subject: Subject, found: Explained, order: Order) -> list[Reason]:
    """名单 that set the grade of ``found``, each a reason of no points; none where the points decide."""
    if not found.floor:
        return []
    floors = {each.item: each for each in found.model.floors if each.grade == found.grade}
    _, records = subject_rows(member_ids(subject.pk), moment=order.moment, known_at=order.known_at, policy=order.policy)
    rows = [row for row in records.to_dicts() if row["item"] in floors]
    known = Record.objects.in_bulk([row["record_id"] for row in rows])
    return [
        Reason(
            Kind.RECORD, "", floors[row["item"]].title, 0, row["record_id"], known[row["record_id"]].document_number,
            known[row["record_id"]].decided_on, date_of(row["counted_until"] - 1) if row["counted_until"] < FOREVER else None,
            floors[row["item"]].reference,
        )
        for row in sorted(rows, key=lambda row: (row["counted_until"], row["record_id"]))
    ]  # fmt: skip
