"""演示用的号码。Codes with valid check characters; people's numbers lie in an area code that was never given out."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from chengxin.kernel.codes import citizen_number, credit_code, organization_code, registration_number

#: No division has this code, so nobody has a number in it.
NOWHERE: Final = "370999"


def credit_code_of(prefix: str, body: str) -> str:
    """统一社会信用代码 from two characters of authority and kind, the division, and eight characters of the organisation code."""
    first = prefix + body + organization_code.check_character(body)
    return first + credit_code.check_character(first)


def random_credit_code(chance: Random, kind: str, division: str) -> str:
    """A new one; ``kind`` is its first two characters (91 firm, 92 individual business, 12 institution, 52 society)."""
    return credit_code_of(kind + division, "MA" + "".join(chance.choice(credit_code.CHARACTERS) for _ in range(6)))


def old_registration_number(chance: Random, division: str) -> str:
    """工商注册号 of fifteen digits, as before 2015."""
    body = f"{division}{chance.randrange(10**8):08d}"
    return body + registration_number.check_character(body)


def person_number(chance: Random) -> str:
    """证件号码 of a person who does not exist."""
    born = date(1955, 1, 1).toordinal() + chance.randrange(16_000)
    body = f"{NOWHERE}{date.fromordinal(born):%Y%m%d}{chance.randrange(1000):03d}"
    return body + citizen_number.check_character(body)
