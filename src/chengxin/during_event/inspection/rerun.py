"""重新抽取的页面, as one file that works without a network: the same form and the same two scripts that the portal serves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.template.loader import render_to_string

_STATIC: Final = Path(__file__).parent / "static" / "inspection"
SCRIPTS: Final = (_STATIC / "draw.mjs", _STATIC / "rerun.mjs")


def offline_page() -> str:
    """The page with its scripts inside."""
    # A line that begins with #! is for node; inside a page it is no longer the first.
    scripts = ["\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("#!")) for path in SCRIPTS]
    return render_to_string("inspection/rerun_offline.html", {"scripts": scripts, "files_address": "", "commitment": ""})
