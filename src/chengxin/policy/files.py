"""政策文件的收取与封装。A set of files is a mapping path → text; its digest is over one canonical form of them.

Paths: ``national/…``, ``shandong/…`` … for the shipped layers, ``own/…`` for the city's own folder.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from chengxin.policy.errors import PolicyFault, PolicyRefused

OWN: Final = "own"
#: More than any set needs; a bundle that unpacks to more is not one of ours.
_BUNDLE_BYTES: Final = 64 * 1024 * 1024


def shipped_folder() -> Path:
    """The ``policies`` folder of the wheel, or of the source tree."""
    packaged = Path(__file__).parent.parent / "policies"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "policies"


def read_files(folders: Sequence[Path]) -> dict[str, str]:
    """The text of every policy file: the first folder is the shipped one, the next (if it exists) the city's own."""
    found: dict[str, str] = {}
    for index, folder in enumerate(folders):
        if index and not folder.is_dir():
            continue
        if not folder.is_dir():
            raise PolicyRefused([PolicyFault(str(folder), "", "没有这个文件夹。", "核对路径。")])
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.suffix in (".yaml", ".csv", ".txt")):
            name = path.relative_to(folder).as_posix()
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise PolicyRefused([PolicyFault(name, "", "不是 UTF-8 编码。", "另存为 UTF-8。")]) from None
            found[f"{OWN}/{name}" if index else name] = text.replace("\r\n", "\n")
    return found


def canonical_form(files: Mapping[str, str]) -> bytes:
    """One byte string for one set of files: JSON, keys sorted, no white space (RFC 8785: the keys are ASCII, the values text)."""
    return json.dumps(dict(files), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 of the canonical form, hex."""
    return hashlib.sha256(canonical_form(files)).hexdigest()


def pack(files: Mapping[str, str]) -> bytes:
    """The canonical form, compressed for keeping."""
    return zlib.compress(canonical_form(files), 9)


def unpack(bundle: bytes) -> dict[str, str]:
    """The files of a bundle; the digest is to be compared by the caller."""
    reader = zlib.decompressobj()
    plain = reader.decompress(bundle, _BUNDLE_BYTES)
    if reader.unconsumed_tail or not reader.eof:
        raise PolicyRefused([PolicyFault("bundle", "", "封装不完整或过大。", "从备份恢复，或重新采纳。")])
    files = json.loads(plain)
    return {str(name): str(text) for name, text in files.items()}
