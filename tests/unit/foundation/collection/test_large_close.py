"""Closing a submission with tens of thousands of changed rows: no statement grows with them, and the ledger's head is locked last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.foundation.collection.closing import finish_submission
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Hold, Record, RecordVersion, StandingHistory
from chengxin.storage.bulk import insert_rows
from chengxin.storage.transactions import writing
from tests.harness import recording
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")
MANY = 41_000
#: Vanilla builds of SQLite take 32,766 variables.
FEW_VARIABLES = 6_000
LATER = HANDED_IN + 600


def columns_of(model: type[Record] | type[RecordVersion]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname != "id" or model is Record]


def many_pending(held: int) -> Submission:
    """A submission that has read :data:`MANY` changed rows: copies of one real record, and a pending version of each. Something was done
    about the first ``held`` of them."""
    pattern = recording.record(at=HANDED_IN)
    into = recording.submission("administrative_penalty", LATER)
    row = Record.objects.filter(pk=pattern.pk).values(*columns_of(Record)).get()
    first = pattern.pk + 1
    records = pl.DataFrame([row]).select(pl.all().repeat_by(MANY).explode()).with_columns(
        id=pl.int_range(first, first + MANY),
        business_key=pl.Series([number.to_bytes(16, "big") for number in range(MANY)]),
    )  # fmt: skip
    versions = records.with_columns(record_id="id", version=pl.lit(2), submission_id=pl.lit(into.pk), fingerprint=pl.lit(bytes([1]) * 16))
    with writing():
        insert_rows("records_record", columns_of(Record), records.select(columns_of(Record)))
        insert_rows("records_recordversion", columns_of(RecordVersion), versions.select(columns_of(RecordVersion)))
        told = {"surfaces": "public", "because": "异议", "placed_by": "乙", "from_at": HANDED_IN, "until_at": LATER * 2, "content_id": 0}
        Hold.objects.bulk_create(Hold(record_id=first + number, **told) for number in range(held))
    Submission.objects.filter(pk=into.pk).update(rows=MANY, resume_point=MANY, updated=MANY)
    return Submission.objects.get(pk=into.pk)


def test_no_statement_grows_with_the_rows() -> None:
    into = many_pending(held=40_500)
    longest = 0

    def counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal longest
        if not many:
            longest = max(longest, len(params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        assert finish_submission(into.pk, at=LATER).state == "closed"
    assert longest <= FEW_VARIABLES
    assert Record.objects.filter(submission_id=into.pk, version=2).count() == MANY
    assert RecordVersion.objects.filter(version=1).count() == MANY
    assert StandingHistory.objects.filter(surface="public", known_until=LATER).count() >= MANY
    assert Record.objects.filter(submission_id=into.pk, public_until=0).count() == 40_500


def test_the_head_of_the_ledger_is_locked_last() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code), penalty(2, office.code)])
    changed = hand_in(office, [penalty(1, office.code, CF_NR="罚款叁万元"), penalty(3, office.code)], key="2", at=LATER)
    Submission.objects.filter(pk=changed.pk).update(state="reading", content_id=None, closed_at=None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        finish_submission(changed.pk, at=LATER)
    told = [each["sql"] for each in asked.captured_queries]
    head = next(place for place, sql in enumerate(told) if "FROM ledger_head" in sql)
    before, behind = told[:head], told[head:]
    assert any("disclosure_timelinesscount" in sql for sql in before)
    written = [sql for sql in behind if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written
    assert all("ledger_" in sql for sql in written), written
