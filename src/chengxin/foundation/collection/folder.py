"""看守文件夹。``DIR/<部门代码>/<事项>/<文件>`` is handed in when it has stopped growing; then it moves to ``done`` with its result.

The file is the idempotency key (item and content), so that a file put there twice, or found again after a crash, is one hand-in.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from chengxin.access.services import department_by_code
from chengxin.foundation.collection.answers import answer_of, sentence_of
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import process_submission, receive_submission
from chengxin.foundation.collection.types import Channel
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Refused

DONE: Final = "done"
REFUSED: Final = "refused"
#: Between two looks; a file must be the same at both.
SECONDS_BETWEEN_LOOKS: Final = 2.0
_PASSED_OVER: Final = (".", "~")
_HALF_WRITTEN: Final = (".part", ".tmp", ".crdownload", ".filepart")

Looked = dict[Path, tuple[int, int]]


def watch(directory: Path, *, once: bool, tell: Callable[[str], None], pause: Callable[[float], None] = time.sleep) -> None:
    """看守 ``directory`` until interrupted; with ``once`` until every file that is there now has been dealt with."""
    before = look(directory)
    while True:
        pause(SECONDS_BETWEEN_LOOKS)
        now = look(directory)
        for path in sorted(settled_files(before, now)):
            tell(hand_in_file(path, directory))
        before = look(directory)
        if once and not any(size for size, _ in before.values()):
            return


def look(directory: Path) -> Looked:
    """The files that wait, with size and time of last change."""
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in _waiting(directory)}


def settled_files(before: Looked, now: Looked) -> set[Path]:
    """Files that have not changed between two looks, and are not empty: nothing is read while it still grows."""
    return {path for path, seen in now.items() if before.get(path) == seen and seen[0] > 0}


def hand_in_file(path: Path, directory: Path) -> str:
    """报送一个文件 and move it with its result to ``done`` or ``refused`` beside it; says in a sentence what happened."""
    department_code, item = path.relative_to(directory).parts[:2]
    try:
        submission = _handed_in(path, department_code, item)
    except Conflict as conflict:
        if conflict.slug == "submission-taken-over":
            return f"{path.name}：{conflict}"
        return _put_away(path, REFUSED, {"refusal": {"slug": conflict.slug, "sentence": str(conflict)}}, str(conflict))
    except Refused as refused:
        return _put_away(path, REFUSED, {"refusal": {"slug": refused.slug, "sentence": str(refused)}}, str(refused))
    return _put_away(path, REFUSED if submission.refusal else DONE, answer_of(submission), sentence_of(submission))


def _handed_in(path: Path, department_code: str, item: str) -> Submission:
    department = department_by_code(department_code)
    with path.open("rb") as stream:
        submission = receive_submission(
            department=department,
            item=item,
            stream=stream,
            file_name=path.name,
            channel=Channel.FOLDER,
            actor=f"folder:{department.code}",
            at=clock.now(),
        )
    return process_submission(submission.pk)


def _put_away(path: Path, where: str, answer: dict[str, object], sentence: str) -> str:
    target = path.parent / where
    target.mkdir(exist_ok=True)
    place = target / path.name
    number = 1
    while place.exists():
        number += 1
        place = target / f"{path.stem}-{number}{path.suffix}"
    # The result first: a file that has moved has its answer beside it.
    place.with_name(place.name + ".result.json").write_text(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    path.rename(place)
    return f"{path.name}：{sentence}"


def _waiting(directory: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in directory.glob("*/*/*"):
        if path.is_file() and not path.name.startswith(_PASSED_OVER) and not path.name.lower().endswith(_HALF_WRITTEN):
            yield path, path.stat()
