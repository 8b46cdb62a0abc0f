"""几年里的行政行为。Who decided what about whom and when, and when it was handed in: the plan of all ordinary hand-ins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from chengxin.kernel.codes import credit_code
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem
from chengxin.site.demo import words
from chengxin.site.demo.city import INDIVIDUAL, OFFICES, Firm, Office
from chengxin.site.demo.days import working_day
from chengxin.site.demo.dirt import soil
from chengxin.site.demo.penalties import penalty_facts
from chengxin.site.demo.rows import Row, about_firm, about_person, by_office, row_of

#: Item → share of all records (per thousand, without the registry's own), and the offices that hand it in.
PLAN: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "administrative_licence": (310, ("approval", "market", "transport", "housing", "environment", "xintai")),
    "administrative_penalty": (220, ("market", "emergency", "transport", "environment", "housing", "taishan", "tax", "labour", "xintai")),
    "administrative_inspection": (190, ("market", "emergency", "environment", "labour", "xintai", "housing", "transport")),
    "administrative_confirmation": (55, ("housing", "labour")),
    "administrative_expropriation": (35, ("tax", "environment")),
    "administrative_payment": (35, ("labour",)),
    "administrative_reward": (20, ("development", "environment")),
    "administrative_compulsion": (18, ("market", "emergency")),
    "administrative_ruling": (6, ("development",)),
    "administrative_compensation": (6, ("housing",)),
    "abnormal_operation": (30, ("market", "xintai")),
    "honours": (18, ("market", "tax")),
    "judgment_defaulters": (11, ("court",)),
    "serious_dishonesty_entries": (4, ("market", "labour")),
    "false_litigation": (2, ("court",)),
    "commitments": (40, ("approval", "market", "housing")),
}
#: How inspections and promises go, per hundred.
_RESULTS: Final = (
    ("未发现问题",) * 78 + ("发现问题已责令改正",) * 13 + ("发现问题待后续处理",) * 6 + ("通过登记的住所无法联系",) * 2 + ("不配合检查",)
)
_KEPT: Final = ("全部履行",) * 86 + ("履行中",) * 9 + ("未履行",) * 3 + ("部分履行",) * 2
#: Rows of one ordinary file; a city's office sends a few hundred at a time.
_ROWS_IN_A_FILE: Final = 230
_YEARS: Final = 3.6
_PERSONS: Final = 60  # per thousand licences and penalties
_NAME_ONLY: Final = 12  # per thousand acts about individual businesses


@dataclass(frozen=True)
class HandIn:
    """一次报送 to be made: the office sends rows of one item on ``on``."""

    office: Office
    item: CatalogueItem
    on: date
    rows: Sequence[Row]


def hand_ins(records: int, firms: Sequence[Firm], policy: PolicySet, seed: int, today: date) -> Iterator[HandIn]:
    """All ordinary hand-ins in the order of their days; about ``records`` rows together."""
    slots = []
    chance = Random(f"plan/{seed}")  # noqa: S311
    offices = {office.key: office for office in OFFICES}
    for item_id, (share, keys) in PLAN.items():
        for key in keys:
            rows = max(2, records * share // 1000 // len(keys))
            files = max(1, round(rows / _ROWS_IN_A_FILE))
            for number in range(files):
                back = _YEARS * 365 * (files - 1 - number + chance.random() * 0.8) / files
                size = rows // files + (number < rows % files)
                slots.append((working_day(today - timedelta(days=1 + int(back)), policy.calendar), item_id, offices[key], size, number))
    for on, item_id, office, size, number in sorted(slots, key=lambda slot: (slot[0], slot[1], slot[2].key, slot[4])):
        desk = _Desk(policy, firms, seed, Random(f"{seed}/{item_id}/{office.key}/{on}/{number}"))  # noqa: S311
        item = policy.item(item_id)
        yield HandIn(office, item, on, [_row(desk, item, office, on, f"{on:%m%d}{place:03d}") for place in range(size)])


def persons_beside(firms: int) -> int:
    """How many natural persons a city with so many firms has on record."""
    return max(1, firms // 20)


@dataclass(frozen=True)
class _Desk:
    """What the rows of one file draw from."""

    policy: PolicySet
    firms: Sequence[Firm]
    seed: int
    chance: Random


def _row(desk: _Desk, item: CatalogueItem, office: Office, on: date, serial: str) -> Row:
    firms, chance = desk.firms, desk.chance
    decided = _decided(on, office, chance)
    # A few firms have much to do with the city, most have little.
    firm = firms[int(len(firms) * chance.random() ** 2)]
    facts = act_facts(item, office, decided, _document_number(item, office, decided, serial), chance)
    if item.natural_person == "mask" and chance.randrange(1000) < _PERSONS:
        # A person may meet the city more than once; persons are few beside firms.
        facts |= about_person(Random(f"{desk.seed}/person/{chance.randrange(persons_beside(len(firms)))}"))  # noqa: S311
    else:
        facts |= about_firm(firm, with_id=item.number <= 2 and chance.randrange(4) == 0)
        if firm.kind == INDIVIDUAL and chance.randrange(1000) < _NAME_ONLY:
            facts |= {"subject_code": credit_code.PLACEHOLDER}  # the standard's way to say that it has none yet
    return soil(row_of(item, desk.policy, facts, chance), item, firms, chance)


def act_facts(item: CatalogueItem, office: Office, decided: date, number: str, chance: Random) -> dict[str, str]:
    """What an act of this kind says, without whom it is about."""
    title, told, basis = chance.choice(words.TEXTS[item.id])
    facts = {
        **by_office(office),
        "document_number": number,
        "document_title": f"{item.title}决定书",
        "decided_on": decided.isoformat(),
        "title": title,
        "told": told,
        "content": told,
        "basis": basis,
        "state": "1",
        "valid_from": decided.isoformat(),
        "valid_until": f"{decided.year + chance.choice((3, 5))}-{decided.month:02d}-28",
    }
    if item.id == "administrative_penalty":
        facts |= penalty_facts(decided, chance)
    elif item.id == "administrative_licence":
        facts |= {"title": chance.choice(("普通", "普通", "核准", "登记", "其他-补办"))}
    elif item.id == "administrative_inspection":
        facts |= {"JC_JCJG": chance.choice(_RESULTS)}
    elif item.id == "commitments":
        facts |= {"CN_LYZT": chance.choice(_KEPT), "CN_LX": chance.choice(("审批替代型", "审批替代型", "信用修复型", "主动公示型"))}
    elif item.group in {"lists", "court"} and chance.randrange(3) == 0:
        facts["exit_on"] = (decided + timedelta(days=60 + chance.randrange(400))).isoformat()
    return facts


def _document_number(item: CatalogueItem, office: Office, decided: date, serial: str) -> str:
    if office.kind == "peoples_court":
        return f"（{decided.year}）鲁演执{serial}号"
    return f"{office.short}{item.title[-2:]}字〔{decided.year}〕{serial}号"


def _decided(on: date, office: Office, chance: Random) -> date:
    """Most acts were decided within the last few days before the hand-in, some long before."""
    if chance.randrange(1000) < office.lateness:
        return on - timedelta(days=12 + chance.randrange(40))
    return on - timedelta(days=chance.randrange(7))
