"""封存字段。Sealed before they reach a table, the ledger, a log or a task; every reading leaves a trace first.

A box is the text ``box:<key id>:<base64url of nonce and AES-256-GCM ciphertext>``, bound to the name of its field, so it cannot be
moved to another. Boxes lie beside their blind indexes; the ledger holds only ``sealed:<SHA-256 of the box>``, which tells nobody
anything, so that a content with a sealed field can be shown and verified by anyone (ADR 0013). The blind index is HMAC-SHA256 of
the value in its standard form: equal values are found, none is opened. Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import unicodedata
from hashlib import sha256
from typing import Final

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chengxin.access.caller import Caller
from chengxin.access.field_roles import allowed
from chengxin.access.models import SealedIndex
from chengxin.access.reads import Reason, Seen, reason_of, record_read
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

__all__ = ["blind_index", "is_sealed", "may_open", "read_sealed", "reference_column", "seal_column", "unseal"]

#: The policy that says which roles open which field.
OPENING: Final = "sealed_field_roles"
PREFIX: Final = "sealed:"
BOX_PREFIX: Final = "box:"
NONCE_BYTES: Final = 12


def seal_column(values: pl.Series, field: str) -> tuple[pl.Series, pl.Series]:
    """封存一列：the boxes (String) and their blind indexes (Binary, 32 bytes); null stays null in both."""
    key = keyfile.in_use().current(Part.SEALING)
    cipher, bound_to, head = AESGCM(key.secret), field.encode(), f"{BOX_PREFIX}{key.id}:"
    blind_key = keyfile.in_use().current(Part.BLIND_INDEX).secret
    given = values.is_not_null().arg_true()
    sealed: list[str] = []
    blind: list[bytes] = []
    for value in values.gather(given).to_list():
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = nonce + cipher.encrypt(nonce, value.encode(), bound_to)
        sealed.append(head + base64.urlsafe_b64encode(box).decode())
        blind.append(_blind(value, blind_key))
    boxes = _placed(pl.Series(values.name, sealed, dtype=pl.String), given, values.len())
    return boxes, _placed(pl.Series(f"{values.name}_blind", blind, dtype=pl.Binary), given, values.len())


def reference_column(boxes: pl.Series) -> pl.Series:
    """What stands in the ledger for each box: ``sealed:`` and the SHA-256 of the box in hexadecimal; null stays null.

    A box holds a random nonce, so nobody can try numbers against its hash.
    """
    given = boxes.is_not_null().arg_true()
    references = [_reference(box) for box in boxes.gather(given).to_list()]
    return _placed(pl.Series(boxes.name, references, dtype=pl.String), given, boxes.len())


def blind_index(value: str) -> bytes:
    """盲索引 of one value: 32 bytes, the same for every spelling of the same number."""
    return _blind(value, keyfile.in_use().current(Part.BLIND_INDEX).secret)


def is_sealed(text: str) -> bool:
    """Whether ``text`` stands in an entry for a sealed value."""
    return text.startswith(PREFIX)


def unseal(text: str, field: str) -> str:
    """启封 a box. For the platform's own computing; a person reads by :func:`read_sealed`.

    :class:`Refused` when the key is missing or the box was altered or belongs to another field.
    """
    _, key_id, box = text.split(":", 2)
    raw = base64.urlsafe_b64decode(box)
    key = keyfile.in_use().version(Part.SEALING, key_id)
    try:
        return AESGCM(key.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], field.encode()).decode()
    except InvalidTag:
        raise Refused(
            "sealed-altered", f"封存字段 {field} 的密文与密钥或字段不符，可能被改动。", "请运行 chengxin ledger fsck 查明。"
        ) from None


def may_open(caller: Caller, field: str, owner_id: int, at: Instant) -> bool:
    """可否查看封存字段 ``field`` of a record that ``owner_id``'s department decided: the policy says which roles, of which records."""
    table = active.policy_set().value_at(OPENING, date_of(at)).value
    return allowed(table.get(field, table["其他"]), caller, owner_id)


def read_sealed(content_id: int, field: str, *, owner_id: int, caller: Caller, reason: Reason, at: Instant, called: str = "") -> str:
    """查看封存字段。The trace is committed before the value is opened: no row, no answer. ``called``: the field in words, for the subject.

    :class:`Forbidden` for a role that the policy does not name, :class:`Refused` without a purpose or matter, :class:`NotFound` when the
    content is erased, absent or has no such field.
    """
    if not may_open(caller, field, owner_id, at):
        raise Forbidden("sealed-not-yours", f"您的岗位不能查看封存字段 {field}。", "需要核对的，请作出决定的部门办理。")
    given = reason_of(reason.purpose, reason.matter, what="封存字段")
    content = read_contents([content_id]).get(content_id, {})
    about = tuple(int(each) for each in [content.get("_subject", "")] if each.isdigit())
    record_read(caller, given, Seen("sealed_field", f"c{content_id}/{field}", about, called or f"字段 {field}", owner_id), at)
    text = content.get(field)
    if text is None or not is_sealed(text):
        raise NotFound("sealed-not-found", "没有这个封存字段，或者内容已依法删除。", "请核对记录编号和字段。")
    box = SealedIndex.objects.filter(content_id=content_id, field=field).values_list("box", flat=True).first()
    if not box:
        raise NotFound("sealed-not-found", "没有这个封存字段，或者内容已依法删除。", "请核对记录编号和字段。")
    if _reference(box) != text:
        raise Refused("sealed-altered", f"封存字段 {field} 的密文与账本不符，可能被改动。", "请运行 chengxin ledger fsck 查明。")
    return unseal(box, field)


def _placed(made: pl.Series, given: pl.Series, height: int) -> pl.Series:
    """``made`` at the places ``given`` of a column of ``height`` that is null elsewhere: most rows have nothing to seal."""
    column = pl.Series(made.name, [None], dtype=made.dtype).new_from_index(0, height)
    return column.scatter(given, made) if made.len() else column


def _reference(box: str) -> str:
    return PREFIX + sha256(box.encode()).hexdigest()


def _blind(value: str, key: bytes) -> bytes:
    standard = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.digest(key, standard.encode(), sha256)
