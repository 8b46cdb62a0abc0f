"""个人号码的识别。Citizen numbers and mobile numbers wherever they stand in a text, however they were written there.

One detector for everything that must know them (warnings, masking, remarks), so that what is found is also what is masked:

* width, case and what stands between the digits (spaces, hyphens, invisible characters) say nothing;
* eighteen characters are a citizen number when division, date of birth and check character fit, also inside a longer run;
* fifteen digits (the form until 2013) have no check character: only a whole run of them, with division and date of birth, unless
  the check digit says that it is a registration number or a tax number of an organisation;
* after the words 身份证 and the like a number need not even be right: a mistyped number is somebody's number still.

Codes of organisations stand: where a citizen number has the date of birth, they hold letters or no date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import polars as pl

from chengxin.kernel.codes import citizen_number, organization_code, registration_number

#: Beginning and end of a number in the text.
Span: TypeAlias = tuple[int, int]

_BETWEEN: Final = r"[\s\-‐‑‒–—―−_.·•*/,，、\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}]"
#: Whatever may hold a number: cheap, and never narrower than the detector. Only what passes is looked at closely.
_MAY_HOLD: Final = rf"\d(?:{_BETWEEN}{{0,3}}\d){{10}}"
_RUN: Final = re.compile(r"[0-9]+")
_GAP: Final = re.compile(re.sub(r"\\x\{(\w+)\}", lambda code: chr(int(code[1], 16)), _BETWEEN) + "{1,3}")
_LAST_X: Final = re.compile(f"(?:{_GAP.pattern})?X")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
#: After these words, a few characters on, a number of the right length is meant to be one.
_AS_FAR_AS: Final = 16
_SAID: Final = re.compile(r"(?:身份证|身份号|公民身份)[^0-9]*$")
_CITIZEN: Final = 18
_OLD_CITIZEN: Final = 15
_MOBILE_DIGITS: Final = 11


def holds_personal_number(texts: pl.Series, *, mobiles: bool = True) -> pl.Series:
    """Whether each text holds a number of a person; null holds none. Without ``mobiles`` only citizen numbers count."""
    suspicious = _suspicious(texts)
    found = [text for text in suspicious if personal_spans(text, mobiles=mobiles)]
    return texts.is_in(found).fill_null(False) if found else pl.repeat(False, texts.len(), dtype=pl.Boolean, eager=True)


def masked_column(texts: pl.Series, *, mobiles: bool = True) -> pl.Series:
    """``texts`` with the middle of every number of a person replaced, for wherever it has to be kept or shown."""
    suspicious = _suspicious(texts)
    masked = [masked_text(text, mobiles=mobiles) for text in suspicious]
    changed = [(was, now) for was, now in zip(suspicious, masked, strict=True) if was != now]
    return texts.replace([was for was, _ in changed], [now for _, now in changed]) if changed else texts


def masked_text(text: str, *, mobiles: bool = True) -> str:
    """One text, masked: division and last four of a citizen number stay, the date of birth does not.

    >>> masked_text("持 110105194912310 02Ｘ 者")
    '持 110105********0 02Ｘ 者'
    """
    characters, plain = list(text), _plain(text)
    for begin, end in personal_spans(text, mobiles=mobiles):
        places = [place for place in range(begin, end) if plain[place] in "0123456789X"]
        first, last = (3, 4) if len(places) == _MOBILE_DIGITS else (6, 3 if len(places) == _OLD_CITIZEN else 4)
        for place in places[first:-last]:
            characters[place] = "*"
    return "".join(characters)


def personal_spans(text: str, *, mobiles: bool = True) -> tuple[Span, ...]:
    """Where numbers of persons stand in ``text``, in order; they do not overlap."""
    plain = _plain(text)
    runs = [(match.start(), match.end()) for match in _RUN.finditer(plain)]
    found = sorted(span for place in range(len(runs)) for span in _from(plain, runs, place, mobiles=mobiles))
    apart: list[Span] = []
    for span in found:
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return tuple(apart)


def _from(plain: str, runs: Sequence[Span], place: int, *, mobiles: bool) -> Iterator[Span]:
    """Numbers that begin in the run at ``place``: inside it, or of it and those that follow after something that says nothing."""
    begin, end = runs[place]
    yield from _inside(plain, begin, end, mobiles=mobiles)
    digits, lengths = plain[begin:end], [end - begin]
    for before, (start, stop) in enumerate(runs[place + 1 :], place):
        if len(digits) > _CITIZEN or _GAP.fullmatch(plain, runs[before][1], start) is None:
            return
        digits += plain[start:stop]
        lengths.append(stop - start)
        last = _LAST_X.match(plain, stop)
        if citizen_number.is_valid(digits) or (lengths == [6, 6, 3] and _is_old_number(digits)):
            yield begin, stop
        elif last and citizen_number.is_valid(digits + "X"):
            yield begin, last.end()
        elif mobiles and lengths == [3, 4, 4] and _MOBILE.fullmatch(digits):
            yield begin, stop


def _inside(plain: str, begin: int, end: int, *, mobiles: bool) -> Iterator[Span]:
    """Numbers within one run of digits, and the X after it."""
    length, last = end - begin, _LAST_X.match(plain, end)
    whole = length + (last is not None)
    if whole in {_OLD_CITIZEN, _CITIZEN} and _SAID.search(plain, max(begin - _AS_FAR_AS, 0), begin):
        yield begin, last.end() if last else end
    yield from (
        (start, start + _CITIZEN) for start in range(begin, end - _CITIZEN + 1) if citizen_number.is_valid(plain[start : start + _CITIZEN])
    )
    if last and length >= _CITIZEN - 1 and citizen_number.is_valid(plain[end - _CITIZEN + 1 : end] + "X"):
        yield end - _CITIZEN + 1, last.end()
    is_mobile = mobiles and length == _MOBILE_DIGITS and _MOBILE.fullmatch(plain, begin, end)
    if is_mobile or (length == _OLD_CITIZEN and _is_old_number(plain[begin:end])):
        yield begin, end


def _is_old_number(digits: str) -> bool:
    """Fifteen digits: what a registration or an organisation's tax number would be by its own check digit is taken for that."""
    if registration_number.is_valid(digits) or organization_code.is_valid(digits[6:]):
        return False
    return digits[:2] in citizen_number.PROVINCES and citizen_number.is_date(f"19{digits[6:12]}")


def _suspicious(texts: pl.Series) -> list[str]:
    """The different texts that may hold a number."""
    found: list[str] = texts.filter(texts.str.contains(_MAY_HOLD).fill_null(False)).unique().to_list()
    return found


def _plain(text: str) -> str:
    """The text with plain digits and X, every character in its place."""
    return text.upper() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "X" if character in "xXｘＸ×✕" else character
