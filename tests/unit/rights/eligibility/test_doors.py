"""参评资格核查的三扇门：page, interface and command give one answer; who may ask; what comes back with what was typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from chengxin.access.models import Read
from chengxin.access.services import issue_token
from chengxin.casework.services import open_case
from chengxin.casework.types import About
from chengxin.foundation.records.models import Record
from chengxin.kernel import clock
from chengxin.rights.eligibility.commands import app
from chengxin.site.command_line import run
from tests.harness.breaches import Above, a_breach_town, find, order, record_in, step
from tests.harness.penalties import code_of
from tests.harness.rights import Town, acting, browser_of, morning, restored
from tests.policy.eligibility_scenarios import a_world

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
DAY = 86_400
MATTER = "2026年度表彰〔2026〕5号"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Above]:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 60))
    return a_breach_town(HANDED_IN, decided_on=date(2026, 4, 10))


def ask(client: Client, *codes: str, **changes: str) -> tuple[int, str]:
    form = {"codes": "\n".join(codes), "as_of": "2026-05-06", "matter": MATTER} | changes
    answer = client.post("/office/eligibility/check", form)
    return answer.status_code, answer.content.decode()


def test_the_page_answers_with_the_record_the_dates_and_a_mark(world: tuple[Town, Above]) -> None:
    town, above = world
    record, client = record_in(find(town, above, NOW)), browser_of(above.judge)
    assert 'href="/office/eligibility"' in client.get("/office/").content.decode()
    assert client.get("/office/eligibility").status_code == 200
    assert not Read.objects.filter(kind="eligibility").exists()
    unknown = code_of(99, "11370900MB")
    status, page = ask(client, town.office.code, town.credit_office.code, unknown)
    assert status == 200
    for said in (
        "不得参评 1 个，需人工核实 1 个，可以参评 1 个", f'href="/r/{record.pk}"', "泰信认〔2026〕1号", "方案二（二）4", "2026-05-06 起",
        "至 2027-05-06（含当日）", MATTER, "待业务核定", f"第 {Read.objects.filter(key='', kind='eligibility').get().pk} 号查看", "裁决",
    ):  # fmt: skip
        assert said in page, said


def test_what_was_typed_comes_back_with_the_refusal(world: tuple[Town, Above]) -> None:
    client = browser_of(world[1].judge)
    status, page = ask(client, "泰安市市场监督管理局")
    assert (status, "不按名称核查" in page, ">泰安市市场监督管理局<" in page, MATTER in page) == (422, True, True, True)
    assert ask(client, world[0].office.code, matter="")[0] == 422
    assert ask(client, world[0].office.code, as_of="2026-13-01")[0] == 422


def test_who_may_ask(world: tuple[Town, Above]) -> None:
    town, _ = world
    for account, allowed in ((town.clerk, True), (town.reviewer, True), (town.credit, True), (town.owner, False), (town.stranger, False)):
        assert (ask(browser_of(account), town.office.code)[0] == 200) is allowed
    assert Client().get("/office/eligibility").status_code in {302, 403}
    assert Client().get(f"/api/v1/eligibility/{town.office.code}?matter=x").status_code in {401, 403}


def test_the_interface_for_one_and_for_many(world: tuple[Town, Above]) -> None:
    town, above = world
    record = record_in(find(town, above, NOW))
    system = Client(headers={"Authorization": f"Bearer {issue_token(above.government, HANDED_IN)}"})
    one = system.get(f"/api/v1/eligibility/{town.office.code}", {"matter": MATTER})
    assert one.status_code == 200
    (answer,) = one.json()["answers"]
    assert (answer["outcome"], answer["reasons"][0]["record"], answer["reasons"][0]["until"]) == ("no", record.pk, "2027-05-06")
    many = system.post(
        "/api/v1/eligibility", {"codes": [town.office.code, town.credit_office.code], "matter": MATTER, "as_of": "2027-05-07"},
        content_type="application/json",
    )  # fmt: skip
    assert many.json()["counts"] == {"yes": 2, "no": 0, "review": 0}
    assert many.headers["Cache-Control"] == "no-store"
    for refused in (
        system.get(f"/api/v1/eligibility/{town.office.code}"),
        system.get("/api/v1/eligibility/abc", {"matter": MATTER}),
        system.post("/api/v1/eligibility", {"codes": ["云杉局"], "matter": MATTER}, content_type="application/json"),
    ):
        assert refused.status_code == 422
        assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert Read.objects.filter(kind="eligibility", key="").count() == 2


def test_the_command(world: tuple[Town, Above], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town, above = world
    find(town, above, NOW)
    file = tmp_path / "单位.txt"
    file.write_text(f"{town.office.code}\n{town.credit_office.code}\n", encoding="utf-8")
    common = ["--by", above.government.code, "--matter", MATTER]
    told = CliRunner().invoke(app, [*common, "--file", str(file)])
    assert told.exit_code == 1, told.output
    assert "可以参评 1，不得参评 1，需人工核实 0" in told.output
    assert "2026-05-06 至 2027-05-06" in told.output
    as_json = CliRunner().invoke(app, [*common, "--json", town.credit_office.code])
    assert (as_json.exit_code, json.loads(as_json.output)["counts"]["yes"]) == (0, 1)
    for wrong in (
        [*common],
        [*common, "云杉局"],
        [*common, "--file", str(tmp_path / "没有")],
        ["--by", "x", "--matter", "y", town.office.code],
    ):
        assert run(["eligibility", *wrong]) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_the_page_of_the_office_shows_what_is_public(world: tuple[Town, Above], monkeypatch: pytest.MonkeyPatch) -> None:
    town, above = world
    address, anybody = f"/offices/{town.office.code}", Client()
    assert "今天没有公示中的政务失信记录" in anybody.get(address).content.decode()
    order(town, NOW)
    assert "今天没有公示中的政务失信记录" in anybody.get(address).content.decode(), "what is only ordered is not public"
    case = find(town, above, NOW)
    page = anybody.get(address).content.decode()
    assert f'href="/r/{record_in(case).pk}"' in page
    assert "公示中 1 条" in page
    about = f"/cases/open/objection/record/{record_in(case).pk}/new"
    assert browser_of(town.clerk).post(about, {"ground": "wrong_content", "facts": "已经兑现"}).status_code == 302
    assert "有争议" in anybody.get(address).content.decode()
    monkeypatch.setenv(clock.PINNED_CLOCK, str(morning(date(2027, 5, 7))))
    assert "公示中 0 条" in anybody.get(address).content.decode(), "its term is over"


def test_what_was_put_right_is_counted_as_such_and_what_was_revoked_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW + 2 * DAY))
    world = a_world(HANDED_IN)
    town, above = world.town, world.above
    put_right, wrong = (record_in(find(town, above, NOW + place)) for place in range(2))
    restored(put_right, town.clerk, *world.deciding, NOW + DAY)
    texts = {"ground": "unlawful", "facts": "没有听取陈述"}
    case = open_case(
        procedure="objection", about=About("record", str(wrong.pk)), actor=acting(town.clerk, NOW + DAY), texts=texts, at=NOW + DAY
    )
    step(case, "verify", world.deciding[0], NOW + DAY, finding="wrong", because="属实")
    step(case, "revoke", above.judge, NOW + DAY, document_number="泰政异〔2026〕1号", because="程序违法")
    page = Client().get(f"/offices/{town.office.code}").content.decode()
    assert "公示中 0 条" in page
    assert "另有 1 条已经整改并准予修复" in page
    assert all(Client().get(f"/r/{each.pk}").status_code == 404 for each in Record.objects.filter(item=19))
    monkeypatch.setenv(clock.PINNED_CLOCK, str(morning(date(2027, 5, 7))))
    assert "另有" not in Client().get(f"/offices/{town.office.code}").content.decode()
