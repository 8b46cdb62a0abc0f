"""账本的页面：the log as other people's clients read it (C2SP tlog-tiles), and the pages where people check it themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from chengxin.kernel.refused import NotFound
from chengxin.ledger import keys, tiles
from chengxin.ledger.checkpoints import latest_checkpoint, log_name
from chengxin.ledger.logs import MAIN, READS, Log
from chengxin.ledger.merkle import TILE_WIDTH
from chengxin.ledger.models import CHECKPOINTS, SignedCheckpoint

IMMUTABLE: Final = "public, max-age=31536000, immutable"
MOMENT: Final = "public, max-age=1"  # a new checkpoint may come each second
VERIFIER: Final = Path(__file__).parent / "static" / "ledger" / "verifier.js"
PAGE_SCRIPT: Final = Path(__file__).parent / "static" / "ledger" / "verify_page.js"
_PLACE: Final = re.compile(r"(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
_LEVEL: Final = re.compile(r"0|[1-9][0-9]?")
_RECENT: Final = 10


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """账本 ``/log``：what it says about itself, and how to read it."""
    recent = list(CHECKPOINTS[MAIN].objects.order_by("-size")[:_RECENT])
    name, reads_name = log_name(), log_name(log=READS)
    context = {
        "latest": recent[0] if recent else None,
        "recent": recent,
        "name": name,
        "vkeys": [str(key) for key in keys.verifiers(name)],
        "reads": latest_checkpoint(log=READS),
        "reads_name": reads_name,
        "reads_vkeys": [str(key) for key in keys.verifiers(reads_name)],
    }
    return render(request, "ledger/log.html", context)


@require_safe
def checkpoint(request: HttpRequest, log: Log = MAIN) -> HttpResponse:
    """``/log/checkpoint``：the latest signed note."""
    return _text(_latest(log).note, MOMENT)


@require_safe
def vkey(request: HttpRequest, log: Log = MAIN) -> HttpResponse:
    """``/log/vkey``：the public key, in signed-note form. Whoever checks should have it from elsewhere too."""
    return _text(f"{keys.verifiers(log_name(log=log))[-1]}\n", MOMENT)


@require_safe
def tile(request: HttpRequest, level: str, place: str, log: Log = MAIN) -> HttpResponse:
    """``/log/tile/<L>/<N>[.p/<W>]``：hashes."""
    number, width = _parse(place)
    if not _LEVEL.fullmatch(level) or int(level) > 63:
        raise _no_such_tile()
    return _bytes(tiles.published_tile(int(level), number, width, _latest(log).size, log=log))


@require_safe
def entries(request: HttpRequest, place: str, log: Log = MAIN) -> HttpResponse:
    """``/log/tile/entries/<N>[.p/<W>]``：entries, each with its length before it. They reveal nothing."""
    number, width = _parse(place)
    return _bytes(tiles.published_entries(number, width, _latest(log).size, log=log))


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """核验 ``/verify``：everything is computed in the reader's own browser."""
    latest = latest_checkpoint()
    name = log_name()
    return render(request, "ledger/verify.html", {"latest": latest, "vkey": str(keys.verifiers(name)[-1])})


@require_safe
def verify_offline(request: HttpRequest) -> HttpResponse:
    """``/verify/offline``：the same page as one file that works without a network."""
    scripts = [VERIFIER.read_text(encoding="utf-8"), PAGE_SCRIPT.read_text(encoding="utf-8")]
    page = render_to_string("ledger/verify_offline.html", {"scripts": scripts, "vkey": str(keys.verifiers(log_name())[-1])})
    return HttpResponse(page, headers={"Content-Disposition": 'attachment; filename="verify.html"', "Cache-Control": MOMENT})


def _latest(log: Log) -> SignedCheckpoint:
    latest = latest_checkpoint(log=log)
    if latest is None:
        raise NotFound("no-checkpoint", f"{log.title}还没有检查点。", "平台启动后每秒检查一次，请稍后再试。")
    return latest


def _parse(place: str) -> tuple[int, int | None]:
    match = _PLACE.fullmatch(place)
    try:
        number = tiles.parse_number(match["number"]) if match else -1
    except ValueError:
        number = -1
    if match is None or not 0 <= number < 1 << 55 or (match["width"] and int(match["width"]) >= TILE_WIDTH):
        raise _no_such_tile()
    return number, int(match["width"]) if match["width"] else None


def _no_such_tile() -> NotFound:
    return NotFound(
        "no-such-tile", "账本没有这块瓦片，或最新的检查点还没有包含它。", "地址的写法见 C2SP tlog-tiles；范围见 /log/checkpoint。"
    )


def _bytes(content: bytes | None) -> HttpResponse:
    if content is None:
        raise _no_such_tile()
    return HttpResponse(content, content_type="application/octet-stream", headers={"Cache-Control": IMMUTABLE})


def _text(text: str, cache: str) -> HttpResponse:
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
    )
