"""查询码：what somebody without an account proves with that a complaint is theirs. Made once, shown once, kept nowhere: only its digest is.

25 characters of an alphabet of 32 that leaves out what is mistaken for something else: 125 bits. What is typed is read generously: small
letters, spaces, dashes, full-width characters, and O, I, L for the figures that they look like.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from hashlib import sha256
from typing import Final

__all__ = ["CHARACTERS", "GROUP", "digest_of", "new_code", "read_code", "read_number"]

#: Crockford's alphabet: neither I, L, O nor U.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS: Final = 25
GROUP: Final = 5
_LOOKS_LIKE: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = re.compile(r"[\s\-‐-―−_.·,，、]+")
#: 投诉〔2026〕12号, or what of it somebody typed: the year is not needed, and is one only where something says so: 12345 is a number.
_NUMBER: Final = re.compile(
    r"(?:投诉)?(?:[〔\[(【](?P<year>[0-9]{4})[〕\])】][-/年]?|(?P<plain_year>[0-9]{4})[〕\])】\-/年])?(?:第)?(?P<number>[0-9]{1,17})号?"
)
_LONGEST: Final = 200


def new_code() -> str:
    """A code that nobody has had before, in groups that can be written down."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(CHARACTERS))
    return "-".join(drawn[start : start + GROUP] for start in range(0, CHARACTERS, GROUP))


def read_code(text: str) -> str:
    """The code as typed, without what stands between its characters; "" for what is none."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:_LONGEST])).upper().translate(_LOOKS_LIKE)
    return plain if len(plain) == CHARACTERS and set(plain) <= set(_ALPHABET) else ""


def digest_of(code: str) -> str:
    """What is kept of a code. A random code of this length needs no salt."""
    return sha256(f"chengxin complaint {read_code(code)}".encode()).hexdigest()


def read_number(text: str) -> tuple[int, int]:
    """(year or 0, number of the case) of a complaint's number as typed; (0, 0) for what is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:_LONGEST]))
    found = _NUMBER.fullmatch(plain)
    return (int(found["year"] or found["plain_year"] or 0), int(found["number"])) if found else (0, 0)
