"""试算的结果 on file beside the database: what was counted when a set was proposed, for whoever adopts it. Nothing enters the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from chengxin.kernel.instants import Instant


def keep_trial(before: str, after: str, effects: Mapping[str, int], at: Instant) -> None:
    """Keep what the adoption of ``after`` would do where ``before`` is in force (digests); a later trial takes the place of this one."""
    path = _path(before, after)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(
        json.dumps({"before": before, "after": after, "at": at, "effects": dict(effects)}, ensure_ascii=False), encoding="utf-8"
    )
    draft.rename(path)


def kept_trial(before: str, after: str) -> dict[str, int]:
    """What was counted, in words → how many; empty if these two sets were never tried here."""
    path = _path(before, after)
    if not path.exists():
        return {}
    said = json.loads(path.read_text(encoding="utf-8"))
    return {str(words): int(number) for words, number in said["effects"].items()}


def _path(before: str, after: str) -> Path:
    return Path(settings.CHENGXIN_HOME) / "policy-trials" / f"{before}-{after}.json"
