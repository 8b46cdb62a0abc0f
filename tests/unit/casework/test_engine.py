"""The engine under stress: any order of steps, many hands at once, a crash between outbox and table, another calendar, escalation."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chengxin.access.models import Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework import notices
from chengxin.casework.deadlines import MOVED, DeadlineEffect
from chengxin.casework.models import Case, CaseDeadline, CasePerson, CaseStep, Notice
from chengxin.casework.notices import escalate, send_waiting
from chengxin.casework.services import STEP_TAKEN, open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import RecordAct
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.kernel.workdays import WorkingCalendar
from chengxin.ledger.models import Content, Entry
from chengxin.ledger.services import fsck, read_contents, sign_checkpoint
from chengxin.policy import PolicySet, active
from tests.conftest import FULL_COUNTS
from tests.harness.rights import PASSWORD, Town, a_colleague, a_town, acting, an_office_town, browser_of, morning, pdf

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 13))
PENALTY = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
ADVERSE = {
    "facts": "尚未缴清", "document_number": "泰市监修〔2026〕2号", "clause": "信用修复管理办法", "hearing": "已听取陈述",
    "remedy": "缴清后再申请", "reconsideration_authority": "泰安市人民政府", "suit_court": "泰山区人民法院", "delivered_on": "2026-07-13",
    "delivery_method": "直接送达",
}  # fmt: skip
TEXTS: dict[str, dict[str, str]] = {
    "ask_supplement": {"needed": "收据原件"}, "supply": {"supplied": "已补"}, "propose": {"opinion": "approve", "because": "已核"},
    "decline": {"because": "不属于本机关", "clause": "办法", "remedy": "向认定单位提出"}, "extend": {"because": "案情复杂"},
    "send_back": {"because": "再核"}, "approve": {"document_number": "泰市监修〔2026〕1号"}, "refuse": ADVERSE,
}  # fmt: skip
VERBS = (*TEXTS, "accept", "withdraw", "end_elsewhere")

pytestmark = pytest.mark.usefixtures("policy_set")


@pytest.fixture
def town(db: None, policy_set: PolicySet) -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, **PENALTY)


def apply(town: Town, at: int = NOW) -> Case:
    return open_case(
        procedure="restoration", about=About("record", str(town.record.pk)), actor=acting(town.owner, at),
        texts={"performed": "已缴清", "promise": "yes"}, files=[("performance_proof", pdf()), ("commitment_letter", pdf())], at=at,
    )  # fmt: skip


def attempt(case_id: int, verb: str, version: int, account: Any, at: int) -> str:
    """Try a step; what came of it."""
    files = [("delivery_proof", pdf())] if verb == "refuse" else []
    try:
        take_step(case_id=case_id, verb=verb, version=version, actor=acting(account, at), texts=TEXTS.get(verb, {}), files=files, at=at)
    except Conflict:
        return "conflict"
    except Forbidden:
        return "forbidden"
    except Refused:
        return "refused"
    return "taken"


def invariants(policy: PolicySet) -> None:
    """Only listed transitions, a chain without gaps, one part a person, different people, one entry a step."""
    rule = policy.procedure("restoration")
    entries = {row.content_id for row in Entry.objects.all()}
    for case in Case.objects.all():
        state, applicants = "", set()
        for place, step in enumerate(case.steps.order_by("place")):
            assert (step.place, step.from_state) == (place, state)
            listed = rule.opening if not state else rule.step(step.verb, state)
            assert listed is not None
            assert (listed.to, listed.by) == (step.to_state, step.part)
            assert step.content_id in entries
            state = step.to_state
            applicants |= {step.person} if step.part == "applicant" else set()
        assert (state, case.version) == (case.state, case.steps.count() - 1)
        assert (case.closed_at is not None) == rule.states[state].closed
        people = list(CasePerson.objects.filter(case=case).values_list("person", flat=True))
        assert len(people) == len(set(people))
        decisions = case.steps.filter(verb__in=("approve", "refuse"))
        proposals = set(case.steps.filter(verb="propose").values_list("person", flat=True))
        assert not {each.person for each in decisions} & (proposals | applicants)
    written = Content.objects.filter(event=STEP_TAKEN).count()
    assert written == CaseStep.objects.count(), "one entry a step"


def offices_apart() -> None:
    """The office that a case is about takes the applicant's steps in it and no others."""
    for case in Case.objects.all():
        about = Subject.objects.get(pk=case.subject_id).code
        for office_id, part in case.steps.exclude(office_id=None).values_list("office_id", "part"):
            assert (part == "applicant") == (Department.objects.get(pk=office_id).code == about)


#: Small here; 50,000 steps on each database in soak.
WALKS = 500 if FULL_COUNTS else 3
STEPS = 100 if FULL_COUNTS else 25


@pytest.mark.parametrize("subject", ["firm", "office"])
def test_any_order_of_steps_by_anybody_keeps_the_rules(db: None, policy_set: PolicySet, subject: str) -> None:
    """Stateful: whoever tries whatever whenever; firms and offices alike, pages that are old, cases that are closed and opened again."""
    town = (a_town if subject == "firm" else an_office_town)(HANDED_IN, decided_on=DECIDED, **PENALTY)
    chance = random.Random(20)
    second = add_account(username="经办二", department=town.office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)
    people = [town.owner, town.stranger, town.clerk, second, town.reviewer, town.credit]
    if subject == "office":  # its reviewer would decide, if the case were about anybody else
        people += [a_colleague(town.owner, HANDED_IN, role, role.value) for role in (Role.REVIEWER, Role.CLERK)]
    answers = {"taken": 0, "conflict": 0, "forbidden": 0, "refused": 0}
    at = NOW
    for walk in range(WALKS):
        case = Case.objects.filter(closed_at=None).first() or apply(town, at)
        for _ in range(STEPS):
            at += chance.randrange(1, 86_400)
            known = Case.objects.get(pk=case.pk)
            rule = policy_set.procedure("restoration")
            fitting = [each.verb for each in rule.steps_from(known.state)]
            verb = chance.choice(fitting) if fitting and chance.random() < 0.7 else chance.choice(VERBS)
            if verb == "approve" and walk < WALKS - 1:
                continue  # it ends the record, and with it the walks
            if RecordAct.objects.filter(verb="restored").exists() and known.closed_at is not None:
                break
            version = known.version if chance.random() < 0.9 else max(0, known.version - 1)
            answers[attempt(case.pk, verb, version, chance.choice(people), at)] += 1
    invariants(policy_set)
    offices_apart()
    assert min(answers["taken"], answers["conflict"], answers["forbidden"]) > 0, answers
    sign_checkpoint(at)
    assert not fsck(at=at).fault_count


def test_a_crash_between_file_and_table_sends_nothing_twice_and_loses_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "CHENGXIN_HOME", tmp_path)
    apply(town)
    waiting = set(Notice.objects.filter(sent_at=None).values_list("pk", flat=True))
    assert len(waiting) == 2
    write, written = notices._write, []

    def crash_after_one(path: Path, row: Notice) -> None:
        write(path, row)
        written.append(row.pk)
        raise KeyboardInterrupt

    monkeypatch.setattr(notices, "_write", crash_after_one)
    with pytest.raises(KeyboardInterrupt):
        send_waiting(NOW)
    assert Notice.objects.filter(sent_at=None).count() == 2, "nothing is said to be sent before it is"
    monkeypatch.setattr(notices, "_write", write)
    assert send_waiting(NOW + 60) == 2
    assert send_waiting(NOW + 120) == 0
    files = sorted((tmp_path / "outbox").iterdir())
    assert {int(path.stem) for path in files} == waiting, "the same notice is the same file"
    assert all(json.loads(path.read_text(encoding="utf-8"))["text"] for path in files)


def test_another_calendar_moves_open_deadlines_and_the_case_says_so(
    town: Town, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = apply(town)
    was = CaseDeadline.objects.get(case=case)
    assert was.due_on == date(2026, 7, 16)
    year = policy_set.calendar_years[2026]
    off = replace(year, days_off=frozenset({*year.days_off, date(2026, 7, 15)}))
    after = replace(policy_set, calendar_years={**policy_set.calendar_years, 2026: off})
    assert isinstance(after.calendar, WorkingCalendar)
    effect = DeadlineEffect()
    assert effect.simulate(policy_set, after, NOW) == {"办理中案件的期限会变动": 1}
    effect.apply(policy_set, after, NOW + 60)
    was.refresh_from_db()
    assert was.due_on == date(2026, 7, 17)
    (content,) = Content.objects.filter(event=MOVED)
    said = read_contents([content.pk])[content.pk]
    assert (said["_was"], said["_due_on"]) == ("2026-07-16", "2026-07-17")
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW + 120))
    with active.use(after):
        page = browser_of(town.owner).get(f"/cases/{case.pk}").content.decode()
    assert "期限已由 2026-07-16 改为 2026-07-17" in page


def test_yellow_once_red_once_and_nothing_decided(town: Town, policy_set: PolicySet) -> None:
    case = apply(town)
    assert escalate(policy_set, NOW) == 0
    day_before = morning(date(2026, 7, 15))
    assert [escalate(policy_set, day_before), escalate(policy_set, day_before + 3600)] == [1, 0]
    day_after = morning(date(2026, 7, 17))
    assert [escalate(policy_set, day_after), escalate(policy_set, day_after + 86_400 * 5)] == [1, 0]
    reminders = Notice.objects.filter(case=case, title__contains="期限").order_by("pk")
    assert {each.title for each in reminders} == {"受理期限即将到期", "受理期限已逾期"}
    assert {each.to_kind for each in reminders if "逾期" in each.title} == {"office", "credit_office"}
    case.refresh_from_db()
    assert (case.state, case.version) == ("filed", 0), "a clock that ran out decides nothing"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_case_is_opened_about_nonsense(town: Town, kind: str, key: str) -> None:
    with pytest.raises((Refused, NotFound)):
        open_case(procedure="restoration", about=About(kind, f"x{key}"), actor=acting(town.owner, NOW), texts={}, at=NOW)
    assert not Case.objects.exists()
