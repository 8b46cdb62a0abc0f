"""查看留痕入账：each second the sequencer turns reads into leaves of the reads log; ``fsck`` compares them."""

from __future__ import annotations

import pytest

from chengxin.access import services
from chengxin.access.caller import Caller
from chengxin.access.models import Read
from chengxin.access.reads import Reason, Seen, record_reads
from chengxin.access.roles import Role
from chengxin.access.traces import EVENT
from chengxin.ledger import ports, sequencer
from chengxin.ledger.logs import MAIN, READS
from chengxin.ledger.models import Entry, ReadsEntry
from chengxin.ledger.services import fsck, prove, read_contents

pytestmark = pytest.mark.django_db
REASON = Reason("核对身份", "7号")


@pytest.fixture
def caller() -> Caller:
    department = services.add_department(code="11370900000000182F", name="示例局", at=1)
    account = services.add_account(username="wang", department=department, role=Role.CLERK, password="quiet-harbour-41", at=1)
    return Caller(department, account, Role.CLERK)


def test_every_read_becomes_one_leaf_in_its_order(caller: Caller) -> None:
    made = record_reads(caller, REASON, [Seen("sealed_field", "c5/CF", (7, 8, 7), "字段 CF"), Seen("desk")], at=10)
    assert made == list(Read.objects.order_by("id").values_list("pk", flat=True))
    main = Entry.objects.count()
    assert sequencer.run_once(at=100).leaves == 3
    assert sequencer.run_once(at=101).leaves == 0
    assert (ReadsEntry.objects.count(), Entry.objects.count()) == (3, main + 1)  # the main log holds their root, not them
    leaves = [row.leaf_content_id or 0 for row in Read.objects.order_by("id")]
    contents = read_contents(leaves, log=READS)
    assert [contents[leaf].get("_subject", "") for leaf in leaves] == ["7", "8", ""]
    assert contents[leaves[0]] == {
        "_event": EVENT,
        "_read": str(made[0]),
        "_at": "10",
        "_account": str(caller.account.pk if caller.account else ""),
        "_role": "clerk",
        "_department": "11370900000000182F",
        "_purpose": "核对身份",
        "_matter": "7号",
        "_kind": "sealed_field",
        "_key": "c5/CF",
        "_subject": "7",
        "_what": "字段 CF",
    }
    assert prove(leaves[0], log=READS).leaf_index == 0


def test_a_token_reads_for_its_department(caller: Caller) -> None:
    record_reads(Caller(caller.department), Reason("部门系统查询"), [Seen("desk")], at=10)
    row = Read.objects.get()
    assert (row.account, row.department, row.role) == (None, caller.department, "token")


def test_a_kind_that_nobody_registered_is_a_fault_of_the_program(caller: Caller) -> None:
    with pytest.raises(ValueError, match="unregistered"):
        record_reads(caller, REASON, [Seen("nonsense")], at=10)


@pytest.mark.parametrize(
    "changed",
    [{"purpose": "别的用途"}, {"account": None}, {"subject_id": 9}, {"at": 11}, {"leaf_content_id": None}, {"what": ""}, {"key": "c6/CF"}],
)
def test_a_row_that_was_changed_does_not_say_what_its_leaf_says(caller: Caller, changed: dict[str, object]) -> None:
    made = record_reads(caller, REASON, [Seen("sealed_field", "c5/CF", (7,), "字段 CF"), Seen("desk")], at=10)
    sequencer.run_once(at=100)
    assert fsck(log=READS).sound
    Read.objects.filter(pk=made[0]).update(**changed)
    report = fsck(log=READS)
    (comparison,) = (each for each in report.comparisons if each.title == "查看留痕")
    assert not report.sound
    assert (comparison.missing + comparison.different, comparison.first_seq) == (1, 0)
    assert fsck(log=MAIN).sound


def test_a_row_taken_away_is_missed_and_one_put_in_is_noticed(caller: Caller) -> None:
    made = record_reads(caller, REASON, [Seen("desk"), Seen("desk")], at=10)
    sequencer.run_once(at=100)
    Read.objects.filter(pk=made[0]).delete()
    Read.objects.create(at=10, role="clerk", purpose="", matter="", kind="desk", key="", what="", leaf_content_id=99)
    (comparison,) = (each for each in fsck(log=READS).comparisons if each.title == "查看留痕")
    assert (comparison.missing, comparison.extra, comparison.different) == (1, 1, 0)


def test_the_read_log_is_filled_by_one_source() -> None:
    assert [name for name, source in ports.pending_leaves.items() if source.log is READS] == ["access.reads"]
