"""A clerk hands in on a page, sees what became of every row, and somebody else lets it out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.foundation.collection import processing
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import release_submission, return_submission
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel.refused import Forbidden, NotFound
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import as_csv, code_of, penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(HANDED_IN))


@pytest.fixture
def office() -> Department:
    return market_regulation()


def account(office: Department, name: str, role: Role) -> Account:
    return add_account(username=name, department=office, role=role, password="松树-石桥-七孔-渡船-1987", at=HANDED_IN)


def signed_in(office: Department, name: str, role: Role) -> Client:
    client = Client()
    client.force_login(account(office, name, role), backend="chengxin.site.signing_in.SlowingBackend")
    return client


def upload(client: Client, content: bytes, item: str = "administrative_penalty", follow: bool = True) -> Any:
    return client.post("/office/submissions/new", {"item": item, "file": SimpleUploadedFile("处罚.csv", content)}, follow=follow)


def public_records() -> int:
    return Record.objects.filter(visible(Surface.SHARED, HANDED_IN + 60)).count()


def test_adverse_rows_from_a_page_wait_for_a_second_person_of_the_same_department(office: Department) -> None:
    clerk, reviewer = signed_in(office, "经办甲", Role.CLERK), signed_in(office, "复核乙", Role.REVIEWER)
    page = upload(clerk, as_csv([penalty(1, office.code)]))
    assert "待复核" in page.content.decode()
    submission = Submission.objects.get()
    assert submission.state == "awaiting_release"
    assert public_records() == 0
    assert clerk.post(f"/office/submissions/{submission.pk}/release", {"verdict": "release"}).status_code == 403
    reviewer.post(f"/office/submissions/{submission.pk}/release", {"verdict": "release"})
    submission.refresh_from_db()
    assert (submission.state, submission.released_by) == ("closed", "复核乙")
    assert public_records() == 1


def test_who_handed_in_cannot_release_and_other_departments_do_not_even_see_it(office: Department) -> None:
    both = account(office, "一人", Role.REVIEWER)
    stranger = account(market_regulation(2), "外人", Role.REVIEWER)
    submission = hand_in(office, [penalty(1, office.code)], channel=Channel.PAGE, actor="一人")
    with pytest.raises(Forbidden, match="另一人"):
        release_submission(submission.pk, by=both, at=HANDED_IN)
    with pytest.raises(NotFound):
        release_submission(submission.pk, by=stranger, at=HANDED_IN)


def test_a_returned_submission_leaves_no_row_behind(office: Department) -> None:
    reviewer = account(office, "复核乙", Role.REVIEWER)
    submission = hand_in(office, [penalty(n, office.code) for n in range(3)], channel=Channel.FOLDER)
    assert Record.objects.count() == 3
    returned = return_submission(submission.pk, by=reviewer, because="文书尚未送达", at=HANDED_IN + 60)
    assert returned.state == "returned"
    assert Record.objects.count() == 0
    again = hand_in(office, [penalty(n, office.code) for n in range(3)], key="again")
    assert (again.state, again.accepted) == ("closed", 3)


def test_favourable_rows_and_files_with_nothing_new_do_not_wait(office: Department) -> None:
    rows = [penalty(1, office.code)]
    hand_in(office, rows)
    assert hand_in(office, rows, channel=Channel.PAGE, key="again").state == "closed"


def test_the_page_tells_each_fault_with_its_place_its_rule_and_its_mend(office: Department) -> None:
    clerk = signed_in(office, "经办甲", Role.CLERK)
    bad = penalty(2, office.code, CF_XDR_SHXYM=code_of(2)[:-1] + "0", CF_JDRQ="2026-13-01")
    page = upload(clerk, as_csv([penalty(1, office.code), bad])).content.decode()
    assert "第 3 行" in page
    assert "统一社会信用代码应当是 18 位" in page
    assert "应当是一个存在的日期" in page
    assert "下载批注工作簿" in page
    submission = Submission.objects.get()
    workbook = b"".join(clerk.get(f"/office/submissions/{submission.pk}/workbook").streaming_content)
    assert io.BytesIO(workbook).read(2) == b"PK"


def test_a_whole_file_that_does_not_fit_is_refused_on_the_page(office: Department) -> None:
    clerk = signed_in(office, "经办甲", Role.CLERK)
    page = upload(clerk, "姓名,宗教信仰\n甲,无\n".encode())
    assert 'role="alert"' in page.content.decode()
    assert Submission.objects.get().state == "refused"
    without = clerk.post("/office/submissions/new", {"item": "administrative_penalty"})
    assert without.status_code == 422


def test_lists_templates_and_the_queue_open_for_those_who_may(office: Department) -> None:
    hand_in(office, [penalty(1, office.code)])
    clerk = signed_in(office, "经办甲", Role.CLERK)
    for address in (
        "/office/submissions",
        "/office/submissions?state=closed",
        "/office/submissions/new",
        "/office/templates",
        "/office/quarantine",
    ):
        assert clerk.get(address).status_code == 200, address
    assert clerk.get("/office/templates/administrative_penalty").content[:2] == b"PK"
    assert "处罚.csv" in clerk.get("/office/submissions").content.decode()
    stranger = signed_in(market_regulation(2), "外人", Role.CLERK)
    assert "处罚.csv" not in stranger.get("/office/submissions").content.decode()
    assert stranger.get(f"/office/submissions/{Submission.objects.get().pk}").status_code == 404


def test_a_double_click_hands_in_once(office: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, content = signed_in(office, "经办甲", Role.CLERK), as_csv([penalty(1, office.code)])
    answers: list[Any] = []
    written_batches = processing.written_batches

    def clicked_again(*arguments: Any) -> Any:
        if not answers:
            answers.append(None)
            answers[0] = upload(clerk, content, follow=False)
        return written_batches(*arguments)

    monkeypatch.setattr(processing, "written_batches", clicked_again)
    first = upload(clerk, content, follow=False)
    submission = Submission.objects.get()
    assert (first.status_code, first["Location"]) == (302, f"/office/submissions/{submission.pk}")
    assert answers[0]["Location"] == f"/office/submissions/{submission.pk}?again=1"
    assert submission.accepted == 1
