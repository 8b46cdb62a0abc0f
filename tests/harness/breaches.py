"""A breach of an office: ordered to put something right, it does not, and a second person of the office above finds the breach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.casework.models import Case
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import Instant, date_of
from chengxin.rights.rectification.on_file import record_of_breach
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, a_town, acting, pdf

ORDER = {"facts": "承诺的奖补没有兑现", "clause": "方案第四条", "correct": "兑现奖补", "document_number": "泰信改〔2026〕1号"}
FINDING = {
    "facts": "承诺的奖补逾期没有兑现，催办两次仍不整改", "document_number": "泰信认〔2026〕1号", "clause": "方案二（二）4",
    "hearing": "2026年4月30日听取，理由不成立", "remedy": "兑现以后可以申请修复", "reconsideration_authority": "泰安市人民政府",
    "suit_court": "泰安市泰山区人民法院", "delivery_method": "直接送达",
}  # fmt: skip


@dataclass(frozen=True)
class Above:
    """Who else it takes: two people of the credit office, and the government above it with somebody who judges."""

    checker: Account
    finder: Account
    government: Department
    judge: Account


def a_breach_town(at: Instant, *, decided_on: date) -> tuple[Town, Above]:
    """The town of ``rights.a_town`` whose credit office has two more people and an office above it."""
    government = add_department(code=code_of(40, "11370900MB"), name="泰安市人民政府", at=at - 86_400)
    town = a_town(at, decided_on=decided_on, above=government)
    people = {
        name: add_account(username=name, department=office, role=role, password=PASSWORD, at=at)
        for name, office, role in (
            ("核查", town.credit_office, Role.CREDIT_OFFICE),
            ("认定", town.credit_office, Role.CREDIT_OFFICE),
            ("裁决", government, Role.CLERK),
        )
    }
    return town, Above(people["核查"], people["认定"], government, people["裁决"])


def step(case: Case, verb: str, by: Account, at: Instant, *kinds: str, **said: str) -> Case:
    """One step, with documents of these kinds."""
    case.refresh_from_db()
    take_step(
        case_id=case.pk, verb=verb, version=case.version, actor=acting(by, at), texts=said, files=[(kind, pdf()) for kind in kinds], at=at
    )
    case.refresh_from_db()
    return case


def order(town: Town, at: Instant, about: Department | None = None) -> Case:
    """责令限期整改 by the credit office."""
    office = About("office", (about or town.office).code)
    return open_case(procedure="rectification", about=office, actor=acting(town.credit, at), texts=ORDER, at=at)


def find(town: Town, above: Above, at: Instant, about: Department | None = None, **said: str) -> Case:
    """From the order to the breach, at ``at``."""
    case = order(town, at, about)
    step(case, "note_default", above.checker, at, how="refused", because="两次催办，答复不办")
    return step(case, "find_breach", above.finder, at, "delivery_proof", **(FINDING | {"delivered_on": str(date_of(at))} | said))


def record_in(case: Case) -> Record:
    """The record that the case ended in."""
    return Record.objects.get(pk=record_of_breach(case))
