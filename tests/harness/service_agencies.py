"""An invented credit service agency: on the register by two people, with a person who works for it, authorised by a firm."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.agency_people import tie_person
from chengxin.access.agency_register import Proposed, approve_agency, propose_agency
from chengxin.access.mandating import grant_mandate
from chengxin.access.models import Account, AgencyPerson, Mandate, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import AgencyService, MandateKind, Scope
from chengxin.kernel.instants import Instant, date_of, end_of_day
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, a_colleague

CODE = code_of(901, "91370902MA")
NAME = "泰安云台信用服务有限公司"


@dataclass(frozen=True)
class Helped:
    """A town with an agency that may act for the firm."""

    town: Town
    second: Account  # of the credit office
    agency: ServiceAgency
    tie: AgencyPerson
    person: Account
    mandate: Mandate


def a_registered_agency(
    proposer: Account, approver: Account, at: Instant, *, code: str = CODE, name: str = NAME,
    services: Collection[AgencyService] = tuple(AgencyService), until_on: date | None = None,
) -> ServiceAgency:  # fmt: skip
    """Proposed by one, approved by the other."""
    until = end_of_day(until_on or date_of(at).replace(year=date_of(at).year + 2))
    made = propose_agency(Proposed(code, name, services, "泰信备〔2026〕3号", until), by=proposer, at=at)
    return approve_agency(made.pk, by=approver, at=at)


def a_person_of(agency: ServiceAgency, username: str, by: Account, at: Instant) -> tuple[Account, AgencyPerson]:
    """An enterprise account that works for the agency."""
    account = open_enterprise_account(username=username, password=PASSWORD, at=at)
    return account, tie_person(agency, account, reference="任职证明1号", by=by, at=at)


def authorised(account: Account, subject_id: int, by: Account, at: Instant, **other: Any) -> Mandate:
    """A mandate of the account's agency for a firm, by its representative."""
    until = end_of_day(date_of(at).replace(year=date_of(at).year + 1))
    terms: dict[str, Any] = {"scopes": (Scope.VIEW, Scope.RESTORATION), "valid_from": at, "valid_until": until, "reference": "委托书1号"}
    return grant_mandate(account=account, subject_id=subject_id, kind=MandateKind.SERVICE_AGENCY, at=at, by=by, **(terms | other))


def helped(town: Town, at: Instant, **changes: Any) -> Helped:
    """The town's firm has authorised the one person of a registered agency."""
    second = a_colleague(town.credit, at, Role.CREDIT_OFFICE, "信用办二")
    agency = a_registered_agency(town.credit, second, at, **changes)
    person, tie = a_person_of(agency, "云台代办", town.credit, at)
    return Helped(town, second, agency, tie, person, authorised(person, town.record.subject_id, town.owner, at))
