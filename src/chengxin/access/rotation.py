"""密钥轮换。What a new version of each kind of key means for what the old one wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from chengxin.access import vault
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

__all__ = ["Rotated", "rotate_part"]

_SENTENCES: Final[Mapping[Part, str]] = MappingProxyType(
    {
        Part.SEALING: "账本里的旧密文不改动，仍用旧密钥读取，旧密钥须一直保存。",
        Part.VAULT: "全部原始文件的密钥已改用新主密钥包裹。",
        Part.LOG_SIGNING: "此后的检查点用新密钥签名；请公布新公钥，旧公钥仍用来核验旧检查点。",
        Part.DJANGO: "已登录的会话继续有效；重启服务后新会话用新密钥。",
    }
)


@dataclass(frozen=True)
class Rotated:
    """轮换的结果：the new version's id, how many rows were rewritten, what follows from it."""

    key_id: str
    rewritten: int
    sentence: str


def rotate_part(path: Path, part: Part, at: Instant) -> Rotated:
    """轮换 one kind of key in the file at ``path``.

    :class:`Refused` for the blind index: that the same number gives the same index is how persons, fingerprints and business keys
    in the ledger are found again; under a new key nobody known would be recognised.
    """
    if part is Part.BLIND_INDEX:
        raise Refused(
            "blind-index-fixed",
            "盲索引的密钥不能轮换：账本里的指纹和业务键都由它算出，换了就认不出同一个人。",
            "如确认它已泄露，请按 docs/operations.md“密钥泄露”一节处理。",
        )
    version = keyfile.rotate(path, part, at)
    rewritten = vault.rewrap_keys() if part is Part.VAULT else 0
    return Rotated(version.id, rewritten, _SENTENCES[part])
