"""条目。What a leaf is made of: a small public header, the same for every entry, and a commitment to the content."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import polars as pl

from chengxin.kernel.events import EventTag
from chengxin.storage.bulk import ReadyRows

#: Magic, version 1, hash algorithm 1 = SHA-256, two bytes reserved. It names neither kind nor subject, no place and no time.
HEADER: Final = b"CXLE\x01\x01\x00\x00"
SALT: Final = 32
CONTENT_COLUMNS: Final = ("id", "event", "salt", "payload")
ENTRY_SIZE: Final = len(HEADER) + 32
_LEAF_PREFIX: Final = b"\x00" + HEADER


def commitment_of(salt: bytes, payload: bytes) -> bytes:
    """承诺值：SHA-256(salt ‖ payload)."""
    return sha256(salt + payload).digest()


def entry_of(commitment: bytes) -> bytes:
    """The entry's bytes, as entry bundles carry them."""
    return HEADER + commitment


def leaf_of(commitment: bytes) -> bytes:
    """The leaf hash of the entry with this commitment."""
    return sha256(_LEAF_PREFIX + commitment).digest()


@dataclass(frozen=True)
class Prepared:
    """Entries hashed and ready to append; everything that needs no lock is done. All sequences have the same length.

    ``contents``: ``id``, ``event``, ``salt`` and ``payload``, as a frame or already in the form of the database.
    """

    content_ids: Sequence[int]
    contents: pl.DataFrame | ReadyRows
    commitments: list[bytes]
    leaves: bytes

    def __len__(self) -> int:
        return len(self.commitments)


def prepare_entries(events: str | Sequence[str], payloads: Sequence[bytes] | pl.Series, content_ids: Sequence[int]) -> Prepared:
    """Salts, commitments and leaf hashes for canonical ``payloads``. ValueError if a payload does not say its own event."""
    said = payloads.cast(pl.Binary) if isinstance(payloads, pl.Series) else pl.Series(payloads, dtype=pl.Binary)
    contents = said.to_list()
    if len(contents) != len(content_ids) or (not isinstance(events, str) and len(events) != len(contents)):
        raise ValueError(f"{len(contents)} payloads, {len(content_ids)} ids: they belong together one by one")
    for event in {events} if isinstance(events, str) else set(events):
        EventTag.parse(event)
    _must_name_their_event(events, said)
    random = os.urandom(SALT * len(contents))
    salts = [random[i : i + SALT] for i in range(0, len(random), SALT)]
    commitments = [sha256(salt + payload).digest() for salt, payload in zip(salts, contents, strict=True)]
    leaves = b"".join([sha256(_LEAF_PREFIX + commitment).digest() for commitment in commitments])
    told = pl.lit(events) if isinstance(events, str) else pl.Series(events, dtype=pl.String)
    frame = pl.DataFrame({"id": pl.Series(content_ids, dtype=pl.Int64), "salt": pl.Series(salts, dtype=pl.Binary), "payload": said})
    return Prepared(content_ids, frame.with_columns(event=told).select(CONTENT_COLUMNS), commitments, leaves)


def _must_name_their_event(events: str | Sequence[str], payloads: pl.Series) -> None:
    # The event column is not part of the commitment; the payload's own key is, and fsck compares the two.
    if isinstance(events, str):
        named = payloads.bin.contains(b'"_event":"%s"' % events.encode())
    else:
        named = pl.Series([b'"_event":"%s"' % e.encode() in p for e, p in zip(events, payloads, strict=True)], dtype=pl.Boolean)
    if not named.all():
        raise ValueError(f"a payload must carry its event under the key _event: {payloads.filter(~named)[0][:200]!r}")
