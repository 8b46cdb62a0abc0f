"""一个主体的全貌：everything of a subject on a surface counted in one reading, and the newest of every item in another.

However many records a subject has, and of however many items: two queries. What is counted is never fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Value, When, Window
from django.db.models.functions import RowNumber

from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible, was_visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant


@dataclass(frozen=True)
class Share:
    """一个机关的一类事项：how many records, when the first and the last of them end, when the last came in."""

    item: int
    authority_id: int
    count: int
    first_until: Instant
    last_until: Instant
    received_at: Instant


@dataclass(frozen=True)
class Overview:
    """全貌, as shares of items and offices."""

    shares: tuple[Share, ...]

    @property
    def by_item(self) -> dict[int, int]:
        """Item → how many records."""
        return self._counted("item")

    @property
    def by_authority(self) -> dict[int, int]:
        """Office → how many records."""
        return self._counted("authority_id")

    def of_items(self, items: Collection[int]) -> Overview:
        """The part of these items."""
        return Overview(tuple(share for share in self.shares if share.item in items))

    def _counted(self, by: str) -> dict[int, int]:
        counts: Counter[int] = Counter()
        for share in self.shares:
            counts[getattr(share, by)] += share.count
        return dict(sorted(counts.items()))


def overview_of_subject(members: Collection[int], surface: Surface, at: Instant, as_of: Instant | None = None) -> Overview:
    """What the ``members`` (all that are one subject, see ``subjects.queries.member_ids``) have on ``surface``: one query.

    ``as_of``: only what was known and on ``surface`` then, and still is at ``at``.
    """
    end = f"{surface}_until"
    grouped = Record.objects.filter(_seen(surface, at, as_of), subject_id__in=members).values_list("item", "authority_id")
    lines = grouped.annotate(n=Count("id"), first=Min(end), last=Max(end), received=Max("received_at")).order_by("item", "authority_id")
    return Overview(tuple(Share(*line) for line in lines))


def counts_of_subjects(canonical_ids: Collection[int], surface: Surface, at: Instant) -> dict[int, dict[int, int]]:
    """Subject → item → how many records on ``surface``, for many subjects in two queries; who were judged to be one of them count."""
    merged = Subject.objects.filter(~Q(canonical_id=F("id")), canonical_id__in=canonical_ids).values_list("id", "canonical_id")
    owner = {**{subject_id: subject_id for subject_id in canonical_ids}, **dict(merged)}
    grouped = Record.objects.filter(visible(surface, at), subject_id__in=owner).values_list("subject_id", "item").annotate(n=Count("id"))
    found: dict[int, Counter[int]] = {subject_id: Counter() for subject_id in canonical_ids}
    for subject_id, item, n in grouped.order_by("subject_id", "item"):
        found[owner[subject_id]][item] += n
    return {subject_id: dict(sorted(counts.items())) for subject_id, counts in found.items()}


def newest_of_subject(
    members: Collection[int], surface: Surface, at: Instant, at_most: Mapping[int, int], as_of: Instant | None = None
) -> list[Record]:
    """The newest records of each item in ``at_most``, as many as it says, newest decision first: one query."""
    if not at_most:
        return []
    place = Window(RowNumber(), partition_by=F("item"), order_by=[F("decided_on").desc(), F("id").desc()])
    allowed = Case(*(When(item=item, then=Value(n)) for item, n in at_most.items()), default=Value(0), output_field=IntegerField())
    numbered = Record.objects.filter(_seen(surface, at, as_of), subject_id__in=members).annotate(place=place, allowed=allowed)
    return list(numbered.filter(place__lte=F("allowed")).order_by("-decided_on", "-id"))


def _seen(surface: Surface, at: Instant, as_of: Instant | None) -> Q:
    return visible(surface, at) if as_of is None else was_visible(surface, as_of, at)
