"""Every step of a procedure, tried from every state by everybody: what is allowed is exactly what a table written by hand says."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connections, transaction

from chengxin.access.models import Account
from chengxin.casework.models import Case, CaseDocument, CasePerson, CaseStep
from chengxin.casework.saying import asked_by
from chengxin.casework.services import take_step
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.policy.types_procedures import AskedKind, Procedure, StepRule
from tests.harness.rights import acting, pdf

#: (state, verb) → the state after it and the part that may take it.
Table = Mapping[tuple[str, str], tuple[str, str]]


def texts_of(step: StepRule, at: Instant, **said: str) -> dict[str, str]:
    """Something for everything that a step asks for."""
    usual = {AskedKind.DAY: date_of(at).isoformat(), AskedKind.TRUTH: "yes"}
    filled = {each.id: next(iter(each.choices), usual.get(each.kind, f"{each.title}如实填写")) for each in asked_by(step)}
    return filled | said


def attempt(case: Case, step: StepRule, account: Account, at: Instant, **said: str) -> str:
    """Try a step with everything that it needs; what came of it."""
    files = [(kind, pdf()) for kind in (*step.documents, *(["delivery_proof"] if step.adverse else []))]
    try:
        take_step(
            case_id=case.pk, verb=step.verb, version=case.version, actor=acting(account, at), texts=texts_of(step, at, **said), files=files,
            at=at,
        )  # fmt: skip
    except Conflict:
        return "conflict"
    except Forbidden:
        return "forbidden"
    except Refused as refused:
        return f"refused: {refused.slug}"
    return "taken"


def every_step_by_everybody(
    rule: Procedure, case: Case, table: Table, people: Mapping[str, Account], may: Mapping[str, Iterable[str]], at: Instant
) -> int:
    """``may``: part → names of ``people``. Each attempt is undone, so that the next one starts from the same case. How many were tried."""
    steps = {each.verb: each for each in rule.steps}
    assert {(state, each.verb) for each in rule.steps for state in each.from_states} == set(table), "the table lists every transition"
    tried = 0
    for state in rule.states:
        for verb, any_step in steps.items():
            step = rule.step(verb, state) or any_step
            for name, account in people.items():
                to, part = table.get((state, verb), ("", ""))
                expected = "conflict" if not to else "taken" if name in may.get(part, ()) else "forbidden"
                assert _tried(case, state, step, account, at, rule) == (expected, to if expected == "taken" else state), (state, verb, name)
                tried += 1
    return tried


def _tried(case: Case, state: str, step: StepRule, account: Account, at: Instant, rule: Procedure) -> tuple[str, str]:
    with transaction.atomic():
        CasePerson.objects.filter(case=case).delete()
        Case.objects.filter(pk=case.pk).update(state=state, closed_at=at if rule.states[state].closed else None)
        case.refresh_from_db()
        came = attempt(case, step, account, at)
        case.refresh_from_db()
        found = (came, case.state)
        transaction.set_rollback(True)
    case.refresh_from_db()
    return found


def nobody_plays_two_parts(
    rule: Procedure, case: Case, people: Mapping[str, Account], may: Mapping[str, Iterable[str]], at: Instant
) -> int:
    """Whoever played one part is refused every step of another that their role alone would allow. How many pairs were tried."""
    pairs = 0
    for step in rule.steps:
        for name in may.get(step.by, ()):
            for other in rule.parts:
                if other == step.by:
                    continue
                with transaction.atomic():
                    CasePerson.objects.filter(case=case).delete()
                    CasePerson.objects.create(case=case, person=f"account:{people[name].pk}", part=other)
                    Case.objects.filter(pk=case.pk).update(state=step.from_states[0], closed_at=None)
                    case.refresh_from_db()
                    assert attempt(case, step, people[name], at) == "forbidden", (step.verb, name, other)
                    transaction.set_rollback(True)
                case.refresh_from_db()
                pairs += 1
    return pairs


def at_once(case: Case, step: StepRule, accounts: Iterable[Account], at: Instant) -> list[str]:
    """Several people take the same step on the same page at the same moment; what came of each."""
    people = list(accounts)
    ready, came = threading.Barrier(len(people)), []

    def take(account: Account) -> None:
        try:
            mine = Case.objects.get(pk=case.pk)
            ready.wait()
            came.append(attempt(mine, step, account, at))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(each,)) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(came)


def follow(case: Case, rule: Procedure, way: Iterable[tuple[str, Account]], at: Instant, **said: str) -> Case:
    """Take these steps one after the other."""
    for verb, account in way:
        case.refresh_from_db()
        step = rule.step(verb, case.state)
        assert step is not None, (verb, case.state)
        assert attempt(case, step, account, at, **{key: value for key, value in said.items() if key in _asked(step)}) == "taken", verb
    case.refresh_from_db()
    return case


def _asked(step: StepRule) -> set[str]:
    return {each.id for each in asked_by(step)}


def rows_of(case: Case) -> dict[str, Any]:
    """How many rows a case has, table by table."""
    tables: tuple[Any, ...] = (CaseStep, CasePerson, CaseDocument)
    return {table.__name__: table.objects.filter(case=case).count() for table in tables}
