"""命令出错。An unexpected fault of a command: one sentence for the person, the details in a file for who mends it.

The file says kinds and places, never messages or arguments: these may quote personal data.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

FAILED: Final = 3
DEBUG: Final = "CHENGXIN_DEBUG"  # "1": the fault itself, with its trace
FILE_NAME: Final = "command-failures.jsonl"


def is_debugging() -> bool:
    """Whether faults are shown as they are."""
    return os.environ.get(DEBUG) == "1"


def written_down(error: BaseException, command: str) -> Path | None:
    """Append ``error`` to the file of failures in ``CHENGXIN_HOME``; None if that cannot be written."""
    path = Path(os.environ.get("CHENGXIN_HOME", "var")) / FILE_NAME
    frames = traceback.extract_tb(error.__traceback__)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "error": type(error).__qualname__,
        "caused_by": type(error.__cause__ or error.__context__).__qualname__ if error.__cause__ or error.__context__ else None,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError:
        return None
    return path


def sentence(error: BaseException, path: Path | None) -> str:
    """What the person reads."""
    where = f"详情已写入 {path}" if path is not None else "详情没有地方可写"
    return f"程序出错（{type(error).__qualname__}），这一步没有办成，不是操作有误。{where}；请连同这个文件告知维护人员。"


def tell(error: BaseException, command: str) -> str:
    """Write ``error`` down, print its sentence on stderr, and return the sentence."""
    said = sentence(error, written_down(error, command))
    sys.stderr.write(f"{said}\n（设 {DEBUG}=1 再运行一次，可以看到全部经过。）\n")
    return said
