"""企业评价。The firm says of the visit whether those came who were drawn, and whether it was proper. Once, without an account."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError

from chengxin.during_event.inspection.models import Visit, VisitRating
from chengxin.during_event.inspection.types import TaskState
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import writing

STARS: Final = ("5", "4", "3", "2", "1")
LONGEST_WORDS: Final = 500
_AFTER: Final = (TaskState.ENTERED, TaskState.REVIEWED, TaskState.HANDED_IN)


def visit_by_token(token: str) -> Visit:
    """The visit that the sheet's code belongs to. NotFound; the same answer for what never was."""
    found = Visit.objects.select_related("plan", "rating").filter(token=token[:43]).first()
    if found is None:
        raise NotFound("no-such-visit", "没有这张任务单。", "重新扫任务单上的码；打不开的，向检查机关或者信用办核对。")
    return found


def may_rate(visit: Visit) -> bool:
    """Whether somebody was there already, and nothing has been said yet."""
    return getattr(visit, "rating", None) is None and visit.tasks.filter(state__in=_AFTER).exists()


def rate_visit(visit: Visit, *, stars: str, as_planned: str, words: str, at: Instant) -> VisitRating:
    """评价一次. Conflict the second time and before the visit; Refused for an incomplete form."""
    if stars not in STARS or as_planned not in {"yes", "no"}:
        raise Refused("rating-incomplete", "评价没有填完。", "选一个分数，并说明来的是不是任务单上的人。")
    if len(words) > LONGEST_WORDS:
        raise Refused("rating-incomplete", f"想说的话不超过 {LONGEST_WORDS} 字。", "写要点。")
    if not may_rate(visit):
        raise Conflict("already-done", "已经评价过，或者检查还没有进行。", "每次检查评价一次。")
    try:
        with writing():
            said = {"visit": str(visit.pk), "stars": stars, "as_planned": as_planned, "at": utc_text(at)}
            content_id = ledger.record_event("inspection:visit:rated", said)
            return VisitRating.objects.create(
                visit=visit, stars=int(stars), as_planned=as_planned == "yes", words=words.strip(), at=at, content_id=content_id
            )
    except IntegrityError:
        raise Conflict("already-done", "已经评价过。", "每次检查评价一次。") from None
