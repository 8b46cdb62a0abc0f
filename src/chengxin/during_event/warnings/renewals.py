"""换发的许可：an ending licence for which a later one of the same kind is in hand needs no reminder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from chengxin.during_event.warnings.facts import members_of
from chengxin.foundation.records.contents import decoded
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import temporary_join

#: The later licences of the same subject and office that could be renewals, each with its ending one. "+ 0": the subject must lead, its
#: records are few; those of an item, an office or a submission are many.
_LATER: Final = """
    SELECT g.record_id, r.id, r.content_id, g.content_id AS of_ending FROM {given} g
    JOIN records_record r ON r.subject_id = g.member_id AND r.item + 0 = g.item AND r.authority_id + 0 = g.authority_id
    JOIN collection_submission b ON b.id = r.submission_id + 0 AND b.closed_at <= %s
    WHERE r.id <> g.record_id AND r.effective_until > g.effective_until AND r.effective_until > r.effective_from
"""
_PAYLOADS: Final = "SELECT g.content_id, c.payload FROM {given} g JOIN ledger_content c ON c.id = g.content_id"


def without_renewed(ending: pl.DataFrame, items: Sequence[int], at: Instant, policy: PolicySet) -> pl.DataFrame:
    """``ending`` without those that the same office has renewed: same subject, same item, same kind of document, ending later.

    Where the kind of document cannot be read (erased, not stated) nothing counts as a renewal: better one reminder too many.
    """
    if ending.is_empty():
        return ending
    given = ending.select("record_id", "subject_id", "item", "authority_id", "effective_until", "content_id")
    given = given.join(members_of(given["subject_id"].unique().to_list()), on="subject_id")
    schema = {"record_id": pl.Int64, "later_id": pl.Int64, "content_id": pl.Int64, "of_ending": pl.Int64}
    later = temporary_join(given, _LATER, schema, parameters=[at], by_index=True)
    if later.is_empty():
        return ending
    said = _kinds_of_document(pl.concat([later["content_id"], later["of_ending"].alias("content_id")]).unique(), items, policy)
    pairs = later.join(said, on="content_id").join(said.rename({"content_id": "of_ending", "kind": "kind_of_ending"}), on="of_ending")
    renewed = pairs.filter((pl.col("kind") == pl.col("kind_of_ending")) & (pl.col("kind") != ""))
    return ending.filter(~pl.col("record_id").is_in(renewed["record_id"].to_list()))


def _kinds_of_document(content_ids: pl.Series, items: Sequence[int], policy: PolicySet) -> pl.DataFrame:
    payloads = temporary_join(content_ids.to_frame("content_id"), _PAYLOADS, {"content_id": pl.Int64, "payload": pl.Binary})
    codes = [code for number in items if (code := policy.item(number).roles.get("document_title"))]
    texts = decoded(payloads["payload"], codes)
    kind = pl.concat_str([pl.col(code).fill_null("") for code in codes]) if codes else pl.lit("")
    return pl.DataFrame({"content_id": payloads["content_id"], "kind": texts.select(kind.alias("kind"))["kind"]})
