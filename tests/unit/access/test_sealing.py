"""封存字段。"""

from __future__ import annotations

import base64

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.access import sealing, services
from chengxin.access.models import SealedIndex, SealedRead
from chengxin.access.roles import Role
from chengxin.access.sealing import Reader
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import writing

ID_NUMBER = "370902199003071239"
DEPARTMENT = "11370900000000182F"


def sealed_text(value: str, field: str) -> str:
    return str(sealing.seal_column(pl.Series([value]), field)[0][0])


@given(st.lists(st.none() | st.text(min_size=1, max_size=30), max_size=8))
def test_what_is_sealed_opens_to_the_same(values: list[str | None]) -> None:
    sealed, blind = sealing.seal_column(pl.Series("CF_XDR_ZJHM", values, dtype=pl.String), "CF_XDR_ZJHM")
    assert [None if text is None else sealing.unseal(text, "CF_XDR_ZJHM") for text in sealed] == values
    assert [index is None for index in blind] == [value is None for value in values]
    assert (sealed.dtype, blind.dtype) == (pl.String, pl.Binary)


def test_two_sealings_differ_and_their_blind_indexes_agree() -> None:
    sealed, blind = sealing.seal_column(pl.Series([ID_NUMBER, ID_NUMBER]), "F")
    assert sealed[0] != sealed[1]
    assert blind[0] == blind[1] == sealing.blind_index(ID_NUMBER)
    assert ID_NUMBER not in sealed[0]


def test_every_spelling_of_a_number_has_one_blind_index() -> None:
    assert sealing.blind_index("３７０９０２19900307123x ") == sealing.blind_index("37090219900307123X")


def test_a_sealed_value_cannot_be_moved_to_another_field_nor_altered() -> None:
    text = sealed_text(ID_NUMBER, "CF_XDR_ZJHM")
    with pytest.raises(Refused, match="封存字段"):
        sealing.unseal(text, "XK_XDR_ZJHM")
    head, _, box = text.rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(box))
    raw[-1] ^= 1
    with pytest.raises(Refused, match="改动"):
        sealing.unseal(f"{head}:{base64.urlsafe_b64encode(bytes(raw)).decode()}", "CF_XDR_ZJHM")


@pytest.fixture
def reader(db: None) -> Reader:
    department = services.add_department(code=DEPARTMENT, name="示例市场监督管理局", at=1)
    account = services.add_account(username="wang", department=department, role=Role.CREDIT_OFFICE, password="quiet-harbour-41", at=1)
    return Reader(account, purpose="核对信用修复申请人身份", matter="泰信修〔2026〕7号")


@pytest.fixture
def content_id(db: None) -> int:
    (content_id,) = ledger.allocate_content_ids(1)
    box = sealed_text(ID_NUMBER, "CF_XDR_ZJHM")
    reference = sealing.reference_column(pl.Series([box]))[0]
    payload = canonical_bytes({"_event": "records:record:collected", "CF_WSH": "1号", "CF_XDR_ZJHM": reference})
    with writing():
        blind = sealing.blind_index(ID_NUMBER)
        SealedIndex.objects.create(blind=blind, key_id="1", content_id=content_id, field="CF_XDR_ZJHM", box=box)
        ledger.append(ledger.prepare("records:record:collected", [payload], [content_id]))
    return content_id


def test_a_read_leaves_its_trace_before_the_answer(reader: Reader, content_id: int) -> None:
    assert sealing.read_sealed(content_id, "CF_XDR_ZJHM", reader, at=99) == ID_NUMBER
    trace = SealedRead.objects.get()
    assert (trace.at, trace.account, trace.department.code) == (99, reader.account, DEPARTMENT)
    assert (trace.purpose, trace.matter, trace.content_id, trace.field) == (reader.purpose, reader.matter, content_id, "CF_XDR_ZJHM")


def test_no_trace_no_answer(reader: Reader, content_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_columns: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(SealedRead.objects, "create", refuse)
    with pytest.raises(OSError, match="disk full"):
        sealing.read_sealed(content_id, "CF_XDR_ZJHM", reader, at=99)


def test_a_read_without_purpose_or_matter_is_refused(reader: Reader, content_id: int) -> None:
    for incomplete in (Reader(reader.account, " ", "某事"), Reader(reader.account, "核对", "")):
        with pytest.raises(Refused, match="用途和事项"):
            sealing.read_sealed(content_id, "CF_XDR_ZJHM", incomplete, at=99)
    assert not SealedRead.objects.exists()


def test_a_plain_field_and_an_unknown_content_are_not_answered_but_traced(reader: Reader, content_id: int) -> None:
    for asked in ((content_id, "CF_WSH"), (content_id + 1, "CF_XDR_ZJHM")):
        with pytest.raises(NotFound):
            sealing.read_sealed(*asked, reader, at=99)
    assert SealedRead.objects.count() == 2


def test_a_box_that_is_not_the_one_in_the_ledger_is_not_opened(reader: Reader, content_id: int) -> None:
    SealedIndex.objects.update(box=sealed_text("370902199003079999", "CF_XDR_ZJHM"))
    with pytest.raises(Refused, match="与账本不符"):
        sealing.read_sealed(content_id, "CF_XDR_ZJHM", reader, at=99)


def test_erasing_the_content_leaves_nothing_to_open_or_to_look_up(reader: Reader, content_id: int) -> None:
    ledger.erase([content_id], because="本人请求〔2026〕1号", at=50)
    row = SealedIndex.objects.get()
    assert (row.box, bytes(row.blind)) == (None, b"")
    with pytest.raises(NotFound):
        sealing.read_sealed(content_id, "CF_XDR_ZJHM", reader, at=99)
