"""归集的接口。A department's system hands in a file and follows what becomes of it."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any, Final, Literal

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Field, File, Form, Header, Query, Router, Schema, Status
from ninja.files import UploadedFile

from chengxin.access.caller import caller_of, office_of
from chengxin.access.marks import Mark, marked
from chengxin.access.paging import decode_cursor, page_of
from chengxin.access.reads import Seen, note
from chengxin.foundation.collection import queries
from chengxin.foundation.collection.annotating import annotated_file
from chengxin.foundation.collection.answers import answer_of
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.receiving import receive_submission
from chengxin.foundation.collection.sheets_marked import marked_workbook
from chengxin.foundation.collection.tasks import set_reading
from chengxin.foundation.collection.types import Channel
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused

router = Router(tags=["归集"])

WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReceiptShown(Schema):
    """回执：账本里说明这份报送结果的条目；从下一个检查点起可取证明。"""

    submission: int
    state: str
    event: str
    content_id: int = Field(description="条目的内容编号；证明见 /api/v1/proofs/c<编号>")
    leaf: int = Field(description="条目在账本中的位置，从 0 起")


class SubmissionShown(Schema):
    """报送。accepted + updated + rejected + quarantined = rows；unchanged 含在 updated 内。"""

    submission: int
    state: str = Field(description="reading | awaiting_release | closed | returned | refused")
    state_title: str
    item: str
    key: str
    file_name: str
    file_sha256: str
    received_at: str
    closed_at: str | None
    rows: int
    accepted: int
    updated: int
    unchanged: int
    rejected: int
    quarantined: int
    mended: int
    late: int
    blocked: int
    receipt: ReceiptShown | None
    refusal: dict[str, Any] | None


class FaultShown(Schema):
    """一处说明。"""

    level: str = Field(description="error | warning | mended")
    sheet: str
    row: int
    field: str
    field_title: str
    value: str
    rule: str
    sentence: str
    clause: str
    mend: str
    detail: str


class FaultPage(Schema):
    """一页说明；next_cursor 为空即最后一页。"""

    faults: list[FaultShown]
    next_cursor: str


class SubmissionPage(Schema):
    """一页报送，新的在前。"""

    submissions: list[SubmissionShown]
    next_cursor: str


@router.post(
    "/submissions",
    response={201: SubmissionShown, 200: SubmissionShown},
    summary="报送一个文件",
    operation_id="create_submission",
)
def create_submission(
    request: HttpRequest,
    response: HttpResponse,
    item: str = Form(..., description="目录事项，例如 administrative_penalty"),  # type: ignore[type-arg]
    file: UploadedFile = File(..., description="CSV、XLSX、XLS、XML 2003 或 JSON"),  # type: ignore[type-arg]  # noqa: B008
    idempotency_key: str = Header("", alias="Idempotency-Key", description="幂等键；不写则同一事项的同一文件只算一次"),  # type: ignore[type-arg]
) -> Any:
    """同一键、同一内容：200 和同一回执；同一键、另一内容：409；整份不予接收：422；过大：413。大文件先答 state=reading，再用 GET 查看。"""
    caller = caller_of(request)
    if len(request.FILES.getlist("file")) > 1:
        raise Refused("several-files", "一次只能报送一个文件，收到的不止一个。", "请分次报送，每次一个文件、一个幂等键。")
    submission = receive_submission(
        department=office_of(request),
        item=item,
        stream=file,
        file_name=file.name or "",
        channel=Channel.API,
        key=idempotency_key,
        actor=caller.name,
        at=clock.now(),
    )
    submission = set_reading(submission)
    if submission.refusal:
        raise _refusal(submission)
    response["Location"] = f"/api/v1/submissions/{submission.pk}"
    return Status(201 if submission.is_new else 200, answer_of(submission))


@router.get("/submissions", response=SubmissionPage, summary="列出报送", operation_id="list_submissions")
def list_submissions(request: HttpRequest, cursor: str = "", limit: int = Query(50, ge=1, le=500)) -> Any:  # type: ignore[type-arg]
    """本部门的报送，新的在前。"""
    found = queries.submissions_of(caller_of(request))
    after = decode_cursor(cursor, int)
    if after:
        found = found.filter(pk__lt=after[0])
    page = page_of(lambda n: list(found[:n]), limit, lambda submission: (submission.pk,))
    return {"submissions": [answer_of(submission) for submission in page.rows], "next_cursor": page.next_cursor}


@router.get("/submissions/{submission_id}", response=SubmissionShown, summary="查看一份报送", operation_id="get_submission")
def get_submission(request: HttpRequest, submission_id: int, response: HttpResponse) -> Any:
    """核对中的报送返回到目前为止的计数。"""
    response["Cache-Control"] = "no-store"
    return answer_of(queries.submission_for(caller_of(request), submission_id))


@router.get("/submissions/{submission_id}/faults", response=FaultPage, summary="逐处说明", operation_id="list_faults")
def list_faults(
    request: HttpRequest,
    submission_id: int,
    level: Literal["", "error", "warning", "mended"] = "",
    cursor: str = "",
    limit: int = Query(100, ge=1, le=500),  # type: ignore[type-arg]
) -> Any:
    """哪一行、哪一格、违反哪条规则、怎样改。封存字段的值已遮蔽。"""
    submission = queries.submission_for(caller_of(request), submission_id)
    page = queries.remarks_page(submission, level=level, cursor=cursor, limit=limit)
    note(request, Seen("submission", str(submission.pk), what=f"逐处说明 {level or 'all'}", owner_id=submission.department_id))
    return {"faults": [asdict(remark) for remark in page.rows], "next_cursor": page.next_cursor}


@router.get("/submissions/{submission_id}/workbook", summary="下载批注工作簿", operation_id="get_workbook")
def get_workbook(request: HttpRequest, submission_id: int) -> HttpResponse:
    """退回的各行和逐格说明（XLSX），带下载的印记；改好后原样报送即可。"""
    return workbook_response(request, queries.submission_for(caller_of(request), submission_id))


def workbook_response(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The annotated workbook as a download that nobody caches, marked with who took it once that is on record."""
    stored = annotated_file(submission, clock.now())

    def made(mark: Mark) -> FileResponse:
        with stored:
            content = io.BytesIO(marked_workbook(stored, mark))
        response = FileResponse(content, as_attachment=True, filename=f"退回-{submission.pk}.xlsx", content_type=WORKBOOK_TYPE)
        response["Cache-Control"] = "no-store"
        return response

    return marked(request, made, opened=stored)


def _refusal(submission: Submission) -> Refused:
    told = dict(submission.refusal or {})
    where = {**told.pop("where", {}), "submission": str(submission.pk)}
    return Refused(**told, where=where)
