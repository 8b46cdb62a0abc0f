"""上传的文件 wait encrypted, and read like any file."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.access.uploads import SealedUploadHandler, _SealedTemporaryFile


@given(st.lists(st.binary(max_size=100), max_size=6), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 80)), max_size=6))
def test_it_reads_like_a_file_in_memory(pieces: list[bytes], reads: list[tuple[int, int]]) -> None:
    ours, plain = _SealedTemporaryFile(), io.BytesIO()
    for piece in pieces:
        ours.write(piece)
        plain.write(piece)
    for position, size in reads:
        ours.seek(position)
        plain.seek(position)
        assert ours.read(size) == plain.read(size)
    ours.close()


def test_a_workbook_can_be_opened_and_nothing_of_it_lies_on_disk_in_clear(settings: object, tmp_path: Path) -> None:
    settings.CHENGXIN_HOME = tmp_path  # type: ignore[attr-defined]
    secret = random.Random(7).randbytes(50_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sheet", secret)
    handler = SealedUploadHandler()
    handler.new_file("file", "a.xlsx", "application/zip", None)
    for start in range(0, len(packed.getvalue()), 4096):
        assert handler.receive_data_chunk(packed.getvalue()[start : start + 4096], start) is None
    uploaded = handler.file_complete(len(packed.getvalue()))
    on_disk = Path(f"/proc/self/fd/{handler.file._file.fileno()}").read_bytes()
    assert len(on_disk) == len(packed.getvalue())
    assert secret[:64] not in on_disk
    with zipfile.ZipFile(uploaded) as archive:  # type: ignore[arg-type]
        assert archive.read("sheet") == secret
    uploaded.close()
    assert list((tmp_path / "vault" / "drafts").iterdir()) == []


@pytest.mark.parametrize("file_size", [0, 10])
def test_an_interrupted_upload_leaves_nothing(file_size: int, settings: object, tmp_path: Path) -> None:
    settings.CHENGXIN_HOME = tmp_path  # type: ignore[attr-defined]
    handler = SealedUploadHandler()
    handler.new_file("file", "a.csv", "text/csv", file_size)
    handler.receive_data_chunk(b"x" * 10, 0)
    handler.upload_interrupted()
    assert list((tmp_path / "vault" / "drafts").iterdir()) == []
