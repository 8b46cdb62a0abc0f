"""工作簿压缩包。What must hold of a ZIP before anything in it is unpacked, and the unpacking itself, bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from chengxin.foundation.collection.readers.refusals import readable_size, refusal
from chengxin.foundation.collection.readers.types import Limits

#: Bytes unpacked at once.
BLOCK: Final = 1 << 18
#: Below this size a high ratio is only a short repetitive part.
_SMALL: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_ENCRYPTED: Final = 0x1
_KNOWN_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Package:
    """An OOXML package that was looked over."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        data = file.read()
        self.limits = limits
        _one_format(data)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            raise refusal("file-package-broken", detail="压缩包目录读不出来") from None
        entries = self.archive.infolist()
        _look_over(entries, len(data), limits)
        self.names = {entry.filename.lstrip("/"): entry for entry in entries}
        if "[Content_Types].xml" not in self.names:
            raise refusal("file-not-workbook")

    def part(self, name: str) -> Iterator[bytes]:
        """The bytes of one part, unpacked block by block. Refused: damaged."""
        try:
            with self.archive.open(self.names[name]) as file:
                while block := file.read(BLOCK):
                    yield block
        except KeyError:
            raise refusal("file-package-broken", detail=f"缺少部件 {name}") from None
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise refusal("file-package-broken", detail=f"部件 {name} 不完整") from None
        except Exception as error:
            if type(error).__module__ == "zlib":
                raise refusal("file-package-broken", detail=f"部件 {name} 解压出错") from None
            raise


def _one_format(data: bytes) -> None:
    """The archive is the whole file: it begins with an entry and ends with its directory, so it is nothing else besides."""
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - 0xFFFF))
    if end < 0:
        raise refusal("file-package-broken", detail="文件不完整，可能没有传完")
    if end + _END_SIZE != len(data):
        raise refusal("file-two-formats", detail="压缩包后面还有其他内容")


def _look_over(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if len(entries) > limits.package_parts:
        raise refusal("file-package-parts", count=len(entries), limit=limits.package_parts)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if _is_unsafe(entry) or name.lower() in seen:
            raise refusal("file-package-path", name=name[:80])
        seen.add(name.lower())
        if "vbaproject" in name.lower() or name.lower().endswith((".exe", ".dll", ".vbs", ".js", ".bat", ".ps1")):
            raise refusal("file-macros")
        if entry.flag_bits & _ENCRYPTED:
            raise refusal("file-locked")
        if entry.compress_type not in _KNOWN_METHODS:
            raise refusal("file-package-broken", detail="压缩方式不是工作簿所用的")
        if entry.file_size > _SMALL and entry.file_size > entry.compress_size * limits.compression_ratio:
            raise refusal("file-unpacks-too-large", detail=f"部件 {name[:80]} 的压缩比超过 {limits.compression_ratio} 倍")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_size:
        raise refusal("file-unpacks-too-large", detail=f"共 {readable_size(unpacked)}，限额 {readable_size(limits.unpacked_size)}")
    if sum(entry.compress_size for entry in entries) > size:
        raise refusal("file-unpacks-too-large", detail="各部件相互重叠")


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    # ZipInfo cuts a name at a NUL and turns backslashes: what was written is in orig_filename.
    written = entry.orig_filename
    steps = name.replace("\\", "/").split("/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return "\0" in written or "\\" in written or ".." in steps or name.startswith("/") or ":" in steps[0] or is_link
