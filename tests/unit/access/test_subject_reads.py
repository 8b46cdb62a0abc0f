"""谁看过我：what a subject is shown. Delays postpone and never take away; a question is answered by one who did not look."""

from __future__ import annotations

import threading
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.access import ports, services
from chengxin.access.caller import Caller
from chengxin.access.delays import ask_delay, decide_delay, end_delay
from chengxin.access.models import Account, Alarm, Read, ReadDelay
from chengxin.access.questions import answer_question, question_read
from chengxin.access.reads import Reason, Seen, record_read, record_reads
from chengxin.access.roles import Role
from chengxin.access.subject_reads import prove_read, reads_about, visible_read
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger import sequencer
from chengxin.ledger.logs import READS
from chengxin.ledger.merkle import leaf_hash
from chengxin.ledger.note import parse
from chengxin.ledger.services import fsck
from chengxin.ledger.verification import check_inclusion

AT = 1_790_000_000
DAY = 86_400
FIRM, OTHER = 77, 78
FRESH = count(1000)
OFFICES = ("11370900000000182F", "11370900MB0000019D")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]


def person(role: Role, office: int = 0, name: str = "") -> Caller:
    department = services.add_department(code=OFFICES[office], name=f"示例局{office}", at=1)
    name = name or f"{role}-{office}"
    account = Account.objects.filter(username=name).first()
    account = account or services.add_account(username=name, department=department, role=role, password="quiet-harbour-41", at=1)
    return Caller(department, account, role)


def account(role: Role, office: int = 0, name: str = "") -> Account:
    found = person(role, office, name).account
    assert found is not None
    return found


def firm(name: str = "firm") -> Account:
    return services.open_enterprise_account(username=name, password="quiet-harbour-41", at=1)


def look(office: int = 0, matter: str = "7号", subject: int = FIRM, at: int = AT) -> int:
    return record_read(person(Role.CLERK, office), Reason("日常监管", matter), Seen("desk", "k", (subject,), "页面"), at)


def delayed(matter: str = "7号", office: int = 0, until: int = AT + 30 * DAY, subject: int = FIRM) -> ReadDelay:
    asked = ask_delay(
        subject_id=subject,
        matter=matter,
        basis="示例依据",
        authority="示例机关〔2026〕1号",
        until=until,
        by=account(Role.CLERK, office),
        at=AT,
    )
    return decide_delay(asked.pk, grant=True, because="办案需要", by=account(Role.REVIEWER, office), at=AT)


def test_the_subject_sees_who_looked_for_what_purpose_and_when() -> None:
    number = look()
    look(subject=OTHER)
    told = reads_about(FIRM, AT)
    (line,) = told.page.rows
    assert (line.id, line.at, line.office, line.who, line.role) == (number, AT, "示例局0", "clerk-0", "经办人")
    assert (line.purpose, line.matter, line.kind, line.what) == ("日常监管", "7号", "工作台", "页面")
    assert (told.total, told.delayed) == (1, 0)


def test_reads_under_every_number_of_the_subject_are_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports.same_subjects, "_filled", {"test": lambda _subject: [FIRM, OTHER]})
    look(subject=OTHER)
    assert reads_about(FIRM, AT).total == 1


def test_a_look_at_a_file_is_a_look_at_everybody_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports.coverings, "_filled", {"desk": lambda subjects: {"4"} if FIRM in subjects else set()})
    record_reads(person(Role.CLERK), Reason("办理"), [Seen("desk", "4"), Seen("desk", "5")], AT)
    assert [line.what for line in reads_about(FIRM, AT).page.rows] == [""]
    assert reads_about(OTHER, AT).total == 0


def test_pages_follow_each_other_without_gap() -> None:
    made = [look(at=AT + n) for n in range(7)]
    seen, cursor = [], ""
    while True:
        told = reads_about(FIRM, AT + 10, cursor=cursor, limit=3)
        seen += [line.id for line in told.page.rows]
        cursor = told.page.next_cursor
        if not cursor:
            break
    assert seen == made[::-1]


def test_a_delay_hides_the_lines_of_one_office_in_one_matter_until_it_ends() -> None:
    hidden, other_matter, other_office = look(), look(matter="8号"), look(office=1)
    delayed()
    late = look(at=AT + 5)
    during, after = reads_about(FIRM, AT + 10), reads_about(FIRM, AT + 30 * DAY)
    assert {line.id for line in during.page.rows} == {other_matter, other_office}
    assert (during.total, during.delayed) == (2, 2)
    assert {line.id for line in after.page.rows} == {hidden, other_matter, other_office, late}
    assert (after.total, after.delayed) == (4, 0)
    with pytest.raises(NotFound):
        visible_read(hidden, FIRM, AT + 10)
    assert visible_read(hidden, FIRM, AT + 30 * DAY).pk == hidden


def test_a_delay_ends_early_when_its_reason_is_gone() -> None:
    look()
    delay = delayed()
    end_delay(delay.pk, by=account(Role.CLERK), at=AT + 5)
    assert (reads_about(FIRM, AT + 4).delayed, reads_about(FIRM, AT + 5).delayed) == (1, 0)
    with pytest.raises(Conflict):
        end_delay(delay.pk, by=account(Role.CLERK), at=AT + 6)


@given(
    looks=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["甲", "乙"]), st.integers(0, 20)), max_size=8),
    kept=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["甲", "乙"]), st.integers(1, 25)), max_size=3),
    asked=st.integers(0, 30),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_ever_lost(looks: list[tuple[int, str, int]], kept: list[tuple[int, str, int]], asked: int) -> None:
    """Visible and delayed lines are all lines; a line is hidden exactly while a delay of its office and matter lasts."""
    subject = next(FRESH)
    for office, matter, day in looks:
        look(office, matter, subject, AT + day * DAY)
    for office, matter, days in kept:
        delayed(matter, office, AT + days * DAY, subject)
    at = AT + asked * DAY
    told = reads_about(subject, at, limit=100)
    known = [(office, matter) for office, matter, day in looks if day <= asked]
    hidden = {(office, matter) for office, matter, days in kept if asked < days}
    assert told.delayed == sum(each in hidden for each in known)
    assert told.total == len(told.page.rows) == sum(each not in hidden for each in known)
    assert reads_about(subject, AT + 40 * DAY).total == len(looks)


def test_one_asks_and_another_grants() -> None:
    asked = ask_delay(subject_id=FIRM, matter="7号", basis="依据", authority="机关", until=AT + DAY, by=account(Role.REVIEWER), at=AT)
    with pytest.raises(Forbidden, match="提请的人"):
        decide_delay(asked.pk, grant=True, because="同意", by=account(Role.REVIEWER), at=AT)
    for role, office in ((Role.CLERK, 0), (Role.REVIEWER, 1), (Role.AUDIT_ADMIN, 0)):
        with pytest.raises(Forbidden):
            decide_delay(asked.pk, grant=True, because="同意", by=account(role, office, "x-" + role + str(office)), at=AT)
    with pytest.raises(Forbidden):
        ask_delay(subject_id=FIRM, matter="7号", basis="依", authority="机", until=AT + DAY, by=account(Role.AUDITOR), at=AT)
    assert reads_about(FIRM, AT).delayed == 0
    assert decide_delay(asked.pk, grant=False, because="不需要", by=account(Role.CREDIT_OFFICE), at=AT).granted is False
    with pytest.raises(Conflict):
        decide_delay(asked.pk, grant=True, because="同意", by=account(Role.REVIEWER, 0, "second"), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadDelay.objects.filter(pk=asked.pk).update(decided_by=asked.asked_by)


@pytest.mark.parametrize("wrong", [{"matter": " "}, {"basis": ""}, {"authority": ""}, {"until": AT}, {"until": AT + 400 * DAY}])
def test_a_delay_needs_a_matter_a_basis_an_authority_and_an_end(wrong: dict[str, object]) -> None:
    said = {"matter": "7号", "basis": "依据", "authority": "机关", "until": AT + DAY} | wrong
    with pytest.raises(Refused):
        ask_delay(subject_id=FIRM, by=account(Role.CLERK), at=AT, **said)  # type: ignore[arg-type]


def test_the_subject_questions_a_line_and_somebody_else_answers() -> None:
    number = look()
    asked = question_read(number, subject_id=FIRM, because="为什么看我们？", by=firm(), at=AT)
    with pytest.raises(Conflict):
        question_read(number, subject_id=FIRM, because="再问", by=firm("second"), at=AT)
    for role in (Role.CLERK, Role.CREDIT_OFFICE, Role.SECURITY_ADMIN):
        with pytest.raises(Forbidden):
            answer_question(asked.pk, justified=True, answer="有", by=account(role), at=AT)
    answered = answer_question(asked.pk, justified=True, answer="办理许可延续时核对。", by=account(Role.AUDIT_ADMIN), at=AT + 9)
    assert (answered.justified, answered.answered_at) == (True, AT + 9)
    (line,) = reads_about(FIRM, AT).page.rows
    assert line.question is not None
    assert line.question.answer == "办理许可延续时核对。"
    assert not Alarm.objects.exists()
    with pytest.raises(Conflict):
        answer_question(asked.pk, justified=False, answer="没有", by=account(Role.AUDIT_ADMIN), at=AT + 10)
    question_read(number, subject_id=FIRM, because="还是不明白", by=firm("third"), at=AT + 11)
    assert fsck().sound


def test_the_one_who_looked_does_not_answer() -> None:
    admin = person(Role.AUDIT_ADMIN)
    number = record_read(admin, Reason("审计"), Seen("reads", "", (FIRM,)), AT)
    asked = question_read(number, subject_id=FIRM, because="为什么？", by=firm(), at=AT)
    with pytest.raises(Forbidden, match="关于自己"):
        answer_question(asked.pk, justified=True, answer="有", by=account(Role.AUDIT_ADMIN), at=AT)
    assert answer_question(asked.pk, justified=True, answer="有", by=account(Role.AUDIT_ADMIN, 0, "other"), at=AT).justified


def test_a_look_without_a_reason_is_an_alarm() -> None:
    asked = question_read(look(), subject_id=FIRM, because="为什么？", by=firm(), at=AT)
    answer_question(asked.pk, justified=False, answer="说不出事项", by=account(Role.AUDIT_ADMIN), at=AT)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.account, alarm.content_id is not None) == ("unjustified_read", account(Role.CLERK), True)


def test_what_is_not_about_the_subject_or_delayed_cannot_be_questioned() -> None:
    number = look()
    with pytest.raises(NotFound):
        question_read(number, subject_id=OTHER, because="为什么？", by=firm(), at=AT)
    delayed()
    with pytest.raises(NotFound):
        question_read(number, subject_id=FIRM, because="为什么？", by=firm("second"), at=AT)


def test_the_subject_takes_the_proof_of_a_line_away() -> None:
    number = look()
    with pytest.raises(NotFound, match="还没有写进"):
        prove_read(number, FIRM, AT)
    sequencer.run_once(AT)
    proof = prove_read(number, FIRM, AT)
    checkpoint = parse(proof.checkpoint).checkpoint()
    assert checkpoint.origin.endswith(READS.path)
    check_inclusion(leaf_hash(proof.entry), proof.leaf_index, checkpoint.size, proof.path, checkpoint.root)
    assert b'"_subject":"77"' in (proof.payload or b"")
    with pytest.raises(NotFound):
        prove_read(number, OTHER, AT)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins(policy_set: object) -> None:
    asked = ask_delay(subject_id=FIRM, matter="7号", basis="依", authority="机", until=AT + DAY, by=account(Role.CLERK), at=AT)
    people = [account(Role.REVIEWER), account(Role.REVIEWER, 0, "second")]
    start, outcomes = threading.Barrier(2), []

    def decide(by: Account, grant: bool) -> None:
        start.wait()
        try:
            outcomes.append(decide_delay(asked.pk, grant=grant, because="理由", by=by, at=AT).decided_by_id)
        except Conflict:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(by, grant)) for by, grant in zip(people, (True, False), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each is None for each in outcomes) == [False, True]
    assert Read.objects.count() == 0
