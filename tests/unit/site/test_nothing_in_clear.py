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
from tests.harness.penalties import as_csv, code_of, penalty, person_number, person_penalty

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


NUMBERS = [person_number(serial, "19850315") for serial in range(200, 220)]
#: Where a number of a person can stand in a row that is taken, and how it is written there.
WRITTEN: list[dict[str, str]] = [
    {"CF_XDR_LB": "个体工商户", "CF_XDR_SWDJ": NUMBERS[0]},
    {"CF_XDR_GSZC": NUMBERS[1]},
    {"CF_XDR_SHZZ": NUMBERS[2]},
    {"CF_XDR_SYDW": f"L{NUMBERS[3]}01"},
    {"CF_WSH": f"泰罚{NUMBERS[4]}"},
    {"CF_CFLB": f"罚款;其他-{NUMBERS[5]}"},
    {"CF_SY": f"No{NUMBERS[6]}"},
    {"CF_SY": f"_{NUMBERS[7]}_"},
    {"CF_NR": f"罚款{NUMBERS[8]}", "BZ": f"甲{NUMBERS[8]}"},
    {"CF_XDR_MC": f"丁某某{NUMBERS[9]}"},
    {"CF_SJLY": f"{NUMBERS[10]}"},
    {"CF_FRDB": f"戊某某{NUMBERS[11]}"},
]
#: The same in rows that go back.
WRONG: list[dict[str, str]] = [
    {"CF_XDR_SHXYM": NUMBERS[12]},
    {"CF_XDR_ZZJG": NUMBERS[13]},
    {"CF_FR_ZJLX": NUMBERS[14]},
    {"CF_JDRQ": NUMBERS[15]},
    {"CF_NR_FK": NUMBERS[16]},
    {"CF_WSH": "文" * 190 + NUMBERS[17]},
]


def test_a_number_that_no_field_expects_is_nowhere_in_clear() -> None:
    office = market_regulation()
    rows = [penalty(n, office.code, **changes) for n, changes in enumerate([*WRITTEN, *WRONG])]
    submission = hand_in(office, rows, file_name=f"{NUMBERS[18]}.csv")
    assert (submission.accepted, submission.rejected) == (len(WRITTEN), len(WRONG))
    refused = hand_in(office, as_csv([{NUMBERS[19]: "1", code_of(1): "2"}]), key="no header", file_name="无表头.csv")
    assert refused.refusal is not None
    disk, tables = everything_on_disk(), everything_in_tables()
    for number in NUMBERS:
        assert number[:-1].encode() not in disk, number
        assert number[:-1] not in tables, number


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
