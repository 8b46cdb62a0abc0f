"""People and a penalty for cases: a firm with its representative, the office that decided with two people, the credit office."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date

from django.test import Client

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.caller import Caller
from chengxin.access.mandating import end_mandate, grant_mandate
from chengxin.access.models import Account, Department, Mandate
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department, move_department
from chengxin.access.types import MandateKind
from chengxin.casework.models import Case
from chengxin.casework.people import actor_of
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About, Actor
from chengxin.foundation.records.models import Record
from chengxin.kernel.instants import FOREVER, Instant, start_of_day
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import code_of, penalty

PASSWORD = "quiet-harbour-41"


class Upload(io.BytesIO):
    """What a browser uploads, as the services take it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name, self.size = name, len(content)


def pdf(name: str = "证明.pdf", content: bytes = b"%PDF-1.7\n%%EOF\n") -> Upload:
    return Upload(name, content)


@dataclass(frozen=True)
class Town:
    """The people of a case."""

    record: Record
    office: Department
    credit_office: Department
    owner: Account
    stranger: Account
    clerk: Account
    reviewer: Account
    credit: Account


def a_town(at: Instant, *, decided_on: date, above: Department | None = None, **changes: str) -> Town:
    """A penalty decided on ``decided_on`` and handed in at ``at``, by file, with everybody who may have to do with it. ``above``: the
    office above the credit office."""
    office = market_regulation()
    credit_office = add_department(code=code_of(8, "11370900MB"), name="泰安市发展和改革委员会", at=at - 86_400, parent=above)
    row = penalty(1, office.code, CF_JDRQ=decided_on.isoformat(), **changes)
    submission = hand_in(office, [row], at=at)
    assert submission.accepted == 1, submission
    record = Record.objects.get()
    people = {
        "clerk": add_account(username="经办", department=office, role=Role.CLERK, password=PASSWORD, at=at),
        "reviewer": add_account(username="复核", department=office, role=Role.REVIEWER, password=PASSWORD, at=at),
        "credit": add_account(username="信用办", department=credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=at),
    }
    owner = open_enterprise_account(username="云杉法人", password=PASSWORD, at=at)
    stranger = open_enterprise_account(username="路人", password=PASSWORD, at=at)
    grant_mandate(
        account=owner, subject_id=record.subject_id, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="营业执照", valid_from=at - 1,
        valid_until=FOREVER, at=at, by=people["credit"],
    )  # fmt: skip
    return Town(record, office, credit_office, owner, stranger, **people)


#: The 1st office decides; this one is the office that the penalty of :func:`an_office_town` is about.
OFFICE_PENALISED = code_of(30, "11370900MB")


def an_office_town(at: Instant, *, decided_on: date, **changes: str) -> Town:
    """The same about an office of the government: its own clerk speaks for it (``owner``), no mandate is given to anybody."""
    about = {"CF_XDR_MC": "泰安市云杉管理局", "CF_XDR_SHXYM": OFFICE_PENALISED}
    town = a_town(at, decided_on=decided_on, **about, **changes)
    end_mandate(Mandate.objects.get(account=town.owner), because="机关不用授权", at=at, by=town.credit)
    penalised = add_department(code=OFFICE_PENALISED, name="泰安市云杉管理局", at=at)
    clerk = add_account(username="云杉局经办", department=penalised, role=Role.CLERK, password=PASSWORD, at=at)
    return replace(town, owner=clerk)


def above_the_credit_office(town: Town, at: Instant) -> Department:
    """Another office stands above the credit office: what that one publishes can be objected to."""
    above = add_department(code=code_of(9, "11370900MB"), name="泰安市人民政府办公室", at=at)
    move_department(department=town.credit_office, parent=above, because="泰编〔2026〕1号", at=at)
    return above


def a_colleague(account: Account, at: Instant, role: Role = Role.REVIEWER, name: str = "同事") -> Account:
    """Somebody else who works in the same office."""
    assert account.department is not None
    return add_account(username=name, department=account.department, role=role, password=PASSWORD, at=at)


def restored(record: Record, owner: Account, clerk: Account, reviewer: Account, at: Instant) -> Case:
    """准予修复：applied for, accepted, proposed and approved at ``at``, by three people."""
    case = open_case(
        procedure="restoration", about=About("record", str(record.pk)), actor=acting(owner, at),
        texts={"performed": "罚款已经缴清", "promise": "yes"},
        files=[("performance_proof", pdf()), ("commitment_letter", pdf("承诺.pdf"))], at=at,
    )  # fmt: skip
    steps = (("accept", clerk, {}), ("propose", clerk, {"opinion": "approve", "because": "已核实"}))
    for verb, by, texts in (*steps, ("approve", reviewer, {"document_number": "泰市监修〔2026〕1号"})):
        case.refresh_from_db()
        take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(by, at), texts=texts, at=at)
    case.refresh_from_db()
    return case


def browser_of(account: Account) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(account)
    return client


def acting(account: Account, at: Instant) -> Actor:
    """The account as a request would know it."""
    return actor_of(Caller(account.department, account, Role(account.role)), at)


def morning(day: date) -> Instant:
    """Nine o'clock on a day."""
    return start_of_day(day) + 9 * 3600
