"""The guarantee over a demo city: whoever walks the route of any adverse record on its first day is where the route said."""

from __future__ import annotations

import random
from datetime import date

import pytest

from chengxin.access.roles import Role
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About, Actor
from chengxin.during_event.evaluation.explaining import explain
from chengxin.during_event.evaluation.runs import order_of
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, end_of_day, start_of_day
from chengxin.kernel.refused import Refused
from chengxin.policy import PolicySet
from chengxin.policy.files import read_files, shipped_folder
from chengxin.policy.types import Polarity
from chengxin.rights.restoration.grades import grade_after
from chengxin.rights.restoration.routes import Route, Stage, routes_of
from chengxin.site.demo.building import City, build_departments, build_records, opening_of
from tests.conftest import FULL_COUNTS
from tests.harness.rights import morning, pdf

SUBJECTS, RECORDS = (3_000, 30_000) if FULL_COUNTS else (25, 220)
ENDED = (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED)
#: Of how many records the grade is worked out too: it costs most.
GRADED = 400 if FULL_COUNTS else 6


def walk(record: Record, at: Instant) -> None:
    """Apply, accept, propose, approve: by three people, at one moment."""
    owner = Actor("account:-1", "法定代表人", mandates={record.subject_id: frozenset({"view", "restoration"})})
    clerk = Actor("account:-2", "经办", record.authority_id, Role.CLERK)
    reviewer = Actor("account:-3", "复核", record.authority_id, Role.REVIEWER)
    case = open_case(
        procedure="restoration", about=About("record", str(record.pk)), actor=owner, texts={"performed": "已履行", "promise": "yes"},
        files=[("performance_proof", pdf()), ("commitment_letter", pdf())], at=at,
    )  # fmt: skip
    steps: list[tuple[str, Actor, dict[str, str]]] = [
        ("accept", clerk, {}),
        ("propose", clerk, {"opinion": "approve", "because": "已核"}),
        ("approve", reviewer, {"document_number": f"修{record.pk}号"}),
    ]
    for version, (verb, actor, texts) in enumerate(steps):
        take_step(case_id=case.pk, verb=verb, version=version, actor=actor, texts=texts, at=at)


def latest_is_kept(record: Record, route: Route, at: Instant) -> None:
    """What is not restored is gone the day after its last day, and not before."""
    if route.latest_on is None or route.latest_on < date_of(at) or route.stage in {Stage.OVER, Stage.SCREENED}:
        return
    last = end_of_day(route.latest_on)
    surface = Surface.PUBLIC if record.public_until >= record.shared_until else Surface.SHARED
    assert Record.objects.filter(visible(surface, last - 1), pk=record.pk).exists(), route
    for each in (Surface.PUBLIC, Surface.SHARED):
        assert not Record.objects.filter(visible(each, last), pk=record.pk).exists(), route


@pytest.mark.django_db
def test_every_route_of_the_city_is_kept(policy_set: PolicySet) -> None:
    now = clock.now()
    adopt_shipped_set(files=read_files([shipped_folder()]), at=opening_of(now))
    city = City(policy_set, now, seed=5)
    build_departments(city)
    build_records(city, SUBJECTS, RECORDS, lambda *_: None)
    adverse = [item.number for item in policy_set.catalogue.values() if item.polarity is Polarity.ADVERSE]
    records = list(Record.objects.filter(item__in=adverse).order_by("pk"))
    promised = routes_of(records, now)
    assert len(promised) == len(records) > 10
    for record in records:
        latest_is_kept(record, promised[record.pk], now)
    chance, walked = random.Random(5), 0
    here = [record for record in records if promised[record.pk].stage in {Stage.OPEN, Stage.WAITING}]
    for record in sorted(here, key=lambda each: (promised[each.pk].earliest_on or date.max, each.pk)):
        route = promised[record.pk]
        assert route.earliest_on is not None, route
        day = max(route.earliest_on, date_of(now))
        if route.latest_on is not None and day > route.latest_on:
            continue  # it ends by itself before it may be asked for
        if route.stage is Stage.WAITING:
            with pytest.raises(Refused, match="最短公示期还没有届满"):
                walk(record, start_of_day(day) - 1)
        at = max(morning(day), now)
        subject = Subject.objects.get(pk=record.subject_id)
        graded = chance.random() < GRADED / max(1, len(here))
        grade = grade_after(subject, [record.pk], day, at) if graded else None
        walk(record, at)
        for surface in ENDED:
            assert not Record.objects.filter(visible(surface, at), pk=record.pk).exists(), route
        if grade is not None:
            then = explain(subject, order_of("public_comprehensive", day, at))
            assert (then.grade, then.score) == (grade.restored.grade, grade.restored.score), route
        walked += 1
    assert walked > 5
