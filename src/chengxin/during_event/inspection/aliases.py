"""化名。In the files of a draw a firm stands under an alias: the hash of the plan, its code and a secret of its own.

A firm's stratum is its risk class, which is not public (it is a reference for the offices, not a mark). Anybody can check the whole
draw under aliases; each firm gets its own secret and can check that it was in the list, in which stratum, and whether it was drawn;
auditors see the table. The alias binds: nobody can say afterwards that it stands for another firm.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from chengxin.engine.draw_hashes import joined
from chengxin.kernel.refused import NotFound

TAG: Final = b"chengxin/draw/alias/v1"
#: Beside the folders that are published, never in them.
PRIVATE: Final = "private"


class Alias(NamedTuple):
    """一户的化名 and the secret that opens it, both hexadecimal."""

    alias: str
    secret: str


def alias_of(plan: str, code: str, secret: bytes = b"") -> Alias:
    """The alias of ``code`` in a plan, by a secret of 32 bytes (a new one unless given)."""
    used = secret or secrets.token_bytes(32)
    return Alias(sha256(joined(TAG, plan.encode(), code.encode(), used)).hexdigest(), used.hex())


def keep(folder: Path, name: str, aliases: Mapping[str, Alias]) -> None:
    """Store the table of a draw, readable by the platform alone; on disk for good before the draw is sealed."""
    place = folder / PRIVATE
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place / f"{name}.draft"
    with open(draft, "w", encoding="utf-8", opener=_only_ours) as file:
        json.dump({code: list(each) for code, each in aliases.items()}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place / f"{name}.json")


def kept(folder: Path, name: str) -> dict[str, Alias]:
    """The table of a draw: code → alias. NotFound if the file is gone."""
    path = folder / PRIVATE / f"{name}.json"
    if not path.exists():
        raise NotFound("draw-aliases-missing", f"抽取 {name} 的化名表不在了。", "从备份恢复 draws/private 文件夹。")
    return {code: Alias(*each) for code, each in json.loads(path.read_text(encoding="utf-8")).items()}


def _only_ours(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
