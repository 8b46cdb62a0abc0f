"""``/healthz``：which part of the platform is alive. A part gives a sign each second by touching its file under ``run/``."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chengxin.foundation.collection.models import Submission
from chengxin.ledger.models import Checkpoint, Head

PARTS: Final = ("web", "worker", "scheduler")
#: Signs come each second; a part that is busy with one long statement may miss a few.
SILENT_AFTER_SECONDS: Final = 30.0
#: Below this SQLite cannot write its next transaction.
ROOM_NEEDED_BYTES: Final = 1 << 20

_cannot_write: set[str] = set()

log = structlog.get_logger("chengxin.health")


@dataclass(frozen=True)
class State:
    """What is known of a part: whether it gave a sign lately, how long ago, and which of its duties fail (name → kind of error)."""

    alive: bool
    seconds_ago: float | None = None
    failing: Mapping[str, str] | None = None


def beat(part: str, failing: Mapping[str, str] | None = None) -> bool:
    """生命迹象 of this process's part; False when it could not be written. A full disk must not end who gives signs: the old file is
    touched then, which needs no room."""
    path = _file(part)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(msgspec.json.encode(failing or {}))
        draft.replace(path)
    except OSError as error:
        if part not in _cannot_write:  # once, not each second
            log.error("磁盘已满，写不了" if is_full(error) else "写不了运行状态", part=part, error=error.strerror)
        _cannot_write.add(part)
        with suppress(OSError):
            draft.unlink(missing_ok=True)
            os.utime(path)
        return False
    _cannot_write.discard(part)
    return True


def is_full(error: OSError) -> bool:
    """Whether it says that there is no room."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def has_room() -> bool:
    """Whether the disk of the data takes anything at all."""
    return shutil.disk_usage(settings.CHENGXIN_HOME).free >= ROOM_NEEDED_BYTES


def parts() -> dict[str, State]:
    """The state of every part. Real time, not the platform's clock: a pinned clock does not stop processes."""
    return {part: _state(part) for part in PARTS}


def figures() -> Iterator[tuple[str, str, float]]:
    """(name, words, value) of what waits and what has grown."""
    from django_tasks_db.models import DBTaskResult

    yield "tasks_waiting", "Tasks that no worker has taken yet.", DBTaskResult.objects.ready().count()
    yield "submissions_open", "Submissions that are not closed.", Submission.objects.filter(state="reading").count()
    yield "ledger_entries", "Entries of the ledger.", Head.objects.values_list("size", flat=True).first() or 0
    newest = Checkpoint.objects.order_by("-size").values_list("signed_at", flat=True).first()
    if newest is not None:
        yield "checkpoint_signed_at", "When the newest checkpoint was signed (unix seconds).", newest


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 when the database and every part are alive, else 503; the body says which."""
    written = beat("web")
    document: dict[str, Any] = {part: _document(state) for part, state in parts().items()}
    document["database"] = {"alive": _database_answers()}
    document["disk"] = (
        {"alive": True} if written and has_room() else {"alive": False, "failing": {"disk": "磁盘已满，不能写入；公开页面仍可查看"}}
    )
    healthy = all(part["alive"] and not part.get("failing") for part in document.values())
    return HttpResponse(msgspec.json.encode(document), status=200 if healthy else 503, content_type="application/json")


def _document(state: State) -> dict[str, Any]:
    told = {"alive": state.alive, "seconds_ago": state.seconds_ago, "failing": state.failing}
    return {name: value for name, value in told.items() if value or name == "alive"}


def _state(part: str) -> State:
    try:
        file = _file(part)
        ago = round(time.time() - file.stat().st_mtime, 1)
        return State(ago <= SILENT_AFTER_SECONDS, ago, msgspec.json.decode(file.read_bytes(), type=dict[str, str]))
    except (FileNotFoundError, msgspec.DecodeError):
        return State(False)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def _file(part: str) -> Path:
    return Path(settings.CHENGXIN_HOME) / "run" / f"{part}.alive"
