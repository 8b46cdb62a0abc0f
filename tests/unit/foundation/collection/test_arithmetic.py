"""accepted + updated + rejected + quarantined = rows, whatever is handed in, in whatever order, however often."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import counts_of
from chengxin.foundation.collection.types import Counts
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.kernel.codes.credit_code import PLACEHOLDER
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import code_of, penalty

#: What may be said about one of a few documents.
ROWS = st.tuples(
    st.integers(0, 3),
    st.sampled_from(
        [
            {},
            {"CF_WFXW": "改正后的类型"},
            {"CF_NR_FK": ""},
            {"CF_XDR_SHXYM": code_of(1), "CF_XDR_MC": "泰安白石矿业有限公司"},
            {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": PLACEHOLDER},
        ]
    ),
)


@pytest.mark.usefixtures("policy_set")
@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ROWS, min_size=1, max_size=8), min_size=1, max_size=3))
def test_every_row_has_exactly_one_outcome(files: list[list[tuple[int, dict[str, str]]]]) -> None:
    with transaction.atomic():
        office = market_regulation()
        for number, rows in enumerate(files):
            submission = hand_in(office, [penalty(n, office.code, **changes) for n, changes in rows], key=str(number))
            counts = counts_of(submission)
            assert counts.add_up
            assert counts.rows == len(rows)
        written = Record.objects.count() + RecordVersion.objects.count()
        totals = sum((counts_of(submission) for submission in Submission.objects.all()), Counts())
        assert written == totals.accepted + totals.updated - totals.unchanged
        assert totals.accepted == Record.objects.count()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("policy_set")
@pytest.mark.django_db
def test_the_database_refuses_counts_that_do_not_add_up() -> None:
    office = market_regulation()
    submission = hand_in(office, [penalty(1, office.code)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(accepted=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(unchanged=1)
