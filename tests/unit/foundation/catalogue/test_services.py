"""Two people put a set in force; the ledger says so; nothing runs on a set that was not adopted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import IntegrityError

from chengxin.foundation.catalogue import ports, queries, services
from chengxin.foundation.catalogue.models import AdoptedSet
from chengxin.foundation.catalogue.projections import ADOPTIONS
from chengxin.kernel.refused import Conflict, Forbidden, NotFound
from chengxin.ledger.ports import projections
from chengxin.ledger.services import fsck, read_contents
from chengxin.policy import PolicySet, active, load_files
from chengxin.policy.errors import NothingAdopted, PolicyRefused
from chengxin.policy.files import read_files

pytestmark = pytest.mark.django_db

SHIPPED = read_files([Path(__file__).parents[4] / "policies"])
AT = 1_780_000_000


def with_own(days: int) -> dict[str, str]:
    """The shipped files and a folder of the city's own with a shorter deadline for withdrawing."""
    return SHIPPED | {
        "own/withdrawal_deadline.yaml": f"""
title: 撤回公示的期限
unit: working_day
values:
  - {{from: 2026-01-01, value: {days}, reference: platform-design, note: 本市更快, confidence: assumed}}
"""
    }


@pytest.fixture
def adopted() -> PolicySet:
    """The shipped set, adopted by the installation."""
    assert services.adopt_shipped_set(files=SHIPPED, at=AT)
    return queries.policy_in_force()


@pytest.fixture
def only_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsck looks at the adoptions alone; the other tables have tests of their own."""
    monkeypatch.setattr(projections, "_filled", {"catalogue.adoptions": ADOPTIONS})


def test_nothing_runs_before_the_first_adoption() -> None:
    with pytest.raises(NothingAdopted, match="chengxin init"):
        active.policy_set()


def test_init_adopts_the_shipped_set_once(adopted: PolicySet) -> None:
    assert adopted.digest == load_files(SHIPPED).digest
    assert not services.adopt_shipped_set(files=with_own(2), at=AT + 1)
    assert active.policy_set().digest == adopted.digest
    assert AdoptedSet.objects.count() == 1


def test_two_different_people_put_a_set_in_force(adopted: PolicySet) -> None:
    number = services.propose_policy_set(files=with_own(2), by="zhang", because="更快撤回", at=AT + 10)
    assert active.policy_set().digest == adopted.digest  # a proposal changes nothing
    with pytest.raises(Forbidden, match="不能自己采纳"):
        services.adopt_policy_set(proposal=number, by="zhang", at=AT + 20)
    after = services.adopt_policy_set(proposal=number, by="li", at=AT + 20)
    assert active.policy_set() is after
    assert active.policy_set(AT + 19).digest == adopted.digest
    assert active.policy_set(AT + 20).digest == after.digest
    with pytest.raises(NothingAdopted):
        active.policy_set(AT - 1)


def test_a_set_is_adopted_once(adopted: PolicySet) -> None:
    number = services.propose_policy_set(files=with_own(2), by="zhang", because="更快撤回", at=AT + 10)
    services.adopt_policy_set(proposal=number, by="li", at=AT + 20)
    with pytest.raises(Conflict, match="已经由 li 采纳"):
        services.adopt_policy_set(proposal=number, by="wang", at=AT + 30)
    with pytest.raises(NotFound):
        services.adopt_policy_set(proposal=number + 1, by="wang", at=AT + 30)


def test_an_earlier_set_may_come_back(adopted: PolicySet) -> None:
    first = services.propose_policy_set(files=with_own(2), by="zhang", because="更快", at=AT + 10)
    services.adopt_policy_set(proposal=first, by="li", at=AT + 20)
    back = services.propose_policy_set(files=SHIPPED, by="zhang", because="恢复", at=AT + 30)
    services.adopt_policy_set(proposal=back, by="li", at=AT + 40)
    assert active.policy_set().digest == adopted.digest
    assert next(iter(queries.policy_sets())).id == back


def test_the_set_in_force_and_a_waiting_one_are_not_proposed_again(adopted: PolicySet) -> None:
    with pytest.raises(Conflict, match="正在施行"):
        services.propose_policy_set(files=SHIPPED, by="zhang", because="再来", at=AT + 1)
    services.propose_policy_set(files=with_own(2), by="zhang", because="更快", at=AT + 10)
    with pytest.raises(Conflict, match="等待另一人采纳"):
        services.propose_policy_set(files=with_own(2), by="li", because="我也提", at=AT + 11)


def test_a_set_with_a_fault_is_not_kept(adopted: PolicySet) -> None:
    with pytest.raises(PolicyRefused, match="宽"):
        services.propose_policy_set(files=with_own(9), by="zhang", because="更慢", at=AT + 10)
    assert AdoptedSet.objects.count() == 1


def test_a_bundle_that_was_tampered_with_is_not_used(adopted: PolicySet) -> None:
    number = services.propose_policy_set(files=with_own(2), by="zhang", because="更快", at=AT + 10)
    AdoptedSet.objects.filter(id=number).update(digest="0" * 64)
    with pytest.raises(Conflict, match="与它的摘要不符"):
        services.adopt_policy_set(proposal=number, by="li", at=AT + 20)


def test_the_table_itself_wants_two_people(adopted: PolicySet) -> None:
    with pytest.raises(IntegrityError):
        AdoptedSet.objects.update(approved_by=services.SHIPPED_BY)


@pytest.mark.usefixtures("only_mine")
def test_both_acts_are_entries_and_the_table_follows_from_them(adopted: PolicySet) -> None:
    number = services.propose_policy_set(files=with_own(2), by="zhang", because="更快撤回", at=AT + 10)
    services.adopt_policy_set(proposal=number, by="li", at=AT + 20)
    row = AdoptedSet.objects.get(id=number)
    assert row.proposed_content_id is not None
    assert row.content_id is not None
    contents = read_contents([row.proposed_content_id, row.content_id])
    assert contents[row.proposed_content_id]["_event"] == services.PROPOSED
    assert contents[row.content_id] | {"_by": "li", "_proposed_by": "zhang", "_digest": row.digest} == contents[row.content_id]
    report = fsck()
    mine = [each for each in report.comparisons if each.table == "catalogue_adoptedset"]
    assert [each.equal for each in mine] == [True]


@pytest.mark.usefixtures("only_mine")
def test_fsck_sees_an_adoption_that_the_ledger_does_not_know(adopted: PolicySet) -> None:
    AdoptedSet.objects.update(digest="1" * 64)
    mine = [each for each in fsck().comparisons if each.table == "catalogue_adoptedset"]
    assert [each.equal for each in mine] == [False]


def test_other_sections_are_asked_before_and_told_at_the_adoption(adopted: PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []

    class Effect:
        def simulate(self, before: PolicySet, after: PolicySet, at: int) -> Mapping[str, int]:
            return {"公示更短的记录": 3}

        def apply(self, before: PolicySet, after: PolicySet, at: int) -> None:
            told.append((before.digest, after.digest))

    monkeypatch.setattr(ports, "_effects", {"records": Effect()})
    after = load_files(with_own(2))
    assert services.simulate_adoption(before=adopted, after=after, at=AT) == {"公示更短的记录": 3}
    number = services.propose_policy_set(files=with_own(2), by="zhang", because="更快", at=AT + 10)
    assert told == []
    services.adopt_policy_set(proposal=number, by="li", at=AT + 20)
    assert told == [(adopted.digest, after.digest)]
