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
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from chengxin.access.models import SealedIndex, SealedRead
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

if TYPE_CHECKING:
    from chengxin.access.models import Account

__all__ = ["Reader", "blind_index", "is_sealed", "read_sealed", "reference_column", "seal_column", "unseal"]

PREFIX: Final = "sealed:"
BOX_PREFIX: Final = "box:"
NONCE_BYTES: Final = 12


@dataclass(frozen=True)
class Reader:
    """查看人：who reads a sealed value, for what purpose, in which matter. Both words are required."""

    account: Account
    purpose: str
    matter: str


def seal_column(values: pl.Series, field: str) -> tuple[pl.Series, pl.Series]:
    """封存一列：the boxes (String) and their blind indexes (Binary, 32 bytes); null stays null in both."""
    key = keyfile.in_use().current(Part.SEALING)
    cipher, bound_to, head = AESGCM(key.secret), field.encode(), f"{BOX_PREFIX}{key.id}:"
    blind_key = keyfile.in_use().current(Part.BLIND_INDEX).secret
    sealed: list[str | None] = []
    blind: list[bytes | None] = []
    for value in values:
        if value is None:
            sealed.append(None)
            blind.append(None)
            continue
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = nonce + cipher.encrypt(nonce, value.encode(), bound_to)
        sealed.append(head + base64.urlsafe_b64encode(box).decode())
        blind.append(_blind(value, blind_key))
    return pl.Series(values.name, sealed, dtype=pl.String), pl.Series(f"{values.name}_blind", blind, dtype=pl.Binary)


def reference_column(boxes: pl.Series) -> pl.Series:
    """What stands in the ledger for each box: ``sealed:`` and the SHA-256 of the box in hexadecimal; null stays null.

    A box holds a random nonce, so nobody can try numbers against its hash.
    """
    return pl.Series(boxes.name, [None if box is None else _reference(box) for box in boxes], dtype=pl.String)


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


def read_sealed(content_id: int, field: str, reader: Reader, at: Instant) -> str:
    """查看封存字段。The trace is committed before the value is opened: no row, no answer.

    Raises :class:`Refused` without a purpose or matter, :class:`NotFound` when the content is erased, absent or has no such field.
    """
    if not reader.purpose.strip() or not reader.matter.strip():
        raise Refused("purpose-required", "查看封存字段必须写明用途和事项。", "请填写用途和事项（文号或案号）后再查看。")
    with transaction.atomic(durable=True):
        SealedRead.objects.create(
            at=at,
            account=reader.account,
            department_id=reader.account.department_id,
            purpose=reader.purpose.strip(),
            matter=reader.matter.strip(),
            content_id=content_id,
            field=field,
        )
    text = read_contents([content_id]).get(content_id, {}).get(field)
    if text is None or not is_sealed(text):
        raise NotFound("sealed-not-found", "没有这个封存字段，或者内容已依法删除。", "请核对记录编号和字段。")
    box = SealedIndex.objects.filter(content_id=content_id, field=field).values_list("box", flat=True).first()
    if not box:
        raise NotFound("sealed-not-found", "没有这个封存字段，或者内容已依法删除。", "请核对记录编号和字段。")
    if _reference(box) != text:
        raise Refused("sealed-altered", f"封存字段 {field} 的密文与账本不符，可能被改动。", "请运行 chengxin ledger fsck 查明。")
    return unseal(box, field)


def _reference(box: str) -> str:
    return PREFIX + sha256(box.encode()).hexdigest()


def _blind(value: str, key: bytes) -> bytes:
    standard = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.digest(key, standard.encode(), sha256)
