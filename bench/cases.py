"""What many open cases cost: ``python -m bench.cases [--cases 100000] [--database both]``.

A city's worth of open cases is written straight into the tables, each with its opening step and its deadline; one in a hundred ends
tomorrow. Then: the desk and the list of a clerk, of the office that adjudicates and of the credit office; the round that reminds; working
all deadlines out again, as a change of the calendar and ``chengxin cases check`` do. Told beside the same with a hundredth of the cases,
in the same run: pages must not grow with the cases, rounds at most with them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.intake import fresh_database

PROJECT = Path(__file__).parents[1]
TODAY = date(2026, 5, 6)
PART = "--measure"
OFFICES = 40
ROUNDS = 15
BATCH = 5_000


def main(arguments: list[str] | None = None) -> dict[str, dict[str, Any]]:
    """Measure, print, return: database → what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked = parser.parse_args(arguments)
    report = {}
    for kind in ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]:
        few, many = (_part(kind, count) for count in (max(asked.cases // 100, 100), asked.cases))
        report[kind] = {"few": few, "many": many}
        show(kind, few, many)
    return report


def show(kind: str, few: dict[str, Any], many: dict[str, Any]) -> None:
    """One line each."""
    for what, took in many["milliseconds"].items():
        before = few["milliseconds"][what]
        print(f"{kind}, {what}: {few['cases']:,} cases {before} ms, {many['cases']:,} cases {took} ms, ratio {took / max(before, 0.1):.1f}")
    print(f"{kind}: {many['told']:,} reminded; peak {few['peak']} and {many['peak']} MB; load {many['load']:.1f}")


def _part(kind: str, cases: int) -> dict[str, Any]:
    with fresh_database(kind) as made:
        morning = (TODAY - date(1970, 1, 1)).days * 86_400 + 7_200
        surroundings = {**made, "CHENGXIN_CLOCK": str(morning), "CHENGXIN_LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "bench.cases", PART, str(cases)]
        done = subprocess.run(command, env=surroundings, check=True, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(cases: int) -> dict[str, Any]:
    """In a process of its own: fill, then look, remind and work out again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.site.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from chengxin.casework.checking import wrong_deadlines
    from chengxin.casework.deadlines import recompute
    from chengxin.casework.notices import escalate
    from chengxin.kernel import clock
    from chengxin.policy import active
    from chengxin.site.installing import install

    settings.ALLOWED_HOSTS = ["*"]
    install(clock.now())
    people = _fill(cases)
    policy, at = active.policy_set(), clock.now()
    took: dict[str, float] = {}
    for who, account in people.items():
        client = Client()
        client.force_login(account)
        for page in ("/office/", "/cases"):
            took[f"{page} of {who}"] = _median(client, page)
    told, took["reminding"] = _timed(lambda: escalate(policy, at))
    _, took["working out again"] = _timed(lambda: recompute(policy, at, dry=True))
    wrong, took["checking"] = _timed(lambda: sum(1 for _ in wrong_deadlines(policy)))
    assert wrong == 0, "the deadlines that were written are not those that follow"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cases": cases, "milliseconds": took, "told": told, "peak": peak, "load": os.getloadavg()[0]}


def _fill(cases: int) -> dict[str, Any]:
    """Complaints, half of them accepted, over forty offices; the people who look."""
    from chengxin.access.models import Account, Department
    from chengxin.access.roles import Role
    from chengxin.kernel import clock

    at = clock.now()
    offices = Department.objects.bulk_create(Department(code=f"{n:018d}", name=f"第{n}局", opened_at=at) for n in range(OFFICES))
    for start in range(0, cases, BATCH):
        _batch(range(start, min(start + BATCH, cases)), [each.pk for each in offices])
    roles = {"a clerk": (0, Role.CLERK), "a judge": (1, Role.REVIEWER), "the credit office": (2, Role.CREDIT_OFFICE)}
    return {who: Account.objects.create(username=who, department=offices[place], role=role) for who, (place, role) in roles.items()}


def _batch(numbers: range, offices: list[int]) -> None:
    from chengxin.casework.clocks import clocks_of
    from chengxin.casework.deadlines import taken_steps
    from chengxin.casework.models import Case, CaseDeadline, CasePerson, CaseStep
    from chengxin.policy import active
    from chengxin.storage.transactions import writing

    policy = active.policy_set()
    rule = policy.procedure("complaint")
    with writing():
        cases = Case.objects.bulk_create(
            Case(
                procedure="complaint", policy=policy.digest, about_kind="office", about_key=str(n), title=f"第 {n} 件", alone=False,
                office_id=offices[n % OFFICES], second_office_id=offices[(n + 1) % OFFICES], state="filed", opened_at=_opened(n),
            )
            for n in numbers
        )  # fmt: skip
        steps = CaseStep.objects.bulk_create(
            CaseStep(
                case=case, place=0, verb="open", to_state="filed", part="complainant", person=f"account:{-case.pk}", by="某人",
                at=case.opened_at, said={"ground": "delay", "facts": "超期"}, content_id=-case.pk,
            )
            for case in cases
        )  # fmt: skip
        CasePerson.objects.bulk_create(CasePerson(case=case, person=f"account:{-case.pk}", part="complainant") for case in cases)
        CaseDeadline.objects.bulk_create(
            CaseDeadline(
                case=case, clock=each.clock, start_place=each.start_place, start_on=each.start_on, due_on=each.due_on,
                provisional=each.provisional,
            )
            for case, step in zip(cases, steps, strict=True)
            for each in clocks_of(rule, taken_steps([step]), policy)
        )  # fmt: skip


def _opened(number: int) -> int:
    """One in a hundred so long ago that its deadline is over, the others today."""
    from chengxin.kernel.instants import start_of_day

    return start_of_day(TODAY - timedelta(13 if number % 100 == 0 else 0)) + 3_600


def _median(client: Any, page: str) -> float:
    times = []
    for number in range(ROUNDS + 3):
        started = time.perf_counter()
        answer = client.get(page)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answered {answer.status_code}")
        if number >= 3:
            times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1000, 1)


def _timed(work: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    found = work()
    return found, round((time.perf_counter() - started) * 1000, 1)


if __name__ == "__main__":
    if PART in sys.argv:
        print(json.dumps(measure(int(sys.argv[-1]))))
    else:
        main()
