"""部门之间互不可见：what department X and the public get does not depend on what Y has not published."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from chengxin.access.models import Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.foundation.collection.types import Channel
from chengxin.site.access_matrix import MATRIX
from chengxin.site.views_by_name import all_views
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty, person_penalty
from tests.harness.two_worlds import answers, differing_lines, in_both_worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
#: What tells about the machine, not about records; the log shows that something grew, never what or whose.
NOT_ABOUT_RECORDS = {"metrics", "healthz", "logout", "log_checkpoint", "ledger_checkpoint", "checkpoint", "log"}

#: Firms that only Y's unpublished rows name, and how somebody would look for them.
UNPUBLISHED = (50, 51)
ASKED = ("云杉00050", "泰安云杉", code_of(50))


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Department:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN + 3600))
    office = market_regulation(1)
    hand_in(office, [penalty(1, office.code), person_penalty(2, office.code), penalty(3, office.code, CF_WSH="")])
    return office


@pytest.fixture
def theirs() -> Department:
    return market_regulation(2)


def addresses() -> dict[str, str]:
    """Every view that is read by GET and needs nothing in its address."""
    plain = {name: f"/{route}" for route, name in all_views() if not re.search(r"[<(^]", route)}
    asked = {f"{name} by {word}": f"/search{rest}?q={word}" for name, rest in (("search", ""), ("suggest", "/suggest")) for word in ASKED}
    asked |= {f"subject {number}": f"/s/{code_of(number)}" for number in UNPUBLISHED}
    return asked | {
        name: address for name, address in plain.items() if name in MATRIX and name.removeprefix("api:") not in NOT_ABOUT_RECORDS
    }


def hand_in_unpublished(office: Department) -> None:
    """What Y keeps to itself: rows that wait for a second person, rows that broke a rule, a file that was refused."""
    waiting = hand_in(office, [penalty(n, office.code) for n in UNPUBLISHED], channel=Channel.PAGE, key="waiting")
    assert waiting.state == "awaiting_release"
    rejected = hand_in(office, [penalty(60, office.code, CF_JDRQ="2026-02-31")], key="rejected")
    assert rejected.rejected == 1
    refused = hand_in(office, "不是表格".encode(), key="refused", file_name="x.csv")
    assert refused.state == "refused"


@pytest.mark.parametrize("role", [None, Role.CLERK, Role.REVIEWER])
def test_nothing_that_another_department_has_not_published_is_seen(
    role: Role | None, client: Client, ours: Department, theirs: Department
) -> None:
    if role is not None:
        account = add_account(username="wang", department=ours, role=role, password="quiet-harbour-41", at=1)
        client.force_login(account, backend="chengxin.site.signing_in.SlowingBackend")
    seen = addresses()
    before, after = in_both_worlds(lambda: answers(client, seen), lambda: hand_in_unpublished(theirs))
    assert not {name: differing_lines(before[name][1], after[name][1]) for name in seen if before[name] != after[name]}
    assert sum(status == 200 for status, _ in before.values()) > 5


def test_the_comparison_notices_a_difference(client: Client, ours: Department, theirs: Department) -> None:
    """The control: what Y publishes is seen."""
    seen = addresses()
    before, after = in_both_worlds(lambda: answers(client, seen), lambda: hand_in(theirs, [penalty(70, theirs.code)]))
    assert before != after
