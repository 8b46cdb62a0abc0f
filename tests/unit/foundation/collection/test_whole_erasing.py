"""Erasing a record erases every copy of it: versions, those of returned submissions, rows that wait, files that carried it unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from typer.testing import CliRunner

from chengxin.access.models import Account, Department, VaultFile
from chengxin.foundation.collection.models import QuarantinedRow, RowRemark, Submission
from chengxin.foundation.collection.services import decide_quarantined, return_submission
from chengxin.foundation.collection.types import Channel, QuarantineDecision
from chengxin.foundation.collection.whole_erasing import ERASED_WHOLE, erase_whole_record, erased_wholes
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.subjects import services as subjects
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.checking import Report
from chengxin.ledger.commands import app
from chengxin.ledger.models import Content
from chengxin.ledger.services import erase, fsck, read_contents, sign_checkpoint
from chengxin.site import erasure_register
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty
from tests.unit.foundation.collection.test_erasing import tables_that_hold

pytestmark = pytest.mark.usefixtures("db", "policy_set")

NAME, NUMBER = "泰安市绝无仅有食品有限公司", "泰市监罚〔2026〕第98765432109号"
LATER = HANDED_IN + 6_000
BECAUSE = "泰安市中级人民法院（2026）鲁09行终1号"


def mine(office: Department, **changes: str) -> dict[str, str]:
    return {**penalty(1, office.code, CF_XDR_MC=NAME, CF_WSH=NUMBER), **changes}


def lived_through(office: Department) -> tuple[Record, list[Submission], Submission]:
    """A record with everything that can befall it; the submissions that carried it, and one that did not."""
    reviewer = Account.objects.create(username="复核员", role="reviewer", department=office)
    other = hand_in(office, [penalty(5, office.code)], key="other")
    unread = [penalty(6, office.code), {**penalty(7, office.code), "CF_NR_FK": ""}]
    hand_in(office, unread, key="another's rejected row")
    took = [
        hand_in(office, [mine(office, CF_NR_FK="")], key="rejected"),
        hand_in(office, [mine(office, CF_XDR_SHXYM=code_of(5))], key="waits"),  # another's code
        hand_in(office, [mine(office), penalty(2, office.code)], key="taken"),
        hand_in(office, [mine(office), penalty(3, office.code)], key="unchanged, once more"),
        hand_in(office, [mine(office, CF_NR="罚款叁仟伍佰元")], key="changed", at=HANDED_IN + 60),
        hand_in(office, [mine(office, CF_WSH="泰市监罚[2026]第 98765432109 号", CF_SY="又改")], key="spelt otherwise", at=HANDED_IN + 120),
    ]
    back = hand_in(office, [mine(office, CF_NR="罚款肆仟元")], key="returned", at=HANDED_IN + 180, channel=Channel.PAGE)
    return_submission(back.pk, by=reviewer, because="有误", at=HANDED_IN + 240)
    record = Record.objects.get(subject_id=Subject.objects.get(code=code_of(1)).pk)
    assert (record.version, took[3].unchanged, took[1].quarantined) == (3, 1, 1)
    subjects.record_known_name(subject_id=record.subject_id, name=f"{NAME}分号", because="招牌", by="甄别员", at=HANDED_IN + 240)
    return record, [*took, back], other


def wrong(report: Report) -> list[str]:
    """Tables that the ledger does not explain; the account of these tests was made without an entry."""
    return [str(each) for each in report.comparisons if not each.equal and each.table != "access_account"]


def test_every_copy_goes_and_what_was_done_is_listed() -> None:
    office = market_regulation()
    record, carried, other = lived_through(office)
    contents = Content.objects.filter(erased_at=None).count()
    done = erase_whole_record(record_id=record.pk, because=BECAUSE, at=LATER)

    assert tables_that_hold(NAME, "98765432109") == set()
    destroyed = set(VaultFile.objects.filter(destroyed_at=LATER).values_list("sha256", flat=True))
    assert destroyed == {each.file_sha256 for each in carried}
    assert VaultFile.objects.get(pk=other.file_sha256).wrapped_key is not None
    kinds = [each.kind for each in done]
    assert (kinds.count("version"), kinds.count("quarantined"), kinds.count("name"), kinds.count("file")) == (4, 1, 1, len(carried))
    assert {each.submission for each in done if each.kind == "file"} == {each.pk for each in carried}
    assert Content.objects.exclude(erased_at=None).count() == 6
    said = [each for each in read_contents(Content.objects.values_list("id", flat=True)).values() if each["_event"] == ERASED_WHOLE]
    assert len(said) == 1
    assert len(said[0]["_contents"].split(",")) == 6
    assert Record.objects.exclude(pk=record.pk).exclude(document_number="").count() == 4
    assert not RowRemark.objects.filter(submission__in=[carried[0], carried[3]], row=2).exclude(value="").exists()
    sign_checkpoint(LATER)
    report = fsck(at=LATER)
    assert (report.fault_count, report.erased, wrong(report)) == (0, 6, [])
    assert Content.objects.filter(erased_at=None).count() < contents + 10


def test_a_row_that_became_this_record_by_a_decision_goes_and_another_act_stays() -> None:
    office = market_regulation()
    hand_in(office, [penalty(5, office.code)])
    hand_in(office, [mine(office, CF_XDR_SHXYM=code_of(5)), mine(office, CF_XDR_SHXYM=code_of(5), CF_WSH="别的〔2026〕1号")], key="waits")
    first, second = QuarantinedRow.objects.order_by("row")
    for row in (first, second):
        decide_quarantined(row_id=row.pk, decision=QuarantineDecision.OPENED, because="新主体", by="甄别员", at=HANDED_IN + 60)
    record = Record.objects.get(document_number=NUMBER)
    erase_whole_record(record_id=record.pk, because=BECAUSE, at=LATER)
    first.refresh_from_db()
    live = set(Content.objects.filter(erased_at=None).values_list("id", flat=True))
    assert {first.content_id, record.content_id} & live == set()
    assert {second.content_id, Record.objects.get(document_number="别的〔2026〕1号").content_id} <= live


def test_versions_that_were_erased_by_their_numbers_are_passed_over() -> None:
    office = market_regulation()
    record, _, _ = lived_through(office)
    erase([record.content_id, *RecordVersion.objects.values_list("content_id", flat=True)], BECAUSE, LATER - 60)
    erase_whole_record(record_id=record.pk, because=BECAUSE, at=LATER)
    assert tables_that_hold("98765432109") == set()
    assert wrong(fsck()) == []


def test_a_file_that_nobody_can_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    office = market_regulation()
    hand_in(office, [mine(office)])
    broken = hand_in(office, "只有一行，没有表头\n".encode(), key="broken")
    assert broken.state == "refused"
    done = erase_whole_record(record_id=Record.objects.get().pk, because=BECAUSE, at=LATER)
    assert [each.submission for each in done if each.kind == "unread"] == [broken.pk]


def test_refusals() -> None:
    office = market_regulation()
    open_one = hand_in(office, [mine(office)])
    record = Record.objects.get()
    with pytest.raises(Refused, match="理由"):
        erase_whole_record(record_id=record.pk, because=" ", at=LATER)
    with pytest.raises(NotFound):
        erase_whole_record(record_id=record.pk + 9_999, because=BECAUSE, at=LATER)
    Submission.objects.filter(pk=open_one.pk).update(state="reading")
    with pytest.raises(Conflict):
        erase_whole_record(record_id=record.pk, because=BECAUSE, at=LATER)


def test_the_command_lists_what_it_did() -> None:
    office = market_regulation()
    hand_in(office, [mine(office)])
    record = Record.objects.get()
    both = CliRunner().invoke(app, ["erase", "c1", "--record", str(record.pk), "--because", BECAUSE, "--yes"])
    assert both.exit_code == 2
    assert CliRunner().invoke(app, ["erase", "--because", BECAUSE, "--yes"]).exit_code == 2
    done = CliRunner().invoke(app, ["erase", "--record", str(record.pk), "--because", BECAUSE, "--yes"])
    assert done.exit_code == 0, done.output
    for words in ("记录的版本", f"c{record.content_id}", "原始文件"):
        assert words in done.output
    again = CliRunner().invoke(app, ["erase", "--record", str(record.pk), "--because", BECAUSE, "--yes", "--json"])
    assert json.loads(again.stdout)["copies"] == []


def test_a_restored_copy_erases_all_of_it_again(tmp_path: Path, settings: LazySettings) -> None:
    """The register names the record: copies without an entry are searched for in the older copy too."""
    office = market_regulation()
    record, carried, _ = lived_through(office)
    register = tmp_path / "erasures.jsonl"
    register.write_text(json.dumps({"because": BECAUSE, "at": LATER, "record": record.pk}) + "\n")
    lines = erasure_register.read(register)
    erasure_register.apply(lines, LATER)
    assert tables_that_hold("98765432109") == set()
    assert set(VaultFile.objects.exclude(destroyed_at=None).values_list("sha256", flat=True)) == {each.file_sha256 for each in carried}
    assert [each[0] for each in erased_wholes()] == [record.pk]
    erasure_register.apply(lines, LATER + 60)
    assert len(erased_wholes()) == 1
    erasure_register.write(register)
    assert [line.record for line in erasure_register.read(register) if line.record] == [record.pk]
