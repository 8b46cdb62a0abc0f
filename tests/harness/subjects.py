"""Invented subjects for tests: codes with valid check digits, a small catalogue item, rows as collection hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from chengxin.foundation.subjects import opening, resolution
from chengxin.kernel.canonical import canonical_column
from chengxin.kernel.codes import credit_code, organization_code
from chengxin.ledger import services as ledger
from chengxin.policy.types import CatalogueItem, DisclosureLevel, Polarity
from chengxin.storage.transactions import writing

#: 2026-05-06 10:00 in Asia/Shanghai.
AT = 1_778_032_800

ROLES: Mapping[str, str] = {
    "subject_name": "MC",
    "subject_kind": "LB",
    "subject_code": "SHXYM",
    "registration_number": "GSZC",
    "organization_code": "ZZJG",
    "tax_number": "SWDJ",
    "legal_representative": "FRDB",
    "division": "XZQH",
    "industry": "HY",
    "operating_state": "JYZT",
}

ITEM = CatalogueItem(
    id="invented_item",
    number=99,
    title="测试事项",
    group="registry",
    polarity=Polarity.NEUTRAL,
    owner_kinds=(),
    subjects=("legal_person", "unincorporated_organization", "individual_business", "natural_person"),
    basis=(),
    source_class="public",
    fields=(),
    roles=ROLES,
    business_key=("subject",),
    deadline="",
    level=DisclosureLevel.PUBLIC,
    natural_person="mask",
    terms={},
)


def invented_code(number: int, authority: str = "91", division: str = "370902") -> str:
    """统一社会信用代码 of an invented subject: valid in both check characters."""
    body = f"{number:08d}"
    without_check = f"{authority}{division}{body}{organization_code.check_character(body)}"
    return without_check + credit_code.check_character(without_check)


def rows(*given: Mapping[str, Any]) -> pl.DataFrame:
    """A chunk in the fields of :data:`ITEM`; what a row does not give is empty."""
    columns = [*ROLES.values()]
    frame = pl.DataFrame([{column: row.get(column, "") for column in columns} for row in given], schema=dict.fromkeys(columns, pl.String))
    people = pl.Series(resolution.PERSON, [row.get(resolution.PERSON) for row in given], dtype=pl.Binary)
    return frame.with_columns(people)


def open_rows(*given: Mapping[str, Any], at: int = AT, submission_id: int = 1) -> pl.DataFrame:
    """Resolve a chunk, open what it opens, with one entry a row as collection writes it; the resolved chunk with ``content_id``."""
    with writing():
        resolved = resolution.resolve_chunk(rows(*given), ITEM, at)
        fields = resolved.select(pl.col(pl.String).exclude("resolution"))
        said = fields.hstack(opening.opening_payload(resolved, ITEM)).with_columns(
            pl.lit(ITEM.id).alias("_item"),
            pl.lit("records:record:collected").alias("_event"),
            pl.lit(str(at)).alias("_received_at"),
            pl.lit(str(submission_id)).alias("_submission"),
            resolved["subject_id"].cast(pl.String).alias("_subject"),
        )
        content_ids = ledger.allocate_content_ids(resolved.height)
        resolved = resolved.with_columns(pl.Series("content_id", content_ids, dtype=pl.Int64))
        opening.open_subjects(resolved, ITEM, at)
        ledger.append(ledger.prepare("records:record:collected", canonical_column(said, said.columns), content_ids))
    return resolved


def open_subject(number: int, name: str, at: int = AT) -> int:
    """One invented company; its id."""
    return int(open_rows({"MC": name, "SHXYM": invented_code(number)}, at=at)["subject_id"][0])
