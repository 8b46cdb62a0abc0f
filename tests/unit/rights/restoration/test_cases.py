"""A case of restoration through the engine: people kept apart, one winner, what bad input gets, what follows in one transaction."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections

from chengxin.access.mandating import end_mandate
from chengxin.access.models import Mandate
from chengxin.casework.models import Case, CaseDeadline, CaseDocument, CaseStep, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from tests.harness.rights import Town, Upload, a_town, acting, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")

DECIDED = date(2026, 4, 10)
HANDED_IN = morning(date(2026, 4, 14))
DUE = date(2026, 7, 11)  # the day after three months from the document
NOW = morning(DUE)
SAID = {"performed": "罚款已经缴清，年报已经补报", "promise": "yes"}


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=DECIDED, CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


def apply(town: Town, at: int = NOW, by: Any = None, **changes: Any) -> Case:
    files = changes.pop("files", [("performance_proof", pdf()), ("commitment_letter", pdf("承诺.pdf"))])
    return open_case(
        procedure="restoration", about=About("record", str(town.record.pk)), actor=acting(by or town.owner, at),
        texts=SAID | changes, files=files, at=at,
    )  # fmt: skip


def take(case: Case, verb: str, account: Any, at: int = NOW, files: Any = (), **texts: str) -> CaseStep:
    case.refresh_from_db()
    return take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, files=files, at=at)


def test_from_application_to_the_day_it_disappears(town: Town) -> None:
    assert Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists()
    case = apply(town)
    take(case, "accept", town.clerk)
    take(case, "propose", town.clerk, opinion="approve", because="已核实")
    with pytest.raises(Forbidden, match=r"不能再作为|复核人"):
        take(case, "approve", town.clerk, document_number="泰市监修〔2026〕1号")
    take(case, "approve", town.reviewer, document_number="泰市监修〔2026〕1号")
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("approved", NOW)
    for surface in (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED):
        assert not Record.objects.filter(visible(surface, NOW)).exists()
    assert Record.objects.filter(visible(Surface.EFFECTIVE, NOW)).exists(), "the penalty itself goes on to hold"
    assert [each.verb for each in case.steps.order_by("place")] == ["open", "accept", "propose", "approve"]
    assert set(CaseDeadline.objects.values_list("clock", "ended_on")) == {("acceptance", DUE), ("decision", DUE)}
    assert Notice.objects.filter(case=case, to_kind="person", to_key=f"account:{town.owner.pk}").count() == 3
    sign_checkpoint(NOW)
    report = fsck(at=NOW)
    assert report.sound, report


def test_too_early_is_refused_with_the_day(town: Town) -> None:
    with pytest.raises(Refused, match=f"最早 {DUE} 起"):
        apply(town, at=morning(date(2026, 7, 10)))
    assert not Case.objects.exists()


def test_who_may_not(town: Town) -> None:
    with pytest.raises(Forbidden, match="没有授权"):
        apply(town, by=town.stranger)
    end_mandate(Mandate.objects.get(), because="换了人", at=NOW - 60, by=town.credit)
    with pytest.raises(Forbidden, match="授权已于2026-07-11终止"):
        apply(town)
    with pytest.raises(Forbidden, match="由申请人办理"):
        apply(town, by=town.clerk)


def test_a_second_application_and_somebody_elses_record(town: Town) -> None:
    case = apply(town)
    with pytest.raises(Conflict, match=f"第 {case.pk} 号"):
        apply(town)
    with pytest.raises(NotFound):
        open_case(
            procedure="restoration", about=About("record", "999999"), actor=acting(town.owner, NOW), texts=SAID,
            files=[("performance_proof", pdf()), ("commitment_letter", pdf())], at=NOW,
        )  # fmt: skip
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (Upload("证明.pdf", b"MZ\x90\x00 this is a program"), "不是可以接收的文件"),
        (Upload("证明.png", b"%PDF-1.7\n"), "扩展名与内容不符"),
        (Upload("证明.pdf", b""), "是空的"),
        (Upload("证明.docx", b"PK\x03\x04 broken"), "不是可以接收的文件"),
    ],
)
def test_documents_are_what_they_say(town: Town, upload: Upload, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        apply(town, files=[("performance_proof", upload), ("commitment_letter", pdf())])
    assert not CaseDocument.objects.exists()


def test_a_document_of_two_hundred_megabytes_is_refused_unread(town: Town) -> None:
    big = pdf()
    big.size = 200_000_000
    with pytest.raises(Refused, match="200 兆字节，超过 20 兆字节"):
        apply(town, files=[("performance_proof", big), ("commitment_letter", pdf())])


def test_what_is_missing_is_named(town: Town) -> None:
    with pytest.raises(Refused, match="还缺材料：信用承诺书"):
        apply(town, files=[("performance_proof", pdf())])
    with pytest.raises(Refused, match="没有填写“怎样纠正了失信行为"):
        apply(town, performed=" ")
    with pytest.raises(Refused, match="不收“score”"):
        apply(town, score="100")


def test_an_adverse_decision_says_how_to_contest_it(town: Town) -> None:
    case = apply(town)
    take(case, "accept", town.clerk)
    take(case, "propose", town.clerk, opinion="refuse", because="义务没有履行完")
    full = {
        "facts": "尚有罚款未缴清", "document_number": "泰市监修〔2026〕2号", "clause": "信用修复管理办法", "hearing": "七月十日听取了陈述",
        "remedy": "缴清以后可以再申请", "reconsideration_authority": "泰安市人民政府", "suit_court": "泰山区人民法院",
        "delivered_on": DUE.isoformat(), "delivery_method": "直接送达",
    }  # fmt: skip
    for left_out in full:
        with pytest.raises(Refused, match=r"没有填写|须写明怎样听取"):
            take(
                case,
                "refuse",
                town.reviewer,
                files=[("delivery_proof", pdf())],
                **{key: text for key, text in full.items() if key != left_out},
            )
    with pytest.raises(Refused, match="送达证明"):
        take(case, "refuse", town.reviewer, **full)
    with pytest.raises(Refused, match="还没有到"):
        take(case, "refuse", town.reviewer, files=[("delivery_proof", pdf())], **(full | {"delivered_on": "2026-07-12"}))
    step = take(case, "refuse", town.reviewer, files=[("delivery_proof", pdf())], **full)
    assert (step.said["reconsideration_period"], step.said["suit_period"]) == ("P60D", "P6M")
    assert Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists()


def test_a_step_on_an_older_page_changes_nothing(town: Town) -> None:
    case = apply(town)
    take(case, "accept", town.clerk)
    with pytest.raises(Conflict):
        take_step(case_id=case.pk, verb="withdraw", version=0, actor=acting(town.owner, NOW), texts={}, at=NOW)
    assert case.steps.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_decisions_one_wins(town: Town) -> None:
    """Eight people accept at once: one step, one entry; the others are told that somebody was faster."""
    case = apply(town)
    actor, answers = acting(town.clerk, NOW), []
    ready = threading.Barrier(8)

    def decide() -> None:
        ready.wait()
        try:
            take_step(case_id=case.pk, verb="accept", version=0, actor=actor, texts={}, at=NOW)
            answers.append("won")
        except Conflict:
            answers.append("lost")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["lost"] * 7 + ["won"], connection.vendor
    assert CaseStep.objects.filter(verb="accept").count() == 1
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound
