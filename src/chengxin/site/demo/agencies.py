"""演示城市的信用服务机构：one invented agency on the register, one person of it, authorised by the firm that has a log-in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.agency_people import tie_person
from chengxin.access.agency_register import Proposed, approve_agency, propose_agency
from chengxin.access.mandates import mandates_of
from chengxin.access.mandating import grant_to_agency
from chengxin.access.models import Account, ServiceAgency
from chengxin.access.roles import LABELS, Role
from chengxin.access.types import AgencyService, Scope
from chengxin.kernel.instants import end_of_day
from chengxin.site.demo import numbers
from chengxin.site.demo.building import City
from chengxin.site.demo.rights import FIRM_LOGIN

LOGIN: Final = "daiban"
NAME: Final = "泰安示例信用服务有限公司（演示）"
_PROPOSES, _APPROVES = "xinyongban", "xinyongban-fuhe"
_REGISTERED_FOR: Final = timedelta(300)
_AUTHORISED_FOR: Final = timedelta(60)


def build_agency(city: City) -> list[dict[str, str]]:
    """Registered by two people, with a person who acts for the demo's firm; nothing if it is there, or if no firm has a log-in."""
    firm = Account.objects.filter(username=FIRM_LOGIN).first()
    if firm is None or ServiceAgency.objects.exists():
        return []
    two = [Account.objects.get(username=each) for each in (_PROPOSES, _APPROVES)]
    given = Proposed(
        numbers.credit_code_of("91370900", "MA0DEM0A".replace("O", "0")), NAME, list(AgencyService), "演示备案〔2026〕1号",
        end_of_day(city.today + _REGISTERED_FOR),
    )  # fmt: skip
    agency = approve_agency(propose_agency(given, by=two[0], at=city.now).pk, by=two[1], at=city.now)
    password = secrets.token_urlsafe(9)
    person = open_enterprise_account(username=LOGIN, password=password, at=city.now)
    tie_person(agency, person, reference="任职函（演示）", by=two[0], at=city.now)
    held = mandates_of(firm.pk, city.now)[0]
    grant_to_agency(
        agency, [person], subject_id=held.subject_id, scopes=[Scope.VIEW, Scope.RESTORATION], reference="委托书（演示）",
        valid_until=end_of_day(city.today + _AUTHORISED_FOR), at=city.now, by=firm,
    )  # fmt: skip
    return [{"role": LABELS[Role.ENTERPRISE], "username": LOGIN, "password": password, "office": f"{NAME}（代办人员）"}]
