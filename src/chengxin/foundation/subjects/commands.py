"""``chengxin subject``：one subject by code or number, or those whose name holds the words."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from chengxin.foundation.subjects import queries
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.search import SHORTEST, find_subjects
from chengxin.foundation.subjects.types import NUMBER_KINDS, IdentifierKind, Office, SubjectKind
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound

app = typer.Typer(add_completion=False, name="subject", help="查看一个信用主体。")


@app.command()
def subject(
    words: Annotated[str, typer.Argument(metavar="CODE_OR_NAME", help="统一社会信用代码、其他号码，或者名称的一部分（至少两个字）。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False,
    limit: Annotated[int, typer.Option(help="最多列出多少个。", min=1)] = 20,
) -> None:
    """按代码、号码或者名称查看信用主体；名称相符的不止一个时列出来。"""
    at = clock.now()
    exact = _by_code_or_number(words.strip().upper())
    found = [_described(each, at) for each in exact] or [_described(each, at) for each in _by_name(words, limit, at)]
    if not found:
        raise NotFound(
            slug="no-such-subject",
            sentence=f"没有找到“{words}”。",
            what_to_do=f"请核对代码；按名称查找至少要{SHORTEST}个字，自然人不能按姓名查找。",
        )
    if as_json:
        typer.echo(json.dumps({"subjects": found}, ensure_ascii=False))
        return
    for each in found:
        typer.echo("\n".join(_lines(each)) if len(found) == 1 else f"{each['code'] or '（无代码）'}  {each['name']}")


def _by_code_or_number(text: str) -> list[Subject]:
    """The subject itself, or whom it was judged to be."""
    one = queries.subject_by_code(text)
    found = [one] if one else list(queries.subjects_by_number(text))
    canonical = {each.canonical_id: each for each in found}
    return [each if each.id == target else queries.subject_by_id(target) or each for target, each in canonical.items()]


def _by_name(words: str, limit: int, at: Instant) -> list[Subject]:
    ids = [found.id for found in find_subjects(words, limit, at, everyone=True)]
    subjects = Subject.objects.in_bulk(ids)
    return [subjects[subject_id] for subject_id in ids]


def _described(subject: Subject, at: Instant) -> dict[str, Any]:
    recorded = list(queries.identifiers_of(subject.id))
    return {
        "id": subject.id,
        "code": subject.code or "",
        "name": subject.name,
        "kind": SubjectKind(subject.kind).label,
        "division": subject.division,
        "industry": subject.industry,
        "state": subject.state,
        "in_registry": subject.in_registry,
        "opened_on": date_of(subject.opened_at).isoformat(),
        "numbers": {each.kind: each.value for each in recorded if each.kind in NUMBER_KINDS},
        "former_names": [each.value for each in recorded if each.kind == IdentifierKind.FORMER_NAME],
        "offices": [{"office": each.office, "name": each.name} for each in queries.offices_of(subject.id, at)],
        "same_as": [code for _, code in queries.names_of(queries.member_ids(subject.id)[1:]).values() if code],
    }


def _lines(found: dict[str, Any]) -> list[str]:
    """One subject as a person reads it."""
    lines = [
        f"{found['name']}（{found['kind']}{'' if found['in_registry'] else '，不在登记库'}）",
        f"统一社会信用代码  {found['code'] or '无'}",
        *(f"{IdentifierKind(kind).label}  {value}" for kind, value in found["numbers"].items()),
        *(f"{label}  {found[key]}" for key, label in (("division", "行政区划"), ("industry", "行业"), ("state", "登记状态")) if found[key]),
        *(f"曾用名  {name}" for name in found["former_names"]),
        *(f"{Office(each['office']).label}  {each['name']}" for each in found["offices"]),
        *(f"同一主体  {code}" for code in found["same_as"]),
        f"建档日期  {found['opened_on']}",
    ]
    return lines
