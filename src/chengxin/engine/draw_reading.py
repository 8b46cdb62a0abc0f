"""抽取文件的读取. Strict: a line that is not canonical is refused, so that no two programs read different things from the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from chengxin.engine.draw_files import EXCLUDED, INSPECTORS, POOL, REVEALS, RULE, WITHHELD, rule_row
from chengxin.engine.draw_hashes import NONCE_BYTES, party_commitment
from chengxin.engine.draw_types import Excluded, Firm, Inputs, Inspector, OfficeTask, Party, Pool, Rule, Stratum
from chengxin.kernel.refused import Refused

Row = Mapping[str, str]

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,11}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_RULE_KEYS: Final = re.compile(
    r"plan|matter|policy_digest|public_source|public_due_at|reveal_due_at|rotation"
    r"|stratum\.[1-9][0-9]*(\.per_mille)?|office\.[1-9][0-9]*(\.inspectors|\.licences|\.fields)?|party\.[1-9][0-9]*(\.commitment)?"
)
_REVEAL_KEYS: Final = re.compile(r"public_value|public_seen_at|party\.[1-9][0-9]*")
_POOL_KEYS: Final = re.compile(r"code|stratum|weight|area|last")
_EXCLUDED_KEYS: Final = re.compile(r"code|because")
_INSPECTOR_KEYS: Final = re.compile(r"id|office|licences|fields|areas|conflicts")


def digests_of(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """SHA-256 of each file."""
    return {name: sha256(_content(folder, name)).digest() for name in names}


def read_inputs(folder: Path) -> Inputs:
    """The four files. Refused where one is missing or a line is not as it must be; the contents are judged by ``check_inputs``."""
    (row,) = rows_of(folder, RULE, _RULE_KEYS, ("plan", "matter", "policy_digest", "public_source"), single=True)
    firms = rows_of(folder, POOL, _POOL_KEYS, ("code", "stratum"))
    excluded = rows_of(folder, EXCLUDED, _EXCLUDED_KEYS, ("code", "because"))
    inspectors = rows_of(folder, INSPECTORS, _INSPECTOR_KEYS, ("id", "office"))
    pool = Pool(
        tuple(Firm(one["code"], one["stratum"], _weight(one), one.get("area", ""), _names(one, "last", POOL)) for one in firms),
        tuple(Excluded(one["code"], one["because"]) for one in excluded),
    )
    people = tuple(
        Inspector(one["id"], one["office"], *(_names(one, key, INSPECTORS) for key in ("licences", "fields", "areas", "conflicts")))
        for one in inspectors
    )
    return Inputs(_rule_of(row), pool, people)


def read_reveals(folder: Path, rule: Rule) -> tuple[list[bytes | None], str]:
    """Each party's opened number or None, and the public value. Refused for a number that is not the one that was sealed."""
    (row,) = rows_of(folder, REVEALS, _REVEAL_KEYS, ("public_value",), single=True)
    if len([key for key in row if key.startswith("party.")]) != len(rule.parties):
        raise Refused("draw-reveal-parties", "开封记录里的各方与规则里的不一致。", "规则里的每一方都要有一项，没有开封的写 withheld。")
    reveals: list[bytes | None] = []
    for place, party in enumerate(rule.parties, 1):
        said = row.get(f"party.{place}", "")
        reveals.append(None if said == WITHHELD else opened(rule.plan, party, said))
    return reveals, checked_public_value(row["public_value"])


def opened(plan: str, party: Party, said: str) -> bytes:
    """The number of a party, from its hexadecimal form. Refused unless it is the one that was sealed."""
    if not _SHA256.fullmatch(said) or party_commitment(plan, party.name, bytes.fromhex(said)).hex() != party.commitment:
        raise Refused(
            "draw-reveal-mismatch",
            f"“{party.name}”开封的随机数与它事先封存的不符（应为 {NONCE_BYTES} 字节的十六进制）。",
            "核对是不是本次计划封存时的那个随机数；在开封截止以前拿不出来的，按未开封记录，抽取照常进行。",
        )
    return bytes.fromhex(said)


def checked_public_value(said: str) -> str:
    """The public value as it enters the seed. Refused where two people could type it differently: spaces around it, control characters."""
    if not said or said != said.strip() or not said.isprintable():
        raise Refused("draw-public-value", "公开随机数是空的，或者前后有空格，或者有看不见的字符。", "照来源逐字填写，去掉前后的空格。")
    return said


def rows_of(folder: Path, name: str, keys: re.Pattern[str], needed: Sequence[str], *, single: bool = False) -> list[dict[str, str]]:
    """The objects of a file, each checked to be flat, of texts, canonical, with known keys and the ``needed`` ones."""
    try:
        text = _content(folder, name).decode()
    except UnicodeDecodeError as error:
        raise _malformed(name, 0, "不是 UTF-8") from error
    if (text and not text.endswith("\n")) or (single and text.count("\n") != 1):
        raise _malformed(name, 0, "只应有一行" if single else "最后一行不完整")
    found = text.split("\n")[:-1]
    return _all_parsed(found, keys, needed) or [_parsed(name, number, line, keys, needed) for number, line in enumerate(found, 1)]


def _all_parsed(found: Sequence[str], keys: re.Pattern[str], needed: Sequence[str]) -> list[dict[str, str]]:
    """The objects of all lines in one call; none if anything is wrong with any of them.

    A text holds no line end and no value is an object, so between lines that begin and end with braces nothing can reach over: as many
    objects as lines means one in each.
    """
    if not all(line.startswith("{") and line.endswith("}") for line in found):
        return []
    try:
        rows: list[dict[str, str]] = json.loads("[" + ",\n".join(found) + "]")
    except (ValueError, RecursionError):
        return []
    shapes = {tuple(row) for row in rows}
    is_flat = all(type(value) is str and value for row in rows for value in row.values())
    is_known = all(_is_known(shape, keys, needed) for shape in shapes)
    is_canonical = is_flat and f"[{','.join(found)}]" == json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return rows if len(rows) == len(found) and is_known and is_canonical else []


def _is_known(shape: Collection[str], keys: re.Pattern[str], needed: Sequence[str]) -> bool:
    return all(map(keys.fullmatch, shape)) and all(key in shape for key in needed)


def _parsed(name: str, number: int, line: str, keys: re.Pattern[str], needed: Sequence[str]) -> dict[str, str]:
    """The object of one line; says what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _malformed(name, number, "不是完整的 JSON") from error
    if not isinstance(row, dict) or not all(isinstance(value, str) and value for value in row.values()):
        raise _malformed(name, number, "应是一层的对象，值都是不空的文本")
    if not _is_known(row, keys, needed):
        raise _malformed(name, number, "有不认识的字段，或者缺少必要的字段")
    if _line(row) != line:
        raise _malformed(name, number, "不是规范形式")
    return row


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _malformed(name: str, number: int, said: str) -> Refused:
    where = f"{name} 第 {number} 行" if number else name
    return Refused(
        "draw-file-malformed",
        f"{where}：{said}。",
        "文件要与封存的逐字节相同；请重新下载，不要用其他软件另存。",
        where={"file": name, "line": str(number)},
    )


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(
            "draw-file-missing", f"缺少文件 {name}。", "把公布的文件下载齐全，放在同一个文件夹里。", where={"file": name}
        ) from error


def _number(said: str, name: str, key: str) -> int:
    if not _NUMBER.fullmatch(said):
        raise _malformed(name, 0, f"{key} 应是整数")
    return int(said)


def _weight(row: Row) -> int:
    said = row.get("weight", "")
    return int(said) if _NUMBER.fullmatch(said) else 0  # check_inputs names the firm


def _names(row: Row, key: str, name: str) -> tuple[str, ...]:
    said = row.get(key, "")
    names = tuple(said.split(",")) if said else ()
    if not all(names):
        raise _malformed(name, 0, f"{key} 里有空的一项")
    return names


def _rule_of(row: Row) -> Rule:
    def places(name: str) -> list[str]:
        return [key for number in range(1, len(row)) if (key := f"{name}.{number}") in row]

    def number(key: str) -> int:
        return _number(row.get(key, ""), RULE, key)

    def names(key: str) -> tuple[str, ...]:
        return _names(row, key, RULE)

    rule = Rule(
        row["plan"],
        row["matter"],
        row["policy_digest"],
        tuple(Stratum(row[key], number(f"{key}.per_mille")) for key in places("stratum")),
        tuple(
            OfficeTask(row[key], number(f"{key}.inspectors"), names(f"{key}.licences"), names(f"{key}.fields")) for key in places("office")
        ),
        tuple(Party(row[key], row.get(f"{key}.commitment", "")) for key in places("party")),
        number("reveal_due_at"),
        row["public_source"],
        number("public_due_at"),
        row.get("rotation") == "yes",
    )
    if {key: value for key, value in rule_row(rule).items() if value} != row:
        raise _malformed(RULE, 1, "各层、各机关、各方的编号不连续，或者有重复、多余的内容")
    if not all(_SHA256.fullmatch(party.commitment) for party in rule.parties):
        raise _malformed(RULE, 1, "各方的封存值应是 64 位十六进制")
    return rule
