"""评价文件的格式。One signed file: a head, a line a subject, a signature over every byte before it (``docs/evaluation-files.md``).

Each line is one flat object of texts in its canonical bytes (RFC 8785) and a line feed. Nothing is guessed: a line that is written in
any other way is refused with its number. No Django, no database: an agency can check its own file with the same function.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.kernel.canonical import canonical_bytes, canonical_column
from chengxin.kernel.codes import credit_code
from chengxin.kernel.refused import Refused

FORMAT: Final = "chengxin/evaluations/v1"
HEAD_KEYS: Final = ("agency", "format", "made_on", "method", "rows", "sequence")
#: ``withdrawn`` "yes": the agency takes its result back; then there is no grade.
ROW_KEYS: Final = ("code", "evaluated_on", "grade", "name", "valid_until", "withdrawn")
#: Number of the line in the file, from 1; the head is line 1.
ROW: Final = "row"
_LONGEST_METHOD: Final = 200
_DIGITS: Final = 15


@dataclass(frozen=True)
class Head:
    """文件头。"""

    agency: str
    made_on: date
    method: str
    rows: int
    sequence: int


@dataclass(frozen=True)
class EvaluationFile:
    """一份评价文件。``rows``: :data:`ROW` and the texts of :data:`ROW_KEYS`, "" where absent; ``signed``: the bytes under the signature."""

    head: Head
    rows: pl.DataFrame
    signed: bytes
    signature: bytes

    def is_signed_by(self, public_key: str) -> bool:
        """Whether the holder of this key (hex) has signed exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(self.signature, self.signed)
        except InvalidSignature:
            return False
        return True


def written(agency: str, *, sequence: int, made_on: date, method: str, rows: list[dict[str, str]]) -> bytes:
    """The bytes to sign, for whoever makes such a file."""
    head = {
        "agency": agency,
        "format": FORMAT,
        "made_on": str(made_on),
        "method": method,
        "rows": str(len(rows)),
        "sequence": str(sequence),
    }
    return b"".join(canonical_bytes(each) + b"\n" for each in (head, *sorted(rows, key=lambda row: row["code"])))


def signed_file(signed: bytes, signature: bytes) -> bytes:
    """The whole file: what was signed and the line of the signature."""
    return signed + canonical_bytes({"signature": base64.b64encode(signature).decode()}) + b"\n"


def parse(content: bytes) -> EvaluationFile:
    """拆开一份评价文件. Refused with the number of the first line that is not as the format says."""
    lines = content.split(b"\n")
    if lines[-1] or len(lines) < 4:
        raise _malformed(len(lines), "文件应有文件头、至少一行结果、一行签名，每一行（包括最后一行）以换行符（LF）结束")
    signature = _signature(lines[-2], len(lines) - 1)
    head = _head(lines[0])
    rows = _rows(lines[1:-2])
    if rows.height != head.rows:
        raise _malformed(1, f"文件头说有 {head.rows} 行结果，实际有 {rows.height} 行")
    return EvaluationFile(head, rows, b"\n".join(lines[:-2]) + b"\n", signature)


def _head(line: bytes) -> Head:
    said = _object(line, 1)
    if said.get("format") != FORMAT:
        raise _malformed(1, f"文件头的 format 应为 {FORMAT}")
    if set(said) != set(HEAD_KEYS):
        raise _malformed(1, f"文件头应恰好有 {'、'.join(HEAD_KEYS)}")
    numbers = {name: _number(said[name]) for name in ("rows", "sequence")}
    made_on = day_of(said["made_on"])
    if not credit_code.is_valid(said["agency"]) or made_on is None or min(numbers.values()) < 1 or len(said["method"]) > _LONGEST_METHOD:
        raise _malformed(
            1, "agency 应为统一社会信用代码，made_on 应为日期，rows 和 sequence 应为正整数（不带前导零），method 不超过 200 个字"
        )
    return Head(said["agency"], made_on, said["method"], numbers["rows"], numbers["sequence"])


def _rows(lines: list[bytes]) -> pl.DataFrame:
    """The lines as columns of texts; each must be its own canonical bytes."""
    try:
        frame = pl.read_ndjson(io.BytesIO(b"\n".join(lines)), schema=dict.fromkeys(ROW_KEYS, pl.String))
    except pl.exceptions.PolarsError:
        frame = pl.DataFrame(schema=dict.fromkeys(ROW_KEYS, pl.String))
    if frame.height == len(lines):
        wrong = (canonical_column(frame, ROW_KEYS) != pl.Series(lines, dtype=pl.Binary)).arg_true()
        if not len(wrong):
            return frame.fill_null("").with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + 2).alias(ROW))
        raise _malformed(int(wrong[0]) + 2, _ROW_WORDS)
    for number, line in enumerate(lines, 2):
        if not set(_object(line, number)) <= set(ROW_KEYS):
            raise _malformed(number, _ROW_WORDS)
    raise _malformed(2, _ROW_WORDS)


_ROW_WORDS: Final = f"每行应是一个规范写法（RFC 8785）的 JSON 对象，只有 {'、'.join(ROW_KEYS)}，值都是文本，没有空值"


def _object(line: bytes, number: int) -> dict[str, str]:
    try:
        said = json.loads(line)
        texts = isinstance(said, dict) and all(isinstance(value, str) for value in said.values())
        canonical = texts and canonical_bytes(said) == line
    except ValueError:
        canonical = False
    if not canonical:
        raise _malformed(number, "这一行不是规范写法（RFC 8785）的 JSON 对象：键按序、没有空格、值都是文本、没有空值")
    return dict(said)


def _signature(line: bytes, number: int) -> bytes:
    said = _object(line, number)
    try:
        found = base64.b64decode(said.get("signature", ""), validate=True)
    except binascii.Error:
        found = b""
    if set(said) != {"signature"} or len(found) != 64:
        raise _malformed(number, "最后一行应只有 signature，是 64 字节 Ed25519 签名的 Base64")
    return found


def day_of(text: str) -> date | None:
    """A date written 2026-04-01 and in no other way; None otherwise."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def _number(text: str) -> int:
    """A whole number without leading zeros; 0 for any other text."""
    return int(text) if text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= _DIGITS else 0


def _malformed(line: int, words: str) -> Refused:
    sentence = f"评价文件第 {line} 行不合格式：{words}。整份没有接收。"
    return Refused("evaluation-file-malformed", sentence, "按“评价文件的格式”改正后重新签名、重新报送。", where={"line": str(line)})
