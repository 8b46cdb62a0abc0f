"""采纳以前的试算：how many records another set would show for longer, for less, no more or again. Counted set by set; nothing written."""

from __future__ import annotations

from collections import Counter
from typing import Final

import polars as pl

from chengxin.foundation.records import ports
from chengxin.foundation.records.contents import record_batches
from chengxin.foundation.records.rewriting import fresh_standings, standing_differences
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet

CHANGED: Final = "展示期间改变的记录"
#: What may come of a record that the portal shows or would show, in words; all but the first are parts of it.
AT_ONCE: Final = "现在公示、采纳后立即停止公示的记录"
EARLIER: Final = "现在公示、将提前结束公示的记录"
LATER: Final = "现在公示、将延后结束公示的记录"
AGAIN: Final = "现在不公示、采纳后开始公示的记录"


def tried_publication(after: PolicySet, at: Instant, rows_at_a_time: int) -> dict[str, int]:
    """What adopting ``after`` at ``at`` would do to what is shown: :data:`CHANGED` always, of the others those that happen.

    Records of submissions that are not closed are shown to nobody; they count among those changed only.
    """
    counts: Counter[str] = Counter()
    for rows in record_batches(None, rows_at_a_time):
        changed = standing_differences(fresh_standings(rows, after))
        counts[CHANGED] += changed.height
        counts.update(_kinds(changed, at))
    told = {words: counts[words] for words in (AT_ONCE, EARLIER, LATER, AGAIN) if counts[words]}
    return {CHANGED: counts[CHANGED]} | told


def _kinds(changed: pl.DataFrame, at: Instant) -> dict[str, int]:
    """``changed``: as :func:`~chengxin.foundation.records.rewriting.standing_differences` gives it."""
    if changed.is_empty():
        return {}
    waiting = [int(each["id"]) for each in ports.open_submissions()]
    shown = (pl.col("public_from") <= at) & (pl.col("public_until") > at)
    stays = (pl.col("new_from") <= at) & (pl.col("new_until") > at)
    kinds = {
        AT_ONCE: shown & ~stays,
        EARLIER: shown & stays & (pl.col("new_until") < pl.col("public_until")),
        LATER: shown & stays & (pl.col("new_until") > pl.col("public_until")),
        AGAIN: ~shown & stays,
    }
    counted = changed.filter(~pl.col("submission_id").is_in(waiting)).select(each.sum().alias(words) for words, each in kinds.items())
    return {words: int(number or 0) for words, number in counted.row(0, named=True).items()}
