"""建城。Departments, accounts, then every hand-in through the same door as a real one, in the order of its days."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from chengxin.access.models import Account, Department
from chengxin.access.passwords import make_password
from chengxin.access.roles import LABELS
from chengxin.access.services import add_account, add_department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import process_submission, receive_submission
from chengxin.foundation.collection.types import Channel, Counts
from chengxin.kernel.instants import Instant, date_of, start_of_day
from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.acts import hand_ins
from chengxin.site.demo.city import LOGINS, OFFICES, Firm, Office, firms
from chengxin.site.demo.files import file_of
from chengxin.site.demo.rows import Row, registry_row

#: Told after every hand-in: rows handed in so far, rows planned, what it was.
Progress = Callable[[int, int, str], None]

_MORNING: Final = 9 * 3600
_FIRST_DAY_BACK: Final = 4 * 365
_STORY_FIRMS: Final = 22


@dataclass
class City:
    """The city while it is built."""

    policy: PolicySet
    now: Instant
    seed: int
    departments: dict[str, Department] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    moment: int = 0

    @property
    def today(self) -> date:
        """The day on which the city is built."""
        return date_of(self.now)

    def office(self, key: str) -> Office:
        """The office with this key."""
        return next(office for office in OFFICES if office.key == key)

    def at(self, on: date) -> Instant:
        """A moment of the morning of ``on``, later than the one before, never after now."""
        self.moment = (self.moment + 37) % 7200
        return min(start_of_day(on) + _MORNING + self.moment, self.now)

    def hand_in(
        self, office: Office, item_id: str, rows: Sequence[Row], on: date, *, channel: Channel = Channel.CLI, by: str = "", key: str = ""
    ) -> Submission:
        """Write the rows as the office writes its files, and hand them in."""
        item = self.policy.item(item_id)
        content, file_name = file_of(rows, item, office.style, f"{office.short}{item.title}{on:%Y%m%d}")
        at = self.at(on)
        submission = receive_submission(
            department=self.departments[office.key],
            item=item_id,
            stream=io.BytesIO(content),
            file_name=file_name,
            channel=channel,
            key=key,
            actor=by or f"cli:{office.code}",
            at=at,
        )
        submission = process_submission(submission.pk, at=lambda: at)
        self.counts += Counts(**{name: getattr(submission, name) for name in Counts.__dataclass_fields__})
        return submission


def opening_of(now: Instant) -> Instant:
    """When the city began to use the platform: before its first act, so that any day since can be looked at."""
    return start_of_day(date_of(now) - timedelta(days=_FIRST_DAY_BACK + 10))


def build_departments(city: City) -> None:
    """The offices, parents first."""
    opened = opening_of(city.now)
    for office in sorted(OFFICES, key=lambda each: (bool(each.parent), OFFICES.index(each))):
        city.departments[office.key] = add_department(
            code=office.code,
            name=office.name,
            short_name=office.short,
            division=office.division,
            kind=office.kind,
            parent=city.departments.get(office.parent),
            at=opened,
        )


def build_accounts(city: City) -> list[dict[str, str]]:
    """One account per role, with a password that is only told here; accounts that are there stay as they are."""
    told = []
    for login in LOGINS:
        if Account.objects.filter(username=login.username).exists():
            continue
        password = make_password(city.now)
        add_account(username=login.username, department=city.departments[login.office], role=login.role, password=password, at=city.now)
        office = city.office(login.office)
        told.append({"role": LABELS[login.role], "username": login.username, "password": password, "office": office.name})
    return told


def story_firms(city: City) -> Sequence[Firm]:
    """The firms that the stories are about; the same whatever the size of the city."""
    return [firm for firm in firms(60, city.seed + 1_000_003, city.today.toordinal()) if firm.code.startswith("91")][:_STORY_FIRMS]


def build_records(city: City, subjects: int, records: int, tell: Progress) -> None:
    """Registry basics first, then the acts of several years."""
    told = story_firms(city)
    others = max((subjects - len(told)) * 20 // 21, 1)  # the rest are natural persons
    everybody = [*told, *firms(others, city.seed, city.today.toordinal())]
    registered = [firm for firm in everybody if firm.is_registered or firm in told]
    ordinary = list(hand_ins(max(records - len(registered), 100), everybody[len(told) :], city.policy, city.seed, city.today))
    planned = len(registered) + sum(len(each.rows) for each in ordinary)
    done = 0
    for on, office, part in _registry_files(city, registered):
        item = city.policy.item("registry_basics")
        rows = [registry_row(firm, office, item, city.policy, state=_state(firm)) for firm in part]
        city.hand_in(office, item.id, rows, on)
        done += len(rows)
        tell(done, planned, f"{office.short} {item.title}")
    for each in ordinary:
        city.hand_in(each.office, each.item.id, each.rows, each.on)
        done += len(each.rows)
        tell(done, planned, f"{each.office.short} {each.item.title}")


def _registry_files(city: City, registered: Sequence[Firm]) -> list[tuple[date, Office, Sequence[Firm]]]:
    """The city's registry sends everything once, 新泰's its own county's; both before the first act."""
    first = city.today - timedelta(days=_FIRST_DAY_BACK)
    county = city.office("xintai")
    own = [firm for firm in registered if firm.division == county.division]
    others = [firm for firm in registered if firm.division != county.division]
    return [(first, city.office("market"), others), (first, county, own)]


def _state(firm: Firm) -> str:
    return Random(f"state/{firm.code}").choices(["K", "XX", "D"], [94, 4, 2])[0]  # noqa: S311


def summary(city: City) -> Mapping[str, int]:
    """What came of all hand-ins."""
    counts = city.counts
    return {name: getattr(counts, name) for name in ("rows", "accepted", "updated", "rejected", "quarantined", "mended", "late")}
