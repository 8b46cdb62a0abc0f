"""文书。What a firm hands in for a remote visit: PDF files, kept encrypted, seen by the office alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from chengxin.access import vault
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet

LIMITS: Final = "visit_documents"
COUNT, MEGABYTES = "份数", "每份最多兆字节"
_BEGINS: Final = b"%PDF-"


def keep_documents(files: Sequence[Any], *, policy: PolicySet, at: Instant) -> list[dict[str, str]]:
    """Store the documents: SHA-256 and name of each. Refused for too many, too big, or what is no PDF; then none is stored."""
    limits = policy.value_at(LIMITS, date_of(at)).value
    if len(files) > int(limits[COUNT]):
        raise Refused("documents-faulty", f"文书 {len(files)} 份，最多 {limits[COUNT]} 份。", "合并成几份再交。")
    contents = []
    for file in files:
        name = str(getattr(file, "name", "文书"))[:100]
        if file.size > int(limits[MEGABYTES]) * 1_000_000:
            raise Refused("documents-faulty", f"“{name}”超过 {limits[MEGABYTES]} 兆字节。", "缩小以后再交。")
        content = file.read()
        if not content.startswith(_BEGINS):
            raise Refused("documents-faulty", f"“{name}”不是 PDF。", "另存为 PDF 再交；照片放在照片一栏。")
        contents.append((name, content))
    return [{"sha256": vault.store(io.BytesIO(content), at).sha256, "name": name} for name, content in contents]
