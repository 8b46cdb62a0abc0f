"""通知。Queued with the step they are about, so that a crash loses none; read in the desks, and handed to a sender from the outbox.

The outbox is a folder: one JSON file a notice, named by its number, written whole or not at all. Whoever sends text messages or letters
for the city picks the files up; the same notice written twice is the same file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings

from chengxin.access.models import ServiceAgency
from chengxin.casework import ports
from chengxin.casework.models import Case, CaseDeadline, CasePerson, CaseStep, Notice
from chengxin.casework.people import is_personal, no_longer_acting
from chengxin.casework.types import SERVICE_AGENCY, VISITOR
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.workdays import WorkingCalendar
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import Procedure, StepRule
from chengxin.storage.transactions import writing

OUTBOX: Final = "outbox"
AT_A_TIME: Final = 500
#: Told as a role: whoever holds it reads the notice.
ROLES_TOLD: Final = frozenset({"credit_office", "audit_admin", "security_admin"})
MOVED_TITLE: Final = "期限变动"
#: Earlier recipients are not on the case: they read what they must stop using, and confirm it, here.
RECIPIENTS_READ: Final = "/office/retractions"


def number_of(case: Case) -> str:
    """案号, as it is written to people."""
    return f"〔{date_of(case.opened_at).year}〕{case.pk}号"


def tell(case: Case, rule: Procedure, step: StepRule, taken: CaseStep) -> None:
    """Queue what a step says to whom, inside its transaction."""
    words = {
        "title": case.title,
        "number": f"{rule.title}{number_of(case)}",
        "state": rule.states[step.to].title,
        "step": step.title,
        **{key: value[:300] for key, value in taken.said.items()},
    }
    common = {"case": case, "place": taken.place, "at": taken.at}
    common["title"] = f"{rule.title}：{step.title}"[:200]
    Notice.objects.bulk_create(
        Notice(
            to_kind=kind,
            to_key=key,
            text=_filled(told.text, words)[:2000],
            href=_where(case, told.to),
            **common,
        )
        for told in step.tells
        for kind, key in _addressed(case, rule, told.to, taken.at)
    )
    if taken.agency_id is not None:
        _tell_whom_it_acts_for(case, rule, step, taken, taken.agency_id)


def _tell_whom_it_acts_for(case: Case, rule: Procedure, step: StepRule, taken: CaseStep, agency_id: int) -> None:
    """代办告知：the firm learns of every step that an agency takes for it, and how to stop it."""
    name = ServiceAgency.objects.filter(pk=agency_id).values_list("name", flat=True).get()
    text = f"{name}代您办理了“{step.title}”（{rule.title}{number_of(case)}）。"
    text += "不是您的意思的，在企业中心的“服务机构”里可以随时撤回授权，即刻生效。"
    Notice.objects.create(
        case=case, place=taken.place, to_kind="subject", to_key=str(case.subject_id), title=f"服务机构代办：{step.title}"[:200], text=text,
        href=f"/cases/{case.pk}", at=taken.at,
    )  # fmt: skip


def _where(case: Case, to: str) -> str:
    """Where one reads more; earlier recipients of what is no record have no page of their own about it."""
    if to != "recipients":
        return f"/cases/{case.pk}"
    return RECIPIENTS_READ if case.about_kind == "record" else ""


def _filled(text: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text.replace("。。", "。")  # what was typed may end its own sentence


def _addressed(case: Case, rule: Procedure, to: str, at: Instant) -> list[tuple[str, str]]:
    if to == "recipients":
        return sorted({pair for _, found in ports.recipients.items() for pair in found(case, at)})
    if to == "subject":
        return [("subject", str(case.subject_id))] if case.subject_id else []
    if to in ROLES_TOLD:
        return [(to, "")]
    if to in {"deciding_office", "second_office"}:
        office = case.office_id if to == "deciding_office" else case.second_office_id
        return [("office", str(office))] if office else []
    if to == SERVICE_AGENCY:
        return [(SERVICE_AGENCY, case.about_key)] if case.about_kind == SERVICE_AGENCY else []
    people = list(CasePerson.objects.filter(case=case, part=to).values_list("person", flat=True))
    gone = no_longer_acting(case, people, at)
    # What an agency is told in the firm's name, the firm is told too.
    by_agency = CaseStep.objects.filter(case=case, part=to, agency_id__isnull=False).exists()
    return [("person", each) for each in people if each not in gone] + ([("subject", str(case.subject_id))] if gone or by_agency else [])


def escalate(policy: PolicySet, at: Instant) -> int:
    """催办：a deadline that ends tomorrow is yellow, one that has passed is red; each is told once, to those who must act. How many."""
    today = date_of(at)
    soon = policy.calendar.add_working_days(today, 1).on
    told = 0
    waiting = CaseDeadline.objects.filter(ended_on=None, paused=False, due_on__lte=soon).exclude(level="red").select_related("case")
    for each in waiting.order_by("pk").iterator(AT_A_TIME):
        level = _level(each, today, policy.calendar)
        if level in {"", each.level}:
            continue
        with writing():
            if CaseDeadline.objects.filter(pk=each.pk, level=each.level).update(level=level):
                _remind(each, level, policy, at)
                told += 1
    return told


def tell_moved(case: Case, clock: str, was: date, now: date, at: Instant) -> None:
    """期限变动：the calendar moved an open deadline; told to those on the case, and said on its page."""
    text = f"{number_of(case)}的{clock}期限已由 {was} 改为 {now}：放假安排有变，重新计算。"
    people = CasePerson.objects.filter(case=case).values_list("person", flat=True)
    to = [("person", each) for each in people] + ([("office", str(case.office_id))] if case.office_id else [])
    Notice.objects.bulk_create(
        Notice(case=case, to_kind=kind, to_key=key, title=MOVED_TITLE, text=text, href=f"/cases/{case.pk}", at=at) for kind, key in to
    )


def moved_deadlines(case: Case) -> list[tuple[Instant, str]]:
    """期限的变动 of a case, oldest first."""
    found = Notice.objects.filter(case=case, title=MOVED_TITLE).order_by("at", "text").values_list("at", "text")
    return list(dict.fromkeys(found))


def _level(deadline: CaseDeadline, today: date, calendar: WorkingCalendar) -> str:
    if today > deadline.due_on:
        return "yellow" if deadline.provisional else "red"
    return "yellow" if calendar.add_working_days(today, 1).on >= deadline.due_on else ""


def _remind(deadline: CaseDeadline, level: str, policy: PolicySet, at: Instant) -> None:
    case = deadline.case
    rule = policy.procedures.get(case.procedure)
    clock = next((each.title for each in rule.clocks if each.id == deadline.clock), deadline.clock) if rule else deadline.clock
    word = f"将于 {deadline.due_on} 到期" if level == "yellow" else f"已于 {deadline.due_on} 到期，还没有办结"
    name = rule.title if rule else case.procedure
    text = f"{name}{number_of(case)}（{case.title}）的{clock}期限{word}。期限届满不自动作出任何决定，请及时办理。"
    to = [("office", str(case.office_id))] if case.office_id else []
    to += [("office", str(case.second_office_id))] if case.second_office_id else []
    # A case of no office is the business of the roles that play a part in it.
    to += [(each, "") for each in sorted(_roles_of(rule))] if not to else []
    to += [("credit_office", "")] if (level == "red" or not to) and not is_personal(case) else []
    to = list(dict.fromkeys(to))
    title = f"{clock}期限{'即将到期' if level == 'yellow' else '已逾期'}"
    Notice.objects.bulk_create(
        Notice(case=case, to_kind=kind, to_key=key, title=title, text=text[:2000], href=f"/cases/{case.pk}", at=at) for kind, key in to
    )


def _roles_of(rule: Procedure | None) -> set[str]:
    return {who.value for part in rule.parts.values() for who in part.who} & ROLES_TOLD if rule else set()


def send_waiting(at: Instant) -> int:
    """发件：hand what waits to the folder of the outbox. A crash in between writes the same file again, never a second one."""
    folder = Path(settings.CHENGXIN_HOME) / OUTBOX
    folder.mkdir(parents=True, exist_ok=True)
    sent = 0
    while rows := list(Notice.objects.filter(sent_at=None).order_by("pk")[:AT_A_TIME]):
        for row in rows:
            if row.to_key.startswith(VISITOR):
                continue  # has no address: it lies on the page that their code opens
            _write(folder / f"{row.pk}.json", row)
        with writing():
            sent += Notice.objects.filter(pk__in=[row.pk for row in rows], sent_at=None).update(sent_at=at)
    return sent


def _write(path: Path, row: Notice) -> None:
    said = {"number": row.pk, "to": f"{row.to_kind}:{row.to_key}", "title": row.title, "text": row.text, "href": row.href}
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(said | {"at": utc_text(row.at)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def inbox(addresses: Iterable[tuple[str, str]], limit: int) -> list[Notice]:
    """收到的通知 at these addresses (kind, key), newest first; a query for each kind."""
    keys: dict[str, list[str]] = {}
    for kind, key in addresses:
        keys.setdefault(kind, []).append(key)
    found: list[Notice] = []
    for kind, those in keys.items():
        found += Notice.objects.filter(to_kind=kind, to_key__in=those).order_by("-id")[:limit]
    return sorted(found, key=lambda each: -each.pk)[:limit]
