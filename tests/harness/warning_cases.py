"""Planted cases for warnings: what a rule must find and what comes near without being it. Invented firms, standing as it would be stored.

``plant`` writes them in bulk among as many blameless firms as asked for, and says what must be found: precision and recall can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject, SubjectOffice
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import FOREVER, Instant, end_of_day, start_of_day
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.storage import ids
from chengxin.storage.transactions import writing
from tests.harness.subjects import invented_code

TODAY = date(2026, 11, 23)
#: Ten in the morning.
NOW: Instant = start_of_day(TODAY) + 10 * 3600
MARKET, COURT, COUNTY_MARKET, APPROVAL = range(1, 5)
_OFFICES = {
    "泰安市市场监督管理局": "370900",
    "泰安市中级人民法院": "370900",
    "泰安市泰山区市场监督管理局": "370902",
    "泰安市行政审批服务局": "370900",
}

Found = set[tuple[str, int]]  # rule, subject


@dataclass
class City:
    """What is planted, before it is written in one go."""

    subjects: list[Subject] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    offices: list[SubjectOffice] = field(default_factory=list)
    expected: Found = field(default_factory=set)
    near: dict[int, str] = field(default_factory=dict)  # subject → why it is none
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    departments: list[Department] = field(default_factory=list)

    def firm(self, kind: int = 2, division: str = "370902") -> int:
        """One more firm."""
        number = 500_000 + next(self.numbers)
        self.subjects.append(
            Subject(
                id=number, code=invented_code(number), kind=kind, name=f"泰安市测例{number}有限公司", canonical_id=number, opened_at=1,
                division=division, content_id=0,
            )
        )  # fmt: skip
        return number

    def record(self, subject_id: int, item: str, days_ago: int, **given: Any) -> None:
        """A record that counts, decided so many days ago, unless told otherwise."""
        decided = TODAY - timedelta(days=days_ago)
        self.records.append(
            {
                "subject_id": subject_id, "item": active.policy_set().item(item).number, "decided_on": decided, "severity": 2,
                "received_at": start_of_day(decided) + 3600, "counted_from": start_of_day(decided), "counted_until": FOREVER,
                "effective_from": start_of_day(decided), "effective_until": FOREVER, "office": MARKET, "closed": True, "source_class": 1,
                "act_outcome": 0, "document_number": f"测〔2026〕{next(self.numbers)}号", "title": "",
            }
            | given
        )  # fmt: skip

    def person(self, subject_id: int, key: bytes | None, valid_until: Instant = FOREVER) -> None:
        """Somebody in office; ``key``: the blind index, None where no number is on record."""
        self.offices.append(
            SubjectOffice(
                subject_id=subject_id, office="legal_representative", name="测试人", person=key, valid_from=1, valid_until=valid_until,
                content_id=0,
            )
        )  # fmt: skip

    def must(self, rule: str, subject_id: int) -> None:
        """This is what the rule has to find."""
        self.expected.add((rule, subject_id))

    def write(self) -> None:
        """All of it, in a few statements."""
        self.departments = [
            Department.objects.create(code=invented_code(n, "11"), name=name, division=division, opened_at=1)
            for n, (name, division) in enumerate(_OFFICES.items(), start=1)
        ]
        hand_ins = {
            closed: Submission.objects.create(
                department_id=self.departments[0].pk, key=f"planted-{closed}", item=2, channel="cli", file_sha256="0" * 64, source_class=1,
                file_name="test.csv", file_size=1, received_at=1, progress_at=1, state="closed" if closed else "reading",
                closed_at=2 if closed else None,
            )
            for closed in (True, False)
        }  # fmt: skip
        Subject.objects.bulk_create(self.subjects, batch_size=5_000)
        SubjectOffice.objects.bulk_create(self.offices, batch_size=5_000)
        with writing():
            numbers = ids.allocate("records_record", len(self.records))
            content_ids = self._contents()
            Record.objects.bulk_create(
                [self._row(*each, hand_ins) for each in zip(numbers, content_ids, self.records, strict=True)], batch_size=5_000
            )

    def _contents(self) -> list[int]:
        field_of = active.policy_set().item("administrative_licence").roles["document_title"]
        content_ids = list(ledger.allocate_content_ids(len(self.records)))
        payloads = [
            canonical_bytes({"_event": "tests:record:planted", **({field_of: each["title"]} if each["title"] else {})})
            for each in self.records
        ]
        ledger.append(ledger.prepare("tests:record:planted", payloads, content_ids))
        return content_ids

    def _row(self, number: int, content_id: int, each: dict[str, Any], hand_ins: dict[bool, Submission]) -> Record:
        given = {key: value for key, value in each.items() if key not in ("office", "closed", "title")}
        return Record(
            id=number, authority_id=self.departments[each["office"] - 1].pk, business_key=number.to_bytes(16, "big"), version=1,
            content_id=content_id, fingerprint=b"\0" * 16, submission_id=hand_ins[each["closed"]].pk, public_from=0, public_until=0,
            shared_from=0, shared_until=0, because=1, **given,
        )  # fmt: skip


def plant(each: int = 3, blameless: int = 50) -> City:
    """``each`` of every case and every near miss, among ``blameless`` firms with ordinary lives."""
    city = City()
    for number in range(each):
        for case in (_listings, _bursts, _licences, _people, _inspections):
            case(city, number)
    for number in range(blameless):
        firm = city.firm(kind=4 if number % 3 == 0 else 2)
        city.record(firm, "administrative_penalty", 40 + number % 600)
        city.record(firm, "administrative_licence", 400, effective_until=end_of_day(TODAY + timedelta(days=200)), office=APPROVAL)
        city.record(firm, "administrative_inspection", 10 + number % 300, act_outcome=1 + number % 2)
        city.person(firm, number.to_bytes(32, "big"))
    city.write()
    return city


def _listings(city: City, number: int) -> None:
    lists = ("judgment_defaulters", "new_judgment_defaulter"), ("serious_dishonesty_entries", "new_serious_dishonesty")
    for item, rule in (*lists, ("abnormal_operation", "new_abnormal_operation")):
        for days_ago in (0, 30):
            city.record(firm := city.firm(), item, days_ago, source_class=2 if item == "judgment_defaulters" else 1)
            city.must(rule, firm)
        city.record(late := city.firm(), item, 150, received_at=NOW - 86_400)  # told yesterday
        city.must(rule, late)
        _near(city, "a day too old", item, 31)
        _near(city, "told yesterday, but of last year", item, 181, received_at=NOW - 86_400)
        _near(city, "no longer listed", item, 5, counted_until=NOW - 1)
        _near(city, "not closed yet", item, 5, closed=False)
        _near(city, "told by an association", item, 5, source_class=7)
        city.record(person := city.firm(kind=5), item, 5)
        city.near[person] = "a natural person"


def _near(city: City, why: str, item: str, days_ago: int, **given: Any) -> None:
    city.record(firm := city.firm(), item, days_ago, **given)
    city.near[firm] = why


def _bursts(city: City, number: int) -> None:
    def penalties(*days: int, **given: Any) -> int:
        firm = city.firm()
        for each in days:
            city.record(firm, "administrative_penalty", each, **given)
        return firm

    for days in ((1, 20, 89), (1, 2, 3, 400), (0, 0, 0, 500, 600)):
        city.must("penalty_burst", penalties(*days))
    city.near[penalties(1, 20)] = "two only"
    city.near[penalties(1, 20, 90)] = "the third is a day outside"
    city.near[penalties(1, 2, 3, *range(95, 800, 70))] = "no more than always: a large firm"
    city.near[penalties(1, 2, 3, severity=1)] = "minor ones"
    city.near[penalties(1, 2, 3, document_number=f"测〔2026〕同一件{number}号")] = "one document in three rows"
    gone = penalties(1, 2)
    city.record(gone, "administrative_penalty", 3, counted_until=NOW)
    city.near[gone] = "one of the three was withdrawn"


def _licences(city: City, number: int) -> None:
    def licence(ends_in: int, **given: Any) -> int:
        firm = given.pop("firm", 0) or city.firm()
        until = end_of_day(TODAY + timedelta(days=ends_in))
        city.record(
            firm, "administrative_licence", 500, **{"effective_until": until, "office": APPROVAL, "title": "食品经营许可证"} | given
        )
        return firm

    for ends_in in (0, 30, 60):
        city.must("licence_ending", licence(ends_in))
    other = licence(20)
    licence(900, firm=other, title="道路运输经营许可证")  # another licence is no renewal
    city.must("licence_ending", other)
    unread = licence(20, title="")
    licence(900, firm=unread, title="")  # of which kind, nobody can say
    city.must("licence_ending", unread)
    renewed = licence(20)
    licence(900, firm=renewed)
    city.near[renewed] = "renewed"
    city.near[licence(61)] = "a day too early"
    city.near[licence(-1)] = "over already"
    city.near[licence(20, counted_until=NOW)] = "withdrawn"


def _people(city: City, number: int) -> None:
    def listed(key: bytes | None, **given: Any) -> int:
        firm = city.firm()
        city.record(firm, "judgment_defaulters", 300, **given)
        city.person(firm, key)
        return firm

    def key(kind: int) -> bytes:
        return b"P" + bytes([kind]) + number.to_bytes(30, "big")

    for firm in (listed(key(1)), listed(key(1)), listed(key(1))):
        city.must("shared_person", firm)
    city.near[listed(key(2))] = "one listed firm only"
    unlisted = city.firm()
    city.person(unlisted, key(2))
    city.near[unlisted] = "not listed itself"
    city.near[listed(None)] = "known by name only"
    city.near[listed(None)] = "known by name only"
    city.near[listed(key(3))] = "the other is no longer listed"
    city.near[listed(key(3), counted_until=NOW)] = "no longer listed"
    city.near[listed(key(4))] = "the person left the other"
    former = city.firm()
    city.record(former, "abnormal_operation", 300)
    city.person(former, key(4), valid_until=NOW)
    city.near[former] = "the person left"


def _inspections(city: City, number: int) -> None:
    def inspected(*found: tuple[int, int]) -> int:
        firm = city.firm()
        for days_ago, outcome in found:
            city.record(firm, "administrative_inspection", days_ago, act_outcome=outcome)
        return firm

    city.must("failed_again", inspected((5, 3), (364, 3)))
    city.must("failed_again", inspected((5, 3), (50, 1), (90, 3)))
    city.near[inspected((5, 3), (365, 3))] = "a day too long ago"
    city.near[inspected((5, 3), (5, 3))] = "two sheets of one visit"
    city.near[inspected((5, 3), (50, 2))] = "put right on the spot"
    city.near[inspected((5, 3), (50, 4))] = "nobody was there"
