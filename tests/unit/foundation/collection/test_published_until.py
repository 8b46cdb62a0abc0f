"""A stated end of publication that is not the computed one is told, and the row is taken."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.collection.explaining import rule_reader
from chengxin.foundation.collection.models import RowRemark
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import date_of
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")
SERIOUS = {"CF_CFLB": "责令停产停业", "CF_NR": "责令停产停业", "CF_NR_FK": ""}  # a class that is published


def test_an_end_that_is_not_the_computed_one_is_told_and_the_row_taken() -> None:
    office = market_regulation()
    hand_in(office, [penalty(9, office.code, **SERIOUS)])
    computed = date_of(Record.objects.get().public_until - 1)
    assert computed > date(2026, 11, 16)
    stated = ["", "2020-01-01", computed.isoformat(), computed.replace(year=computed.year + 1).isoformat()]
    rows = [penalty(number, office.code, **SERIOUS, CF_GSJZQ=text) for number, text in enumerate(stated)]
    minor = penalty(5, office.code, CF_GSJZQ="2030-01-01")  # never shown: there is no day to compare with
    submission = hand_in(office, [*rows, {**rows[0], "CF_WSH": "泰市监处罚〔2026〕77号", "CF_NR": "", "CF_GSJZQ": "2020-01-01"}, minor])

    assert (submission.accepted, submission.rejected) == (5, 1)
    told = RowRemark.objects.filter(submission=submission, field="CF_GSJZQ").order_by("row")
    assert list(told.values_list("row", "level", "rule", "value")) == [
        (3, "warning", "V06.published_until", "2020-01-01"),
        (5, "warning", "V06.published_until", stated[3]),
    ]
    assert {each.detail for each in told} == {f"算出的公示截止期是 {computed}。"}
    assert "以本平台算出的日期为准" in rule_reader(submission)("V06.published_until").sentence
