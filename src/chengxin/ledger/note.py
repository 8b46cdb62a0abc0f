"""签名短信。C2SP *signed note* and *checkpoint*: the text that says how large the log is, and who signed it.

origin ⏎ size ⏎ base64(root) ⏎
⏎
— name base64(4 bytes that tell the key ‖ signature) ⏎      (one line for each signer)
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chengxin.ledger.merkle import HASH
from chengxin.ledger.verification import ProofWrong

_ED25519: Final = b"\x01"
_COSIGNATURE: Final = b"\x04"  # cosignature/v1: Ed25519 over a time and the note
_DASH: Final = "— "
_SIGNATURE: Final = 64


@dataclass(frozen=True)
class Checkpoint:
    """检查点：the log ``origin`` had ``size`` leaves with this ``root``."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """公钥 with its name, as the note's ``vkey`` text writes it: ``name+8 hex digits+base64(kind ‖ key)``."""

    name: str
    kind: bytes
    public: bytes

    @property
    def tag(self) -> bytes:
        """The 4 bytes that tell this key from others."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.tag.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The key that ``text`` writes. Raises ProofWrong."""
        name, plus, rest = text.strip().partition("+")
        tag, _, encoded = rest.partition("+")
        material = from_base64(encoded)
        if not plus or not is_key_name(name) or len(material) != 33 or material[:1] not in (_ED25519, _COSIGNATURE):
            raise ProofWrong("公钥格式不对：应为“名称+8位十六进制+Base64”（C2SP signed-note 的 vkey）。")
        verifier = cls(name, material[:1], material[1:])
        if verifier.tag.hex() != tag:
            raise ProofWrong("公钥的指纹与其内容不符。")
        return verifier


@dataclass(frozen=True)
class Signer:
    """签名者：an Ed25519 key under a name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, _ED25519, self.key.public_key().public_bytes_raw())

    def line(self, body: str) -> str:
        """The signature line over ``body``, without its line end."""
        return f"{_DASH}{self.name} {base64.b64encode(self.verifier.tag + self.key.sign(body.encode())).decode()}"


@dataclass(frozen=True)
class SignedNote:
    """A note taken apart: the signed text and its signature lines (name, tag, signature)."""

    body: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the text writes; further lines are extensions and ignored. Raises ProofWrong."""
        lines = self.body.split("\n")
        if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit() or (lines[1] != "0" and lines[1][0] == "0"):
            raise ProofWrong("检查点格式不对：前三行应为日志名称、条数、根。")
        root = from_base64(lines[2])
        if len(root) != HASH:
            raise ProofWrong("检查点的根应为 32 字节的 Base64。")
        return Checkpoint(lines[0], int(lines[1]), root)

    def signed_by(self, verifier: Verifier) -> bool:
        """Is there a valid signature of this key? Raises ProofWrong if there is one and it is wrong."""
        found = False
        for name, tag, signature in self.signatures:
            if (name, tag) != (verifier.name, verifier.tag):
                continue
            signed, text = signature, self.body
            if verifier.kind == _COSIGNATURE:
                signed, text = signature[8:], f"cosignature/v1\ntime {int.from_bytes(signature[:8])}\n{self.body}"
            try:
                Ed25519PublicKey.from_public_bytes(verifier.public).verify(signed, text.encode())
            except (InvalidSignature, ValueError) as error:
                raise ProofWrong(f"“{name}”的签名无效：检查点已被改动，或不是由该密钥签署。") from error
            found = True
        return found


def is_key_name(name: str) -> bool:
    """May ``name`` name a key? Not empty, no white space, no plus sign."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def sign(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The signed note of ``checkpoint``, one line for each signer."""
    body = checkpoint.body()
    return body + "\n" + "".join(signer.line(body) + "\n" for signer in signers)


def parse(text: str) -> SignedNote:
    """Take a note apart. Raises ProofWrong."""
    body, gap, rest = text.rpartition("\n\n")
    lines = rest.split("\n")
    if not gap or not body or lines[-1] != "" or len(lines) < 2:
        raise ProofWrong("检查点格式不对：正文与签名之间应有一个空行，末尾应有换行。")
    return SignedNote(body + "\n", tuple(_signature(line) for line in lines[:-1]))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    material = from_base64(encoded) if line.startswith(_DASH) and space else b""
    if not is_key_name(name) or len(material) < 5:
        raise ProofWrong("检查点的签名行格式不对：应为“— 名称 Base64”。")
    return name, material[:4], material[4:]


def opened(text: str, verifier: Verifier) -> Checkpoint:
    """核对签名：the checkpoint in a note that ``verifier`` has signed. Raises ProofWrong; other signature lines are not needed."""
    note = parse(text)
    checkpoint = note.checkpoint()
    if not note.signed_by(verifier):
        raise ProofWrong(f"检查点上没有“{verifier.name}”的签名。")
    return checkpoint


def with_signature(text: str, line: str, verifier: Verifier) -> str:
    """加签：the note with one more signature line, checked against the cosigner's key. Raises ProofWrong."""
    parse(text)
    extended = f"{text}{line.strip()}\n"
    opened(extended, verifier)
    return extended


def from_base64(text: object) -> bytes:
    """The bytes that ``text`` writes in plain, padded Base64. Raises ProofWrong."""
    if not isinstance(text, str):
        raise ProofWrong("Base64 编码不对。")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofWrong("Base64 编码不对。") from error
