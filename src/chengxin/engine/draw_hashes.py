"""抽取的散列。Sealing, seed, order and start: SHA-256 over parts that each have their length before them, so that no two lists of parts
have the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

COMMITMENT_TAG: Final = b"chengxin/draw/commitment/v1"
REVEAL_TAG: Final = b"chengxin/draw/reveal/v1"
SEED_TAG: Final = b"chengxin/draw/seed/v1"
WITHHELD: Final = b"withheld"
NONCE_BYTES: Final = 32
_DIGEST_RANGE: Final = 1 << 256


def joined(*parts: bytes) -> bytes:
    """Each part after its length as four bytes, big-endian."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def order_key(begun: Digest, name: str) -> bytes:
    """SHA-256 of what ``begun`` was given and one part more: by this the firms and the inspectors are put in order."""
    digest, part = begun.copy(), name.encode()
    digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def commitment_of(digests: Mapping[str, bytes], names: Sequence[str]) -> bytes:
    """封存值 of the input files: ``digests`` maps a file's name to its SHA-256, ``names`` is the fixed order of the files."""
    return sha256(joined(COMMITMENT_TAG, *(digests[name] for name in names))).digest()


def party_commitment(plan: str, party: str, nonce: bytes) -> bytes:
    """一方的封存值: what a party hands in before anything is drawn. ``nonce``: 32 random bytes, kept until the opening. ValueError else."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"the random number of a party has {NONCE_BYTES} bytes, not {len(nonce)}")
    return sha256(joined(REVEAL_TAG, plan.encode(), party.encode(), nonce)).digest()


def seed(commitment: bytes, reveals: Sequence[bytes | None], public_value: str) -> bytes:
    """种子. ``reveals``: each party's 32 bytes in the order of the rule, None for one that withheld it."""
    said = [WITHHELD if reveal is None else reveal for reveal in reveals]
    return sha256(joined(SEED_TAG, commitment, *said, public_value.encode())).digest()


def uniform_below(bound: int, seed: bytes, *labels: bytes) -> int:
    """A whole number from 0 to ``bound`` − 1, each equally likely: blocks of a counter stream, those that would bias are thrown away."""
    usable = _DIGEST_RANGE - _DIGEST_RANGE % bound
    counter = 0
    while True:
        block = sha256(joined(seed, *labels, counter.to_bytes(8, "big"))).digest()
        if (number := int.from_bytes(block, "big")) < usable:
            return number % bound
        counter += 1
