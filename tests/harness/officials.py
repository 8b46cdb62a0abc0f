"""Two personnel authorities with their people, a civil servant and a candidate, and a record about either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.caller import Caller
from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department, delegate_item
from chengxin.kernel.instants import Instant, start_of_day
from chengxin.rights.officials.checks import Answer, ask
from chengxin.rights.officials.identities import register_identity
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.services import confirm_record, hand_in_record
from tests.harness.penalties import code_of, person_number
from tests.harness.rights import PASSWORD, pdf

ORGANISATION = "中共泰安市委组织部"
HUMAN_RESOURCES = "泰安市人力资源和社会保障局"
#: The person in office, and the candidate; invented.
SERVANT = (person_number(301, "19850315"), "云一鸣")
CANDIDATE = (person_number(302, "20010607"), "云小杉")
DECIDED = date(2026, 4, 10)
NOW: Instant = start_of_day(date(2026, 7, 6)) + 9 * 3600
SECOND_CHECK_FAILS = "110105194912310021"


@dataclass(frozen=True)
class Bureau:
    """Everybody who may have to do with a record about somebody in office."""

    organisation: Department
    human_resources: Department
    works: Department  # where the civil servant works
    clerk: Account
    reviewer: Account
    judge: Account
    second_judge: Account
    servant: Account
    candidate: Account
    stranger: Account
    security: Account


def a_bureau(at: Instant = NOW - 86_400) -> Bureau:
    """Handlers, servant and candidate are registered as themselves."""
    organisation = add_department(code=code_of(401, "11370900MB"), name=ORGANISATION, at=at)
    human_resources = add_department(code=code_of(402, "11370900MB"), name=HUMAN_RESOURCES, at=at)
    works = add_department(code=code_of(403, "11370900MB"), name="泰安市云杉管理局", at=at)

    def person(name: str, office: Department, role: Role) -> Account:
        return add_account(username=name, department=office, role=role, password=PASSWORD, at=at)

    people = {
        "clerk": person("组织部经办", organisation, Role.CLERK),
        "reviewer": person("组织部复核", organisation, Role.REVIEWER),
        "judge": person("人社经办", human_resources, Role.CLERK),
        "second_judge": person("人社复核", human_resources, Role.REVIEWER),
        "servant": person("云杉局经办", works, Role.CLERK),
        "candidate": open_enterprise_account(username="考生", password=PASSWORD, at=at),
        "stranger": open_enterprise_account(username="路人", password=PASSWORD, at=at),
        "security": person("安全员", works, Role.SECURITY_ADMIN),
    }
    numbers = {each: person_number(310 + n, "19800101") for n, each in enumerate(("clerk", "reviewer", "judge", "second_judge"))}
    numbers |= {"servant": SERVANT[0], "candidate": CANDIDATE[0]}
    for name, number in numbers.items():
        register_identity(people[name], number=number, name="某人", reference="居民身份证原件", by=people["security"], at=at)
    return Bureau(organisation, human_resources, works, **people)


def calling(account: Account) -> Caller:
    """The account as a request would know it."""
    return Caller(account.department, account, Role(account.role))


def form_of(whom: tuple[str, str] = SERVANT, **changes: str) -> dict[str, str]:
    """What a clerk fills in for a demerit of ``whom``."""
    usual = {"number": whom[0], "name": whom[1], "kind": "demerit", "document": "泰云处〔2026〕7号", "organ": "泰安市云杉管理局"}
    usual |= {"clause": "公务员法第六十一条（待核）", "decided_on": DECIDED.isoformat()}
    usual |= {"delivered_on": DECIDED.isoformat(), "delivery_method": "直接送达"}
    return usual | changes


CHEATING = {"kind": "exam_cheating", "document": "泰人考〔2026〕3号", "organ": "泰安市人力资源和社会保障局"}


def handed_in(bureau: Bureau, at: Instant = NOW, *, proof: Any = "pdf", **changes: Any) -> OfficialRecord:
    """Handed in, waiting for the second person."""
    whom = changes.pop("whom", SERVANT)
    given = pdf("送达回证.pdf") if proof == "pdf" else proof
    return hand_in_record(form_of(whom, **changes), given, caller=calling(bureau.clerk), at=at)


def on_file(bureau: Bureau, at: Instant = NOW, **changes: Any) -> OfficialRecord:
    """Handed in and confirmed."""
    whom = changes.get("whom", SERVANT)
    record = handed_in(bureau, at, **changes)
    again = {"number": whom[0], "name": whom[1], "document": changes.get("document", form_of()["document"])}
    return confirm_record(record.pk, again, caller=calling(bureau.reviewer), at=at)


def asked(account: Account, whom: tuple[str, str] = SERVANT, at: Instant = NOW + 60, **changes: str) -> Answer:
    """The question about somebody, for a promotion."""
    words = {"purpose": "appointment", "matter": "泰组〔2026〕1号"} | changes
    return ask(number=whom[0], name=whom[1], caller=calling(account), at=at, **words)


def let_ask(bureau: Bureau, purpose: str = "honours", matter: str = "2026 年先进评选", until: Instant = NOW + 86_400 * 30) -> None:
    """The organisation department lets the servant's office ask for one purpose in one matter."""
    delegate_item(
        principal=bureau.organisation, delegate=bureau.works, item=f"official_check.{purpose}", reference=matter, valid_from=NOW - 1,
        valid_until=until, at=NOW - 1,
    )  # fmt: skip
