"""Invented agencies that sign evaluation files, and two people of a credit office who register them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.access.models import Account
from chengxin.during_event.evaluation import agencies
from chengxin.during_event.evaluation.external_file import signed_file, written
from chengxin.kernel.instants import Instant, date_of
from tests.harness.penalties import code_of

AGENCY = code_of(801, "91370902MA")
SCALE = (("AAA", "很好"), ("AA", "好"), ("B", "一般"), ("C", "差"))


@dataclass
class Signatory:
    """评价机构：its code and its key."""

    code: str = AGENCY
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        """The public key as it is registered."""
        return self.key.public_key().public_bytes_raw().hex()

    def sign(self, signed: bytes) -> bytes:
        """The whole file over these bytes."""
        return signed_file(signed, self.key.sign(signed))

    def file(self, rows: list[dict[str, str]], *, sequence: int = 1, made_on: date) -> bytes:
        """A signed file with these rows."""
        return self.sign(written(self.code, sequence=sequence, made_on=made_on, method="商户信用评价办法（第二版）", rows=rows))

    def propose(self, by: Account, at: Instant) -> None:
        """Ask for registration."""
        given = agencies.Agency(self.code, "泰安云杉信用评价有限公司", "market", SCALE, "备案〔2026〕1号", self.public)
        agencies.propose_agency(given, by=by, at=at)


def registered(first: Account, second: Account, at: Instant, code: str = AGENCY) -> Signatory:
    """An agency that two people have registered."""
    made = Signatory(code)
    made.propose(first, at)
    agencies.register_agency(made.code, by=second, at=at)
    return made


def result(code: str, name: str, at: Instant, **given: str) -> dict[str, str]:
    """A row that holds."""
    today = date_of(at)
    return {
        "code": code,
        "name": name,
        "grade": "AA",
        "evaluated_on": str(today),
        "valid_until": str(today.replace(year=today.year + 1)),
    } | given
