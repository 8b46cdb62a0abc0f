"""What a visitor sees: pages and the interface follow standing, say how long, and keep adverse records out of search engines."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Account
from chengxin.foundation.collection.models import RejectedRow
from chengxin.foundation.disclosure.outstanding import track_read_submission
from chengxin.foundation.disclosure.services import count_closed_submission
from chengxin.foundation.records import services
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.ledger.services import sign_checkpoint
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
NOW = start_of_day(date(2026, 6, 1)) + 36_000
END = "2027-04-11T00:00:00+08:00"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


def at(instant: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(instant))


def signed_in(role: str) -> Client:
    account = Account.objects.create(username=role, role=role, department=recording.department())
    visitor = Client()
    visitor.force_login(account)
    return visitor


def test_a_record_shows_its_way_through_the_house_and_stays_out_of_indexes(client: Client) -> None:
    record = recording.record(at=HANDED_IN)
    recording.new_version(record, at=HANDED_IN + 60, CF_NR="罚款人民币壹拾贰万元", CF_NR_FK="12")
    sign_checkpoint(NOW)
    answer = client.get(f"/r/{record.id}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == f"noindex, noarchive, unavailable_after: {END}"
    assert '<meta name="robots" content="noindex' in text
    for words in (
        "罚款人民币壹拾贰万元",
        "报送更正（第 2 版）",
        "第 1 版",
        "将自动停止公示",
        "最早可修复",
        "2026-07-11",
        "已存证",
        "信用修复告知书",
    ):
        assert words in text, words


def test_what_is_not_public_has_no_page_anywhere(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    minor = recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")
    shown = recording.record(at=HANDED_IN, CF_WSH="泰市监处罚〔2026〕5号")
    addresses = [f"/r/{shown.id}", f"/r/{shown.id}/restoration", f"/api/v1/records/{shown.id}", f"/api/v1/records/{shown.id}/versions"]
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    for hidden in (minor.id, minor.id + 1_000):
        assert client.get(f"/r/{hidden}").status_code == 404
        assert client.get(f"/api/v1/records/{hidden}").status_code == 404
    services.place_hold(record_id=shown.id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=NOW)
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    for address in ("/acts/administrative_penalty", "/acts/administrative_penalty?number=泰市监处罚〔2026〕5号"):
        assert "泰市监处罚〔2026〕5号</a>" not in client.get(address).content.decode()
    code = recording.subject().code
    assert client.get(f"/api/v1/subjects/{code}").status_code == 404
    assert client.get("/api/v1/records", {"document_number": "泰市监处罚〔2026〕5号"}).json()["records"] == []
    assert client.get("/api/v1/acts").json()["changes"][-1]["change"] == "remove"


def test_lists_are_filtered_and_turned_page_by_page(client: Client) -> None:
    recording.records("administrative_penalty", [{"CF_WSH": f"泰市监处罚〔2026〕{n:03}号"} for n in range(35)], at=HANDED_IN)
    first = client.get("/acts/administrative_penalty")
    text = first.content.decode()
    assert text.count('<li class="record') == 30
    assert first["X-Robots-Tag"].endswith(END)
    cursor = text.split("cursor=")[1].split('"')[0]
    assert client.get(f"/acts/administrative_penalty?cursor={cursor}").content.decode().count('<li class="record') == 5
    assert "没有符合条件的" in client.get("/acts/administrative_penalty?kind=吊销执照").content.decode()
    assert client.get("/acts/administrative_penalty?from=notaday").status_code == 422
    assert client.get("/acts/nothing").status_code == 404
    assert client.get("/lists/administrative_penalty").status_code == 404
    for index in ("/acts", "/lists"):
        assert client.get(index).status_code == 200


def test_every_kind_of_the_catalogue_has_its_page(client: Client, policy_set) -> None:  # type: ignore[no-untyped-def]
    for item in policy_set.catalogue.values():
        place = "acts" if item.group == "acts" else "lists"
        answer = client.get(f"/{place}/{item.id}")
        assert (item.id, answer.status_code) == (item.id, 404 if item.group == "results" else 200)
        assert item.group == "results" or item.title in answer.content.decode()


def test_the_notice_is_for_anyone_while_public_and_for_the_office_always(client: Client) -> None:
    minor = recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")
    assert client.get(f"/r/{minor.id}/restoration").status_code == 404
    text = signed_in("clerk").get(f"/r/{minor.id}/restoration").content.decode()
    assert "轻微失信" in text
    assert "最晚停止共享" in text
    assert "2026-07-10" in text
    stranger = Account.objects.create(
        username="stranger", role="clerk", department=recording.department("泰安市民政局", "11370900004341056J")
    )
    other = Client()
    other.force_login(stranger)
    assert other.get(f"/r/{minor.id}/restoration").status_code == 404


def test_numbers_of_timeliness_lead_to_their_lists(client: Client) -> None:
    made = recording.records("administrative_penalty", [{}, {"CF_CFLB": "警告", "CF_NR_FK": ""}], at=HANDED_IN)
    count_closed_submission(made[0].submission_id, HANDED_IN)
    code = recording.department().code
    text = client.get("/offices").content.decode()
    assert "100.0%" in text
    assert "泰安市市场监督管理局" in text
    assert "泰安市市场监督管理局" not in client.get("/offices?division=370983").content.decode().split("<main")[1].split("各部门")[-1]
    listed = client.get(f"/offices/{code}?item=administrative_penalty&month=2026-04&outcome=on_time").content.decode()
    assert f'/r/{made[0].id}"' in listed
    assert made[1].document_number not in listed
    assert "现不公示" in listed
    assert client.get("/offices/00").status_code == 404
    assert client.get(f"/offices/{code}?month=2026-13").status_code == 422
    rows = client.get("/api/v1/timeliness", {"department": code}).json()["rows"]
    assert [(row["on_time"], row["late"], row["missing"], row["per_mille"]) for row in rows] == [(2, 0, 0, 1000)]


def test_the_board_shows_an_office_its_own(client: Client) -> None:
    assert client.get("/office/overdue").status_code == 302
    into = recording.submission("administrative_penalty", HANDED_IN, closed_at=HANDED_IN)
    for number, office in (
        ("甲〔2026〕1号", recording.department()),
        ("乙〔2026〕2号", recording.department("泰安市民政局", "11370900004341056J")),
    ):
        RejectedRow.objects.create(
            submission=into, item=2, authority_id=office.pk, sheet="", row=2, document_number=number,
            decided_on=date(2026, 4, 10), due_on=date(2026, 4, 21),
        )  # fmt: skip
    track_read_submission(into.pk, HANDED_IN)
    own = signed_in("clerk").get("/office/overdue").content.decode()
    assert "甲〔2026〕1号" in own
    assert "乙〔2026〕2号" not in own
    every = signed_in("credit_office").get("/office/overdue").content.decode()
    assert "甲〔2026〕1号" in every
    assert "乙〔2026〕2号" in every


def test_the_interface_says_what_a_policy_was_on_a_day(client: Client) -> None:
    found = client.get("/api/v1/policy/disclosure_deadline", {"as_of": "2026-04-10"}).json()
    assert (found["value"], found["unit"], found["quote"]) == (7, "working_day", "在7个工作日内上网公开")
    assert client.get("/api/v1/policy/disclosure_deadline", {"as_of": "2001-01-01"}).json()["type"].endswith("no-value-yet")
    assert client.get("/api/v1/policy/nothing").status_code == 404


def test_the_interface_turns_pages_and_answers_304(client: Client) -> None:
    recording.records("administrative_penalty", [{} for _ in range(5)], at=HANDED_IN)
    code = recording.subject().code
    first = client.get(f"/api/v1/subjects/{code}/records", {"limit": 3})
    body = first.json()
    assert len(body["records"]) == 3
    again = client.get(f"/api/v1/subjects/{code}/records", {"limit": 3}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    rest = client.get(f"/api/v1/subjects/{code}/records", {"limit": 3, "cursor": body["next_cursor"]}).json()
    assert len({each["id"] for each in [*body["records"], *rest["records"]]}) == 5
    assert rest["next_cursor"] == ""
    assert body["records"][0]["public_until"] == "2027-04-10T16:00:00Z"
    assert client.get(f"/api/v1/subjects/{code}/records", {"cursor": "rubbish"}).json()["type"].endswith("bad-cursor")
    assert client.get(f"/api/v1/subjects/{code}").json()["records"] == {"administrative_penalty": 5}
