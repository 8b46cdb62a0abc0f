"""账本的签名密钥。The log's name and its Ed25519 key, from the key file (part ``log_signing``)."""

from __future__ import annotations

from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.note import Signer, Verifier
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part


def name_from_settings(log: Log = MAIN) -> str:
    """日志名称：``CHENGXIN_ORIGIN`` without its scheme, ``/log``, and the log's path: where it is served is what it is called.

    It is settled by the first checkpoint (:func:`chengxin.ledger.checkpoints.log_name`); moving the site does not rename the log.
    """
    parts = urlsplit(settings.CHENGXIN_ORIGIN)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log{log.path}"


def signing_key(name: str) -> Signer:
    """签名者 that new checkpoints are signed by. Refused if the key file is missing."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(keyfile.in_use().current(Part.LOG_SIGNING).secret))


def verifiers(name: str) -> list[Verifier]:
    """公钥 of every version of the key under this name, the present one last."""
    versions = keyfile.in_use().parts[Part.LOG_SIGNING]
    return [Signer(name, Ed25519PrivateKey.from_private_bytes(version.secret)).verifier for version in versions]
