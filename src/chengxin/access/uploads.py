"""上传的文件。What does not fit in memory waits on disk encrypted, under a key that only this process has."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

__all__ = ["SealedUploadHandler"]


class _SealedTemporaryFile:
    """A nameless temporary file in AES-CTR: seekable, so that readers of ZIP find their directory. It is gone when it is closed.

    No authentication is needed: the key dies with the process, and the bytes are hashed again when the vault takes them.
    """

    def __init__(self) -> None:
        folder = Path(settings.CHENGXIN_HOME) / "vault" / "drafts"
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by close()
        self._key = secrets.token_bytes(32)
        self.closed = False

    def _stream(self, position: int) -> Any:
        block, inside = divmod(position, 16)
        stream = Cipher(algorithms.AES256(self._key), modes.CTR(block.to_bytes(16, "big"))).encryptor()
        stream.update(bytes(inside))
        return stream

    def write(self, data: bytes) -> int:
        return self._file.write(self._stream(self._file.tell()).update(data))

    def read(self, size: int = -1) -> bytes:
        position = self._file.tell()
        return bytes(self._stream(position).update(self._file.read(size)))

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        self.closed = True


class SealedUploadHandler(FileUploadHandler):
    """Takes over from Django's TemporaryFileUploadHandler, which writes what it is given in clear under /tmp."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = _SealedTemporaryFile()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.file.seek(0)
        return UploadedFile(
            file=self.file,  # type: ignore[arg-type]  # all that UploadedFile uses of a file
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
