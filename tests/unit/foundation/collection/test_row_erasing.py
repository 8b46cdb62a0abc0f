"""A row that was sent back with a wrong number can be found beside its record, and be erased by its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chengxin.access.models import Department, VaultFile
from chengxin.foundation.collection.models import RejectedRow, Submission
from chengxin.foundation.collection.row_erasing import erase_rejected_row, erased_rows
from chengxin.foundation.collection.whole_erasing import erase_whole_record
from chengxin.foundation.disclosure.models import OutstandingAct
from chengxin.foundation.records.models import Record
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.commands import app
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.site import erasure_register
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty
from tests.unit.foundation.collection.test_erasing import tables_that_hold

pytestmark = pytest.mark.usefixtures("db", "policy_set")

NAME, WRONG = "泰安市绝无仅有食品有限公司", "泰市监罚〔2026〕第55566677788号"
LATER = HANDED_IN + 6_000
BECAUSE = "泰安市中级人民法院（2026）鲁09行终1号"


def wrong_then_right(office: Department) -> tuple[Submission, Record]:
    """A row that went back with a wrong number and a fault, twice; then the right one."""
    rows = [penalty(8, office.code), penalty(1, office.code, CF_XDR_MC=NAME, CF_WSH=WRONG, CF_NR_FK="")]
    back = hand_in(office, rows, key="wrong")
    assert hand_in(office, rows, key="wrong again").rejected == 1
    hand_in(office, [penalty(1, office.code, CF_XDR_MC=NAME, CF_WSH="泰市监罚〔2026〕第1号")], key="right")
    return back, Record.objects.get(document_number="泰市监罚〔2026〕第1号")


def test_erasing_the_record_points_at_the_row_and_erasing_the_row_leaves_nothing_of_it() -> None:
    office = market_regulation()
    back, record = wrong_then_right(office)
    alike = [each for each in erase_whole_record(record_id=record.pk, because=BECAUSE, at=LATER) if each.kind == "alike"]
    assert (alike[0].submission, alike[0].row) == (back.pk, 3)
    assert len(alike) == 2
    assert tables_that_hold("55566677788")
    erase_rejected_row(submission_id=back.pk, row=3, because=BECAUSE, at=LATER)
    assert tables_that_hold("55566677788") == set()
    assert VaultFile.objects.get(pk=back.file_sha256).wrapped_key is None
    assert not OutstandingAct.objects.filter(settled_at=None).exists()
    assert set(RejectedRow.objects.values_list("document_number", "decided_on")) == {("", None)}
    assert Record.objects.count() == 2, "other rows of the file stay on record"
    sign_checkpoint(LATER)
    assert fsck().sound


def test_the_command_says_where_to_look_and_takes_the_place() -> None:
    office = market_regulation()
    back, record = wrong_then_right(office)
    told = CliRunner().invoke(app, ["erase", "--record", str(record.pk), "--because", BECAUSE, "--yes"])
    assert told.exit_code == 0, told.output
    assert f"chengxin ledger erase --row {back.pk}:3" in told.output
    for wrong in ("", "12", "x:y", "12:"):
        assert CliRunner().invoke(app, ["erase", "--row", wrong, "--because", BECAUSE, "--yes"]).exit_code == 2
    done = CliRunner().invoke(app, ["erase", "--row", f"{back.pk}:3", "--because", BECAUSE, "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert {each["kind"] for each in json.loads(done.stdout)["copies"]} == {"file", "remark"}


def test_a_restored_copy_forgets_the_row_again(tmp_path: Path) -> None:
    office = market_regulation()
    back, _ = wrong_then_right(office)
    register = tmp_path / "erasures.jsonl"
    register.write_text(json.dumps({"because": BECAUSE, "at": LATER, "submission": back.pk, "row": 3}) + "\n")
    for _ in range(2):
        erasure_register.apply(erasure_register.read(register), LATER)
    assert tables_that_hold("55566677788") == set()
    assert [each[:2] for each in erased_rows()] == [(back.pk, 3)]
    erasure_register.write(register)
    assert [(line.submission, line.row) for line in erasure_register.read(register) if line.row] == [(back.pk, 3)]


def test_refusals() -> None:
    office = market_regulation()
    back, _ = wrong_then_right(office)
    with pytest.raises(Refused, match="理由"):
        erase_rejected_row(submission_id=back.pk, row=3, because=" ", at=LATER)
    with pytest.raises(NotFound):
        erase_rejected_row(submission_id=back.pk + 999, row=3, because=BECAUSE, at=LATER)
    with pytest.raises(Refused, match="没有被退回"):
        erase_rejected_row(submission_id=back.pk, row=2, because=BECAUSE, at=LATER)
    Submission.objects.filter(pk=back.pk).update(state="reading")
    with pytest.raises(Conflict):
        erase_rejected_row(submission_id=back.pk, row=3, because=BECAUSE, at=LATER)
