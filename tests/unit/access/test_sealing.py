"""封存字段。"""

from __future__ import annotations

import base64
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from chengxin.access import sealing, services
from chengxin.access.caller import Caller
from chengxin.access.models import Read, SealedIndex
from chengxin.access.reads import Reason
from chengxin.access.roles import Role
from chengxin.access.rotation import rotate_part
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import PolicySet
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part
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


REASON = Reason("核对信用修复申请人身份", "泰信修〔2026〕7号")
AT = 1_790_000_000


@pytest.fixture
def reader(db: None, policy_set: PolicySet) -> Caller:
    return caller(Role.CREDIT_OFFICE)


def caller(role: Role, code: str = DEPARTMENT) -> Caller:
    department = services.add_department(code=code, name=f"示例局{code[-3:]}", at=1)
    account = services.add_account(username=f"{role}{code[-3:]}", department=department, role=role, password="quiet-harbour-41", at=1)
    return Caller(department, account, role)


def opened(reader: Caller, content_id: int, field: str = "CF_XDR_ZJHM", reason: Reason = REASON, owner: int | None = None) -> str:
    owner_id = owner if owner is not None else reader.department.pk if reader.department else 0
    return sealing.read_sealed(content_id, field, owner_id=owner_id, caller=reader, reason=reason, at=AT)


@pytest.fixture
def content_id(db: None) -> int:
    (content_id,) = ledger.allocate_content_ids(1)
    box = sealed_text(ID_NUMBER, "CF_XDR_ZJHM")
    reference = sealing.reference_column(pl.Series([box]))[0]
    payload = canonical_bytes({"_event": "records:record:collected", "_subject": "77", "CF_WSH": "1号", "CF_XDR_ZJHM": reference})
    with writing():
        blind = sealing.blind_index(ID_NUMBER)
        SealedIndex.objects.create(blind=blind, key_id="1", content_id=content_id, field="CF_XDR_ZJHM", box=box)
        ledger.append(ledger.prepare("records:record:collected", [payload], [content_id]))
    return content_id


def test_a_read_leaves_its_trace_before_the_answer(reader: Caller, content_id: int) -> None:
    assert opened(reader, content_id) == ID_NUMBER
    trace = Read.objects.get()
    assert (trace.at, trace.account, trace.department, trace.role) == (AT, reader.account, reader.department, "credit_office")
    assert (trace.purpose, trace.matter) == (REASON.purpose, REASON.matter)
    assert (trace.kind, trace.key, trace.subject_id) == ("sealed_field", f"c{content_id}/CF_XDR_ZJHM", 77)
    assert ID_NUMBER not in str(vars(trace))


def test_no_trace_no_answer(reader: Caller, content_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_rows: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Read.objects, "bulk_create", refuse)
    with pytest.raises(OSError, match="disk full"):
        opened(reader, content_id)


def test_a_read_without_purpose_or_matter_is_refused(reader: Caller, content_id: int) -> None:
    for incomplete in (Reason(" ", "某事"), Reason("核对", "")):
        with pytest.raises(Refused, match="用途和事项"):
            opened(reader, content_id, reason=incomplete)
    assert not Read.objects.exists()


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        (Role.CLERK, True, False),
        (Role.REVIEWER, True, False),
        (Role.CREDIT_OFFICE, True, True),
        (Role.AUDITOR, False, False),
        (Role.SYSTEM_ADMIN, False, False),
        (Role.SECURITY_ADMIN, False, False),
        (Role.AUDIT_ADMIN, False, False),
    ],
)
def test_the_policy_says_who_opens_a_sealed_field(role: Role, own: bool, other: bool, content_id: int, policy_set: PolicySet) -> None:
    reader = caller(role)
    for may, owner in ((own, None), (other, 10_000)):
        if may:
            assert opened(reader, content_id, owner=owner) == ID_NUMBER
        else:
            with pytest.raises(Forbidden, match="岗位不能查看封存字段"):
                opened(reader, content_id, owner=owner)
    assert Read.objects.count() == own + other


def test_a_department_system_opens_nothing(content_id: int, policy_set: PolicySet) -> None:
    department = services.add_department(code=DEPARTMENT, name="示例局", at=1)
    with pytest.raises(Forbidden):
        opened(Caller(department), content_id)


def test_a_plain_field_and_an_unknown_content_are_not_answered_but_traced(reader: Caller, content_id: int) -> None:
    for number, field in ((content_id, "CF_WSH"), (content_id + 1, "CF_XDR_ZJHM")):
        with pytest.raises(NotFound):
            opened(reader, number, field)
    assert Read.objects.count() == 2


def test_a_box_that_is_not_the_one_in_the_ledger_is_not_opened(reader: Caller, content_id: int) -> None:
    SealedIndex.objects.update(box=sealed_text("370902199003079999", "CF_XDR_ZJHM"))
    with pytest.raises(Refused, match="与账本不符"):
        opened(reader, content_id)


def test_erasing_the_content_leaves_nothing_to_open_or_to_look_up(reader: Caller, content_id: int) -> None:
    ledger.erase([content_id], because="本人请求〔2026〕1号", at=50)
    row = SealedIndex.objects.get()
    assert (row.box, bytes(row.blind)) == (None, b"")
    with pytest.raises(NotFound):
        opened(reader, content_id)


def test_keys_rotate_while_the_service_runs(reader: Caller, content_id: int) -> None:
    """One process goes on: what was sealed before opens, what is sealed after the rotation is under the new key, nobody restarts."""
    path = Path(settings.CHENGXIN_KEYS)
    old = keyfile.in_use().current(Part.SEALING).id
    made = rotate_part(path, Part.SEALING, AT)
    assert keyfile.in_use().current(Part.SEALING).id == made.key_id != old
    assert opened(reader, content_id) == ID_NUMBER
    after = sealed_text(ID_NUMBER, "CF_XDR_ZJHM")
    assert after.split(":")[1] == made.key_id
    assert sealing.unseal(after, "CF_XDR_ZJHM") == ID_NUMBER
    assert sealing.blind_index(ID_NUMBER) == bytes(SealedIndex.objects.get().blind)  # the same person is found again
