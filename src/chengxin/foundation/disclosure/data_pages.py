"""开放数据的页面：what can be downloaded, how fresh it is, and the files themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.foundation.disclosure import open_data
from chengxin.foundation.disclosure.open_data_rows import FORMATS
from chengxin.foundation.records.types import Surface
from chengxin.foundation.records.uses import Channel, note_bulk_use, recipient_of
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
LABELS = {"records.csv": "CSV", "records.json": "JSON", "records.parquet": "Parquet", "datapackage.json": "数据说明"}


@dataclass(frozen=True)
class DataFile:
    """一个文件。"""

    label: str
    href: str
    size: int | None


@dataclass(frozen=True)
class DataLine:
    """一类事项的数据。``stale``: why it waits to be made again, "" if it can be downloaded."""

    item: CatalogueItem
    records: int
    made_at: Instant | None
    next_end: Instant | None
    stale: str
    files: list[DataFile]


@require_safe
def data_page(request: HttpRequest) -> HttpResponse:
    """``/data``。"""
    at = clock.now()
    items = [item for item in active.policy_set().catalogue.values() if open_data.offered(item)]
    return render(request, "disclosure/data.html", {"lines": [_line(item, at) for item in items], "terms": open_data.TERMS})


@require_safe
def data_file(request: HttpRequest, item_id: str, name: str) -> HttpResponseBase:
    """``/data/<item>/<file>``：streamed; refused while a record in it may not be shown any more."""
    item = active.policy_set().catalogue.get(item_id)
    if item is None or not open_data.offered(item):
        raise NotFound("no-such-data", "没有这一类开放数据。", "从开放数据页选。")
    at = clock.now()
    file, size = open_data.open_file(item, name, at, date_of(at))
    _note(request, item, name, at)
    response = FileResponse(file, content_type=TYPES[name.rpartition(".")[2]], as_attachment=True, filename=f"{item.id}-{name}")
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _note(request: HttpRequest, item: CatalogueItem, name: str, at: Instant) -> None:
    """A download by somebody known is one use of everything in the file."""
    manifest, recipient = open_data.manifest_of(item), recipient_of(caller_of(request))
    if recipient and manifest is not None:
        note_bulk_use(
            item=item.number, surface=Surface.PUBLIC, known_at=manifest.made_at, recipient=recipient, channel=Channel.FILE,
            what=f"{item.id}/{name}", at=at,
        )  # fmt: skip


def _line(item: CatalogueItem, at: Instant) -> DataLine:
    manifest = open_data.manifest_of(item)
    stale = open_data.why_stale(item, at, date_of(at))
    if manifest is None:
        return DataLine(item, 0, None, None, stale, [])
    sizes = {name: facts["bytes"] for name, facts in manifest.files.items()}
    files = [DataFile(LABELS[name], f"/data/{item.id}/{name}", sizes.get(name)) for name in (*FORMATS, "datapackage.json")]
    return DataLine(item, manifest.records, manifest.made_at, manifest.next_end, stale, files if not stale else [])
