"""封存：a known citizen's number that was handed in is found in no file, no table and no log line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from chengxin.access import vault
from chengxin.access.models import SealedIndex
from chengxin.access.sealing import blind_index
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import penalty, person_number, person_penalty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy_set")]


def everything_on_disk() -> bytes:
    """Every file of the home: SQLite, its write-ahead log, the vault, drafts."""
    return b"\n".join(path.read_bytes() for path in sorted(Path(settings.CHENGXIN_HOME).rglob("*")) if path.is_file())


def everything_in_tables() -> str:
    """Every row of every table, as text; bytes by their Latin letters."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == "subjects_name_index":  # SQLite's index of bigrams: it can be asked, not read; the file was read above
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for row in cursor.fetchall() for v in row]
    return "\n".join(rows)


def test_a_known_number_is_nowhere_in_clear(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    number = person_number(7)
    office = market_regulation()
    rows = [person_penalty(7, office.code), person_penalty(8, office.code, CF_WSH="") | {"CF_XDR_ZJHM": number}, penalty(9, office.code)]
    submission = hand_in(office, rows)
    assert (submission.accepted, submission.rejected) == (2, 1)
    assert SealedIndex.objects.filter(blind=blind_index(number)).exists()  # it did arrive, and can be found
    with vault.open_file(submission.file_sha256) as file:
        assert number.encode() in file.read()
    for form in (number, number.lower(), number[:-1]):
        assert form.encode() not in everything_on_disk()
        assert form not in everything_in_tables()
    captured = capfd.readouterr()
    assert number[:-1] not in caplog.text + captured.out + captured.err
