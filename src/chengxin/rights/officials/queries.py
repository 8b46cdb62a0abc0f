"""公务员记录的查询。What the person sees of themself, and what an authority sees of its own work; nobody gets a list of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from chengxin.access.caller import Caller
from chengxin.access.models import Department, Read, ReadQuestion
from chengxin.access.ports import kind_titles
from chengxin.access.roles import DEPARTMENTAL
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.rights.officials.checks import PURPOSES
from chengxin.rights.officials.conditions import earliest_application, way_of
from chengxin.rights.officials.handing_in import KINDS, effects_on
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.persons import documents_of, records_of
from chengxin.rights.officials.rules import POLARITY, answers_until, effect_of, line_of
from chengxin.rights.officials.types import ADVERSE, OFFICIAL_CHECK, OFFICIAL_RECORD, Effect, Ending

LISTED: Final = 50
READS_LISTED: Final = 200


@dataclass(frozen=True)
class RecordShown:
    """一条记录 as a page shows it: conclusion, basis, terms, and what can be done."""

    record: OfficialRecord
    kind: str
    document: str
    state: str
    adverse: bool
    live: bool
    effects: tuple[tuple[str, Effect], ...]  # purpose in words
    restoration: str
    earliest: str
    may_apply: bool  # for restoration, today
    cases: tuple[tuple[str, str, str], ...]  # address, number, state


@dataclass(frozen=True)
class ReadShown:
    """谁看过：who, of which office, for what purpose, in which matter; ``question``: the newest one about it."""

    id: int
    at: Instant
    office: str
    who: str
    purpose: str
    matter: str
    kind: str
    question: ReadQuestion | None = None


def records_about(key: str, at: Instant) -> list[RecordShown]:
    """关于本人的记录, newest first: those that were confirmed, whatever became of them. What is erased is nobody's any more."""
    rows = OfficialRecord.objects.select_related("authority").filter(content_id__in=records_of(key), accepted=True, forgotten_at=None)
    return shown_records(list(rows.order_by("-decided_on", "-pk")), at)


def shown_records(rows: Sequence[OfficialRecord], at: Instant) -> list[RecordShown]:
    """These records in words; three queries, however many there are."""
    policy = active.policy_set()
    documents = documents_of([each.content_id for each in rows])
    kinds, purposes = policy.code_table(KINDS).values, policy.code_table(PURPOSES).values
    cases = _cases_of(rows)
    return [
        RecordShown(
            row,
            kinds.get(row.kind, row.kind),
            documents.get(row.content_id, "（内容已依法删除）"),
            state_of(row, at),
            line_of(row.kind, effects_on(row.decided_on))[POLARITY] == ADVERSE,
            state_of(row, at) == _IN_FORCE,
            tuple(
                (title, effect)
                for purpose, title in purposes.items()
                if (effect := effect_of(row.kind, row.decided_on, purpose, effects_on(row.decided_on))) is not None
            ),
            str(way_of(row).get("sentence", "")),
            earliest_application(row),
            "" < earliest_application(row) <= f"{date_of(at)}",
            tuple(cases.get(str(row.pk), ())),
        )
        for row in rows
    ]


_IN_FORCE: Final = "在册"


def state_of(record: OfficialRecord, at: Instant) -> str:
    """状态 in words."""
    if record.accepted is None:
        return "待复核"
    if not record.accepted:
        return "已退回"
    if record.ending and record.ended_at is not None and record.ended_at <= at:
        return Ending(record.ending).label
    ends = answers_until(record.kind, record.decided_on, None, effects_on(record.decided_on))
    return _IN_FORCE if at < ends else "期满，不再答复"


def reads_about(key: str, record_numbers: Sequence[int]) -> list[ReadShown]:
    """谁看过本人：questions, looks at the records, and looks at the cases about them; newest first."""
    titles = kind_titles()
    rows = list(Read.objects.filter(_about(key, record_numbers)).select_related("account", "department").order_by("-pk")[:READS_LISTED])
    asked = {each.read_id: each for each in ReadQuestion.objects.filter(read__in=rows).order_by("pk")}
    return [
        ReadShown(
            row.pk, row.at, row.department.name if row.department else "", row.account.get_username() if row.account else "部门系统",
            row.purpose, row.matter, titles.get(row.kind, row.kind), asked.get(row.pk),
        )
        for row in rows
    ]  # fmt: skip


def own_read(read_id: int, key: str, record_numbers: Sequence[int]) -> Read:
    """关于本人的一行. NotFound for any other: both look the same."""
    found = Read.objects.filter(_about(key, record_numbers), pk=read_id).first() if key else None
    if found is None:
        raise NotFound("no-such-read", f"没有第 {read_id} 号查看，或者它与您无关。", "从“谁看过”里选一行。")
    return found


def _about(key: str, record_numbers: Sequence[int]) -> Q:
    cases = Case.objects.filter(about_kind=OFFICIAL_RECORD, about_key__in=[str(each) for each in record_numbers])
    numbers = [str(each) for each in cases.values_list("pk", flat=True)]
    return Q(kind__in=(OFFICIAL_CHECK, OFFICIAL_RECORD), key=key) | Q(kind="case", key__in=numbers, department__isnull=False)


def handed_in(authority: Department, *, waiting: bool) -> list[OfficialRecord]:
    """本单位报送的, by number and kind only: those that wait for the second person, or the last that were settled."""
    rows = OfficialRecord.objects.filter(authority=authority, forgotten_at=None, settled_at__isnull=waiting)
    return list(rows.select_related("handed_in_by", "settled_by").order_by("-pk")[:LISTED])


def record_for(record_id: int, caller: Caller) -> OfficialRecord:
    """一条记录 for the people of the authority that handed it in, and of the one before which a case about it is open. NotFound for
    everybody else."""
    record = OfficialRecord.objects.select_related("authority", "handed_in_by", "settled_by").filter(pk=record_id).first()
    if record is None or caller.account is None or caller.department is None or caller.role not in DEPARTMENTAL:
        raise _no_such(record_id)
    if caller.department.pk == record.authority_id:
        return record
    open_here = Case.objects.filter(
        about_kind=OFFICIAL_RECORD, about_key=str(record_id), second_office_id=caller.department.pk, closed_at=None
    )
    if not open_here.exists():
        raise _no_such(record_id)
    return record


def links_of(case: Case) -> list[tuple[str, str]]:
    """Fills ``casework.ports.case_links``."""
    return [(f"/officials/{case.about_key}", "所涉记录")] if case.about_kind == OFFICIAL_RECORD else []


def _cases_of(rows: Sequence[OfficialRecord]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    procedures = active.policy_set().procedures
    cases = Case.objects.filter(about_kind=OFFICIAL_RECORD, about_key__in=[str(each.pk) for each in rows]).order_by("-pk")
    for case in cases:
        if case.procedure in procedures:
            rule = procedures[case.procedure]
            words = (f"/cases/{case.pk}", f"{rule.title}{number_of(case)}", rule.states[case.state].title)
            found.setdefault(case.about_key, []).append(words)
    return found


def _no_such(record_id: int) -> NotFound:
    return NotFound("no-such-official-record", f"没有第 {record_id} 号记录，或者它与您无关。", "从公务员记录的页面或者案件进入。")
