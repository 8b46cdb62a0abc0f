"""Every procedure that is shipped, walked at random by everybody: only listed steps, people kept apart, one entry a step, a sound ledger.

The walk knows nothing of any procedure: states, steps, what they ask for and who may take them come from the file. A procedure without an
opener here is a failure, so that none stays untried.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from chengxin.access.agency_people import tie_person, untie_person
from chengxin.access.agency_register import Proposed, approve_agency, propose_agency
from chengxin.access.alarms import AlarmKind, raise_alarm
from chengxin.access.models import Account, AgencyPerson, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.access.types import AgencyService
from chengxin.casework.checking import wrong_deadlines
from chengxin.casework.models import Case, CasePerson, CaseStep
from chengxin.casework.people import plays
from chengxin.casework.services import STEP_TAKEN, open_case
from chengxin.casework.types import About
from chengxin.foundation.catalogue import services as catalogue
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused
from chengxin.ledger.models import Content, Entry
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet, active
from chengxin.policy.files import read_files
from chengxin.policy.types_procedures import Procedure, StepRule, Who
from chengxin.rights.objections import evaluations, published
from tests.conftest import FULL_COUNTS, PROJECT
from tests.harness.handing_in import hand_in
from tests.harness.officials import NOW as OFFICIAL_NOW
from tests.harness.officials import a_bureau, on_file
from tests.harness.penalties import code_of, penalty
from tests.harness.procedures import attempt, texts_of
from tests.harness.rights import PASSWORD, Town, a_town, above_the_credit_office, acting, morning, pdf, restored

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 7, 13))
PENALTY = {"CF_CFLB": "没收违法所得、没收非法财物", "CF_NR_FK": "", "CF_NR_WFFF": "1.2"}
#: 50,000 attempts on each database in soak, divided among the procedures.
ATTEMPTS = 5_000 if FULL_COUNTS else 60
RECORDS = 1_500 if FULL_COUNTS else 25
PERSONAL = 200 if FULL_COUNTS else 8
#: After so many attempts without a step another case is opened: a case may wait for a court, or for an office's next file.
STUCK = 25

#: Opens the next case at an instant; None: there is nothing left to open one about.
Opener = Callable[[Instant], Case | None]


class World:
    """Everybody, and how cases of a procedure are opened."""

    def __init__(self, people: Sequence[Account], opener: Opener, at: Instant) -> None:
        self.people, self.opener, self.at = list(people), opener, at


def a_city() -> tuple[Town, list[Account], list[Record]]:
    """A firm with many penalties, the office that decided them, those above it, the administrators; two of each who decide."""
    catalogue.adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=HANDED_IN - 86_400)
    town = a_town(HANDED_IN, decided_on=DECIDED, **PENALTY)
    first = penalty(1, town.office.code)
    same = {name: first[name] for name in ("CF_XDR_MC", "CF_XDR_SHXYM")}
    rows = [penalty(n, town.office.code, CF_JDRQ=DECIDED.isoformat(), **PENALTY) | same for n in range(100, 100 + RECORDS)]
    assert hand_in(town.office, rows, key="more", at=HANDED_IN + 60).accepted == RECORDS
    above = above_the_credit_office(town, HANDED_IN + 61)

    def person(name: str, office: object, role: Role) -> Account:
        return add_account(username=name, department=office, role=role, password=PASSWORD, at=HANDED_IN)  # type: ignore[arg-type]

    people = [
        person("经办二", town.office, Role.CLERK), person("复核二", town.office, Role.REVIEWER),
        person("信用办经办", town.credit_office, Role.CLERK), person("信用办复核", town.credit_office, Role.REVIEWER),
        person("市府经办", above, Role.CLERK), person("市府复核", above, Role.REVIEWER),
        person("信用办二", town.credit_office, Role.CREDIT_OFFICE),
        person("审计管理", town.credit_office, Role.AUDIT_ADMIN), person("安全管理", town.credit_office, Role.SECURITY_ADMIN),
    ]  # fmt: skip
    people += [town.owner, town.stranger, town.clerk, town.reviewer, town.credit]
    return town, people, list(Record.objects.order_by("pk"))


def opening(rule: Procedure, about: About, account: Account, at: Instant, **said: str) -> Case | None:
    """Open one with something for everything that is asked; None if that is refused."""
    texts = {name: text for name, text in (texts_of(rule.opening, at) | said).items() if name in {each.id for each in rule.opening.asks}}
    files = [(kind, pdf()) for kind in rule.opening.documents]
    try:
        return open_case(procedure=rule.id, about=about, actor=acting(account, at), texts=texts, files=files, at=at)
    except Refused:
        return None


def world_of(rule: Procedure) -> World:
    """Where cases of this procedure arise."""
    if rule.id.startswith("official_"):
        bureau = a_bureau(OFFICIAL_NOW - 86_400 * 200)
        people = [value for value in vars(bureau).values() if isinstance(value, Account)]
        days = {"decided_on": "2025-12-10", "delivered_on": "2025-12-10"}
        files = iter([on_file(bureau, OFFICIAL_NOW - 86_400 * 190 + n, document=f"泰云处〔2025〕{n}号", **days) for n in range(PERSONAL)])

        def about_person(at: Instant) -> Case | None:
            record = next(files, None)
            return opening(rule, About("official_record", str(record.pk)), bureau.servant, at) if record else None

        return World(people, about_person, OFFICIAL_NOW)
    town, people, records = a_city()
    left = iter(records)

    def about_record(at: Instant) -> Case | None:
        record = next(left, None)
        ordered = {"ordered_on": "2026-06-01", "performs_until": "2027-06-30", "report_by": "", "training_by": ""}
        return opening(rule, About("record", str(record.pk)), town.owner, at, **ordered) if record else None

    def about_restoration(at: Instant) -> Case | None:
        record = next(left, None)
        try:
            done = restored(record, town.owner, town.clerk, town.reviewer, at) if record else None
        except Refused:  # barred: false material was found before
            return None
        return opening(rule, About("restoration_case", str(done.pk)), people[0], at) if done else None

    def about_alarm(at: Instant) -> Case | None:
        raise_alarm(kind=AlarmKind.MASS_READING, key=str(at), sentence="看得太多", account=town.clerk, at=at)
        return Case.objects.filter(procedure="incident", closed_at=None).first()

    def about_agency(at: Instant) -> Case | None:
        code = code_of(40 + ServiceAgency.objects.count())
        until = at + 300 * 86_400
        given = Proposed(code, "泰安云杉信用管理有限公司", [AgencyService.ACTING], "泰信备〔2026〕1号", until)
        made = propose_agency(given, by=town.credit, at=at)
        second = next(each for each in people if each.username == "信用办二")
        approve_agency(made.pk, by=second, at=at)
        for row in AgencyPerson.objects.filter(account=town.stranger, ended_at=None):
            untie_person(row, because="换了机构", by=second, at=at)
        tie_person(made, town.stranger, reference="函〔2026〕1号", by=second, at=at)
        return opening(rule, About("service_agency", str(made.pk)), town.credit, at)

    result = evaluations.key_of(town.record.subject_id, "public_comprehensive")
    openers: dict[str, Opener] = {
        **dict.fromkeys(("restoration", "objection", "reorganisation"), about_record),
        "false_material": about_restoration,
        "incident": about_alarm,
        "agency_removal": about_agency,
        "evaluation_objection": lambda at: opening(rule, About("evaluation", result), town.owner, at),
        "page_objection": lambda at: opening(rule, About("page", published.key_of("/lists")), town.stranger, at),
        "complaint": lambda at: opening(rule, About("office", town.office.code), town.stranger, at, in_name_of=""),
        "rectification": lambda at: opening(rule, About("office", town.office.code), town.credit, at),
    }
    return World(people, openers[rule.id], NOW)


def walk(world: World, rule: Procedure, chance: random.Random) -> dict[str, int]:
    """Try steps, most of them such as fit the state; what came of them."""
    came: dict[str, int] = {}
    at, case, idle = world.at, world.opener(world.at), 0
    verbs = sorted({each.verb for each in rule.steps})
    for _ in range(ATTEMPTS):
        at += chance.randrange(1, 3_600)
        if case is not None:
            case.refresh_from_db()
        if case is None or case.closed_at is not None or idle > STUCK:
            case, idle = world.opener(at), 0
            if case is None:
                break
        fitting = [each.verb for each in rule.steps_from(case.state)]
        verb = chance.choice(fitting) if fitting and chance.random() < 0.8 else chance.choice(verbs)
        step = rule.step(verb, case.state) or next(each for each in rule.steps if each.verb == verb)
        if chance.random() < 0.1:
            case.version = max(0, case.version - 1)
        said = {"disputed": "处罚依据"} if any(each.id == "disputed" for each in step.asks) and rule.id == "objection" else {}
        outcome = attempt(case, step, _somebody(world, case, rule, step, chance, at), at, **said).partition(":")[0]
        came[outcome] = came.get(outcome, 0) + 1
        idle = 0 if outcome == "taken" else idle + 1
    world.at = at
    return came


def _somebody(world: World, case: Case, rule: Procedure, step: StepRule, chance: random.Random, at: Instant) -> Account:
    """Anybody; half of the time somebody whose place it could be, or nothing would ever get on."""
    part = rule.parts[step.by]
    fitting = [each for each in world.people if plays(case, rule, part, acting(each, at))] if chance.random() < 0.5 else []
    return chance.choice(fitting or world.people)


def keeps_the_rules(rule: Procedure) -> None:
    """Only listed transitions, a chain without gaps, one part a person, one entry a step."""
    entries = set(Entry.objects.values_list("content_id", flat=True))
    for case in Case.objects.filter(procedure=rule.id).prefetch_related("steps", "people"):
        state, parts = "", dict[str, set[str]]()
        for place, step in enumerate(sorted(case.steps.all(), key=lambda each: each.place)):
            listed = rule.opening if not state else rule.step(step.verb, state)
            assert listed is not None
            assert (step.place, step.from_state, step.to_state, step.part) == (place, state, listed.to, listed.by)
            assert step.content_id in entries
            state = step.to_state
            parts.setdefault(step.person, set()).add(step.part)
        assert (state, case.version) == (case.state, len(case.steps.all()) - 1)
        assert (case.closed_at is not None) == rule.states[state].closed
        people = {person: played for person, played in parts.items() if person != "platform"}
        assert all(len(played) == 1 for played in people.values()), "one person plays one part"
        assert {each.person for each in case.people.all()} >= set(people)
        _offices_apart(case, rule)
    assert Content.objects.filter(event=STEP_TAKEN).count() == CaseStep.objects.count(), "one entry a step"


def _offices_apart(case: Case, rule: Procedure) -> None:
    """Who decided what the case is about takes no step of the second office, and the other way round."""
    for step in case.steps.exclude(office_id=None):
        who = set(rule.parts[step.part].who)
        if who == {Who.SECOND_OFFICE}:
            assert step.office_id == case.second_office_id != case.office_id
        if who <= {Who.DECIDING_OFFICE, Who.DECIDING_REVIEWER}:
            assert step.office_id == case.office_id


SHIPPED = sorted(each.stem for each in (PROJECT / "policies").rglob("casework/procedures/*.yaml"))


@pytest.mark.parametrize("procedure", SHIPPED)
def test_anything_tried_by_anybody_in_any_order_keeps_the_rules(
    procedure: str, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = policy_set.procedure(procedure)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    world = world_of(rule)
    came = walk(world, rule, random.Random(procedure))
    assert came.get("taken", 0) > (0 if procedure == "false_material" else 2), came  # which bars the firm from a second one
    assert came.get("forbidden", 0) > 0, came
    keeps_the_rules(rule)
    assert not list(wrong_deadlines(active.policy_set()))
    assert CasePerson.objects.filter(case__procedure=procedure).exists()
    sign_checkpoint(world.at)
    checked = fsck(at=world.at)
    assert checked.sound, [each for each in checked.comparisons if not each.equal]
