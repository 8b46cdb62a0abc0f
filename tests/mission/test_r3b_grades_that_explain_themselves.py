"""R3b 公共信用综合评价：a published method, a versioned policy, a grade with its full reasons; not enough data is an answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from chengxin.access.models import Read
from chengxin.access.services import issue_token
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.during_event.evaluation.models import ReviewRequest
from chengxin.during_event.evaluation.national_intake import hand_in_national, release_national
from chengxin.during_event.evaluation.runs import folder_of, order_of, run_evaluation
from chengxin.foundation.catalogue.services import adopt_policy_set, propose_policy_set, simulate_adoption
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import WithdrawalReason
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.ledger.sequencer import run_once
from chengxin.ledger.services import fsck
from chengxin.policy import PolicySet, active, load_files
from chengxin.policy.files import read_files
from tests.conftest import PROJECT
from tests.harness.agencies import registered, result
from tests.harness.evaluation_reference import evaluate
from tests.harness.evaluation_town import AT, STALL, Town, small_town
from tests.harness.penalties import code_of

MODEL = "public_comprehensive"
TOMORROW: Instant = end_of_day(date_of(AT)) + 3_600


@pytest.fixture
def town(db: None, policy_set: PolicySet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """An office, three firms with penalties, a stall and a person."""
    return small_town(tmp_path, monkeypatch)


def ask(town: Town, number: int, **query: str) -> dict[str, Any]:
    """What an office's own system is told."""
    token = issue_token(town.office, AT)
    address, asked = f"/api/v1/subjects/{code_of(number)}/evaluation", {"matter": "泰市监〔2026〕9号", **query}
    answer = Client().get(address, asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def test_the_published_method_alone_gives_the_same_grades(town: Town, policy_set: PolicySet, client: Client) -> None:
    """The method is on a public page; a program that shares nothing with the engine computes every grade and every reason again."""
    model = policy_set.evaluation_model(MODEL)
    method = client.get(f"/policy/{MODEL}").content.decode()
    assert all(each.title in method for each in (*model.indicators, *model.dimensions))
    run = town.run()
    folder = folder_of(run)
    subjects, records = pl.read_parquet(folder / "subjects.parquet").to_dicts(), pl.read_parquet(folder / "records.parquet").to_dicts()
    found = pl.read_parquet(folder / "results.parquet").select("subject_id", "grade", "score").rows()
    lines = {
        each["subject_id"]: pl.read_parquet(folder / "contributions.parquet").filter(subject_id=each["subject_id"]) for each in subjects
    }
    for subject in subjects:
        again = evaluate(subject, [each for each in records if each["subject_id"] == subject["subject_id"]], model, run.as_of)
        assert again is not None
        assert (subject["subject_id"], again[0]["grade"], again[0]["score"]) in found
        assert lines[subject["subject_id"]].select("part", "kind", "record_id", "milli_points", "until").rows() == again[1]
    for subject_id, grade, score in found:
        number = next(number for number in (1, 2, 3) if town.firm(number).pk == subject_id)
        said = ask(town, number)
        assert (said["grade"], said["score_milli_points"]) == (grade, score)
        assert sum(each["milli_points"] for each in said["reasons"]) == score
        assert all(each["reference"] for each in said["reasons"])


def test_nobody_sees_it_without_a_reason_and_every_look_stays(town: Town, client: Client) -> None:
    page = f"/s/{code_of(1)}/evaluation"
    assert client.get(page).status_code == 302
    assert "逐项理由" not in client.get(f"/s/{code_of(1)}").content.decode()
    assert "逐项理由" in town.told_why("clerk", code_of(1)).get(page).content.decode()
    run_once(AT)
    looks = Read.objects.filter(kind="evaluation")
    assert looks.exclude(leaf_content_id=None).count() == looks.count() == 1


def test_persons_and_stalls_have_no_grade(town: Town) -> None:
    run = town.run()
    graded = set(pl.read_parquet(folder_of(run) / "subjects.parquet")["code"])
    assert graded == {code_of(1), code_of(2), code_of(3)}
    assert town.client("clerk").get(f"/s/{STALL}/evaluation").status_code == 404


def test_not_enough_data_is_an_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    withdraw_record(
        record_id=Record.objects.get(subject_id=town.firm(1).pk).pk, reason=WithdrawalReason.REVOKED, decided_on=date_of(AT),
        because="复议撤销", by="复核人", at=AT + 60,
    )  # fmt: skip
    monkeypatch.setenv(clock.PINNED_CLOCK, str(AT + 120))
    said = ask(town, 1)
    assert (said["grade"], said["records"]) == ("N", 0)
    assert "不是坏的结果" in town.told_why("clerk", code_of(1)).get(f"/s/{code_of(1)}/evaluation").content.decode()


def test_a_new_policy_does_not_change_what_was_decided_before(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, before = town.run(), ask(town, 3)
    files = read_files([PROJECT / "policies"])
    (name,) = (name for name in files if name.endswith(f"{MODEL}.yaml"))
    stricter = {**files, name: files[name].replace("least: 850", "least: 920")}
    simulate_adoption(before=active.policy_set(), after=load_files(stricter), at=TOMORROW)
    number = propose_policy_set(files=stricter, by="zhang", because="提高优的门槛", at=TOMORROW)
    changed = adopt_policy_set(proposal=number, by="li", at=TOMORROW)
    monkeypatch.setenv(clock.PINNED_CLOCK, str(TOMORROW + 60))
    with active.use(changed):
        today, then = ask(town, 3), ask(town, 3, as_of=str(first.as_of))
        again = run_evaluation(order_of(MODEL, first.as_of, TOMORROW + 60, known_at=AT), by="审计", at=TOMORROW + 60)
    assert (today["as_of"], then["as_of"]) == (str(first.as_of + timedelta(days=1)), str(first.as_of))
    assert today["policy"] == changed.digest != then["policy"] == before["policy"]
    assert (before["grade"], then["grade"]) == ("A", "A")
    assert today["grade"] == "B"
    assert then["reasons"] == before["reasons"]
    assert (again.pk, again.root) == (first.pk, first.root)  # the same bytes, no new entry


def test_a_person_asks_a_person_and_the_books_hold(town: Town) -> None:
    clerk, page = town.told_why("clerk", code_of(1)), f"/s/{code_of(1)}/evaluation"
    town.run()
    clerk.post(f"{page}/review", {"because": "第 1 号处罚已经撤销"})
    office = town.client("credit_office")
    office.post(f"/evaluation/reviews/{ReviewRequest.objects.get().pk}/answer", {"answer": "决定书仍然有效"})
    assert "决定书仍然有效" in clerk.get(page).content.decode()
    assert fsck().sound


def test_three_kinds_of_result_stand_side_by_side_and_never_mix(town: Town) -> None:
    """The national result and a registered agency's come in by their own doors; the city's own is what it was."""
    before = ask(town, 1)
    first, second = town.person("credit_office"), town.person("credit_office", "credit_office-two")
    today, firm = date_of(AT), town.firm(1)
    table = f"统一社会信用代码,主体名称,评价等级,评价日期\n{firm.code},{firm.name},差,{today}\n"
    handed_in = hand_in_national(table.encode(), file_name="全国.csv", made_on=today, by=first, at=AT)
    release_national(handed_in.pk, by=second, at=AT)
    agency = registered(first, second, AT)
    take_in(agency.file([result(firm.code or "", firm.name, AT)], made_on=today), file_name="评价.jsonl", by="机构", at=AT)
    said = ask(town, 1)
    assert [(each["kind"], each["grade"]) for each in said.pop("external")] == [("market", "AA"), ("national", "差")]
    assert before.pop("external") == []
    assert said == before
    page = town.told_why("clerk", code_of(1)).get(f"/s/{code_of(1)}/evaluation").content.decode()
    places = [page.index(words) for words in ("国家公共信用信息中心", "本平台，", "泰安云杉信用评价有限公司")]
    assert places == sorted(places)
    assert fsck().sound
