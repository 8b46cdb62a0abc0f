"""试算的报告：kept as files beside the runs, so that who decides about a policy can read what it would do. Nothing enters the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound

_NAME: Final = re.compile(r"[a-z0-9_-]{1,150}")


def save_simulation(found: Mapping[str, Any], *, because: str, by: str, at: Instant) -> str:
    """Keep the result of a simulation; its id."""
    name = f"{found['as_of']}-{found['model']}-{found['policy_after'][:12]}-{at}"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.draft"
    draft.write_text(json.dumps({**found, "because": because, "by": by, "at": at}, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.rename(folder / f"{name}.json")
    return name


def saved_simulations(limit: int) -> list[dict[str, Any]]:
    """The newest reports, each with its ``id``."""
    files = sorted(_folder().glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [_read(path) for path in files[:limit]]


def report_about(before: str, after: str, model_id: str) -> dict[str, Any] | None:
    """The newest report that compares these two sets (digests) by this model; None if nobody has tried."""
    files = sorted(_folder().glob(f"*-{model_id}-{after[:12]}-*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    reports = (_read(path) for path in files)
    return next((each for each in reports if (each["policy_before"], each["policy_after"]) == (before, after)), None)


def saved_simulation(name: str) -> dict[str, Any]:
    """One report. NotFound."""
    path = _folder() / f"{name}.json"
    if not _NAME.fullmatch(name) or not path.exists():
        raise NotFound("no-such-simulation", "没有这份试算报告。", "从试算的列表里找，或者重新试算。")
    return _read(path)


def _read(path: Path) -> dict[str, Any]:
    return {"id": path.stem, **json.loads(path.read_text(encoding="utf-8"))}


def _folder() -> Path:
    return Path(settings.CHENGXIN_HOME) / "evaluations" / "simulations"
