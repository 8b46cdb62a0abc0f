"""城市的人和单位。Departments, accounts, subjects: all invented, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from chengxin.access.roles import Role
from chengxin.site.demo import numbers, words

#: The six counties of the city, and how many of a hundred subjects live there.
COUNTIES: Final = (
    ("370902", "泰山", 28),
    ("370911", "岱岳", 20),
    ("370982", "新泰", 20),
    ("370983", "肥城", 14),
    ("370921", "宁阳", 10),
    ("370923", "东平", 8),
)
_COUNTY_NAMES: Final = {code: name for code, name, _ in COUNTIES}


@dataclass(frozen=True)
class Office:
    """演示部门。``lateness``: per mille of its acts that are handed in late; ``style``: the file it sends (see ``files.py``)."""

    key: str
    name: str
    short: str
    division: str
    kind: str
    lateness: int
    style: str
    parent: str = ""

    @property
    def code(self) -> str:
        """Its unified social credit code."""
        place = [office.key for office in OFFICES].index(self.key)
        return numbers.credit_code_of(f"11{self.division}", f"MB0DEM{place:02d}".replace("O", "0"))


OFFICES: Final = (
    Office("development", "泰安市发展和改革委员会（演示）", "市发改委", "370900", "administrative_organ", 20, "csv", parent="government"),
    Office("market", "泰安市市场监督管理局（演示）", "市市场监管局", "370900", "market_regulator", 40, "csv"),
    Office("emergency", "泰安市应急管理局（演示）", "市应急局", "370900", "administrative_organ", 260, "xlsx"),
    Office("transport", "泰安市交通运输局（演示）", "市交通局", "370900", "administrative_organ", 90, "gb18030"),
    Office("environment", "泰安市生态环境局（演示）", "市生态环境局", "370900", "administrative_organ", 60, "spreadsheetml"),
    Office("housing", "泰安市住房和城乡建设局（演示）", "市住建局", "370900", "administrative_organ", 150, "json"),
    Office("labour", "泰安市人力资源和社会保障局（演示）", "市人社局", "370900", "administrative_organ", 70, "xlsx"),
    Office("tax", "国家税务总局泰安市税务局（演示）", "市税务局", "370900", "tax_authority", 10, "bom"),
    Office("court", "泰安市中级人民法院（演示）", "市中院", "370900", "peoples_court", 30, "titled"),
    Office("approval", "泰安市行政审批服务局（演示）", "市审批局", "370900", "administrative_organ", 5, "tab"),
    Office("taishan", "泰安市泰山区综合行政执法局（演示）", "泰山区执法局", "370902", "administrative_organ", 120, "xlsx"),
    Office("xintai", "新泰市市场监督管理局（演示）", "新泰市监局", "370982", "market_regulator", 80, "gb18030", parent="market"),
    Office("government", "泰安市人民政府办公室（演示）", "市政府办", "370900", "administrative_organ", 0, "csv"),
)


@dataclass(frozen=True)
class Login:
    """演示账户。"""

    username: str
    role: Role
    office: str


#: One account per role, clerks and reviewers of two more offices, and somebody above the credit office.
LOGINS: Final = (
    Login("jingban", Role.CLERK, "market"),
    Login("fuhe", Role.REVIEWER, "market"),
    Login("xinyongban", Role.CREDIT_OFFICE, "development"),
    Login("xinyongban-fuhe", Role.CREDIT_OFFICE, "development"),
    Login("shenji", Role.AUDITOR, "development"),
    Login("anquan", Role.SECURITY_ADMIN, "development"),
    Login("xitong", Role.SYSTEM_ADMIN, "development"),
    Login("shenjiguanli", Role.AUDIT_ADMIN, "development"),
    Login("jingban-yingji", Role.CLERK, "emergency"),
    Login("fuhe-yingji", Role.REVIEWER, "emergency"),
    Login("zhengfuban", Role.REVIEWER, "government"),
)


@dataclass(frozen=True)
class Firm:
    """演示主体。``kind`` is the standard's word; ``is_registered``: whether the registry's file has it."""

    name: str
    kind: str
    code: str
    division: str
    industry: str
    scope: str
    representative: str
    representative_id: str
    registration_number: str
    enterprise_type: str
    capital: str
    founded: int  # ordinal of the day
    is_registered: bool


ORGANIZATION: Final = "法人及非法人组织"
INDIVIDUAL: Final = "个体工商户"
PERSON: Final = "自然人"
#: Per thousand subjects.
_SHOPS: Final = 220
_OTHERS: Final = 60
_UNREGISTERED: Final = 15


def firms(count: int, seed: int, today: int) -> Sequence[Firm]:
    """主体 of the city: ``count`` of them, every name and code once. ``today`` is an ordinal day."""
    chance = Random(f"firms/{seed}")  # noqa: S311 - invention, not secrecy
    names: set[str] = set()
    codes: set[str] = set()
    found: list[Firm] = []
    while len(found) < count:
        firm = _firm(chance, today)
        if firm.name not in names and firm.code not in codes:
            names.add(firm.name)
            codes.add(firm.code)
            found.append(firm)
    return found


def person_name(chance: Random) -> str:
    """An invented person."""
    return chance.choice(words.SURNAMES) + "".join(chance.sample(words.GIVEN, chance.choice((1, 2, 2))))


def _firm(chance: Random, today: int) -> Firm:
    division = chance.choices([code for code, _, _ in COUNTIES], [share for _, _, share in COUNTIES])[0]
    trade, industry, scope = chance.choice(words.TRADES)
    brand = "".join(chance.sample(words.BRAND_WORDS, 2))
    dice = chance.randrange(1000)
    place = chance.choice(("泰安", "泰安市", f"{_COUNTY_NAMES[division]}", "山东"))
    if dice < _SHOPS:
        kind, first, name = INDIVIDUAL, "92", f"{_COUNTY_NAMES[division]}{brand}{chance.choice(words.SHOP_FORMS)}"
        enterprise_type = "9500"
    elif dice < _SHOPS + _OTHERS:
        kind, first = ORGANIZATION, chance.choice(("12", "52"))
        name = f"{place}{brand}" + ("服务中心" if first == "12" else f"{trade}协会")
        enterprise_type = ""
    else:
        form = chance.choices([form for form, _ in words.COMPANY_FORMS], [share for _, share in words.COMPANY_FORMS])[0]
        kind, first, name, enterprise_type = (
            ORGANIZATION,
            "91",
            f"{place}{brand}{trade}{form}",
            "1130" if form != "股份有限公司" else "1210",
        )
    return Firm(
        name=name,
        kind=kind,
        code=numbers.random_credit_code(chance, first, division),
        division=division,
        industry=industry,
        scope=scope,
        representative=person_name(chance),
        representative_id=numbers.person_number(chance),
        registration_number=numbers.old_registration_number(chance, division) if chance.randrange(3) == 0 and first == "91" else "",
        enterprise_type=enterprise_type,
        capital=str(chance.choice((10, 50, 100, 200, 500, 1000, 3000))) if first == "91" else "",
        founded=today - 1_500 - chance.randrange(6_000),
        is_registered=chance.randrange(1000) >= _UNREGISTERED,
    )
