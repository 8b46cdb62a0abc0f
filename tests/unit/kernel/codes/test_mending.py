"""Dirt in codes: mended where one mend is certain, left alone where not, and never turned into somebody else's code."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import polars as pl
import pytest

from chengxin.kernel.codes import credit_code, mending, organization_code

CODE = "91350100M000100Y43"
Dirt = Callable[[str, random.Random], str]


def invented(chance: random.Random) -> str:
    head = chance.choice("123459ANY") + chance.choice("12359") + f"3709{chance.randrange(100):02d}"
    body = "".join(chance.choices(credit_code.CHARACTERS if chance.random() < 0.3 else "0123456789", k=8))
    without_check = head + body + organization_code.check_character(body)
    return without_check + credit_code.check_character(without_check)


def inserted(code: str, what: str, chance: random.Random) -> str:
    place = chance.randrange(len(code) + 1)
    return code[:place] + what + code[place:]


def substituted(code: str, chance: random.Random) -> str:
    place = chance.randrange(len(code))
    return code[:place] + chance.choice(credit_code.CHARACTERS) + code[place + 1 :]


def at_some_place(code: str, chance: random.Random, dirty: Callable[[int], str]) -> str:
    return dirty(chance.randrange(len(code)))


def full_width(code: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in code)


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00a0\u3000\u202f\u00ad \t"
SUFFIXES = ("-1", "（一厂）", "_2", "(2)", "#3", "/1", "一厂", "－2", " 分公司", "－一分厂")
CERTAIN: Mapping[str, Dirt] = {
    "invisible": lambda code, chance: inserted(code, chance.choice(INVISIBLE), chance),
    "full width": lambda code, chance: full_width(code),
    "small letters": lambda code, chance: code.lower(),
    "hyphens": lambda code, chance: f"{code[:8]}-{code[8:16]}-{code[16:]}",
    "apostrophe": lambda code, chance: "'" + code,
    "O for 0": lambda code, chance: code.replace("0", "O"),
    "o for 0": lambda code, chance: code.replace("0", "o"),
    "I for 1": lambda code, chance: code.replace("1", "I"),
    "l for 1": lambda code, chance: code.replace("1", "l"),
    "Z for 2, S for 5": lambda code, chance: code.replace("2", "Z").replace("5", "S"),
    "suffix": lambda code, chance: code + chance.choice(SUFFIXES),
    "full width with suffix": lambda code, chance: full_width(code + chance.choice(SUFFIXES)),
    "small letters, invisible": lambda code, chance: inserted(code.lower(), chance.choice(INVISIBLE), chance),
}
#: Mended only where nothing else is possible.
SOMETIMES: Mapping[str, Dirt] = {
    "doubled": lambda code, chance: at_some_place(code, chance, lambda place: code[:place] + code[place] + code[place:]),
}
NEVER: Mapping[str, Dirt] = {
    "one wrong character": substituted,
    "two wrong characters": lambda code, chance: substituted(substituted(code, chance), chance),
    "two swapped": lambda code, chance: at_some_place(
        code[1:], chance, lambda place: code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    ),
    "one missing": lambda code, chance: at_some_place(code, chance, lambda place: code[:place] + code[place + 1 :]),
    "two codes": lambda code, chance: f"{code}/{invented(chance)}",
    "rubbish": lambda code, chance: "".join(chance.choices(credit_code.CHARACTERS + "OISZ", k=chance.choice([17, 18, 19, 20]))),
    "another character slipped in": lambda code, chance: inserted(code, chance.choice(credit_code.CHARACTERS), chance),
}


def outcomes(dirt: Dirt, count: int) -> dict[str, int]:
    """What became of ``count`` dirtied codes: right, wrong, none (left as they came), clean (the dirt changed nothing)."""
    chance = random.Random(20260401)
    codes = [invented(chance) for _ in range(count)]
    given = [dirt(code, chance) for code in codes]
    said = dict.fromkeys(["right", "wrong", "none", "clean"], 0)
    for code, dirty, (answer, mend) in zip(codes, given, mending.mend_column(pl.Series(given)).rows(), strict=True):
        if dirty == code:
            said["clean"] += 1
            assert (answer, mend) == (code, "")
        elif not mend:
            said["none"] += 1
            assert answer == dirty
        else:
            said["right" if answer == code else "wrong"] += 1
            assert mending.explain(mend)
    return said


@pytest.mark.parametrize("name", CERTAIN)
def test_certain_dirt_is_mended_always_and_rightly(name: str) -> None:
    said = outcomes(CERTAIN[name], 2000)
    assert (said["wrong"], said["none"]) == (0, 0)
    assert said["right"] > 1000


def test_a_doubled_character_is_mended_only_where_nothing_else_is_possible() -> None:
    said = outcomes(SOMETIMES["doubled"], 5000)
    assert said["wrong"] == 0
    assert said["right"] > 4000
    assert said["none"] > 0


@pytest.mark.parametrize("name", NEVER)
def test_other_faults_are_never_turned_into_another_code(name: str) -> None:
    said = outcomes(NEVER[name], 5000)
    assert said["wrong"] == 0
    assert said["none"] > 4000


@pytest.mark.soak
def test_no_wrong_mend_in_a_hundred_thousand() -> None:
    for dirts in (CERTAIN, SOMETIMES, NEVER):
        for name, dirt in dirts.items():
            assert outcomes(dirt, 100_000)["wrong"] == 0, name


@pytest.mark.parametrize(
    ("dirty", "mend"),
    [
        (CODE + "-1", "suffix"),
        (CODE + "（一厂）", "suffix"),
        (" " + CODE + "\ufeff", "invisible-characters"),
        (full_width(CODE), "full-width"),
        (CODE.lower(), "lower-case"),
        ("'" + CODE, "separators"),
        (CODE.replace("0", "O"), "look-alike-letters"),
        ("9" + CODE, "doubled-character"),
        (full_width(CODE.lower()) + " ", "full-width+invisible-characters+lower-case"),
        (full_width(CODE + "-1"), "full-width+suffix"),
    ],
)
def test_the_mend_says_what_was_done(dirty: str, mend: str) -> None:
    assert mending.mend_column(pl.Series([dirty])).rows() == [(CODE, mend)]
    assert mending.explain(mend).endswith("。")


@pytest.mark.parametrize(
    "text", [CODE, "", credit_code.PLACEHOLDER, "无", "370902200012348", CODE[:17], CODE + CODE, CODE + "X1", CODE + "，" + CODE]
)
def test_what_is_left_as_it_came(text: str) -> None:
    assert mending.mend_column(pl.Series([text])).rows() == [(text, "")]


def test_columns_keep_order_and_nulls() -> None:
    given = pl.Series("CF_XDR_SHXYM", [None, CODE + "-1", CODE, None, CODE + "-1"], dtype=pl.String)
    assert mending.mend_column(given)["code"].to_list() == [None, CODE, CODE, None, CODE]
    assert mending.mend_column(given.clear()).shape == (0, 2)
    assert mending.explain("") == ""


def test_the_form_of_other_numbers() -> None:
    given = pl.Series([" 3709０２200012348\u200b", "ab-12", None])
    assert mending.plain_column(given).to_list() == ["370902200012348", "AB-12", None]
