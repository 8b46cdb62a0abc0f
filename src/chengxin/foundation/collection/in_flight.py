"""在途的一批：what a batch will have stored when its transaction commits, for the one that is settled meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from chengxin.foundation.subjects.resolution import PERSON
from chengxin.foundation.subjects.types import Resolution


class MustWait(Exception):
    """The next batch speaks of something that is just being written: it can only be settled afterwards."""


@dataclass(frozen=True)
class InFlight:
    """``opened``: ``code``, ``name`` and ``subject_id`` of the subjects that the batch opens; ``persons``: those without a code;
    ``keys`` and ``authorities`` of its records; whether it has quarantined rows."""

    opened: pl.DataFrame
    persons: pl.Series
    keys: pl.Series
    authorities: pl.Series
    quarantines: bool

    @classmethod
    def of(cls, recorded: pl.DataFrame, quarantined: pl.DataFrame, code: str, name: str) -> InFlight:
        """From the rows to be written; ``code`` and ``name`` are the fields of the subject ("" where the item has none)."""
        opening = recorded.filter(pl.col("resolution") == Resolution.OPENED.value).unique("subject_id", keep="first", maintain_order=True)
        told = opening.select(
            (pl.col(code) if code else pl.lit(None, dtype=pl.String)).alias("code"),
            (pl.col(name) if name else pl.lit(None, dtype=pl.String)).alias("name"),
            "subject_id",
        )
        persons = opening[PERSON].drop_nulls() if PERSON in opening.columns else pl.Series(dtype=pl.Binary)
        return cls(
            told.filter(pl.col("code").is_not_null()), persons, recorded["key"], recorded["_authority_id"].unique(), quarantined.height > 0
        )

    def split(self, rows: pl.DataFrame, code: str, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """``rows`` about subjects that are being opened (with ``subject_id``), and the others, which the database is asked about.
        MustWait for a row whose subject is being opened under another name, or is a person."""
        if rows[PERSON].is_in(self.persons.implode()).any():
            raise MustWait
        if not code or not self.opened.height or not rows[code].is_in(self.opened["code"].implode()).any():
            return rows.clear().with_columns(subject_id=pl.lit(None, dtype=pl.Int64)), rows
        opened = self.opened.rename({"code": code, "name": "_opened_name"})
        joined = rows.join(opened, on=code, how="inner", maintain_order="left")
        if not (joined[name].fill_null("") == joined["_opened_name"].fill_null("")).all():
            raise MustWait
        return joined.drop("_opened_name"), rows.join(opened, on=code, how="anti", maintain_order="left")

    def must_not_touch(self, rows: pl.DataFrame) -> None:
        """MustWait if a record with one of the keys of ``rows`` is just being written, or acts of other authorities are: one of them may be
        the same document."""
        if rows["key"].is_in(self.keys.implode()).any() or pl.concat([rows["_authority_id"], self.authorities]).n_unique() > 1:
            raise MustWait
