"""封存字段进账本的样子：a public penalty with the representative's number can be shown and verified whole; remarks keep it back."""

from __future__ import annotations

import pytest

from chengxin.access.models import SealedIndex
from chengxin.access.sealing import is_sealed, unseal
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.publicity import PublicRecordContents
from chengxin.ledger.services import read_contents
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import penalty, person_number, person_penalty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy_set")]

SERIOUS = {"CF_CFLB": "责令停产停业", "CF_NR": "责令停产停业", "CF_NR_FK": ""}
REPRESENTATIVE = {"CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": person_number(21)}


def recorded(*rows: dict[str, str]) -> list[Record]:
    submission = hand_in(market_regulation(), list(rows))
    assert submission.accepted == len(rows)
    return list(Record.objects.order_by("id"))


def test_the_entry_holds_a_hash_and_the_box_opens_to_the_number() -> None:
    (record,) = recorded(penalty(1, market_regulation().code, **SERIOUS, **REPRESENTATIVE))
    told = read_contents([record.content_id])[record.content_id]["CF_FR_ZJHM"]
    row = SealedIndex.objects.get(content_id=record.content_id, field="CF_FR_ZJHM")
    assert is_sealed(told)
    assert row.box not in told
    assert unseal(row.box, "CF_FR_ZJHM") == REPRESENTATIVE["CF_FR_ZJHM"]


def test_a_content_with_a_sealed_number_may_be_shown_and_one_with_remarks_or_of_a_person_not() -> None:
    office = market_regulation().code
    records = recorded(
        penalty(1, office, **SERIOUS, **REPRESENTATIVE),
        penalty(2, office, **SERIOUS, **REPRESENTATIVE, BZ="内部备注"),
        person_penalty(3, office, **SERIOUS),
    )
    public = [record for record in records if record.public_until]
    shown = [PublicRecordContents().may_show(record.content_id, record.public_from) for record in public]
    assert shown == [True, False, False]
