"""A file of invented penalties in the CF_ standard: a million rows, about a third as many firms, a few of everything that happens."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from tests.harness.penalties import code_of, penalty, person_number

#: Per thousand rows.
PERSONS = 20
WITH_REPRESENTATIVE_ID = 100
BROKEN = 2
ROWS_PER_FIRM = 3
LAST_DECISION = date(2026, 11, 12)
KINDS = (("罚款", "0.3", "罚款 3000 元"), ("警告", "", "警告"), ("罚款;没收违法所得", "12.5", "罚款 125000 元，没收违法所得 20000 元"))


def write_sample(path: Path, rows: int, authority: str, seed: int = 1) -> None:
    """Write ``rows`` rows to ``path``, the same for the same seed."""
    chance = random.Random(seed)
    header = list(penalty(0, authority))
    at = header.index("CF_FRDB") + 1
    header[at:at] = ["CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM"]
    header.insert(header.index("CF_NR_FK") + 1, "CF_NR_WFFF")
    header.append("BZ")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        for number in range(rows):
            row = sample_row(number, rows, authority, chance)
            writer.writerow([row.get(code, "") for code in header])


def sample_row(number: int, rows: int, authority: str, chance: random.Random) -> dict[str, str]:
    """One row; a few have the legal representative's number, are about a person, or break a rule."""
    row = penalty(number, authority, CF_WSH=f"泰市监处罚〔2026〕第{number:07d}号")
    firm = number * 7919 % max(rows // ROWS_PER_FIRM, 1)  # the rows of one firm lie far apart
    row |= {"CF_XDR_SHXYM": code_of(firm), "CF_XDR_MC": f"泰安云杉{firm:06d}商贸有限公司"}
    row["CF_CFLB"], row["CF_NR_FK"], row["CF_NR"] = KINDS[number % len(KINDS)]
    row["CF_NR_WFFF"] = "2" if "没收" in row["CF_CFLB"] else ""
    row["CF_JDRQ"] = (LAST_DECISION - timedelta(days=chance.randrange(700))).isoformat()
    dice = chance.randrange(1000)
    if dice < PERSONS:
        number_of_person = person_number(number % 1000, (date(1960, 1, 1) + timedelta(days=number % 15_000)).strftime("%Y%m%d"))
        row |= {"CF_XDR_MC": "乙某某", "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_FRDB": ""}
        row |= {"CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": number_of_person}
    elif dice < PERSONS + WITH_REPRESENTATIVE_ID:
        row |= {"CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": person_number(number % 1000, "19750505")}
    elif dice < PERSONS + WITH_REPRESENTATIVE_ID + BROKEN:
        row["CF_CFLB"] = "其他"
    return row
