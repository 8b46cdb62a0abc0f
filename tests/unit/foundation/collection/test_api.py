"""The interface for departments' systems: receipts, conflicts, refusals, faults, the annotated workbook, nobody else's files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.access.models import Department
from chengxin.access.services import issue_token
from chengxin.foundation.collection import processing
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.readers import Format
from chengxin.foundation.collection.readers.formats import format_of
from tests.harness.handing_in import HANDED_IN, market_regulation
from tests.harness.penalties import as_csv, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN))


class System:
    """A department's own system, with its token."""

    def __init__(self, office: Department) -> None:
        self.office = office
        self.client = Client(headers={"Authorization": f"Bearer {issue_token(office, HANDED_IN)}"})

    def hand_in(self, content: bytes, key: str = "", item: str = "administrative_penalty", name: str = "处罚.csv") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post("/api/v1/submissions", {"item": item, "file": SimpleUploadedFile(name, content)}, headers=headers)


@pytest.fixture
def system() -> System:
    return System(market_regulation())


def test_the_same_key_and_content_gets_the_same_receipt(system: System) -> None:
    content = as_csv([penalty(n, system.office.code) for n in range(3)])
    first = system.hand_in(content, "2026-11-16/1")
    assert first.status_code == 201
    assert first.json()["state"] == "closed"
    assert first.json()["accepted"] == first.json()["rows"] == 3
    assert first["Location"] == f"/api/v1/submissions/{first.json()['submission']}"
    second = system.hand_in(content, "2026-11-16/1")
    assert second.status_code == 200
    assert second.json() == first.json()


def test_the_same_key_with_other_content_is_a_conflict(system: System) -> None:
    system.hand_in(as_csv([penalty(1, system.office.code)]), "k")
    answer = system.hand_in(as_csv([penalty(2, system.office.code)]), "k")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/key-used-for-other-content")


def test_a_file_that_is_no_table_is_refused_as_a_whole_and_says_what_to_do(system: System) -> None:
    answer = system.hand_in(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", name="处罚.pdf")
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert answer.json()["what_to_do"]
    assert answer.json()["where"]["submission"]


def test_a_rejected_row_is_told_cell_by_cell_and_comes_back_in_a_workbook(system: System) -> None:
    rows = [penalty(1, system.office.code), penalty(2, system.office.code, CF_NR_FK="")]
    submission = system.hand_in(as_csv(rows)).json()
    assert (submission["accepted"], submission["rejected"]) == (1, 1)
    faults = system.client.get(f"/api/v1/submissions/{submission['submission']}/faults").json()["faults"]
    assert [(fault["row"], fault["field"], fault["rule"]) for fault in faults] == [(3, "CF_NR_FK", "V05.required.CF_NR_FK")]
    assert faults[0]["sentence"]
    assert faults[0]["mend"]
    workbook = system.client.get(f"/api/v1/submissions/{submission['submission']}/workbook")
    content = b"".join(workbook.streaming_content)
    assert format_of(content[:512], "退回.xlsx") is Format.XLSX


def test_nobody_sees_the_files_of_another_department(system: System) -> None:
    submission = system.hand_in(as_csv([penalty(1, system.office.code)])).json()["submission"]
    other = System(market_regulation(2))
    assert other.client.get(f"/api/v1/submissions/{submission}").status_code == 404
    assert other.client.get("/api/v1/submissions").json()["submissions"] == []
    assert Client().get(f"/api/v1/submissions/{submission}").status_code in {401, 403}
    assert Client().post("/api/v1/submissions", {"item": "administrative_penalty"}).status_code in {401, 403}


def while_it_is_written(monkeypatch: pytest.MonkeyPatch, do: Callable[[], Any]) -> list[Any]:
    """``do`` once, while the first batches of the next file are about to be written; its answer stands in the list afterwards."""
    answers: list[Any] = []
    written_batches = processing.written_batches

    def interrupted(*arguments: Any) -> Any:
        if not answers:
            answers.append(None)
            answers[0] = do()
        return written_batches(*arguments)

    monkeypatch.setattr(processing, "written_batches", interrupted)
    return answers


def test_a_repetition_while_the_first_is_being_read_is_answered_with_the_state_so_far(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = as_csv([penalty(n, system.office.code) for n in range(3)])
    repeated = while_it_is_written(monkeypatch, lambda: system.hand_in(content, "2026-11-16/2"))
    first = system.hand_in(content, "2026-11-16/2")
    assert (first.status_code, first.json()["state"], first.json()["accepted"]) == (201, "closed", 3)
    assert (repeated[0].status_code, repeated[0].json()["state"]) == (200, "reading")
    assert repeated[0].json()["submission"] == first.json()["submission"]


def test_who_loses_the_file_to_another_process_is_told_the_state_not_a_conflict(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    content = as_csv([penalty(n, system.office.code) for n in range(3)])
    while_it_is_written(monkeypatch, lambda: processing.process_submission(Submission.objects.get().pk))
    answer = system.hand_in(content, "2026-11-16/3")
    assert (answer.status_code, answer.json()["state"], answer.json()["accepted"]) == (201, "closed", 3)


def test_a_form_without_boundary_is_a_bad_request_not_a_breakdown(system: System) -> None:
    answer = system.client.generic("POST", "/api/v1/submissions", b"x", content_type="multipart/form-data")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/problems/malformed-request")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_a_file_that_comes_as_something_else_is_told_so(system: System, kind: str) -> None:
    answer = system.client.generic("POST", "/api/v1/submissions", b"{}", content_type=kind)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (415, "media-type")


def test_a_refused_file_leads_to_a_page_that_explains_it(system: System) -> None:
    problem = system.hand_in(b"CF_WSH\x00\n1\n").json()
    slug = problem["type"].rpartition("/")[2]
    assert slug.startswith("file-")
    assert problem["title"] != "看不懂这个请求。"
    assert problem["title"] in Client().get(f"/problems/{slug}").content.decode()


def test_two_files_in_one_request_are_refused_instead_of_one_being_lost(system: System) -> None:
    files = [SimpleUploadedFile(f"{n}.csv", as_csv([penalty(n, system.office.code)])) for n in (1, 2)]
    answer = system.client.post("/api/v1/submissions", {"item": "administrative_penalty", "file": files})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/several-files")
    assert not Submission.objects.exists()
