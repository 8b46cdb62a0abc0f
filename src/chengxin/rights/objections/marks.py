"""有争议的标记：beside a record wherever it is shown, from the step that opens an objection to the one that ends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant
from chengxin.rights.abouts import RECORD

OBJECTION = "objection"
ROWS_AT_A_TIME = 2_000


class Disputes:
    """Fills ``records.ports.disputes``."""

    def of(self, record_ids: Collection[int], at: Instant) -> Mapping[int, str]:
        """Record → which case is open about it."""
        found: dict[int, str] = {}
        asked = [str(each) for each in record_ids]
        for start in range(0, len(asked), ROWS_AT_A_TIME):
            part = asked[start : start + ROWS_AT_A_TIME]
            for case in Case.objects.filter(procedure=OBJECTION, about_kind=RECORD, about_key__in=part, closed_at=None):
                found[int(case.about_key)] = f"异议{number_of(case)}正在办理"
        return found

    def changed(self, after: tuple[Instant, int], at: Instant, limit: int) -> Iterable[tuple[Instant, int]]:
        """The instants at which an objection was opened or ended, with their records."""
        return sorted({*_moments("opened_at", after, at, limit), *_moments("closed_at", after, at, limit)})[:limit]

    def changes(self, item: int, since: Instant, at: Instant) -> int:
        """How many objections about records of an item were opened or ended in (since, at]."""
        moved = Q(opened_at__gt=since, opened_at__lte=at) | Q(closed_at__gt=since, closed_at__lte=at)
        keys = Case.objects.filter(moved, procedure=OBJECTION, about_kind=RECORD).values_list("about_key", flat=True)
        numbers = [int(key) for key in keys]
        return Record.objects.filter(pk__in=numbers, item=item).count() if numbers else 0


def _moments(column: str, after: tuple[Instant, int], at: Instant, limit: int) -> list[tuple[Instant, int]]:
    """The first ``limit`` of (instant in ``column``, record) after a place; any number of cases may share an instant."""
    number = models.Case(models.When(about_kind=RECORD, then=Cast("about_key", models.BigIntegerField())), default=models.Value(0))
    cases = Case.objects.filter(procedure=OBJECTION, about_kind=RECORD, **{f"{column}__gte": after[0], f"{column}__lte": at})
    later = cases.annotate(number=number).filter(Q(**{f"{column}__gt": after[0]}) | Q(number__gt=after[1]))
    return list(later.order_by(column, "number").values_list(column, "number").distinct()[:limit])
