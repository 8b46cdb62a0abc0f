"""A small city for draws: an office, inspectors, firms, a plan, and the whole ceremony with invented numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from chengxin.access.models import Account, Department
from chengxin.during_event.inspection import ceremony, draws, public_values
from chengxin.during_event.inspection.inspectors import HEADER, load_inspectors
from chengxin.during_event.inspection.models import Draw, InspectionPlan
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.engine import draw as engine
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import start_of_day
from chengxin.ledger import services as ledger
from chengxin.policy import PolicySet
from tests.harness.subjects import invented_code

TODAY = date(2026, 11, 23)
NOW = start_of_day(TODAY) + 9 * 3600
REVEAL_DUE, PUBLIC_DUE = NOW + 3600, NOW + 7200
PARTIES = ("市市场监管局", "市工商联", "市公证处")
INSPECTORS = 6


@dataclass(frozen=True)
class Office:
    """An office with a clerk and a reviewer."""

    department: Department
    clerk: Account
    reviewer: Account


def office(name: str = "测试市市场监督管理局", number: int = 900_001) -> Office:
    """An office on record."""
    department = Department.objects.create(
        code=invented_code(number, "11"), name=name, division="370900", kind="administrative_organ", opened_at=1
    )
    clerk, reviewer = (
        Account.objects.create_user(f"{word}{number}", password=None, department=department, role=role)
        for word, role in (("jingban", "clerk"), ("fuhe", "reviewer"))
    )
    return Office(department, clerk, reviewer)


def firms(count: int, *, industry: str = "H62", first: int = 1) -> list[Subject]:
    """Invented firms."""
    made = [
        Subject(
            id=number,
            code=invented_code(number, "91"),
            kind=4 if number % 9 == 0 else 2,
            name=f"测例餐饮{number}",
            opened_at=1,
            canonical_id=number,
            industry=industry,
            state="K",
            division=("370902", "370911")[number % 2],
            in_registry=True,
            content_id=0,
        )
        for number in range(first, first + count)
    ]
    return Subject.objects.bulk_create(made)


def inspectors_table(department: Department, count: int = INSPECTORS, licences: str = "食品安全") -> str:
    """A table of inspectors as an office hands it in."""
    lines = [f"{department.code},检查员{n},鲁J{department.pk:04d}{n:04d},{licences},,2027-12-31" for n in range(1, count + 1)]
    return "\n".join([",".join(HEADER), *lines]) + "\n"


def draft(where: Office, **given: object) -> PlanDraft:
    """A plan without a fault, unless told otherwise."""
    said = PlanDraft(
        number="2026-食品-01", title="食品经营随机抽查", matters=["food_business"], offices=[where.department.code],
        visits_from=TODAY, visits_until=date(2026, 12, 31), parties=PARTIES, public_source="测试信标第 100 轮",
        reveal_due_at=REVEAL_DUE, public_due_at=PUBLIC_DUE, outside_because="试点",
    )  # fmt: skip
    return replace(said, **given)  # type: ignore[arg-type]


def ready_plan(policy: PolicySet, where: Office, **given: object) -> InspectionPlan:
    """A plan with its inspectors on record."""
    load_inspectors(inspectors_table(where.department), policy=policy, by="测试", at=NOW)
    return draft_plan(draft(where, **given), policy=policy, by="测试", at=NOW)


def number_of(party: str) -> bytes:
    """The secret number of a party."""
    return sha256(f"secret of {party}".encode()).digest()


def sealed(plan: InspectionPlan) -> None:
    """All parties seal."""
    for party in plan.parties:
        ceremony.seal_number(plan, party, engine.party_commitment(plan.number, party, number_of(party)).hex(), by=party, at=NOW)


def opened(plan: InspectionPlan, *, but: str = "") -> None:
    """All parties open, except one that withholds."""
    for party in plan.parties:
        if party != but:
            ceremony.open_number(plan, party, number_of(party).hex(), by=party, at=NOW + 60)


def public_value(plan: InspectionPlan, value: str = "8f1e2d") -> None:
    """Two people type the public value in."""
    for person in ("甲", "乙"):
        public_values.enter_public_value(plan, value, "https://beacon.example/100", by=person, at=PUBLIC_DUE)


def drawn(plan: InspectionPlan, *, but: str = "", value: str = "8f1e2d") -> Draw:
    """The whole ceremony up to the draw."""
    sealed(plan)
    ceremony.commit_draw(plan, by="测试", at=NOW)
    opened(plan, but=but)
    public_value(plan, value)
    return draws.run_draw(plan, by="测试", at=PUBLIC_DUE + 60)


def published(plan: InspectionPlan) -> Draw:
    """… and its publication."""
    drawn(plan)
    ledger.sign_checkpoint(PUBLIC_DUE + 61)
    return draws.publish_draw(plan, by="测试", at=PUBLIC_DUE + 62)
