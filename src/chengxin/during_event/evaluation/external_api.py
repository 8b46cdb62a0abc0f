"""外来评价的接口：a registered agency's signed file, handed on by a department's system. The signature says whose it is, not the token."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from chengxin.access.caller import caller_of
from chengxin.during_event.evaluation.external_intake import external_file_by_id, take_in
from chengxin.during_event.evaluation.models import ExternalFile, RegisteredAgency
from chengxin.during_event.evaluation.types import NATIONAL_AGENCY
from chengxin.kernel import clock

router = Router(tags=["信用评价"])


class ExternalFaultOut(Schema):
    """一行的说明。"""

    line: str
    code: str
    rule: str
    sentence: str
    what_to_do: str


class ExternalFileOut(Schema):
    """一份评价文件的回执。"""

    id: int
    agency: str
    sequence: int
    sha256: str
    made_on: date
    state: str = Field(description="taken 已接收，waiting 等待另一人放行，returned 已退回")
    rows: int
    accepted: int
    faults: list[ExternalFaultOut] = Field(description="退回的行，至多一千条")


@router.post(
    "/evaluation-files", response={201: ExternalFileOut}, summary="报送登记机构签名的评价文件", operation_id="create_evaluation_file"
)
def create_evaluation_file(
    request: HttpRequest,
    response: HttpResponse,
    file: UploadedFile = File(..., description="评价文件，格式见文档"),  # type: ignore[type-arg]  # noqa: B008
) -> Any:
    """整份不接收：422；接收过的或者旧的：409。不合格的行列在 faults 里，其余的已接收。"""
    taken = take_in(file.read(), file_name=file.name or "", by=caller_of(request).name, at=clock.now())
    response["Location"] = f"/api/v1/evaluation-files/{taken.pk}"
    return Status(201, _out(taken))


@router.get("/evaluation-files/{number}", response=ExternalFileOut, summary="查看一份评价文件的回执", operation_id="get_evaluation_file")
def get_evaluation_file(request: HttpRequest, number: int) -> dict[str, Any]:
    """文件的回执：接收了多少行，哪些行退回、为什么。"""
    return _out(external_file_by_id(number))


def _out(file: ExternalFile) -> dict[str, Any]:
    agency = RegisteredAgency.objects.filter(pk=file.agency_id).first()
    state = "taken" if file.taken_at is not None else "returned" if file.returned_because else "waiting"
    return {
        **{"id": file.pk, "agency": agency.name if agency else NATIONAL_AGENCY, "sequence": file.sequence, "sha256": file.sha256},
        **{"made_on": file.made_on, "state": state, "rows": file.rows, "accepted": file.accepted, "faults": file.faults},
    }
