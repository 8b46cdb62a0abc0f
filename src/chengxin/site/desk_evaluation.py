"""工作台上的评价：requests that wait for a person's answer."""

from __future__ import annotations

from chengxin.access.caller import Caller
from chengxin.during_event.evaluation.reviews import reviews
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel.instants import Instant, local_time
from chengxin.site.desk_blocks import LISTED, Block, Cell, Row


def reviews_waiting(_caller: Caller, _at: Instant) -> Block:
    """等待答复的人工复核, the oldest first."""
    found = reviews(waiting=True, limit=LISTED)
    names = names_of([each.subject_id for each in found])
    rows = [
        Row(
            names.get(each.subject_id, ("", ""))[0],
            f"/evaluation/reviews/{each.pk}",
            (Cell("请求", _time(each.asked_at)), Cell("由谁", each.asked_by)),
        )
        for each in found
    ]
    why = "主体或者部门请求派人再看一次评价的，要由信用办的另一人答复。"
    return Block("等待答复的人工复核", ("主体", "请求", "由谁"), rows, "没有等待答复的", why, "/evaluation/reviews")


def _time(at: Instant) -> str:
    return local_time(at).strftime("%Y-%m-%d %H:%M")
