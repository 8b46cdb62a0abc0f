"""开放数据：the public records of an item as CSV, JSON and Parquet, with a ``datapackage.json`` that says how fresh they are.

Files carry no salts: proofs are fetched record by record while the record is public. A file stops being served the moment a record in it
ends, is withdrawn, held or corrected; it comes back when it has been made again. Mirrors that want every change follow the feed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings

from chengxin.foundation.disclosure.open_data_rows import FORMATS, columns_of, write_rows
from chengxin.foundation.records.models import Record, StandingHistory
from chengxin.foundation.records.ports import disputes
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import ShownRecord, shown_records
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import FOREVER, Instant, utc_text
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.checkpoints import latest_checkpoint
from chengxin.ledger.models import Head
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem

ROWS_AT_A_TIME: Final = 2_000
FRESHNESS: Final = "open_data_freshness"
#: A change whose transaction commits late carries an instant from before the reading: so far back they are counted.
SETTLING_SECONDS: Final = 600
TERMS: Final = (
    "可以免费复制、分析和再利用，须注明来源和取得时间；不得改变原意，不得用于识别自然人。"
    "记录停止公示后必须同步停止展示：以 public_until 为准，并按增量接口 /api/v1/acts?since= 撤回和更正。"
)


@dataclass(frozen=True)
class Manifest:
    """一次生成的情况。``next_end``: when the first of its records ends; ``late_changes``: changes counted just before the reading."""

    item: str
    made_at: Instant
    records: int
    next_end: Instant
    late_changes: int
    ledger_size: int
    checkpoint: str
    policy: str
    files: dict[str, dict[str, Any]]


def make_open_data(item: CatalogueItem, at: Instant) -> Manifest:
    """生成 the files of one item; they replace the former ones at once. Memory is flat in the number of records."""
    folder = _folder(item) / f"{at}-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    policy = active.policy_set()
    # Counted before the rows are read: a change that commits meanwhile makes the files stale, whatever its instant says.
    late = _changes(item, at - SETTLING_SECONDS, at)
    size = Head.objects.values_list("size", flat=True).first() or 0
    tally = _Tally()
    write_rows(folder, item, tally.counting(_shown(item, at)))
    note = latest_checkpoint()
    files = {name: {"bytes": (folder / name).stat().st_size, "sha256": _digest(folder / name)} for name in FORMATS}
    manifest = Manifest(item.id, at, tally.records, tally.next_end, late, size, note.note if note else "", policy.digest, files)
    (folder / "datapackage.json").write_text(json.dumps(_package(item, manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    _put(folder / "manifest.json", asdict(manifest))
    _put(_folder(item) / "current.json", {"folder": folder.name})
    _forget_others(item, folder.name)
    return manifest


def manifest_of(item: CatalogueItem) -> Manifest | None:
    """The files there are now; None if none were made yet."""
    pointer = _folder(item) / "current.json"
    try:
        folder = json.loads(pointer.read_text(encoding="utf-8"))["folder"]
        return Manifest(**json.loads((_folder(item) / folder / "manifest.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def why_stale(item: CatalogueItem, at: Instant, as_of: date) -> str:
    """为何要重新生成: a sentence, or "" if the files may be served. A record that must not be shown any more makes them stale at once."""
    manifest = manifest_of(item)
    if manifest is None:
        return "还没有生成。"
    if at >= manifest.next_end:
        return "其中有记录的公示期已满。"
    if (
        _changes(item, manifest.made_at, at)
        or _changes(item, manifest.made_at - SETTLING_SECONDS, manifest.made_at) != manifest.late_changes
    ):
        return "其中有记录被撤回、暂停、更正，或者有了异议。"
    if manifest.policy != active.policy_set().digest:
        return "政策集有变动。"
    longest = int(active.policy_set().value_at(FRESHNESS, as_of).value)
    return "已经过了更新的时候。" if at - manifest.made_at >= longest else ""


def open_file(item: CatalogueItem, name: str, at: Instant, as_of: date) -> tuple[BinaryIO, int]:
    """下载：the file and its size. NotFound for a name there is none of, Refused while the files wait to be made again."""
    if name not in (*FORMATS, "datapackage.json"):
        raise NotFound("no-such-file", f"没有“{name}”这个文件。", f"有 {'、'.join(FORMATS)} 和 datapackage.json。")
    why = why_stale(item, at, as_of)
    if why:
        raise Refused(
            "open-data-being-made", f"“{item.title}”的数据文件正在重新生成：{why}", "几分钟后再下载；急用的可读增量接口 /api/v1/acts。"
        )
    folder = json.loads((_folder(item) / "current.json").read_text(encoding="utf-8"))["folder"]
    path = _folder(item) / folder / name
    return path.open("rb"), path.stat().st_size


def stale_items(at: Instant, as_of: date) -> list[CatalogueItem]:
    """The items whose files must be made (again)."""
    return [item for item in active.policy_set().catalogue.values() if offered(item) and why_stale(item, at, as_of)]


def offered(item: CatalogueItem) -> bool:
    """Whether an item's records may be public at all."""
    return item.level.value == "public" and item.terms["public"].by != "never"


class _Tally:
    """Counts what streams by, and remembers the first end."""

    def __init__(self) -> None:
        self.records, self.next_end = 0, FOREVER

    def counting(self, rows: Iterator[ShownRecord]) -> Iterator[ShownRecord]:
        for row in rows:
            self.records += 1
            self.next_end = min(self.next_end, row.public_until)
            yield row


def _shown(item: CatalogueItem, at: Instant) -> Iterator[ShownRecord]:
    last, policy = 0, active.policy_set()
    while True:
        rows = list(Record.objects.filter(visible(Surface.PUBLIC, at), item=item.number, id__gt=last).order_by("id")[:ROWS_AT_A_TIME])
        if not rows:
            return
        yield from shown_records(rows, policy, at)
        last = rows[-1].id


def _changes(item: CatalogueItem, after: Instant, until: Instant) -> int:
    """How many changes of what the public sees of an item fall into (after, until]."""
    changed = StandingHistory.objects.filter(surface=Surface.PUBLIC, known_until__gt=after, known_until__lte=until)
    marked = sum(marks.changes(item.number, after, until) for _, marks in disputes.items())
    return changed.filter(record_id__in=Record.objects.filter(item=item.number).values("id")).count() + marked


def _package(item: CatalogueItem, manifest: Manifest) -> dict[str, Any]:
    schema = {"fields": [{"name": name, "title": title, "type": kind} for name, title, kind in columns_of(item)], "primaryKey": "id"}
    formats = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
    resources = []
    for name, facts in manifest.files.items():
        form = name.rpartition(".")[2]
        common = {"path": name, "format": form, "mediatype": formats[form], "encoding": "utf-8", "bytes": facts["bytes"]}
        resources.append({"name": f"{item.id.replace('_', '-')}-{form}", **common, "hash": f"sha256:{facts['sha256']}", "schema": schema})
    return {
        "name": item.id.replace("_", "-"),
        "title": item.title,
        "description": f"公示中的{item.title}信息。生成之后到期、撤回或者更正的，以网站和增量接口为准。",
        "created": utc_text(manifest.made_at),
        "freshness": {"made_at": utc_text(manifest.made_at), "valid_until": utc_text(manifest.next_end), "changes": "/api/v1/acts?since="},
        "licenses": [{"name": "other-open", "title": TERMS}],
        "sources": [{"title": f"公共信用信息平台，{settings.CHENGXIN_ORIGIN}", "path": settings.CHENGXIN_ORIGIN}],
        "ledger": {"size": manifest.ledger_size, "checkpoint": manifest.checkpoint, "proof": "/api/v1/proofs/{id}"},
        "policy": manifest.policy,
        "records": manifest.records,
        "resources": resources,
    }


def _folder(item: CatalogueItem) -> Path:
    return Path(settings.CHENGXIN_HOME) / "open-data" / item.id


def _put(path: Path, document: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget_others(item: CatalogueItem, kept: str) -> None:
    for each in _folder(item).iterdir():
        if each.is_dir() and each.name != kept:
            shutil.rmtree(each, ignore_errors=True)
