"""案件的接口。A department's own system, or somebody signed in, opens cases, reads them and takes steps: the same doors as the pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.utils import check_csrf

from chengxin.access.caller import caller_of
from chengxin.access.models import ServiceAgency
from chengxin.casework import queries
from chengxin.casework.deadlines import readings
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.casework.people import actor_of, may_take
from chengxin.casework.saying import asked_by
from chengxin.casework.seeing import note_cases, said_to
from chengxin.casework.services import open_case, take_step
from chengxin.casework.standing import played_by
from chengxin.casework.types import About, Actor
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active
from chengxin.policy.types_procedures import StepRule

router = Router(tags=["案件"])


class CasesAsked(Schema):
    """要哪些案件。"""

    procedure: str = Field("", max_length=64, description="只要一种程序，如 restoration")
    everything: bool = Field(False, description="办结的也列出")
    before: int = Field(0, ge=0, description="翻页：只要编号比这个小的")
    limit: int = Field(50, ge=1, le=200)


class CaseAsked(Schema):
    """立案。材料放在 files 里，kinds 按同样的次序写明各是哪一种。"""

    procedure: str = Field(max_length=64, description="程序，如 restoration")
    about_kind: str = Field(max_length=24, description="关于什么，如 record")
    about_key: str = Field(max_length=64, description="它的编号")
    said: str = Field("{}", max_length=60_000, description="要填的内容：JSON 对象，键和要求见政策页或者答复里的 next")
    kinds: str = Field("", max_length=2_000, description="各份材料的种类，逗号分开，如 performance_proof,commitment_letter")


class StepAsked(Schema):
    """办理一步。"""

    version: int = Field(ge=0, description="办理时所见案件的 version；已有新的办理时答复 409")
    said: str = Field("{}", max_length=60_000, description="要填的内容：JSON 对象")
    kinds: str = Field("", max_length=2_000, description="各份材料的种类，逗号分开")


class AskedOut(Schema):
    """要填的一项。"""

    id: str
    title: str
    kind: str = Field(description="line 一行，text 多行，day 日期，choice 选项，truth 勾选")
    required: bool
    choices: dict[str, str]


class NextOut(Schema):
    """您现在可以办的一步。"""

    verb: str
    title: str
    asks: list[AskedOut]
    documents: list[str] = Field(description="须有的材料的种类")


class StepOut(Schema):
    """走过的一步。"""

    place: int
    verb: str
    to: str
    part: str
    at: str
    agency: str | None = Field(description="由哪家信用服务机构代办（统一社会信用代码）；本人办理的为空")
    said: dict[str, str]
    content_id: int = Field(description="账本条目的内容编号；证明见 /api/v1/proofs/c<编号>")


class ClockOut(Schema):
    """一个期限。"""

    clock: str
    title: str
    start_on: date
    due_on: date
    provisional: bool
    ended_on: date | None
    level: str = Field(description="met 已按期，late 已办但逾期，paused 暂停，running 办理中，yellow 即将到期，red 已逾期")
    how: list[str] = Field(description="怎样算出")


class CaseLine(Schema):
    """案件的一行。"""

    id: int
    number: str
    procedure: str
    title: str
    about: str = Field(description="种类:编号")
    state: str
    state_title: str
    version: int
    opened_at: str
    closed_at: str | None


class CaseOut(CaseLine):
    """一个案件。"""

    clocks: list[ClockOut]
    steps: list[StepOut]
    next: list[NextOut]


class CasesOut(Schema):
    """案件列表，新的在前。"""

    cases: list[CaseLine]


@router.get("/cases", response=CasesOut, summary="列出案件", operation_id="list_cases")
def list_cases(request: HttpRequest, response: HttpResponse, asked: Query[CasesAsked]) -> dict[str, Any]:
    """只有本人、本企业、本机关的；信用办和审计人员看全部。"""
    response["Cache-Control"] = "no-store"
    found = queries.cases_of(
        _actor(request, clock.now()), only_open=not asked.everything, procedure=asked.procedure, before=asked.before, limit=asked.limit
    )
    note_cases(request, found, "案件列表", clock.now())
    return {"cases": [_line(case) for case in found]}


@router.get("/cases/{case_id}", response=CaseOut, summary="取一个案件", operation_id="get_case")
def get_case(request: HttpRequest, case_id: int, response: HttpResponse) -> dict[str, Any]:
    """走过的步骤、期限怎样算出、您现在可以办什么。不在案的人与没有这个案件，答复相同。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    actor = _actor(request, at)
    case = queries.own_case(case_id, actor)
    note_cases(request, [case], "案件", at)
    return case_answer(case, actor, at)


@router.post("/cases", response={201: CaseOut}, summary="立案", operation_id="create_case")
def create_case(
    request: HttpRequest,
    asked: Form[CaseAsked],
    files: list[UploadedFile] = File([], description="材料，次序同 kinds"),  # type: ignore[type-arg]  # noqa: B008
) -> Any:
    """同一事项已有在办的：409。"""
    at = clock.now()
    actor = _actor(request, at)
    case = open_case(
        procedure=asked.procedure, about=About(asked.about_kind, asked.about_key), actor=actor, texts=said_in(asked.said),
        files=files_in(asked.kinds, files), at=at,
    )  # fmt: skip
    note_cases(request, [case], "案件", at)
    return Status(201, case_answer(case, actor, at))


@router.post("/cases/{case_id}/steps/{verb}", response={201: CaseOut}, summary="办理一步", operation_id="create_step")
def create_step(
    request: HttpRequest,
    case_id: int,
    verb: str,
    asked: Form[StepAsked],
    files: list[UploadedFile] = File([], description="材料，次序同 kinds"),  # type: ignore[type-arg]  # noqa: B008
) -> Any:
    """已有新的办理：409；不由您办理：403；缺内容、缺材料：422。"""
    at = clock.now()
    actor = _actor(request, at)
    queries.own_case(case_id, actor)
    take_step(
        case_id=case_id, verb=verb[:32], version=asked.version, actor=actor, texts=said_in(asked.said),
        files=files_in(asked.kinds, files), at=at,
    )  # fmt: skip
    note_cases(request, [case := Case.objects.get(pk=case_id)], "案件", at)
    return Status(201, case_answer(case, actor, at))


def _actor(request: HttpRequest, at: Instant) -> Actor:
    """Who acts; a browser's session must show that the request is its own."""
    caller = caller_of(request)
    if not caller.by_token and request.method not in {"GET", "HEAD"} and check_csrf(request) is not None:
        raise Forbidden("csrf-missing", "请求没有带防伪标记。", "浏览器里的程序请带上 X-CSRFToken；部门系统请用令牌。")
    return actor_of(caller, at)


def said_in(text: str) -> dict[str, str]:
    """What was said, as a JSON object of texts."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):  # thousands of brackets inside each other are no JSON of anybody's
        found = None
    if not isinstance(found, dict) or not all(key.isprintable() and isinstance(each, str) for key, each in found.items()):
        sentence, where = "said 不是 JSON 对象，或者值不是文字。", {"field": "said"}
        raise Refused("invalid-fields", sentence, '写成 {"because": "理由"} 这样。', where=where)
    return found


def files_in(kinds: str, files: Sequence[UploadedFile]) -> list[tuple[str, UploadedFile]]:
    """The files with their kinds, in the same order."""
    named = [each.strip() for each in kinds.split(",") if each.strip()]
    if len(named) != len(files):
        sentence = f"交了 {len(files)} 份材料，kinds 写了 {len(named)} 种。"
        raise Refused("document-kind-unknown", sentence, "按材料的次序，一份写一种。", where={"field": "kinds"})
    return list(zip(named, files, strict=True))


def _line(case: Case) -> dict[str, Any]:
    rule = active.policy_set().procedure(case.procedure)
    return {
        "id": case.pk, "number": f"{rule.title}{number_of(case)}", "procedure": case.procedure, "title": case.title,
        "about": f"{case.about_kind}:{case.about_key}", "state": case.state, "state_title": rule.states[case.state].title,
        "version": case.version, "opened_at": utc_text(case.opened_at),
        "closed_at": utc_text(case.closed_at) if case.closed_at is not None else None,
    }  # fmt: skip


def case_answer(case: Case, actor: Actor, at: Instant) -> dict[str, Any]:
    """A case, for somebody on it."""
    policy = active.policy_set()
    rule = policy.procedure(case.procedure)
    steps, today = list(case.steps.order_by("place")), date_of(at)
    clocks = [
        {
            "clock": each.clock, "title": each.title, "start_on": each.start_on, "due_on": each.due_on, "provisional": each.provisional,
            "ended_on": each.ended_on, "level": each.level(today, policy.calendar).value, "how": list(each.how),
        }
        for each in readings(case, rule, policy)
    ]  # fmt: skip
    played = played_by(case, actor)
    codes = dict(ServiceAgency.objects.filter(pk__in=[each.agency_id for each in steps if each.agency_id]).values_list("id", "code"))
    takes = may_take(case, rule, actor, played, {each.verb for each in steps})
    return _line(case) | {
        "clocks": clocks,
        "steps": [
            {
                "place": each.place, "verb": each.verb, "to": each.to_state, "part": each.part, "at": utc_text(each.at),
                "agency": codes.get(each.agency_id or 0), "said": said_to(rule, each, played),
                "content_id": each.content_id,
            }
            for each in steps
        ],
        "next": [_next(each) for each in takes],
    }  # fmt: skip


def _next(step: StepRule) -> dict[str, Any]:
    asks = [
        {"id": each.id, "title": each.title, "kind": each.kind.value, "required": each.required, "choices": dict(each.choices)}
        for each in asked_by(step)
    ]
    return {"verb": step.verb, "title": step.title, "asks": asks, "documents": list(step.documents)}
