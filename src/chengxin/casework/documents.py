"""案卷材料。Checked for size and for what the bytes really are, whatever the name says; kept encrypted, found by content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from chengxin.access import vault
from chengxin.access.agencies import agency_issuing
from chengxin.access.types import SERVICE_LABELS, AgencyService
from chengxin.casework.models import Case, CaseDocument, CaseStep
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import DocumentKind, Procedure, StepRule

LIMITS: Final = "case_document_limits"
COUNT, MEGABYTES = "份数", "每份最多兆字节"
_HEAD: Final = 16

#: Beginning of the bytes → media type. Office documents are archives and are told by what is in them.
_MAGIC: Final[Mapping[bytes, str]] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_ARCHIVES: Final[Mapping[str, str]] = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}
_ENDINGS: Final[Mapping[str, str]] = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg .jpeg",
    _ARCHIVES["word/document.xml"]: ".docx",
    _ARCHIVES["xl/workbook.xml"]: ".xlsx",
    _ARCHIVES["OFD.xml"]: ".ofd",
}


@dataclass(frozen=True)
class Kept:
    """一份材料, stored."""

    kind: str
    sha256: str
    name: str
    media_type: str
    size: int
    agency_id: int | None = None  # that made it


def issuers_of(
    procedure: Procedure, step: StepRule, files: Sequence[tuple[str, Any]], said: Mapping[str, str], at: Instant
) -> Mapping[str, int]:
    """出具机构：kind of document → the agency that made it. Refused where the agency is not named, or not registered for it today; no such
    document is ever required, and a report of anybody else is handed in as another document."""
    found: dict[str, int] = {}
    given, asked = {kind for kind, _ in files}, {each.id for each in step.asks}
    for kind in (each for each in procedure.documents.values() if each.named_by):
        code = said.get(kind.named_by, "")
        if kind.id in given and kind.named_by not in asked:
            raise Refused("document-kind-unknown", f"“{step.title}”不收“{kind.title}”。", "由申请人在申请或者补正时提交。")
        if kind.id in given and not code:
            what = "写明机构的统一社会信用代码，名录在 /agencies。"
            raise Refused("said-missing", f"交了“{kind.title}”，没有写是哪家机构。", what, where={"field": kind.named_by})
        if code and kind.id not in given:
            raise Refused("documents-missing", f"写了机构，没有交“{kind.title}”。", "附上这份材料，或者把机构删去；从不要求。")
        if code:
            found[kind.id] = _issuer(kind, code, at)
    return found


def _issuer(kind: DocumentKind, code: str, at: Instant) -> int:
    agency = agency_issuing(code, kind.service, at)
    if agency is None:
        raise Refused(
            "agency-not-issuing",
            f"名录里今天没有代码为“{code[:18]}”、登记了{SERVICE_LABELS[AgencyService(kind.service)]}的机构。",
            "核对代码；不是登记机构出具的，可以作为其他材料提交。",
            where={"field": kind.named_by},
        )
    return agency.pk


def keep_documents(
    procedure: Procedure, step: StepRule, files: Sequence[tuple[str, Any]], said: Mapping[str, str], *, policy: PolicySet, at: Instant
) -> list[Kept]:
    """Store files (kind, upload with ``name``, ``size``, ``read``, ``seek``) of a step that said ``said``. Refused names the first one that
    is not to be taken, of a kind that is for another part to hand in as well; then none is stored."""
    limits = policy.value_at(LIMITS, date_of(at)).value
    if len(files) > int(limits[COUNT]):
        raise Refused("documents-too-many", f"一次交了 {len(files)} 份材料，最多 {limits[COUNT]} 份。", "合并以后再交，或者分几次补充。")
    checked = [(_kind(procedure, step, kind), file, checked_type(file, int(limits[MEGABYTES]))) for kind, file in files]
    issuers = issuers_of(procedure, step, files, said, at)
    kept = []
    for kind, file, media_type in checked:
        file.seek(0)
        stored = vault.store(file, at)
        kept.append(Kept(kind.id, stored.sha256, _name(file), media_type, stored.size, issuers.get(kind.id)))
    return kept


def keep_on_case(case: Case, step: CaseStep, kept: Sequence[Kept]) -> None:
    """Put stored documents on the case, inside the transaction of their step."""
    common = {"case": case, "place": step.place, "person": step.person, "at": step.at}
    CaseDocument.objects.bulk_create(
        CaseDocument(
            kind=each.kind,
            sha256=each.sha256,
            name=each.name,
            media_type=each.media_type,
            size=each.size,
            agency_id=each.agency_id,
            **common,
        )
        for each in kept
    )


def content_of(document: CaseDocument) -> BinaryIO:
    """The bytes of a document, for those on its case."""
    return vault.open_file(document.sha256)


def _kind(procedure: Procedure, step: StepRule, kind: str) -> DocumentKind:
    found, offered = procedure.documents.get(kind), procedure.kinds_of(step.by)
    if found is None:
        known = "、".join(each.title for each in offered) or "（没有）"
        raise Refused("document-kind-unknown", f"{procedure.title}没有“{kind[:40]}”这种材料。", f"可以交：{known}。")
    if found not in offered:
        # Under the kind of another part it would be shown to whom that kind is for.
        raise Refused(
            "document-kind-not-yours",
            f"“{found.title}”不由{procedure.parts[step.by].title}提交。",
            f"您可以交：{'、'.join(each.title for each in offered) or '（没有）'}；按这些种类重新选择文件。",
            where={"field": kind},
        )
    return found


def _name(file: Any) -> str:
    plain = str(getattr(file, "name", "") or "材料").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in plain if character.isprintable())[:200] or "材料"


def checked_type(file: Any, megabytes: int) -> str:
    """What an upload really is, by its bytes. Refused for what is too big, empty, of another type or named as one."""
    name, size = _name(file), int(file.size)
    if size > megabytes * 1_000_000:
        raise Refused(
            "document-too-big", f"“{name}”有 {size / 1_000_000:.0f} 兆字节，超过 {megabytes} 兆字节。", "压缩图片或者分开以后再交。"
        )
    if not size:
        raise Refused("document-empty", f"“{name}”是空的。", "换一份文件再交。")
    file.seek(0)
    head = file.read(_HEAD)
    found = next((media_type for magic, media_type in _MAGIC.items() if head.startswith(magic)), "")
    if not found and head.startswith(b"PK\x03\x04"):
        found = _archive_type(file)
    if not found:
        raise Refused(
            "document-type", f"“{name}”的内容不是可以接收的文件。", "请交 PDF、OFD、图片（PNG、JPEG）或者 DOCX、XLSX；改扩展名没有用。"
        )
    if not name.lower().endswith(tuple(_ENDINGS[found].split())):
        raise Refused("document-type", f"“{name}”的扩展名与内容不符，内容是 {_ENDINGS[found].split()[0]}。", "改成相符的扩展名再交。")
    return found


def _archive_type(file: Any) -> str:
    file.seek(0)
    try:
        with zipfile.ZipFile(file if hasattr(file, "seekable") else io.BytesIO(file.read())) as archive:
            names = set(archive.namelist()[:2_000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if any(name.endswith(("vbaProject.bin", ".exe", ".dll", ".js")) for name in names):
        return ""
    return next((media_type for inside, media_type in _ARCHIVES.items() if inside in names), "")
