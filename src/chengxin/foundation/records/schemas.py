"""接口里的记录。What a record, a subject and a page look like to a program; every field says in Chinese what it is."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from chengxin.foundation.records.showing import ShownBasis, ShownRecord
from chengxin.kernel.instants import FOREVER, utc_text


class FieldValue(Schema):
    """一个字段。"""

    code: str = Field(description="字段代码，如 CF_WSH")
    label: str = Field(description="中文名")
    value: str = Field(description="值；金额按标准为万元，日期为 YYYY-MM-DD")


class BasisOut(Schema):
    """依据。"""

    title: str = Field(description="文件名称和文号")
    note: str = Field("", description="要点（本平台的表述）或原文")
    confidence: str = Field(description="核实程度：found 已核原文，recalled 凭记忆，to_confirm 待业务核定，assumed 假定")


class RecordOut(Schema):
    """公示中的一条记录。"""

    id: int = Field(description="记录编号")
    item: str = Field(description="目录事项，如 administrative_penalty")
    item_title: str = Field(description="目录事项名称")
    version: int = Field(description="第几版；更正后加一")
    subject_name: str = Field(description="主体名称；自然人已脱敏")
    subject_code: str = Field(description="统一社会信用代码；没有的为空")
    document_number: str = Field(description="文书号")
    decided_on: str = Field(description="作出决定的日期")
    authority: str = Field(description="作出决定的机关")
    authority_code: str = Field(description="机关的统一社会信用代码")
    source_class: str = Field(
        description="来源类别：public 公共，court 司法，market 市场，voluntary 自愿，complaint 投诉，internet 互联网，association 协会"
    )
    severity: str = Field(description="失信严重程度：minor、general、serious；不分类的为空")
    severity_provisional: bool = Field(description="严重程度是否暂定，待作出决定的机关写明")
    disputed: str = Field(description="有争议：异议的办理情况；没有争议的为空")
    because: str = Field(description="公示期间的缘由")
    public_from: str = Field(description="公示起（UTC）")
    public_until: str | None = Field(description="公示止（UTC，不含此刻）；长期为空。到此刻必须停止展示")
    earliest_restoration: str | None = Field(description="最早可以申请信用修复的日期")
    received_at: str = Field(description="首次报送的时刻（UTC）")
    due_on: str | None = Field(description="应当报送的最后一日；不计期限的为空")
    due_provisional: bool = Field(description="该日是否暂定（当年放假安排未公布）")
    basis: BasisOut = Field(description="归集公示的依据")
    period_basis: BasisOut | None = Field(description="定公示期限的办法或者规定；期限由文书自己载明的为空")
    fields: list[FieldValue] = Field(description="可以公示的字段")
    page: str = Field(description="网页")
    proof: str = Field(description="存在证明的地址")


class RecordPage(Schema):
    """一页记录。"""

    records: list[RecordOut]
    next_cursor: str = Field(description="下一页的标记；空：没有了")


class SubjectOut(Schema):
    """信用主体。"""

    id: int
    name: str = Field(description="名称")
    code: str = Field(description="统一社会信用代码；没有的为空")
    kind: str = Field(description="主体类别")
    division: str = Field(description="行政区划代码")
    in_registry: bool = Field(description="是否已有登记信息")
    records: dict[str, int] = Field(description="目录事项 → 公示中的条数")
    page: str = Field(description="网页")


class SubjectsFound(Schema):
    """检索结果。"""

    subjects: list[SubjectOut]


class VersionOut(Schema):
    """以前的版本。"""

    version: int
    submission: int = Field(description="报送编号")
    fields: list[FieldValue]


class Versions(Schema):
    """一条记录以前的各版，新的在前。"""

    versions: list[VersionOut]


def record_out(shown: ShownRecord) -> dict[str, Any]:
    """A shown record as :class:`RecordOut`."""
    return {
        "id": shown.id,
        "item": shown.item.id,
        "item_title": shown.item.title,
        "version": shown.version,
        "subject_name": shown.subject_name,
        "subject_code": shown.subject_code,
        "document_number": shown.document_number,
        "decided_on": shown.decided_on.isoformat(),
        "authority": shown.authority,
        "authority_code": shown.authority_code,
        "source_class": shown.source_class.name.lower(),
        "severity": shown.severity.word or "",
        "severity_provisional": shown.severity_provisional,
        "disputed": shown.disputed,
        "because": shown.because.label,
        "public_from": utc_text(shown.public_from),
        "public_until": None if shown.public_until >= FOREVER else utc_text(shown.public_until),
        "earliest_restoration": shown.earliest.isoformat() if shown.earliest else None,
        "received_at": utc_text(shown.received_at),
        "due_on": shown.due_on.isoformat() if shown.due_on else None,
        "due_provisional": shown.due_provisional,
        "basis": _basis_out(shown.basis),
        "period_basis": _basis_out(shown.period_basis) if shown.period_basis else None,
        "fields": [{"code": each.code, "label": each.label, "value": each.value} for each in shown.fields],
        "page": shown.href,
        "proof": f"/api/v1/proofs/{shown.id}",
    }


def _basis_out(basis: ShownBasis) -> dict[str, str]:
    return {"title": basis.title, "note": basis.quote or basis.note, "confidence": basis.confidence}
