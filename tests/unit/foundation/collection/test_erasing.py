"""An erased row is readable nowhere: its raw file loses its key, tables lose what they repeat; fsck is right afterwards."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.foundation.collection.models import RejectedRow, RowRemark
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.search import find_subjects
from chengxin.kernel.refused import NotFound
from chengxin.ledger.services import erase, fsck, sign_checkpoint
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")

NAME, NUMBER = "泰安市绝无仅有食品有限公司", "泰市监罚〔2026〕第98765432109号"
LATER = HANDED_IN + 600


def tables_that_hold(*texts: str) -> set[str]:
    """Every table of the database in which one of the texts stands."""
    found = set()
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names()) - {"subjects_name_index"}:  # without content of its own
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                said = " ".join(
                    bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row
                )
                if any(text in said or json.dumps(text)[1:-1] in said for text in texts):
                    found.add(table)
    return found


def test_an_erased_row_is_readable_nowhere_and_its_raw_file_is_gone() -> None:
    office = market_regulation()
    mine = penalty(1, office.code, CF_XDR_MC=NAME, CF_WSH=NUMBER)
    sent_back = hand_in(office, [{**mine, "CF_NR_FK": ""}])
    assert sent_back.rejected == 1
    taken = hand_in(office, [mine, penalty(2, office.code)])
    record = Record.objects.get(document_number=NUMBER)
    other = Record.objects.exclude(pk=record.pk).get()
    other_subject = Subject.objects.get(pk=other.subject_id)
    code = Subject.objects.get(pk=record.subject_id).code
    assert "subjects_subject" in tables_that_hold(NAME)
    assert erase([record.content_id], "泰安市中级人民法院（2026）鲁09行终1号", LATER) == 1

    assert VaultFile.objects.get(pk=taken.file_sha256).destroyed_at == LATER
    with pytest.raises(NotFound):
        vault.open_file(taken.file_sha256)
    assert tables_that_hold(NAME, NUMBER) == set()
    assert not Subject.objects.filter(code=code).exists()
    assert [found.pk for found in Subject.objects.filter(pk=record.subject_id)] == [record.subject_id]
    assert find_subjects(NAME, 10, LATER) == []
    assert list(RejectedRow.objects.values_list("document_number", "decided_on")) == [("", None)]
    assert set(RowRemark.objects.filter(submission=taken, row=2).values_list("value", flat=True)) <= {""}

    other.refresh_from_db()
    assert Subject.objects.get(pk=other.subject_id).name == other_subject.name
    assert other.document_number
    sign_checkpoint(LATER)
    report = fsck(at=LATER)
    assert (report.sound, report.erased) == (True, 1), report.first_bad


def test_a_name_that_another_record_needs_stays() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code), {**penalty(1, office.code), "CF_WSH": NUMBER}])
    first, second = Record.objects.order_by("id")
    assert first.subject_id == second.subject_id
    name = Subject.objects.get(pk=first.subject_id).name
    erase([first.content_id], "裁定", LATER)
    assert Subject.objects.get(pk=first.subject_id).name == name
    assert fsck().sound
    erase([second.content_id], "裁定", LATER)
    assert Subject.objects.get(pk=first.subject_id).name == ""
    assert fsck().sound


def test_a_file_handed_in_again_after_the_erasure_is_taken_anew() -> None:
    office = market_regulation()
    rows = [penalty(1, office.code, CF_XDR_MC=NAME)]
    hand_in(office, rows)
    erase([Record.objects.get().content_id], "裁定", LATER)
    again = hand_in(office, rows, key="again", at=LATER + 60)
    assert again.rows == again.accepted + again.updated
    assert VaultFile.objects.get(pk=again.file_sha256).destroyed_at is None
    assert fsck().sound
