"""应报未报：acts that the platform knows of, that are not on record, and whose last day has passed or is coming.

What an office never handed in cannot be known here; what it handed in and got back can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Min, OuterRef, Q

from chengxin.foundation.collection.models import QuarantinedRow, RejectedRow
from chengxin.foundation.collection.types import QuarantineDecision
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant, date_of
from chengxin.ledger.services import read_contents
from chengxin.policy import active


@dataclass(frozen=True)
class MissingAct:
    """应报未报的一件。``reason``: ``rejected`` (went back and did not return) or ``quarantined`` (nobody has decided yet)."""

    authority_id: int
    item: int
    month: str
    document_number: str
    decided_on: date
    due_on: date
    reason: str
    submission_id: int
    row: int

    @property
    def reason_label(self) -> str:
        """The word on a page."""
        return {"rejected": "退回后未重报", "quarantined": "待甄别，尚未判定", "returned": "甄别退回后未重报"}[self.reason]


def missing_acts(at: Instant, *, authority_ids: Collection[int] | None = None, item: int | None = None) -> Iterator[MissingAct]:
    """应报未报 whose last day has passed at ``at``, each document once, oldest deadline first."""
    yield from _waiting(Q(due_on__lt=date_of(at)), authority_ids, item)


def coming_due(at: Instant, *, authority_ids: Collection[int] | None = None, item: int | None = None) -> Iterator[MissingAct]:
    """快到期的：the same for those whose last day is today or later."""
    yield from _waiting(Q(due_on__gte=date_of(at)), authority_ids, item)


def _waiting(due: Q, authority_ids: Collection[int] | None, item: int | None) -> Iterator[MissingAct]:
    scope = due & Q(decided_on__isnull=False)
    if authority_ids is not None:
        scope &= Q(authority_id__in=list(authority_ids))
    if item is not None:
        scope &= Q(item=item)
    found = [*_rejected(scope), *_undecided(scope), *_sent_back(scope)]
    yield from sorted(found, key=lambda act: (act.due_on, act.authority_id, act.item, act.document_number, act.row))


def _rejected(scope: Q) -> Iterator[MissingAct]:
    """A rejected row came back when a record of the item has its document number; without a number each row stands for itself."""
    # "+ 0": the item alone would read every act of that kind for every row; the document number must lead.
    back = Record.objects.annotate(of_item=F("item") + 0).filter(document_number=OuterRef("document_number"), of_item=OuterRef("item"))
    names = ("authority_id", "item", "document_number")
    rows = RejectedRow.objects.filter(scope)
    numbered = rows.exclude(document_number="").filter(~Exists(back)).values(*names)
    for each in numbered.annotate(first_due=Min("due_on"), decided=Min("decided_on"), into=Min("submission_id"), line=Min("row")):
        yield MissingAct(
            each["authority_id"], each["item"], f"{each['decided']:%Y-%m}", each["document_number"], each["decided"], each["first_due"],
            "rejected", each["into"], each["line"],
        )  # fmt: skip
    for row in rows.filter(document_number=""):
        if row.decided_on and row.due_on:
            yield MissingAct(
                row.authority_id,
                row.item,
                f"{row.decided_on:%Y-%m}",
                "",
                row.decided_on,
                row.due_on,
                "rejected",
                row.submission_id,
                row.row,
            )


def _undecided(scope: Q) -> Iterator[MissingAct]:
    rows = list(QuarantinedRow.objects.filter(scope, decided_at=None))
    yield from _quarantined(rows, "quarantined")


def _sent_back(scope: Q) -> Iterator[MissingAct]:
    rows = list(QuarantinedRow.objects.filter(scope, decision=QuarantineDecision.RETURNED))
    acts = list(_quarantined(rows, "returned"))
    numbers = {act.document_number for act in acts}
    back = set(Record.objects.filter(document_number__in=numbers).values_list("item", "document_number"))
    yield from (act for act in acts if (act.item, act.document_number) not in back)


def _quarantined(rows: list[QuarantinedRow], reason: str) -> Iterator[MissingAct]:
    said = read_contents([row.content_id for row in rows]) if rows else {}
    policy = active.policy_set() if rows else None
    for row in rows:
        role = policy.item(row.item).roles.get("document_number", "") if policy else ""
        number = said.get(row.content_id, {}).get(role, "")
        if row.due_on is not None:
            yield MissingAct(
                row.authority_id,
                row.item,
                f"{row.decided_on:%Y-%m}",
                number,
                row.decided_on,
                row.due_on,
                reason,
                row.submission_id,
                row.row,
            )
