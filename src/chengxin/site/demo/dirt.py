"""脏数据。What real files carry: some of it can be put right with certainty, some goes back, some needs a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Final

from chengxin.policy.types import CatalogueItem
from chengxin.site.demo.city import Firm
from chengxin.site.demo.rows import Row

#: Per thousand rows.
SHARE: Final = 45


def soil(row: Row, item: CatalogueItem, firms: Sequence[Firm], chance: Random) -> Row:
    """``row``, maybe with one piece of dirt."""
    if chance.randrange(1000) >= SHARE:
        return row
    change = chance.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    return row | change(row, item.roles, firms, chance)


def _zero_width(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: row[code][:8] + "\u200b" + row[code][8:]} if row.get(code) else {}


def _full_width(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: "".join(chr(ord(char) + 0xFEE0) for char in row[code])} if row.get(code) else {}


def _letter_o(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: row[code].replace("0", "O", 1)} if row.get(code) else {}


def _suffix(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: row[code] + "（一分厂）"} if row.get(code) else {}


def _doubled(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: row[code][:12] + row[code][11:]} if row.get(code) else {}


def _no_break_space(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    name = roles["subject_name"]
    return {name: f"\u00a0{row[name]}\u3000"} if row.get(name) else {}


def _spoken_date(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    field = roles["decided_on"]
    year, month, day = row[field].split("-")
    return {field: chance.choice((f"{year}年{int(month)}月{int(day)}日", f"{year}/{int(month)}/{int(day)}", f"{year}{month}{day}"))}


def _wrong_check(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: row[code][:-1] + ("1" if row[code][-1] != "1" else "2")} if row.get(code) else {}


def _missing(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    return {roles["document_number"]: ""}


def _no_such_day(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    return {roles["decided_on"]: row[roles["decided_on"]][:4] + "-02-30"}


def _someone_elses_code(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    code = roles["subject_code"]
    return {code: chance.choice(firms).code} if row.get(code) else {}


def _yuan_for_ten_thousand(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    fine = roles.get("fine", "")
    return {fine: str(int(float(row[fine]) * 10_000))} if row.get(fine) else {}


def _id_in_text(row: Row, roles: Mapping[str, str], firms: Sequence[Firm], chance: Random) -> Row:
    content = roles["content"]
    return {content: row.get(content, "") + "，联系电话13800000000"}


_Change = Callable[[Row, Mapping[str, str], Sequence[Firm], Random], Row]
_KINDS: Final[tuple[tuple[_Change, int], ...]] = (
    (_zero_width, 10),
    (_full_width, 6),
    (_letter_o, 10),
    (_suffix, 5),
    (_doubled, 5),
    (_no_break_space, 14),
    (_spoken_date, 16),
    (_wrong_check, 12),
    (_missing, 6),
    (_no_such_day, 4),
    (_someone_elses_code, 4),
    (_yuan_for_ten_thousand, 5),
    (_id_in_text, 3),
)
