"""号码：check digits against an independent library, scalar against column, and what each of them lets through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import ModuleType

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from chengxin.kernel.codes import citizen_number, credit_code, organization_code, registration_number

DIVISIONS = st.sampled_from(["370902", "370911", "370921", "370923", "370982", "370983", "110105", "440305"])
BODIES = st.text(credit_code.CHARACTERS, min_size=8, max_size=8)
BIRTHDAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2020, 12, 31)).map(lambda day: f"{day:%Y%m%d}")


@st.composite
def credit_codes(draw: st.DrawFn, authorities: str = credit_code.AUTHORITIES) -> str:
    head = draw(st.sampled_from(authorities)) + draw(st.sampled_from("123459")) + draw(DIVISIONS)
    body = draw(BODIES)
    without_check = head + body + organization_code.check_character(body)
    return without_check + credit_code.check_character(without_check)


@st.composite
def citizen_numbers(draw: st.DrawFn) -> str:
    body = draw(DIVISIONS) + draw(BIRTHDAYS) + draw(st.from_regex("[0-9]{3}", fullmatch=True))
    return body + citizen_number.check_character(body)


@st.composite
def registration_numbers(draw: st.DrawFn) -> str:
    body = draw(st.from_regex("[0-9]{14}", fullmatch=True))
    return body + registration_number.check_character(body)


ORGANIZATION_CODES = credit_codes().map(credit_code.organization_code_of)
ALL = [
    (credit_code, credit_codes()),
    (organization_code, ORGANIZATION_CODES),
    (citizen_number, citizen_numbers()),
    (registration_number, registration_numbers()),
]


@pytest.mark.parametrize("code", ["91350100M000100Y43", "11230500001755309F", "91230500MA1B3N1N2M", "91110000802100433B"])
def test_real_credit_codes(code: str) -> None:
    assert credit_code.is_valid(code)
    assert organization_code.is_valid(credit_code.organization_code_of(code))
    assert credit_code.is_government_organ(code) == code.startswith("11")


def test_the_placeholder_is_not_valid() -> None:
    assert credit_code.check_character("0" * 17) == "0"
    assert not credit_code.is_valid(credit_code.PLACEHOLDER)


def test_vectors_of_the_other_numbers() -> None:
    assert citizen_number.is_valid("11010519491231002X")
    assert registration_number.is_valid("3709002000123")  # thirteen digits carry no check digit
    assert not citizen_number.is_valid("110105194912310021")


@given(credit_codes(authorities="123456789"))
def test_credit_codes_are_as_the_independent_library_says(code: str) -> None:
    assert uscc.is_valid(code)
    assert credit_code.is_valid(code)


@given(credit_codes(authorities="ANY"))
def test_codes_of_army_villages_and_others_are_valid(code: str) -> None:
    assert credit_code.is_valid(code)


@given(citizen_numbers())
def test_citizen_numbers_are_as_the_independent_library_says(number: str) -> None:
    assert citizen_number.is_valid(number)
    assert ric.calc_check_digit(number) == number[17]


@given(registration_numbers())
def test_registration_numbers_are_as_the_independent_library_says(number: str) -> None:
    assert mod_11_10.is_valid(number)


# Not of organisation codes: modulo 11, two of 36 characters may weigh the same; the check character of the credit code sees it.
@pytest.mark.parametrize(("module", "valid"), [ALL[0], *ALL[2:]], ids=lambda value: getattr(value, "__name__", ""))
def test_no_other_character_fits_its_place(module: ModuleType, valid: st.SearchStrategy[str]) -> None:
    @given(valid, st.data())
    def any_substitution_is_seen(code: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(code) - 1))
        other = data.draw(st.sampled_from(credit_code.CHARACTERS + "IOSVZ甲 a"))
        changed = code[:place] + other + code[place + 1 :]
        assume(changed != code)
        assert not module.is_valid(changed)

    any_substitution_is_seen()


@given(credit_codes(), st.data())
def test_a_wrong_inner_digit_is_seen_although_the_last_one_fits(code: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from("0123456789X").filter(lambda character: character != code[16]))
    without_check = code[:16] + other
    assert not credit_code.is_valid(without_check + credit_code.check_character(without_check))


def dirtied(valid: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """Valid codes, nearly valid ones, and rubbish."""
    alphabet = st.characters(codec="utf-8")
    nearly = st.tuples(valid, st.integers(0, 17), alphabet).map(lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :])
    return (
        st.none()
        | valid
        | nearly
        | st.text(max_size=20)
        | st.sampled_from(["", credit_code.PLACEHOLDER, "甲" * 6, "甲" * 5, "0" * 18, "0" * 15])
    )


@pytest.mark.parametrize(("module", "valid"), ALL, ids=lambda value: getattr(value, "__name__", ""))
def test_columns_are_as_single_codes(module: ModuleType, valid: st.SearchStrategy[str]) -> None:
    @given(st.lists(dirtied(valid), max_size=12))
    def same_answers(codes: list[str | None]) -> None:
        column = module.valid_column(pl.Series("code", codes, dtype=pl.String))
        assert (column.name, column.dtype) == ("code", pl.Boolean)
        assert column.to_list() == [code is not None and module.is_valid(code) for code in codes]

    same_answers()


@pytest.mark.parametrize("number", ["370902190002290011", "370902209902300011", "990902199001010011", "370902179901010011"])
def test_citizens_are_born_on_real_days_in_real_provinces(number: str) -> None:
    assert not citizen_number.is_valid(number[:17] + citizen_number.check_character(number[:17]))


CHECKS: list[tuple[Callable[[str], str], str]] = [
    (credit_code.check_character, "9135010000010OY43"),
    (credit_code.check_character, "123"),
    (organization_code.check_character, "M00010"),
    (organization_code.check_character, "m000100y"),
    (citizen_number.check_character, "1101051949123100"),
    (registration_number.check_character, "3709002000012X"),
]


@pytest.mark.parametrize(("check", "body"), CHECKS)
def test_bodies_of_another_shape_have_no_check_character(check: Callable[[str], str], body: str) -> None:
    with pytest.raises(ValueError, match="the body of"):
        check(body)
