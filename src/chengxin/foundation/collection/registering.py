"""登记信息入档。When a submission of registry basics closes, what it says of its subjects becomes what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.contents import decoded
from chengxin.foundation.subjects.registry import LEGAL_REPRESENTATIVE_PERSON
from chengxin.foundation.subjects.services import join_registry
from chengxin.kernel.instants import Instant
from chengxin.policy.types import CatalogueItem
from chengxin.storage.temporary import read_frame

#: The catalogue's group of items that describe subjects rather than what was decided about them.
REGISTRY: Final = "registry"
_ROWS_AT_A_TIME: Final = 5_000
_ROWS: Final = """
    SELECT r.id, r.subject_id, r.content_id, c.payload, s.blind
    FROM records_record r JOIN ledger_content c ON c.id = r.content_id
    LEFT JOIN access_sealedindex s ON s.content_id = r.content_id AND s.field = %s
    WHERE r.submission_id = %s AND r.id > %s ORDER BY r.id LIMIT %s
"""
_SHAPE: Final = {"id": pl.Int64, "subject_id": pl.Int64, "content_id": pl.Int64, "payload": pl.Binary, "_person": pl.Binary}


def register_subjects(submission: Submission, item: CatalogueItem, at: Instant) -> None:
    """入档, inside the transaction that closes the submission, after its versions are swapped in. Nothing to do for other items."""
    if item.group == REGISTRY and submission.accepted + submission.updated > submission.unchanged:
        join_registry(submission_id=submission.pk, item=item, chunks=_chunks(submission.pk, item), at=at)


def _chunks(submission_id: int, item: CatalogueItem) -> Iterator[pl.DataFrame]:
    """The rows of the submission as its entries have them, with their subjects."""
    codes = [field.code for field in item.fields]
    representative = item.roles.get("legal_representative_id", "")
    after = 0
    while True:
        rows = read_frame(_ROWS, _SHAPE, parameters=[representative, submission_id, after, _ROWS_AT_A_TIME])
        if rows.is_empty():
            return
        after = int(rows["id"][-1])
        told = rows.select("subject_id", "content_id", pl.col("_person").alias(LEGAL_REPRESENTATIVE_PERSON))
        yield pl.concat([told, decoded(rows["payload"], codes)], how="horizontal")
