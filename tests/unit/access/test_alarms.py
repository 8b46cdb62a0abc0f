"""警报：mass reading, counted over everybody at once; a ledger that does not add up; and who settles them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from chengxin.access import mass_reading, ports, services
from chengxin.access.alarms import AlarmKind, raise_alarm, settle_alarm
from chengxin.access.caller import Caller
from chengxin.access.models import Account, Alarm, Read
from chengxin.access.reads import Reason, Seen, record_reads
from chengxin.access.roles import Role
from chengxin.kernel.refused import Conflict, Forbidden
from chengxin.ledger.commands import app
from chengxin.ledger.models import Content, Head
from chengxin.ledger.services import read_contents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
AT = 1_790_000_000
CODE = "11370900000000182F"


def caller(name: str = "wang", role: Role = Role.CLERK) -> Caller:
    department = services.add_department(code=CODE, name="示例局", at=1)
    account = Account.objects.filter(username=name).first()
    account = account or services.add_account(username=name, department=department, role=role, password="quiet-harbour-41", at=1)
    return Caller(department, account, role)


def looked(by: Caller, subjects: int, at: int = AT, kind: str = "desk") -> None:
    record_reads(by, Reason("办理"), [Seen(kind, str(n), (n + 1,)) for n in range(subjects)], at)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> None:
    small = [
        mass_reading.Line("一小时内的主体", 3600, 5, "subjects"),
        mass_reading.Line("一日内的主体", 86_400, 8, "subjects"),
        mass_reading.Line("一小时内的下载", 3600, 2, "downloads"),
    ]
    monkeypatch.setattr(mass_reading, "lines_at", lambda _at: small)


def test_the_lines_are_the_policy_s() -> None:
    found = {line.title: line for line in mass_reading.lines_at(AT)}
    assert found["一小时内的主体"] == mass_reading.Line("一小时内的主体", 3600, 200, "subjects")
    usual = {"一小时内的主体", "一日内的主体", "一小时内的次数", "一小时内的下载"}
    assert set(found) == usual | {"一小时内的公务员", "一日内的公务员"}


def test_more_than_the_line_raises_one_alarm_a_day(lines: None) -> None:
    looked(caller(), 5)
    looked(caller(), 5)  # the same subjects again are no more subjects
    assert mass_reading.watch_reading(AT) == []
    looked(caller("li"), 6)
    (alarm,) = mass_reading.watch_reading(AT)
    assert (alarm.kind, alarm.account, alarm.settled_at) == ("mass_reading", caller("li").account, None)
    assert alarm.sentence == "li一小时内的主体查看 6，超过警戒线 5。"
    assert alarm.content_id is not None
    assert read_contents([alarm.content_id])[alarm.content_id]["_event"] == "access:alarm:raised"
    assert mass_reading.watch_reading(AT + 60) == []
    assert [each.sentence for each in mass_reading.watch_reading(AT + 2 * 86_400)] == []


def test_a_slow_hand_is_caught_over_the_day_and_yesterday_is_forgotten(lines: None) -> None:
    for hour in range(9):
        record_reads(caller(), Reason("办理"), [Seen("desk", "", (hour + 1,))], AT + hour * 3600)
    assert [each.sentence for each in mass_reading.watch_reading(AT + 9 * 3600)] == ["wang一日内的主体查看 9，超过警戒线 8。"]
    assert mass_reading.watch_reading(AT + 86_400) == []  # the first of the nine is a day ago


def test_downloads_and_a_department_s_system_have_their_lines(lines: None) -> None:
    looked(caller(), 3, kind="workbook")
    looked(Caller(caller().department), 6)
    assert sorted(each.sentence for each in mass_reading.watch_reading(AT)) == [
        "wang一小时内的下载查看 3，超过警戒线 2。",
        "示例局的部门系统一小时内的主体查看 6，超过警戒线 5。",
    ]


def test_everybody_is_counted_by_one_statement_a_line(lines: None) -> None:
    for n in range(4):
        looked(caller(f"person{n}"), 3)
    with CaptureQueriesContext(connection, ) as sent:  # fmt: skip
        assert mass_reading.watch_reading(AT) == []
    assert len(sent) == 3


def test_whoever_listens_is_told_with_the_row_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    class Case:
        def hear(self, alarm: Alarm) -> None:
            heard.append(alarm.kind)
            if alarm.sentence == "坏":
                raise ZeroDivisionError

        def hear_again(self, alarm: Alarm, at: int) -> None:
            heard.append(f"{alarm.kind} again at {at}")

        def settling(self, alarm: Alarm) -> None:
            """Nothing against it."""

    monkeypatch.setattr(ports.alarms, "_filled", {"cases": Case()})
    raise_alarm(kind=AlarmKind.MASS_READING, key="1", sentence="好", at=AT)
    assert raise_alarm(kind=AlarmKind.MASS_READING, key="1", sentence="好", at=AT + 5) is None
    with pytest.raises(ZeroDivisionError):
        raise_alarm(kind=AlarmKind.MASS_READING, key="2", sentence="坏", at=AT)
    assert (heard, Alarm.objects.count()) == (["mass_reading", f"mass_reading again at {AT + 5}", "mass_reading"], 1)


def test_the_audit_administrator_settles_it_and_nobody_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports.alarms, "_filled", {})  # without the incidents of a later section
    admin = caller("audit", Role.AUDIT_ADMIN).account
    own = raise_alarm(kind=AlarmKind.MASS_READING, key="own", sentence="看得太多", account=admin, at=AT)
    alarm = raise_alarm(kind=AlarmKind.MASS_READING, key="x", sentence="看得太多", account=caller().account, at=AT)
    assert own is not None
    assert alarm is not None
    assert admin is not None
    for by, which in ((caller().account, alarm), (admin, own)):
        assert by is not None
        with pytest.raises(Forbidden):
            settle_alarm(which.pk, words="没事", by=by, at=AT)
    assert settle_alarm(alarm.pk, words="核对年报，属实", by=admin, at=AT + 5).settled_at == AT + 5
    with pytest.raises(Conflict):
        settle_alarm(alarm.pk, words="再说", by=admin, at=AT + 6)


def test_what_fsck_finds_is_an_alarm_once() -> None:
    caller()
    content = Content.objects.order_by("id").first()
    assert content is not None
    Content.objects.filter(pk=content.pk).update(payload=b"{}")
    for _ in range(2):
        assert CliRunner().invoke(app, ["fsck", "--hashes-only"]).exit_code == 1
    alarm = Alarm.objects.get()
    assert (alarm.kind, "内容或盐已被改动" in alarm.sentence) == ("ledger_fault", True)


def test_an_alarm_about_a_ledger_that_refuses_to_grow_stands_without_an_entry() -> None:
    caller()
    Head.objects.update(root=bytes(32))
    assert CliRunner().invoke(app, ["fsck", "--hashes-only"]).exit_code == 1
    assert Alarm.objects.get().content_id is None
    assert not Read.objects.exists()
