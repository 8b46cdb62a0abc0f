"""登记信息办结入档。When a submission of registry basics closes, what it says of its subjects becomes what the platform knows of them.

Read back from the records and their entries, batch by batch, so that memory stays flat and ``fsck`` can replay the same from the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.contents import decoded
from chengxin.foundation.subjects.registry import LEGAL_REPRESENTATIVE_PERSON
from chengxin.foundation.subjects.services import join_registry
from chengxin.kernel.instants import Instant
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part
from chengxin.storage.temporary import read_frame

REGISTRY: Final = "registry"
_ROWS_AT_A_TIME: Final = 10_000
_ASK: Final = """
    SELECT r.id, r.subject_id, r.content_id, c.payload, x.blind
    FROM records_record r JOIN ledger_content c ON c.id = r.content_id
    LEFT JOIN access_sealedindex x ON x.content_id = r.content_id AND x.field = %s AND x.key_id = %s
    WHERE r.submission_id = %s AND r.id > %s AND c.payload IS NOT NULL {only} ORDER BY r.id LIMIT %s
"""
_SCHEMA: Final = {
    "id": pl.Int64,
    "subject_id": pl.Int64,
    "content_id": pl.Int64,
    "payload": pl.Binary,
    LEGAL_REPRESENTATIVE_PERSON: pl.Binary,
}


def join_closed_registry(submission_id: int, at: Instant, *, record_id: int | None = None) -> None:
    """登记信息入档 of a submission that closes, or of the one record that a person's decision added to it afterwards.

    Nothing for other kinds of item. Inside the caller's transaction, after the versions are swapped in.
    """
    item = active.policy_set().item(Submission.objects.values_list("item", flat=True).get(pk=submission_id))
    if item.group == REGISTRY:
        join_registry(submission_id=submission_id, item=item, chunks=_chunks(submission_id, item, record_id), at=at)


def _chunks(submission_id: int, item: CatalogueItem, record_id: int | None) -> Iterator[pl.DataFrame]:
    representative = item.roles.get("legal_representative_id", "")
    key_id = keyfile.in_use().current(Part.BLIND_INDEX).id
    only, last = ("", 0) if record_id is None else ("AND r.id = %s", record_id - 1)
    fields = dict.fromkeys(item.roles.values())
    while True:
        chosen = [record_id] if only else []
        parameters = [representative, key_id, submission_id, last, *chosen, _ROWS_AT_A_TIME]
        rows = read_frame(_ASK.replace("{only}", only), _SCHEMA, parameters=parameters)
        if rows.is_empty():
            return
        last = int(rows["id"][-1])
        yield rows.drop("id", "payload").hstack(decoded(rows["payload"], fields))
