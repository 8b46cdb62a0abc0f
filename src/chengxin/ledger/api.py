"""账本的接口。Proofs record by record; checkpoint and tiles are served at ``/log/`` (see ``pages.py``)."""

from __future__ import annotations

import base64
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound
from chengxin.ledger import proofs
from chengxin.ledger.checkpoints import latest_checkpoint
from chengxin.ledger.logs import log_named

router = Router(tags=["账本"])


class Proof(Schema):
    """存在证明。All bytes in Base64; ``payload`` is the very text that was hashed."""

    format: str = Field(description="chengxin-proof/1")
    leaf_index: int = Field(description="条目在账本中的位置，从 0 起")
    entry: str = Field(description="条目：8 字节公开头部与 32 字节承诺值")
    path: list[str] = Field(description="RFC 9162 存在证明路径，自下而上")
    checkpoint: str = Field(description="签名检查点（C2SP signed note）")
    salt: str | None = Field(None, description="盐，仅在记录公开期间提供")
    payload: str | None = Field(None, description="内容（RFC 8785），仅在记录公开期间提供")


class ConsistencyProof(Schema):
    """一致性证明：the older tree is the beginning of the newer one."""

    old_size: int
    size: int
    path: list[str] = Field(description="RFC 9162 一致性证明路径")


@router.get("/proofs/{reference}", response=Proof, exclude_none=True, summary="取一条记录或条目的存在证明", operation_id="get_proof")
def get_proof(
    request: HttpRequest,
    reference: str,
    response: HttpResponse,
    form: Literal["json", "tlog"] = Query("json", description="tlog：C2SP tlog-proof 文本格式，不含内容"),  # type: ignore[type-arg]
) -> Any:
    """``reference``：记录编号（数字），或条目编号（c 加数字，见回执）。记录不公开时，只给出证明，不给出盐和内容。"""
    proof = proofs.prove_publicly(reference, clock.now())
    response["Cache-Control"] = "no-store"  # what may be shown now may not be shown tomorrow
    if form == "tlog":
        return HttpResponse(proof.tlog_proof(), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
    return proof.document()


@router.get("/log/consistency", response=ConsistencyProof, summary="取两个检查点之间的一致性证明", operation_id="get_consistency_proof")
def get_consistency_proof(
    request: HttpRequest,
    old_size: int,
    size: int,
    response: HttpResponse,
    log: Literal["main", "reads"] = Query("main", description="main：账本；reads：查看日志"),  # type: ignore[type-arg]
) -> dict[str, Any]:
    """证明条数为 ``old_size`` 的账本是条数为 ``size`` 的账本的开头。"""
    asked = log_named(log)
    latest = latest_checkpoint(log=asked)
    if latest is None or size > latest.size:
        raise NotFound("no-such-size", f"还没有条数为 {size} 的检查点。", f"最新的检查点见 /log{asked.path}/checkpoint。")
    path = proofs.prove_consistency(old_size, size, log=asked)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return {"old_size": old_size, "size": size, "path": [base64.b64encode(sibling).decode() for sibling in path]}
