"""一次处理的记忆：what this run itself has written, in a fixed amount of memory, so that fewer rows have to be asked about.

A subject that was opened after the run began can only have records that came after: from this run, which remembers its keys, or from
another one at the same time, whose rows make the transaction fail on the unique key, and then everything is asked.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from chengxin.storage.ids import allocate

#: 2^27 bits (16 MiB): after ten million keys fewer than one new key in a hundred is asked about for nothing.
_BITS: Final = 27
_MASK: Final = np.uint32((1 << _BITS) - 1)


class RunMemory:
    """Keys written by this run (a Bloom filter), the first subject that it could have opened, and whose acts it brought."""

    def __init__(self) -> None:
        self._first_subject = allocate("subjects_subject", 1)[0]
        self._filter: np.ndarray[Any, Any] | None = None
        self._authorities: set[int] = set()

    def may_be_stored(self, rows: pl.DataFrame) -> pl.Series:
        """Which of ``rows`` (``key``, ``subject_id``) may stand in the table already; the others certainly do not."""
        old = rows["subject_id"] < self._first_subject
        return old if self._filter is None else old | pl.Series(self._knows(rows["key"]))

    def may_stand_elsewhere(self, rows: pl.DataFrame) -> pl.Series:
        """Which of ``rows`` (``subject_id``, ``authority_id``) may stand under another authority: those about subjects that were on file
        when the run began, and all of them once the run has brought acts of more than one authority."""
        self._authorities.update(rows["authority_id"].unique())
        if len(self._authorities) > 1:
            return pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
        return rows["subject_id"] < self._first_subject

    def remember(self, keys: pl.Series) -> None:
        """These keys have been committed."""
        if self._filter is None:
            self._filter = np.zeros(1 << (_BITS - 3), dtype=np.uint8)
        places = _places(keys).ravel()
        np.bitwise_or.at(self._filter, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))

    def _knows(self, keys: pl.Series) -> np.ndarray[Any, Any]:
        assert self._filter is not None
        places = _places(keys)
        return np.asarray((self._filter[places >> 3] >> (places & 7) & 1).all(axis=1))


def _places(keys: pl.Series) -> np.ndarray[Any, Any]:
    """Four places per key: its four words, which are a hash already."""
    words = np.frombuffer(b"".join(keys.to_list()), dtype="<u4").reshape(-1, 4)
    return words & _MASK
