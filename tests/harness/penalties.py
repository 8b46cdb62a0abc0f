"""Invented penalties and permits in the field standard: names made up, codes with valid check digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from chengxin.kernel.codes import citizen_number, credit_code, organization_code


def code_of(number: int, begins: str = "91370900MA") -> str:
    """A valid unified social credit code, the ``number``-th of those that begin so."""
    letters = credit_code.CHARACTERS
    serial = "".join(letters[number // 31**place % 31] for place in range(5, -1, -1))
    body = begins[8:] + serial
    inner = body + organization_code.check_character(body)
    return begins[:8] + inner + credit_code.check_character(begins[:8] + inner)


def person_number(serial: int, born: str = "19800101") -> str:
    """A valid citizen number of nobody."""
    body = f"370902{born}{serial:03d}"
    return body + citizen_number.check_character(body)


def penalty(number: int, authority: str, **changes: str) -> dict[str, str]:
    """One valid row about an invented firm; ``changes`` by field code."""
    row = {
        "CF_XDR_MC": f"泰安云杉{number:05d}商贸有限公司",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": code_of(number),
        "CF_FRDB": "甲某某",
        "CF_WSH": f"泰市监处罚〔2026〕{number}号",
        "CF_WFXW": "未按规定公示年度报告",
        "CF_SY": "经查，当事人未按规定期限公示年度报告，责令改正后逾期未改正。",
        "CF_YJ": "《企业信息公示暂行条例》第十八条",
        "CF_CFLB": "罚款",
        "CF_NR": "罚款 3000 元",
        "CF_NR_FK": "0.3",
        "CF_JDRQ": "2026-11-12",
        "CF_YXQ": "2099-12-31",
        "CF_GSJZQ": "",
        "CF_CFJG": "泰安市某某监督管理局",
        "CF_CFJGDM": authority,
        "CF_SJLY": "泰安市某某监督管理局",
        "CF_SJLYDM": authority,
    }
    return {**row, **changes}


def person_penalty(number: int, authority: str, **changes: str) -> dict[str, str]:
    """One valid row about an invented natural person."""
    about = {"CF_XDR_MC": "乙某某", "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_FRDB": ""}
    return penalty(number, authority, **about, CF_XDR_ZJLX="身份证", CF_XDR_ZJHM=person_number(number % 1000), **changes)


def as_csv(rows: Iterable[Mapping[str, str]], header: Sequence[str] | None = None) -> bytes:
    """The rows as a CSV file, UTF-8, field codes for a header."""
    rows = list(rows)
    header = header or list(dict.fromkeys(code for row in rows for code in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
