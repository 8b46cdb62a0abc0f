"""A million invented penalties in the CF_ standard, as one CSV, in seconds: ``python bench/generate.py FILE [--rows N] [--seed S]``.

Made column by column, the same for the same seed; codes have valid check characters, authorities are the demo city's.
About a third as many firms as rows; 2 ‰ of the rows break a rule, 2 % are about natural persons.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from chengxin.kernel.codes import credit_code
from chengxin.site.demo.city import OFFICES

LAST_DECISION = date(2026, 11, 12)
ROWS_AT_A_TIME = 200_000
DIVISIONS = ("370902", "370911", "370921", "370923", "370982", "370983")
KINDS = (
    ("警告", "", "", "给予警告", "简易程序"),
    ("罚款", "0.3", "", "罚款3000元", "普通程序"),
    ("罚款;没收违法所得", "12.5", "2", "罚款125000元，没收违法所得20000元", "普通程序"),
    ("罚款", "20", "", "罚款200000元", "普通程序"),
)
ORGANIZATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
CODE_WEIGHTS = np.array(credit_code.WEIGHTS)


def main() -> None:
    """Write the file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--office", default="market", help="key of the demo city's office")
    given = asked.parse_args()
    write(given.file, given.rows, given.seed, given.office)
    sys.stdout.write(f"{given.file}: {given.rows} rows, {given.file.stat().st_size} bytes\n")


def write(path: Path, rows: int, seed: int = 1, office_key: str = "market") -> None:
    """Write ``rows`` rows to ``path``; memory does not grow with their number."""
    office = next(office for office in OFFICES if office.key == office_key)
    codes = firm_codes(max(rows // 3, 1), seed)
    with path.open("wb") as file:
        for start in range(0, rows, ROWS_AT_A_TIME):
            part = penalties(start, min(ROWS_AT_A_TIME, rows - start), codes, seed, office.code, office.name)
            part.write_csv(file, include_header=start == 0)


def firm_codes(count: int, seed: int) -> pl.Series:
    """Unified social credit codes of ``count`` different firms, both check characters computed for all at once."""
    chance = np.random.default_rng(seed)
    alphabet = np.array(list(credit_code.CHARACTERS))
    places = np.array([[credit_code.CHARACTERS.index(char) for char in f"91{division}"] for division in DIVISIONS])
    head = places[chance.integers(0, len(DIVISIONS), count)]
    numbers = np.arange(count, dtype=np.int64)
    body = np.stack([numbers // 31**place % 31 for place in range(5, -1, -1)], axis=1)
    prefix = np.array([credit_code.CHARACTERS.index(char) for char in "MA"])
    organization = np.concatenate([np.broadcast_to(prefix, (count, 2)), body], axis=1)
    # Organisation codes count letters from A = 10 without gaps, credit codes skip five letters.
    values = np.array([int(char, 36) for char in credit_code.CHARACTERS])[organization]
    check = (11 - (values * ORGANIZATION_WEIGHTS).sum(axis=1) % 11) % 11
    check_text = np.array(list("0123456789X"))[check]
    check_place = np.array([credit_code.CHARACTERS.index(char) for char in "0123456789X"])[check]
    whole = np.concatenate([head, organization, check_place[:, None]], axis=1)
    last = alphabet[(31 - (whole * CODE_WEIGHTS).sum(axis=1) % 31) % 31]
    columns = [*(alphabet[whole[:, place]] for place in range(16)), check_text, last]
    return pl.DataFrame({str(n): column for n, column in enumerate(columns)}).select(pl.concat_str(pl.all())).to_series()


def penalties(start: int, count: int, codes: pl.Series, seed: int, authority: str, name: str) -> pl.DataFrame:
    """Rows ``start`` … of the file."""
    chance = np.random.default_rng([seed, start])
    number = pl.Series(np.arange(start, start + count))
    firm = number * 7919 % len(codes)
    kind = chance.integers(0, len(KINDS), count)
    dice = chance.integers(0, 1000, count)
    person = pl.Series(dice < 20)
    broken = pl.Series((dice >= 20) & (dice < 22))
    days = pl.Series(chance.integers(0, 700, count))
    text = {
        key: pl.Series([row[place] for row in KINDS])[kind] for place, key in enumerate(("kinds", "fine", "taken", "content", "procedure"))
    }
    frame = pl.DataFrame({"n": number, "firm": firm, "code": codes[firm], "person": person, "broken": broken, "days": days, **text})
    decided = (pl.lit(LAST_DECISION) - pl.duration(days=pl.col("days"))).dt.strftime("%Y/%m/%d")
    organization = ~pl.col("person")
    return frame.select(
        CF_XDR_MC=pl.when("person").then(pl.lit("虚某某")).otherwise(pl.format("泰安云杉虚构{}商贸有限公司", "firm")),
        CF_XDR_LB=pl.when("person").then(pl.lit("自然人")).otherwise(pl.lit("法人及非法人组织")),
        CF_XDR_SHXYM=pl.when(organization).then("code"),
        CF_XDR_GSZC=pl.lit(None, pl.String),
        CF_XDR_ZZJG=pl.lit(None, pl.String),
        CF_XDR_SWDJ=pl.lit(None, pl.String),
        CF_XDR_SYDW=pl.lit(None, pl.String),
        CF_XDR_SHZZ=pl.lit(None, pl.String),
        CF_FRDB=pl.when(organization).then(pl.lit("虚构人")),
        CF_FR_ZJLX=pl.lit(None, pl.String),
        CF_FR_ZJHM=pl.lit(None, pl.String),
        CF_XDR_ZJLX=pl.when("person").then(pl.lit("护照")),
        CF_XDR_ZJHM=pl.when("person").then(pl.format("E{}", pl.col("n").cast(pl.String).str.zfill(8))),
        CF_WSH=pl.format("泰演处罚字〔2026〕{}号", "n"),
        CF_WFXW=pl.lit("未按规定建立进货查验记录"),
        CF_SY=pl.format("经查，当事人未建立进货查验记录，有现场笔录第{}号为证", "n"),
        CF_YJ=pl.lit("《中华人民共和国行政处罚法》"),
        CF_CFLB=pl.when("broken").then(pl.lit("其他")).otherwise("kinds"),
        CF_NR="content",
        CF_NR_FK=pl.when(pl.col("fine") != "").then("fine"),
        CF_NR_WFFF=pl.when(pl.col("taken") != "").then("taken"),
        CF_NR_ZKDX=pl.lit(None, pl.String),
        CF_JDRQ=decided,
        CF_YXQ=pl.lit("2099/12/31"),
        CF_GSJZQ=pl.lit(None, pl.String),
        CF_CFJG=pl.lit(name),
        CF_CFJGDM=pl.lit(authority),
        CF_SJLY=pl.lit(name),
        CF_SJLYDM=pl.lit(authority),
        BZ=pl.lit(None, pl.String),
        CF_CFCX="procedure",
    )


if __name__ == "__main__":
    main()
