"""修复以后的等级：the same method over the same facts, once as they stand and once as if the records were restored on that day.

Grades are not public: whoever asks must be the subject itself, or have stated a matter before (ADR 0017).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from chengxin.during_event.evaluation.explaining import Explained, explain
from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import NotFound
from chengxin.policy.errors import NothingAdopted


@dataclass(frozen=True)
class GradeAfter:
    """修复的效果 on the grade: today's, and that of ``on`` with the records restored and without that."""

    on: date
    today: Explained
    restored: Explained
    otherwise: Explained

    @property
    def changes(self) -> bool:
        """Whether the grade is another."""
        return self.restored.grade != self.otherwise.grade


def grade_after(subject: Subject, record_ids: Collection[int], on: date, at: Instant) -> GradeAfter | None:
    """What the grade is at the end of ``on`` (today, if it is past) if the records are restored on that day and nothing else happens.
    None for a subject that has no grade, and before a method was adopted."""
    today = date_of(at)
    day = max(on, today)
    try:
        order = order_of(PUBLIC_MODEL, today, at)
        then = replace(order, as_of=day, moment=end_of_day(day))
        return GradeAfter(day, explain(subject, order), explain(subject, then, without=record_ids), explain(subject, then))
    except (NotFound, NothingAdopted):
        return None
