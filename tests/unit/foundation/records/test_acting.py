"""An authority withdraws, holds, releases and classes its own record: by command, by its system, on a page with a second person."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.foundation.records.acting import own_record
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import ActVerb, SeverityCode, Surface
from chengxin.kernel.instants import start_of_day
from chengxin.kernel.refused import NotFound
from chengxin.ledger import services as ledger
from chengxin.site.command_line import REFUSED, run
from tests.harness import recording
from tests.harness.penalties import code_of

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
NOW = start_of_day(date(2026, 5, 6)) + 36_000


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))


@pytest.fixture
def record() -> Record:
    return recording.record(at=HANDED_IN)


@pytest.fixture
def stranger() -> Department:
    return Department.objects.create(code=code_of(9, "11370900MB"), name="泰安市示例局", opened_at=1)


def is_public(record: Record) -> bool:
    return Record.objects.filter(visible(Surface.PUBLIC, NOW), pk=record.pk).exists()


def post(office: Department, record: Record, **asked: Any) -> Any:
    client = Client(headers={"Authorization": f"Bearer {issue_token(office, HANDED_IN)}"})
    return client.post(f"/api/v1/records/{record.pk}/acts", json.dumps(asked), content_type="application/json")


def desk(role: Role, name: str, office: Department | None = None) -> Client:
    account: Account = add_account(
        username=name, department=office or recording.department(), role=role, password="quiet-harbour-41", at=HANDED_IN
    )
    client = Client()
    client.force_login(account, backend="chengxin.site.signing_in.SlowingBackend")
    return client


def ask(client: Client, record: Record, **said: Any) -> Any:
    return client.post(f"/office/records/{record.pk}/acts", said)


WITHDRAWAL = {"verb": "withdraw", "reason": "revoked", "decided_on": "2026-04-30", "because": "行政复议决定撤销"}


def test_a_command_withdraws_and_says_whether_it_was_in_time(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    code = recording.department().code
    said = ["--because", "行政复议决定撤销", "--by", code, "--reason", "revoked", "--decided-on", "2026-04-30"]
    assert run(["record", "withdraw", str(record.pk), *said, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["record"], told["verb"], told["late"]) == (record.pk, "withdraw", False)
    assert told["due_on"] > "2026-04-30"
    assert not is_public(record)
    assert RecordAct.objects.get().by == f"cli:{code}"


def test_a_command_holds_releases_and_classes(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    by = ["--by", recording.department().code, "--json"]
    assert run(["record", "hold", str(record.pk), "--because", "异议核查", *by]) == 0
    hold = json.loads(capsys.readouterr().out)["hold"]
    assert not is_public(record)
    assert run(["record", "release", str(record.pk), "--because", "异议不成立", "--hold", str(hold), *by]) == 0
    assert is_public(record)
    assert run(["record", "severity", str(record.pk), "--because", "裁量基准", "--class", "严重", *by]) == 0
    record.refresh_from_db()
    assert SeverityCode(record.severity) is SeverityCode.SERIOUS


def test_a_command_without_a_reason_or_of_another_office_does_nothing(
    record: Record, stranger: Department, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["record", "hold", str(record.pk), "--json"]
    assert run([*said, "--because", " ", "--by", recording.department().code]) == REFUSED
    assert json.loads(capsys.readouterr().out)["refused"]["slug"] == "no-reason-given"
    assert run([*said, "--because", "异议核查", "--by", stranger.code]) == REFUSED
    assert json.loads(capsys.readouterr().out)["refused"]["slug"] == "no-such-record"
    assert not Hold.objects.exists()


def test_a_departments_system_withdraws_once(record: Record) -> None:
    answer = post(recording.department(), record, **WITHDRAWAL)
    assert (answer.status_code, answer.json()["late"]) == (201, False)
    assert not is_public(record)
    again = post(recording.department(), record, **WITHDRAWAL)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "already-done")


def test_a_late_withdrawal_is_done_and_called_late(record: Record) -> None:
    answer = post(recording.department(), record, **{**WITHDRAWAL, "decided_on": "2026-04-20"})
    assert (answer.status_code, answer.json()["late"]) == (201, True)


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ({"verb": "withdraw", "because": "撤销", "reason": "revoked"}, "date-unreadable"),
        ({"verb": "withdraw", "because": "撤销", "decided_on": "2026-04-30"}, "choice-unknown"),
        ({"verb": "hold", "because": "核查"}, "hold-without-extent"),
        ({"verb": "release", "because": "核查完毕", "hold": 7}, "no-such-hold"),
        ({"verb": "severity", "because": "裁量基准"}, "choice-unknown"),
        ({"verb": "hold", "because": "  ", "surfaces": ["public"]}, "no-reason-given"),
        ({"verb": "destroy", "because": "无"}, "invalid-fields"),
    ],
)
def test_what_is_missing_is_told(record: Record, asked: dict[str, Any], slug: str) -> None:
    answer = post(recording.department(), record, **asked)
    assert answer.json()["type"].rpartition("/")[2] == slug
    assert not RecordAct.objects.exists()
    assert is_public(record)


def test_nobody_acts_on_the_record_of_another_authority_but_the_one_above(record: Record, stranger: Department) -> None:
    assert post(stranger, record, **WITHDRAWAL).status_code == 404
    assert Client().post(f"/api/v1/records/{record.pk}/acts", "{}", content_type="application/json").status_code == 401
    Department.objects.filter(pk=record.authority_id).update(parent=stranger)
    assert post(stranger, record, **WITHDRAWAL).status_code == 201


def test_what_has_not_been_released_yet_is_not_there() -> None:
    waiting = recording.record(at=HANDED_IN, closed=False)
    with pytest.raises(NotFound):
        own_record(waiting.pk, recording.department())


def test_a_clerk_withdraws_on_a_page_at_once(record: Record) -> None:
    clerk = desk(Role.CLERK, "经办甲")
    assert record.document_number in clerk.get("/office/records", {"q": record.document_number}).content.decode()
    assert "撤回" in clerk.get(f"/office/records/{record.pk}").content.decode()
    assert ask(clerk, record, **WITHDRAWAL).status_code == 302
    assert not is_public(record)
    page = clerk.get(f"/office/records/{record.pk}").content.decode()
    assert "行政复议决定撤销" in page
    assert "撤回期限" in page


@pytest.mark.parametrize(("verdict", "shown"), [("adopt", True), ("decline", False)])
def test_what_makes_it_worse_waits_for_a_second_person(record: Record, verdict: str, shown: bool) -> None:
    clerk, reviewer = desk(Role.CLERK, "经办甲"), desk(Role.REVIEWER, "复核乙")
    ask(clerk, record, verb="hold", surfaces=["public", "shared"], because="异议核查")
    hold = Hold.objects.get()
    ask(clerk, record, verb="release", hold=str(hold.pk), because="异议不成立")
    proposal = RecordAct.objects.get(verb=ActVerb.PROPOSED)
    assert not is_public(record)
    assert "恢复展示" in reviewer.get("/office/records").content.decode()
    settle = f"/office/records/proposals/{proposal.pk}"
    assert clerk.post(settle, {"verdict": "adopt"}).status_code == 403
    assert reviewer.post(settle, {"verdict": verdict, "because": "已核对材料"}).status_code == 302
    assert is_public(record) is shown
    assert reviewer.post(settle, {"verdict": "adopt"}).status_code == 422
    assert is_public(record) is shown


def test_declining_needs_a_reason_and_the_proposer_cannot_settle(record: Record) -> None:
    clerk, reviewer = desk(Role.CLERK, "经办甲"), desk(Role.REVIEWER, "复核乙")
    ask(clerk, record, verb="severity", severity="严重", because="裁量基准")
    proposal = RecordAct.objects.get(verb=ActVerb.PROPOSED)
    settle = f"/office/records/proposals/{proposal.pk}"
    assert reviewer.post(settle, {"verdict": "decline"}).status_code == 422
    RecordAct.objects.filter(pk=proposal.pk).update(by="复核乙")
    assert reviewer.post(settle, {"verdict": "adopt"}).status_code == 422
    assert not RecordAct.objects.exclude(pk=proposal.pk).exists()


def test_a_milder_class_needs_no_second_person(record: Record) -> None:
    ask(desk(Role.CLERK, "经办甲"), record, verb="severity", severity="轻微", because="裁量基准")
    record.refresh_from_db()
    assert SeverityCode(record.severity) is SeverityCode.MINOR
    assert not is_public(record)


def test_an_honour_or_licence_is_not_withdrawn_by_one_person() -> None:
    licence = recording.record("administrative_licence", at=HANDED_IN)
    ask(desk(Role.CLERK, "经办甲"), licence, **WITHDRAWAL)
    assert is_public(licence)
    assert RecordAct.objects.get().verb == ActVerb.PROPOSED


def test_steps_inside_the_office_and_names_of_people_are_not_for_the_public(record: Record) -> None:
    clerk = desk(Role.CLERK, "经办甲")
    ask(clerk, record, verb="severity", severity="严重", because="拟从重")
    ask(clerk, record, verb="hold", surfaces=["shared"], because="核查共享")
    page = Client().get(f"/r/{record.pk}").content.decode()
    assert "拟从重" not in page
    assert "核查共享" in page
    assert "经办甲" not in page


def test_the_desk_of_another_authority_does_not_see_the_record(record: Record, stranger: Department) -> None:
    clerk = desk(Role.CLERK, "外部门", stranger)
    assert clerk.get(f"/office/records/{record.pk}").status_code == 404
    assert ask(clerk, record, **WITHDRAWAL).status_code == 404
    assert "没有查到" in clerk.get("/office/records", {"q": record.document_number}).content.decode()
    assert is_public(record)


def test_the_ledger_says_the_same_of_what_was_proposed_adopted_and_done(record: Record) -> None:
    clerk, reviewer = desk(Role.CLERK, "经办甲"), desk(Role.REVIEWER, "复核乙")
    for verdict in ("decline", "adopt"):
        ask(clerk, record, verb="severity", severity="严重", because="裁量基准")
        proposal = RecordAct.objects.filter(verb=ActVerb.PROPOSED).latest("pk")
        reviewer.post(f"/office/records/proposals/{proposal.pk}", {"verdict": verdict, "because": "已核对材料"})
    assert [act.verb for act in RecordAct.objects.order_by("pk")] == ["proposed", "declined", "proposed", "severity_stated", "adopted"]
    assert RecordAct.objects.get(verb=ActVerb.SEVERITY_STATED).by == "经办甲、复核乙"
    told = [each for each in ledger.fsck().comparisons if each.table in {"records_record", "records_recordact"}]
    assert told
    assert [each.table for each in told if not each.equal] == []
